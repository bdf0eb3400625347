/**
 * The Merkle tree over all records (docs/spec/sealed-log.md): its leaves in order, the tiles of C2SP, and the signed
 * checkpoints. `progress` is up to where the newest checkpoint reaches in the log: whoever seals goes on behind it.
 *
 * Leaves and checkpoints refuse to be changed. That is a guard against accidents and no evidence: a superuser passes it.
 * Evidence is a checkpoint that somebody else holds.
 */
export const sealedLog = `
create schema if not exists integrity;

create table integrity.leaf (
  idx bigint primary key, stream text collate "C" not null, rev bigint not null, event_id uuid not null unique,
  hash bytea not null check (octet_length(hash) = 32), unique (stream, rev)
);
create table integrity.tile (
  level smallint not null, idx bigint not null, hashes bytea not null, primary key (level, idx),
  check (octet_length(hashes) between 32 and 8192 and octet_length(hashes) % 32 = 0)
);
create table integrity.checkpoint (
  size bigint primary key, root bytea not null, note text not null, at text collate "C" not null
);
create table integrity.key (vkey text primary key, from_size bigint not null);
create table integrity.progress (
  single boolean primary key default true check (single), size bigint not null, commit bigint not null,
  prepare bigint not null
);

create function integrity.refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'what was sealed is not changed: % of %.% is refused', tg_op, tg_table_schema, tg_table_name;
end $$;
create trigger append_only before update or delete or truncate on integrity.leaf
  for each statement execute function integrity.refuse_change();
create trigger append_only before update or delete or truncate on integrity.checkpoint
  for each statement execute function integrity.refuse_change();
`
