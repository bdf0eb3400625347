import { CompiledQuery, type Kysely } from 'kysely'

/**
 * The tables of the log, for PostgreSQL 15+ and PGlite alike.
 *
 * `canonical` is the exact text that is hashed; jsonb would reorder its keys. Appends are ordered by one lock:
 * with plain concurrent inserts a number handed out early may be committed late, and a reader that has passed
 * it never sees the event. Each statement inside a PL/pgSQL function takes its own snapshot, so what is read
 * after the lock is what the holder before has committed, in one round trip.
 */
const SCHEMA = `
create schema if not exists log;

create table if not exists log.event (
  position  bigint primary key,
  stream    text collate "C" not null,
  revision  bigint not null,
  id        uuid not null unique,
  canonical text not null,
  school    text collate "C" generated always as (split_part(stream, '.', 1)) stored,
  unique (stream, revision)
);
create index if not exists event_by_school on log.event (school, position);

create or replace function log.refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'the log is append-only: % of log.event is refused', tg_op;
end $$;
create or replace trigger append_only before update or delete or truncate on log.event
  for each statement execute function log.refuse_change();

-- Appends each element whose stream stands where it expects, in the order given; reports where every stream stood.
create or replace function log.append(batch json)
returns table (n int, actual bigint, "position" bigint) language plpgsql as $$
#variable_conflict use_column
declare base bigint;
begin
  perform pg_advisory_xact_lock(1818588271);
  select coalesce(max(position), 0) into base from log.event;
  return query
  with asked as materialized (
    select * from json_to_recordset(batch) as a(n int, i int, stream text, expected bigint, id uuid, canonical text)
  ), head as materialized (
    select n, expected,
      coalesce((select revision from log.event e where e.stream = a.stream order by revision desc limit 1), -1) as actual
    from asked a where i = 0
  ), accepted as materialized (
    select a.*, base + row_number() over (order by a.n, a.i) as position
    from asked a join head h on h.n = a.n and h.actual = h.expected
  ), recorded as (
    insert into log.event (position, stream, revision, id, canonical)
    select position, stream, expected + 1 + i, id, canonical from accepted
  )
  select h.n, h.actual, (select max(a.position) from accepted a where a.n = h.n) from head h order by h.n;
end $$;
`

/** Creates what is missing; safe to repeat, and safe when two processes start at once. */
export async function createLog(database: Kysely<unknown>): Promise<void> {
  await database.transaction().execute(async (transaction) => {
    await transaction.executeQuery(CompiledQuery.raw(`select pg_advisory_xact_lock(1818588271)`))
    for (const statement of statements(SCHEMA)) await transaction.executeQuery(CompiledQuery.raw(statement))
  })
}

/** A prepared statement holds one command: splits at the semicolons that end a line outside a function's body. */
export function statements(script: string): string[] {
  const parts: string[] = []
  let open = ''
  for (const line of script.split('\n')) {
    open += `${line}\n`
    const inBody = (open.match(/\$\$/g)?.length ?? 0) % 2 === 1
    if (line.trimEnd().endsWith(';') && !inBody) {
      parts.push(open)
      open = ''
    }
  }
  return open.trim() === '' ? parts : [...parts, open]
}
