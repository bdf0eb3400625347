import type { EventStore } from '#events/store/event-store.ts'
import { type FoundOperation, type Window, WindowOperations } from '#events/void-rule.ts'
import type { SchoolSlug } from '#values/school.ts'
import { type Instant, plusMinutes } from '#values/time.ts'

/**
 * By how many minutes the clocks of processes, and the time between a decision and its recording, may put events out of
 * the order of their instants.
 */
const OUT_OF_ORDER = 60

/** The operations of a window, read from the log itself: read models may be behind, or wrong, and decide nothing. */
export async function operationsOf(
  store: EventStore,
  school: SchoolSlug,
  window: Window,
): Promise<readonly FoundOperation[]> {
  const operations = new WindowOperations(window)
  // Where the engine cannot tell, the log of the school is read from its beginning.
  const after = (await store.before?.(plusMinutes(window.from as Instant, -OUT_OF_ORDER))) ?? null
  for await (const event of store.readAll({ school, after, asText: true })) operations.take(event)
  return operations.found
}
