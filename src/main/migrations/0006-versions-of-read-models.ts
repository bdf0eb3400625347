/**
 * Several versions of a read model side by side, each with a checkpoint of its own, so that a release reads the tables
 * that it knows while the next one builds others (docs/decisions/0019); and rebuilds that another process can go on with.
 */
export const versionsOfReadModels = `
alter table projection.checkpoint drop constraint checkpoint_pkey;
alter table projection.checkpoint add primary key (read_model, version);
alter table projection.checkpoint add column goal_commit bigint;
alter table projection.checkpoint add column goal_prepare bigint;
alter table projection.checkpoint add column followed_at timestamptz not null default clock_timestamp();
alter table projection.rebuild add column version integer;
alter table projection.rebuild add column release text;
alter table projection.rebuild add column commit bigint;
alter table projection.rebuild add column prepare bigint;
alter table projection.rebuild add column total bigint;
alter table projection.rebuild add column rate real;
`
