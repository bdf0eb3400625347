import type { Execution } from '#commands/execute.ts'
import { incidentsOf } from '#commands/references.ts'
import {
  type EventStore,
  type RecordedEvent,
  StaleRevision,
  type Unmoved,
} from '#events/store/event-store.ts'
import { CATEGORIES, parseStreamName, type StreamName } from '#events/stream-name.ts'
import type { SchoolSlug } from '#values/school.ts'
import type { Uuid } from '#values/uuid.ts'
import type { Beside, OverlayPlaces } from './overlay-places.ts'
import type { OverlayStore } from './overlay-store.ts'

/** What an import works with. */
export interface ImportParts {
  readonly execution: Execution
  readonly beside: Beside
  /** Told how far it is, in things and then in events. */
  readonly progress?: (phase: 'deciding' | 'recording', done: number, total: number) => void
}

/** A log-in name became another account's between the decision and the recording. */
export class LogInTaken extends Error {
  override readonly name = 'LogInTaken'
}

/** EventStoreDB takes a megabyte in one append, and the records are not all of it. */
const MOST_BYTES = 512 * 1024
/** Streams that are appended to at a time. */
const AT_A_TIME = 16

/**
 * Records what was decided above the log: names and log-ins first, so that nobody meets an event whose name is missing,
 * then the events of each stream, some hundreds in one append and never a command in two.
 *
 * @param recorded takes the ids of the events that are in the log
 * @throws {LogInTaken}
 * @throws {StaleRevision} somebody wrote to a stream after it was read, or of a breach: then nothing more is recorded
 */
export async function recordAll(
  { execution: { store }, beside, progress }: ImportParts,
  school: SchoolSlug,
  { overlay, places }: { readonly overlay: OverlayStore; readonly places: OverlayPlaces },
  recorded: Set<Uuid>,
): Promise<void> {
  // Every row was decided while nothing more was said of a breach: what is not in the log yet counts only as long (R-D7).
  const incidents = incidentsOf(school)
  const taken = [...overlay.taken()]
  if (taken.length === 0) return
  const unmoved = { stream: incidents, revision: overlay.base(incidents) }
  await expectUnmoved(store, unmoved)
  await beside.keepNames(school, places.names)
  for (const { account, logIn, at } of places.logIns) {
    if (!(await beside.keepLogIn(school, account, logIn, at))) throw new LogInTaken()
  }
  // An event names the revisions on which it rests: those are recorded before it.
  const inOrder = CATEGORIES.map((category) =>
    taken.filter(({ stream }) => parseStreamName(stream)!.category === category),
  )
  const total = taken.reduce((sum, { appends }) => sum + appends.flat().length, recorded.size)
  for (const streams of inOrder) {
    const worker = async (): Promise<void> => {
      for (let next = streams.shift(); next !== undefined; next = streams.shift()) {
        for (const events of joined(next.appends)) {
          await append(store, next.stream, events, unmoved)
          for (const { id } of events) recorded.add(id)
          progress?.('recording', recorded.size, total)
        }
      }
    }
    // Each finishes what it has begun, so that nothing is being recorded when the rows are decided anew.
    const workers = await Promise.allSettled(Array.from({ length: AT_A_TIME }, worker))
    for (const one of workers) if (one.status === 'rejected') throw one.reason
  }
}

async function append(
  store: EventStore,
  stream: StreamName,
  events: readonly RecordedEvent[],
  unmoved: Unmoved,
): Promise<void> {
  const first = events[0]!.revision
  await store.append(stream, first === 0n ? 'no-stream' : first - 1n, events, [unmoved])
}

/** Names stand beside the log, where no append waits for a stream: they are kept right behind this look. @throws {StaleRevision} */
async function expectUnmoved(store: EventStore, { stream, revision }: Unmoved): Promise<void> {
  for await (const moved of store.readStream(stream, { from: revision + 1n, limit: 1 }))
    throw new StaleRevision(stream, revision < 0n ? 'no-stream' : revision, moved.revision)
}

/** Appends that follow one another, put together as far as one append may go. */
function* joined(appends: readonly RecordedEvent[][]): Iterable<RecordedEvent[]> {
  let together: RecordedEvent[] = []
  let bytes = 0
  for (const events of appends) {
    const more = events.reduce((sum, { canonical }) => sum + Buffer.byteLength(canonical), 0)
    if (together.length > 0 && bytes + more > MOST_BYTES) {
      yield together
      together = []
      bytes = 0
    }
    together.push(...events)
    bytes += more
  }
  if (together.length > 0) yield together
}
