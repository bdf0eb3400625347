/**
 * Up to where the settings of the streams in EventStoreDB were looked at, so that a start need not look at the whole
 * log of a region again.
 */
export const lookedAtStreams = `
alter table projection.log_engine add column looked_commit bigint, add column looked_prepare bigint;
`
