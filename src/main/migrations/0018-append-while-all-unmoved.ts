/**
 * The function of migration 0014 with several grounds an append: that an administrator remains rests on the accounts of
 * others, and on who works at the school (docs/decisions/0069). Of an append that names one ground it asks what the
 * function before asked, so processes of that release go on with it.
 *
 * `grounds` has the names of those streams for each append, parted by spaces, `-` for none, and `seen` their revisions
 * alike (-1: no stream). Of streams that move in the same statement those that stand before count.
 */
export const appendWhileAllUnmoved = `
create or replace function log.append(
  streams text, expected text, counts text, ids text, records text, grounds text, seen text
)
returns table (actual bigint, "position" bigint)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
declare
  stream_of   text[]   := string_to_array(streams, E'\\n');
  expected_of bigint[] := string_to_array(expected, E'\\n');
  count_of    int[]    := string_to_array(counts, E'\\n');
  ground_of   text[]   := string_to_array(grounds, E'\\n');
  seen_of     text[]   := string_to_array(seen, E'\\n');
  append_of   int[]    := '{}'; -- the append of each event; null where it is not recorded
  moved       text[]   := '{}';
  stands      boolean;
  base        bigint;
  last        bigint;
begin
  perform pg_advisory_xact_lock(1818588271);
  base := coalesce((select position from log.event order by position desc limit 1), 0);
  last := base;
  for n in 1 .. array_length(stream_of, 1) loop
    actual := coalesce((select revision from log.event where stream = stream_of[n] order by revision desc limit 1), -1);
    stands := actual = expected_of[n];
    if stands and ground_of[n] <> '-' and strpos(ground_of[n], ' ') = 0 then -- nearly always: it costs a look-up
      stands := ground_of[n] <> all (moved) and seen_of[n]::bigint = coalesce(
        (select revision from log.event where stream = ground_of[n] order by revision desc limit 1), -1);
    elsif stands and ground_of[n] <> '-' then
      stands := not exists (
        select 1 from rows from (
          string_to_table(ground_of[n], ' '), unnest(string_to_array(seen_of[n], ' ')::bigint[])
        ) as rests(ground, seen_at)
        where ground = any (moved) or seen_at <> coalesce(
          (select revision from log.event where stream = ground order by revision desc limit 1), -1));
    end if;
    if stands then
      last := last + count_of[n];
      position := last;
      append_of := append_of || array_fill(n, array[count_of[n]]);
      moved := moved || stream_of[n];
    else
      position := null;
      append_of := append_of || array_fill(null::int, array[count_of[n]]);
    end if;
    return next;
  end loop;
  insert into log.event (position, stream, revision, id, canonical)
  select base + row_number() over (order by i), stream_of[n],
    expected_of[n] + row_number() over (partition by n order by i), id, canonical
  from rows from (
    unnest(append_of), unnest(string_to_array(ids, E'\\n')::uuid[]), string_to_table(records, E'\\n')
  ) with ordinality as event(n, id, canonical, i)
  where n is not null;
end $$;
revoke all on function log.append(text, text, text, text, text, text, text) from public;
grant execute on function log.append(text, text, text, text, text, text, text) to current_user;
`
