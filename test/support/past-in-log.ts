import { chain } from '#events/record.ts'
import type { EventStore } from '#events/store/event-store.ts'
import type { JsonObject } from '#integrity/tlog/canonical-json.ts'
import { decodedOf, type Past } from './spec.ts'

/**
 * Appends a history to a log that has none of its streams yet, chained as the service chains it. The ids of the
 * events follow from their places in the history: give a log one history, not two.
 */
export async function recordPast(store: EventStore, history: readonly Past[]): Promise<void> {
  for (const [stream, events] of Map.groupBy(decodedOf(history), (event) => event.stream)) {
    const toRecord = events.map(({ id, type, data, meta }) => ({ id, type, data: data as JsonObject, meta }))
    const { records } = chain(stream, -1n, null, toRecord)
    await store.append(stream, 'no-stream', records)
  }
}
