import { chain } from '#events/record.ts'
import type { EventStore } from '#events/store/event-store.ts'
import { type StreamName, streamName } from '#events/stream-name.ts'
import { SchoolSlug } from '#values/school.ts'
import { Instant } from '#values/time.ts'
import { Uuid, uuidV5 } from '#values/uuid.ts'
import { ANNA, id, LESSON, mathematician } from './class-7a.ts'

const NAMESPACE = Uuid.parse('7b1d3f52-60c1-4a53-9a0e-2f1a3c4d5e70')
const AT = Instant.parse('2026-11-09T03:50:00.000Z')

/** Writes marks, page after page, as many as are wanted: real events, whose ids are known beforehand. */
export class MarkWriter {
  readonly school: SchoolSlug
  /** The ids of what was written, in order. */
  readonly written: Uuid[] = []
  readonly #stream: StreamName
  #revision = -1n
  #head: string | null = null

  constructor(school: string, page = 'page') {
    this.school = SchoolSlug.parse(school)
    this.#stream = streamName(this.school, 'journalPage', uuidV5(NAMESPACE, `${school} ${page}`))
  }

  /** Appends `count` marks, at most 250 at once. */
  async write(store: EventStore, count: number): Promise<void> {
    for (let left = count; left > 0; ) {
      const size = Math.min(left, 250)
      const marks = Array.from({ length: size }, (_, i) => this.#mark(this.#revision + 1n + BigInt(i)))
      const { records, head } = chain(this.#stream, this.#revision, this.#head, marks)
      const expected = this.#revision === -1n ? 'no-stream' : this.#revision
      await store.append(this.#stream, expected, records)
      this.#revision += BigInt(size)
      this.#head = head
      this.written.push(...marks.map(({ id }) => id))
      left -= size
    }
  }

  #mark(revision: bigint) {
    const name = `${this.#stream} ${revision}`
    return {
      id: uuidV5(NAMESPACE, name),
      type: 'MarkRecorded',
      data: {
        entry: uuidV5(NAMESPACE, `entry ${name}`),
        work: id('work'),
        lesson: LESSON,
        pupil: ANNA,
        value: 2 + Number(revision % 4n),
        dueAt: AT,
      },
      meta: {
        v: 1,
        school: this.school,
        at: AT,
        by: mathematician.account,
        role: 'teacher' as const,
        cred: 1,
        cmd: uuidV5(NAMESPACE, `command ${name}`),
        cause: null,
        corr: null,
        basis: {},
      },
    }
  }
}
