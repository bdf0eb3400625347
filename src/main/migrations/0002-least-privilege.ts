/**
 * The application needs no right to write the table of the log: it appends through the function alone, which works with
 * the rights of its owner. Rows of read models are seen by the school that the session names, and by none without
 * (docs/decisions/0020); tables that were made before get the same rule as those that a projector makes from now on.
 */
export const leastPrivilege = `
alter function log.append(json) security definer;
alter function log.append(json) set search_path = pg_catalog, pg_temp;
revoke all on function log.append(json) from public;
grant execute on function log.append(json) to current_user;

do $$
declare found record;
begin
  for found in
    select schemaname, tablename from pg_tables
    where schemaname in ('class_journal', 'pupil_diary', 'audit_trail', 'school_directory')
  loop
    execute format('alter table %I.%I enable row level security', found.schemaname, found.tablename);
    execute format('alter table %I.%I force row level security', found.schemaname, found.tablename);
    execute format('drop policy if exists own_school on %I.%I', found.schemaname, found.tablename);
    execute format('create policy own_school on %I.%I using (school = (select current_setting(''letopis.school'', true))'
      ' or ''*'' = (select current_setting(''letopis.school'', true)))', found.schemaname, found.tablename);
  end loop;
end $$;
`
