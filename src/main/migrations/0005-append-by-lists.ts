/**
 * The function by which the log is appended to, with parameters that cost less to read: lists with a line for each
 * element, where JSON had to be written, escaped, parsed and joined (docs/decisions/0026). The one before stays, for
 * processes of the release before this one that are still at work while an installation is upgraded.
 *
 * Appends, of several appends, each whose stream stands where it expects, in the order given; reports where every stream
 * stood, and the position of the last event of each that was accepted. Of the appends it is told the stream, the
 * revision expected (-1: no stream) and the number of events; of the events, those of one append after another, the id
 * and the record, whose canonical text has no line break in it.
 */
export const appendByLists = `
create or replace function log.append(streams text, expected text, counts text, ids text, records text)
returns table (actual bigint, "position" bigint)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
declare
  stream_of   text[]   := string_to_array(streams, E'\\n');
  expected_of bigint[] := string_to_array(expected, E'\\n');
  count_of    int[]    := string_to_array(counts, E'\\n');
  append_of   int[]    := '{}'; -- the append of each event; null where it is stale
  base        bigint;
  last        bigint;
begin
  perform pg_advisory_xact_lock(1818588271);
  base := coalesce((select position from log.event order by position desc limit 1), 0);
  last := base;
  for n in 1 .. array_length(stream_of, 1) loop
    actual := coalesce((select revision from log.event where stream = stream_of[n] order by revision desc limit 1), -1);
    if actual = expected_of[n] then
      last := last + count_of[n];
      position := last;
      append_of := append_of || array_fill(n, array[count_of[n]]);
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
revoke all on function log.append(text, text, text, text, text) from public;
grant execute on function log.append(text, text, text, text, text) to current_user;
`
