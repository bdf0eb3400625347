/**
 * The imports of lists (docs/decisions/0037): how far each is, and what it found. Reports hold lines, columns and ids,
 * no names; those of a school that are no longer among its newest go.
 */
export const imports = `
create table operations.import (
  school      text collate "C" not null,
  id          uuid not null,
  list        text not null,
  digest      text not null,
  account     uuid not null,
  began       text collate "C" not null,
  alive_until timestamptz not null,
  phase       text not null,
  done        integer not null,
  total       integer not null,
  finished    text collate "C",
  problem     text,
  facts       jsonb,
  report      jsonb,
  primary key (school, id)
);
`
