import { chain } from '#events/record.ts'
import type { EventStore, NewEvent, RecordedEvent } from '#events/store/event-store.ts'
import { type StreamName, streamName } from '#events/stream-name.ts'
import { SchoolSlug } from '#values/school.ts'
import { Instant, plusMinutes } from '#values/time.ts'
import { Uuid, uuidV5 } from '#values/uuid.ts'

const NAMESPACE = Uuid.parse('0d7e3c51-3f0b-4c0e-9d64-7f1d9a5b2c11')
const BEGAN = Instant.parse('2026-09-01T03:00:00.000Z')

export const CHAINED_SCHOOLS = ['tomsk35', 'tomsk36', 'tomsk37'].map((slug) => SchoolSlug.parse(slug))
const PAGES = 7

/**
 * A log of schools whose pages are written turn by turn, chained as the service chains them, a minute apart: the same
 * records in every process. Their type is nobody's, so read models pass them over.
 */
export class ChainedLog {
  readonly #heads = new Map<StreamName, { revision: bigint; hash: string | null }>()
  readonly #schools: readonly SchoolSlug[]
  #made = 0
  #shift = 0

  constructor(schools: readonly SchoolSlug[] = CHAINED_SCHOOLS) {
    this.#schools = schools
  }

  /** The next records: one, two or three of a page, then of another one. */
  next(): { stream: StreamName; after: bigint; records: NewEvent[] } {
    const turn = this.#made++
    const school = this.#schools[turn % this.#schools.length]!
    const page = (turn * 5) % PAGES
    const stream = streamName(school, 'journalPage', uuidV5(NAMESPACE, `${school} ${page}`))
    const { revision, hash } = this.#heads.get(stream) ?? { revision: -1n, hash: null }
    const at = plusMinutes(BEGAN, turn + this.#shift)
    const events = Array.from({ length: 1 + (turn % 3) }, (_, i) => ({
      id: uuidV5(NAMESPACE, `${stream} ${revision} ${i}`),
      type: 'NoteTaken',
      data: { turn, i, text: 'Степень с натуральным показателем' },
      meta: {
        v: 1,
        school,
        at,
        by: NAMESPACE,
        role: 'teacher' as const,
        cred: 1,
        cmd: uuidV5(NAMESPACE, `${stream} ${revision}`),
        cause: null,
        corr: null,
        basis: {},
      },
    }))
    const { records, head } = chain(stream, revision, hash, events)
    this.#heads.set(stream, { revision: revision + BigInt(records.length), hash: head })
    return { stream, after: revision, records }
  }

  /** The same pages, whose first records are left out: another log. */
  skipping(turns: number): this {
    this.#made += turns
    return this
  }

  /** The clock by which the next records are written is set. */
  setClock(minutes: number): this {
    this.#shift += minutes
    return this
  }

  /** Appends at least so many more events. */
  async write(store: EventStore, events: number): Promise<void> {
    for (let written = 0; written < events; ) {
      const { stream, after, records } = this.next()
      await store.append(stream, after < 0n ? 'no-stream' : after, records)
      written += records.length
    }
  }

  /** The next records as a reader meets them. */
  read(events: number): RecordedEvent[] {
    const found: RecordedEvent[] = []
    while (found.length < events) {
      const { stream, after, records } = this.next()
      for (const [i, record] of records.entries()) {
        found.push({ ...record, stream, revision: after + 1n + BigInt(i) })
      }
    }
    return found
  }
}
