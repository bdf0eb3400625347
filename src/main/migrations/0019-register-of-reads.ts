/**
 * Who read what of which pupils (R-1.7, docs/decisions/0071): a row for an answer, with the ids of the pupils that it
 * showed, and no name. Read by pupil, and purged by age.
 */
export const registerOfReads = `
create table if not exists access.read (
  number bigint generated always as identity primary key,
  at text not null, school text not null, account uuid not null, role text not null,
  operation text not null, path text not null, request text not null, pupils jsonb not null
);
create index if not exists read_by_pupil on access.read using gin (pupils jsonb_path_ops);
create index if not exists read_by_age on access.read (at);
`
