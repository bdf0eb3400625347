/**
 * What makes person data erasable (docs/decisions/0059): the keys of people, wrapped by a key that stands in a folder
 * outside the database; those that wait out their quarantine; and whose were destroyed, so that none is made anew. Names
 * are sealed by them: a name in clear stands only until the next start, which seals it.
 */
export const keysOfPeople = `
create schema privacy;

create table privacy.dek (
  id      uuid primary key,
  school  text collate "C" not null,
  person  uuid not null,
  purpose text not null,
  kek     text not null,
  wrapped text not null,
  made_at text not null,
  unique (school, person, purpose)
);

create table privacy.quarantine (
  id      uuid primary key,
  school  text collate "C" not null,
  person  uuid not null,
  purpose text not null,
  kek     text not null,
  wrapped text not null,
  made_at text not null,
  taken_at text not null,
  unique (school, person, purpose)
);

create table privacy.destroyed (
  school  text collate "C" not null,
  person  uuid not null,
  purpose text not null,
  at      text not null,
  primary key (school, person, purpose)
);

alter table person.name alter column family drop not null;
alter table person.name alter column given drop not null;
alter table person.name add column key uuid;
alter table person.name add column sealed text;
`
