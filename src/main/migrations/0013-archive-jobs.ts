/**
 * What the archive was asked for, and how far it is (docs/decisions/0061): any process of the API asks, the one that has
 * the duty works. Scopes are ids; nobody is named.
 */
export const archiveJobs = `
create table operations.archive_job (
  school    text collate "C" not null,
  id        uuid not null,
  work      text not null,
  package   uuid not null,
  scope_key text,
  scope     jsonb,
  actor     jsonb not null,
  corr      text,
  asked     text collate "C" not null,
  phase     text not null,
  finished  text collate "C",
  problem   text,
  facts     jsonb,
  primary key (school, id)
);
create index archive_job_open on operations.archive_job (asked) where finished is null;
`
