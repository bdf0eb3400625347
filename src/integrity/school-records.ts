import { letOthers } from '#events/store/sql.ts'
import type { EventStore, RecordedEvent } from '#events/store/event-store.ts'
import { formatPosition } from '#events/store/position.ts'
import type { StreamName } from '#events/stream-name.ts'
import type { SchoolSlug } from '#values/school.ts'
import { BadRecord, type Fault, LogCheck } from './log-check.ts'
import type { SealedLog } from './sealed-log.ts'

/** What of the records of a school is not as it was written. */
export interface RecordFault {
  readonly kind: Fault | 'leaf-differs' | 'end-missing'
  readonly stream: string | null
  readonly revision: number | null
}

/** The records of a school, as far as they are good. */
export interface SchoolRecords {
  readonly records: number
  /** How many records each stream has. */
  readonly streams: ReadonlyMap<StreamName, number>
  /** The first thing that cannot be; null where there is none. Behind it nothing was read. */
  readonly fault: RecordFault | null
}

/** Records whose leaves are looked up at once. */
const PAGE = 1_000

/**
 * Follows all records of a school in their order: the chain of each stream, the canonical text, the ids, and the leaf
 * of each where it was sealed. Whether the leaves are those that were signed, the tree as a whole tells (verifyLog).
 */
export async function followSchool(
  store: Pick<EventStore, 'readAll'>,
  sealed: SealedLog,
  school: SchoolSlug,
  signal: AbortSignal,
): Promise<SchoolRecords> {
  const check = new LogCheck()
  const streams = new Map<StreamName, number>()
  // What is sealed now is in the log that is read after.
  const ends = await sealed.endsOf(school)
  let page: Array<{ readonly event: RecordedEvent; readonly hash: string }> = []
  const found = (fault: RecordFault | null): SchoolRecords => ({ records: check.records, streams, fault })
  try {
    for await (const event of store.readAll({ school, asText: true })) {
      const { hash } = check.follow(event, () => formatPosition(event.position))
      streams.set(event.stream, (streams.get(event.stream) ?? 0) + 1)
      page.push({ event, hash })
      if (page.length < PAGE) continue
      const fault = await otherLeaf(sealed, page)
      if (fault !== null) return found(fault)
      page = []
      signal.throwIfAborted()
      await letOthers()
    }
  } catch (error) {
    if (!(error instanceof BadRecord)) throw error
    return found({ kind: error.fault, stream: error.stream, revision: error.rev })
  }
  const fault = await otherLeaf(sealed, page)
  if (fault !== null) return found(fault)
  for (const { stream, rev } of ends) {
    if (rev < (streams.get(stream as StreamName) ?? 0)) continue
    return found({ kind: 'end-missing', stream, revision: rev })
  }
  return found(null)
}

async function otherLeaf(
  sealed: SealedLog,
  page: ReadonlyArray<{ readonly event: RecordedEvent; readonly hash: string }>,
): Promise<RecordFault | null> {
  const places = page.map(({ event: { stream, revision } }) => ({ stream, rev: Number(revision) }))
  const leaves = new Map(
    (await sealed.leavesAt(places)).map(({ stream, rev, hash }) => [`${stream} ${rev}`, hash] as const),
  )
  for (const [n, { hash }] of page.entries()) {
    const { stream, rev } = places[n]!
    const leaf = leaves.get(`${stream} ${rev}`)
    if (leaf === undefined || Buffer.from(leaf).toString('base64') === hash) continue
    return { kind: 'leaf-differs', stream, revision: rev }
  }
  return null
}
