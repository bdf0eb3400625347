/** Signs of life, outages and announced work (R-A3.2a-c). Times are instants as text, which compare in order of time. */
export const outageLedger = `
create schema if not exists operations;

create table if not exists operations.process (
  id      uuid primary key,
  started text collate "C" not null,
  seen    text collate "C" not null,
  stopped text collate "C",
  unsure  text collate "C"
);

create table if not exists operations.outage (
  began  text collate "C" primary key,
  ended  text collate "C" not null,
  kind   text not null,
  reason text
);

create table if not exists operations.maintenance (
  id     bigint generated always as identity primary key,
  began  text collate "C" not null,
  ended  text collate "C" not null,
  reason text not null
);
`
