/**
 * The tokens of external systems, by hash; to which account the subject of an external issuer leads, by hash; and
 * log-ins at such an issuer that were begun and not finished.
 */
export const externalAccess = `
create table access.service_token (
  token   uuid primary key,
  school  text collate "C" not null,
  hash    text not null unique,
  kept_at text collate "C" not null,
  seen    text collate "C"
);
create index service_token_by_school on access.service_token (school);

create table access.external_identity (
  school   text collate "C" not null,
  identity uuid not null,
  account  uuid not null,
  hash     text not null,
  kept_at  text collate "C" not null,
  primary key (school, hash)
);
create unique index external_identity_by_id on access.external_identity (school, identity);

create table access.external_log_in (
  hash     text primary key,
  school   text collate "C" not null,
  state    text not null,
  nonce    text not null,
  verifier text not null,
  expires  text collate "C" not null
);
`
