/**
 * What witnesses said of checkpoints (C2SP tlog-cosignature), beside the checkpoints, which are never changed: `witness` is
 * the key of the witness, `line` what stands under the note. A key of the log signs up to `last_size`: after a change of
 * keys the one before ends there.
 */
export const cosignatures = `
create table integrity.cosignature (
  size bigint not null references integrity.checkpoint (size), witness text collate "C" not null,
  line text not null, at text collate "C" not null, primary key (witness, size)
);
create index cosignature_size on integrity.cosignature (size);
create trigger append_only before update or delete or truncate on integrity.cosignature
  for each statement execute function integrity.refuse_change();

alter table integrity.key add column last_size bigint;
update integrity.key set last_size = (select max(size) from integrity.checkpoint);
`
