/**
 * The checkpoint of the relay, by bus; and which engine keeps the log from which everything in this database was made,
 * because positions of one engine say nothing to another (docs/decisions/0030).
 */
export const enginesAndRelay = `
create schema if not exists relay;
create table if not exists relay.checkpoint (
  bus text primary key, commit bigint, prepare bigint, replay boolean not null default false
);

create table projection.log_engine (
  single boolean primary key default true check (single), engine text not null
);
`
