import type { Kysely } from 'kysely'
import type { EventStore } from '#events/store/event-store.ts'
import type { KeyEncryption } from '#integrity/privacy/key-encryption.ts'
import type { Installation } from '../installation.ts'

/** What is copied from where. */
export interface Source {
  readonly store: EventStore
  readonly database: Kysely<unknown>
  /** The keys by which the keys of people are wrapped. */
  readonly encryption: KeyEncryption
  /** The name of the engine that keeps the log. */
  readonly engine: string
}

/** The installation as a source of copies; `eventStoreUrl` where its log is in EventStoreDB. */
export function sourceOf({ execution, database, keys }: Installation, eventStoreUrl?: string): Source {
  const engine = eventStoreUrl === undefined ? database.engine : 'eventstore'
  return { store: execution.store, database: database.kysely, encryption: keys.encryption, engine }
}
