/**
 * Tries to deliver messages (docs/decisions/0082): one row for a delivery from its first try until two days after the last.
 * No address and no word of a message; whoever loses the table sends again what had not ended.
 */
export const deliveries = `
create table if not exists operations.delivery (
  delivery uuid primary key,
  school text not null, message uuid not null, representative uuid not null, channel text not null,
  attempts integer not null, last_at text not null, next_at text not null,
  outcome text, code integer
);
create index if not exists delivery_by_message on operations.delivery (message);
create table if not exists operations.contact_try (
  contact uuid primary key, school text not null, tries integer not null, last_at text not null
);
create index if not exists delivery_by_age on operations.delivery (last_at);
`
