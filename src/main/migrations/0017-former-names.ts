/**
 * The names that somebody had before the one of today (docs/decisions/0010): each with who kept it, when, and until which
 * day it was right. They stand in the row of the person, so that they are copied, restored and erased with it.
 */
export const formerNames = `
alter table person.name add column if not exists former jsonb;
`
