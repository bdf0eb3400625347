/**
 * What log-in keeps beside the log (docs/decisions/0031, 0032): sessions with the hash of their refresh token, activation
 * codes by their hash, and how often somebody tried. A log-in name may wait for its password, which comes with the code.
 */
export const sessionsAndCodes = `
alter table access.credential alter column hash drop not null;

create table access.session (
  id       uuid primary key,
  school   text collate "C" not null,
  account  uuid not null,
  cred     integer not null,
  family   text not null unique,
  token    text not null,
  began    text collate "C" not null,
  seen     text collate "C" not null,
  expires  text collate "C" not null,
  address  text not null,
  agent    text,
  ended    text collate "C",
  why      text
);
create index session_by_account on access.session (school, account);

create table access.activation_code (
  school text collate "C" not null, account uuid not null, code uuid not null, hash text not null, kept_at text not null,
  primary key (school, account), unique (school, hash)
);

create table access.log_in_attempt (
  subject text primary key, began text collate "C" not null, tries integer not null, locked_until text collate "C"
);
`
