import type { Open } from '../append/contestant.ts'
import { peer } from './install.ts'

/** The connections of an adapter, which has no way of its own to let go of them. */
const CONNECTIONS = '_sql'

interface Adapter {
  readonly [CONNECTIONS]: { end(): Promise<void> }
  pushEvent(event: object, options: { eventStoreId: string }): Promise<unknown>
  pushEventGroup(options: object, ...events: readonly unknown[]): Promise<unknown>
  groupEvent(event: object): { context?: { eventStoreId: string } }
}

interface Castore {
  readonly PostgresEventStorageAdapter: {
    new (options: { connectionString: string; tableName: string }): Adapter
    createEventTable(options: { connectionString: string; tableName: string }): Promise<unknown>
  }
}

/** `@castore/event-storage-adapter-postgres`: a row for each event, versions of a stream unique, no order of the whole. */
export const castore: Open = async (connectionString) => {
  const castore = await peer<Castore>('@castore/event-storage-adapter-postgres')
  if (castore === null) return null
  const { PostgresEventStorageAdapter: Adapter } = castore
  const of = { connectionString, tableName: 'event' }
  await Adapter.createEventTable(of)
  const adapter = new Adapter(of)
  const context = { eventStoreId: 'journalPage' }
  return {
    name: 'castore',
    kind: 'peer',
    async append(aggregateId, after, events) {
      const details = events.map(({ type, data, meta }, i) => {
        return { aggregateId, version: after + i + 1, type, payload: data, metadata: meta }
      })
      if (details.length === 1) {
        await adapter.pushEvent(details[0]!, context)
        return
      }
      const group = details.map((detail) => Object.assign(adapter.groupEvent(detail), { context }))
      await adapter.pushEventGroup({}, ...group)
    },
    close: () => adapter[CONNECTIONS].end(),
  }
}
