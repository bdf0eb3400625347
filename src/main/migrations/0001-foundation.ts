/**
 * What stood before there were migrations: an installation that was made without them has all of it already, therefore
 * everything is made only where it is missing.
 *
 * The log: `canonical` is the exact text that is hashed; jsonb would reorder its keys. Appends are ordered by one lock:
 * with plain concurrent inserts a number handed out early may be committed late, and a reader that has passed it never
 * sees the event. Each statement inside a PL/pgSQL function takes its own snapshot, so what is read after the lock is
 * what the holder before has committed, in one round trip (docs/decisions/0004).
 */
export const foundation = `
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

create schema if not exists person;
create table if not exists person.name (
  school text collate "C" not null, person uuid not null,
  family text not null, given text not null, patronymic text,
  kept_by uuid not null, kept_at text not null,
  primary key (school, person)
);

create schema if not exists access;
create table if not exists access.credential (
  school text collate "C" not null, login text collate "C" not null, account uuid not null,
  hash text not null, kept_at text not null,
  primary key (school, login), unique (school, account)
);
create table if not exists access.request (
  number bigint generated always as identity primary key,
  request text, at text, school text, account uuid, role text, method text, path text, operation text, command uuid,
  address text, agent text, status integer, problem text
);
create index if not exists request_by_school on access.request (school, number);
create index if not exists request_by_id on access.request (request);

create schema if not exists projection;
create table if not exists projection.checkpoint (
  read_model text primary key, version integer not null, commit bigint, prepare bigint, failure jsonb
);
alter table projection.checkpoint add column if not exists held_until timestamptz;
create table if not exists projection.rebuild (
  id uuid primary key, read_model text not null, school text, started text not null,
  alive_until timestamptz not null, finished text, report jsonb, problem text,
  events integer not null default 0
);
`
