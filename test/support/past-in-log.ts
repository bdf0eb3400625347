import { chain } from '#events/record.ts'
import type { EventStore } from '#events/store/event-store.ts'
import { parseStreamName, streamName } from '#events/stream-name.ts'
import type { SchoolSlug } from '#values/school.ts'
import { uuidV5 } from '#values/uuid.ts'
import { decodedOf, type Past, SCHOOL } from './spec.ts'

/**
 * Appends a history to a log, as that of `school`, which has none of its streams yet, chained as the service chains
 * it. The ids of the events follow from their places in the history: give a school one history, not two.
 */
export async function recordPast(
  store: EventStore,
  history: readonly Past[],
  school: SchoolSlug = SCHOOL,
): Promise<void> {
  for (const [inSpec, events] of Map.groupBy(decodedOf(history), (event) => event.stream)) {
    const { category, id } = parseStreamName(inSpec)!
    const stream = streamName(school, category, id)
    const toRecord = events.map(({ id, type, data, meta }) => {
      return { id: uuidV5(id, school), type, data, meta: { ...meta, school } }
    })
    const { records } = chain(stream, -1n, null, toRecord)
    await store.append(stream, 'no-stream', records)
  }
}
