import { setTimeout } from 'node:timers/promises'
import {
  EventIdTaken,
  type EventStore,
  type RecordedEvent,
  StaleRevision,
  StoreUnavailable,
} from '#events/store/event-store.ts'
import type { StreamName } from '#events/stream-name.ts'
import type { Heads } from '#integrity/heads.ts'
import { leafHash } from '#integrity/tlog/leaf-hash.ts'
import { Discrepancy } from '../discrepancy.ts'

/** Events, and characters of them, that go into one append at most. */
const MOST_EVENTS = 250
const MOST_TEXT = 500_000

/** Events that were read and are not recorded yet, at most. */
const MOST_PENDING = 4_000

/** Pauses, in milliseconds, before an append that got no answer is sent again; its ids make that harmless. */
const PAUSES = [200, 1_000, 5_000, 15_000]

/** Consecutive events of one stream: one append. */
interface Run {
  readonly stream: StreamName
  readonly events: RecordedEvent[]
  text: number
}

/** What is under way for a school. */
interface Lane {
  run: Run | null
  tail: Promise<void>
}

/**
 * Appends events to a log at their exact places: those of a school in the order given, one append after another, and
 * those of different schools side by side. An event that stands there is passed over.
 *
 * Nothing leans on the order between schools: a read model folds by stream, what is sent out goes by school, and the
 * ground of a decision (`meta.basis`) is in its own school (docs/decisions/0024).
 *
 * @param standing where the streams of the target stand; every event up to there must be the very one given
 * @param tick called with the number of events that were recorded
 * @throws {Discrepancy} something else stands there, or somebody writes there meanwhile
 */
export async function appendInOrder(
  target: EventStore,
  events: AsyncIterable<RecordedEvent>,
  standing: Heads,
  tick: (recorded: number) => void = () => {},
): Promise<number> {
  const lanes = new Map<string, Lane>()
  const failures: unknown[] = []
  let pending = 0
  let recorded = 0
  let wake = (): void => {}

  const send = (lane: Lane): void => {
    const { run } = lane
    if (run === null) return
    lane.run = null
    lane.tail = lane.tail.then(async () => {
      if (failures.length === 0) {
        await append(target, run).then(
          () => tick((recorded += run.events.length)),
          (error: unknown) => failures.push(error),
        )
      }
      pending -= run.events.length
      wake()
    })
  }

  for await (const event of events) {
    const { stream, revision, canonical } = event
    const stands = standing.get(stream)
    if (stands !== undefined && Number(revision) <= stands.rev) {
      const differs = Number(revision) === stands.rev && leafHash(canonical) !== stands.hash
      if (differs) throw new Discrepancy(`Поток ${stream}, ревизия ${revision}: на месте назначения другое событие.`)
      continue
    }
    const school = stream.slice(0, stream.indexOf('.'))
    const lane = lanes.get(school) ?? { run: null, tail: Promise.resolve() }
    lanes.set(school, lane)
    const fits =
      lane.run?.stream === stream && lane.run.events.length < MOST_EVENTS && lane.run.text < MOST_TEXT
    if (!fits) {
      send(lane)
      lane.run = { stream, events: [], text: 0 }
    }
    lane.run!.events.push(event)
    lane.run!.text += canonical.length
    pending++
    while (pending >= MOST_PENDING && failures.length === 0) {
      // A school whose run is still open would wait for itself.
      for (const open of lanes.values()) send(open)
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
    if (failures.length > 0) break
  }
  for (const lane of lanes.values()) send(lane)
  await Promise.all(Array.from(lanes.values(), ({ tail }) => tail))
  if (failures.length > 0) throw failures[0]
  return recorded
}

async function append(target: EventStore, { stream, events }: Run): Promise<void> {
  const { revision } = events[0]!
  const expected = revision === 0n ? 'no-stream' : revision - 1n
  for (const pause of [...PAUSES, null]) {
    try {
      await target.append(stream, expected, events)
      return
    } catch (error) {
      if (error instanceof StaleRevision || error instanceof EventIdTaken) {
        throw new Discrepancy(
          `Поток ${stream}: пока шло копирование, на место назначения писал кто-то ещё. Остановите его.`,
          { cause: error },
        )
      }
      if (!(error instanceof StoreUnavailable) || pause === null) throw error
      await setTimeout(pause)
    }
  }
}
