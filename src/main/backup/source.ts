import type { Kysely } from 'kysely'
import type { EventStore } from '#events/store/event-store.ts'
import type { Installation } from '../installation.ts'

/** What is copied from where. */
export interface Source {
  readonly store: EventStore
  readonly database: Kysely<unknown>
  /** The name of the engine that keeps the log. */
  readonly engine: string
}

/** The installation as a source of copies; `eventStoreUrl` where its log is in EventStoreDB. */
export function sourceOf({ execution, database }: Installation, eventStoreUrl?: string): Source {
  const engine = eventStoreUrl === undefined ? database.engine : 'eventstore'
  return { store: execution.store, database: database.kysely, engine }
}
