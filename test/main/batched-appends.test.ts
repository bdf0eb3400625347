import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chain } from '#events/record.ts'
import { type EventStore, StaleRevision } from '#events/store/event-store.ts'
import { PostgresLog } from '#events/store/postgres-log.ts'
import { type StreamName, streamName } from '#events/stream-name.ts'
import { BatchedAppends } from '#main/batched-appends.ts'
import type { Database } from '#main/database.ts'
import { migrate } from '#main/migrations.ts'
import { SchoolSlug } from '#values/school.ts'
import { type Uuid, uuidV5 } from '#values/uuid.ts'
import { testEngine } from '#support/databases.ts'
import { id } from '#support/class-7a.ts'

const SCHOOL = SchoolSlug.parse('batched')
const streams = ['a', 'b', 'c'].map((name) => streamName(SCHOOL, 'journalPage', id(`page/${name}`)))
const [A, B, C] = streams as [StreamName, StreamName, StreamName]

describe('appends in batches', () => {
  const engine = testEngine('pglite')
  let database: Database
  let below: EventStore
  let told = 0
  beforeAll(async () => {
    database = await engine.open()
    await migrate(database.kysely)
    below = await PostgresLog.open(database.kysely, { soleWriter: true })
  })
  afterAll(async () => {
    await below.close()
    await database.close()
  })

  /** Appends one event to a stream behind what was appended before by the same hand. */
  const ends = new Map<StreamName, { revision: bigint; head: string | null }>()
  async function append(store: EventStore, stream: StreamName): Promise<Uuid> {
    const after = ends.get(stream) ?? { revision: -1n, head: null }
    const event = uuidV5(id('batched'), String(told++))
    const meta = { school: SCHOOL, at: '2026-09-01T03:00:00.000Z', v: 1 }
    const { records, head } = chain(stream, after.revision, after.head, [
      { id: event, type: 'PageOpened', data: {}, meta } as never,
    ])
    await store.append(stream, after.revision < 0n ? 'no-stream' : after.revision, records)
    ends.set(stream, { revision: after.revision + 1n, head })
    return event
  }

  it('are in the log in the order in which they were asked for, whatever stream repeats', async () => {
    const store = new BatchedAppends(below)
    const asked: Uuid[] = []
    for (const stream of [A, B, A, A, C, B, A, C, C, B]) asked.push(await append(store, stream))
    await store.flush()
    expect(await idsOf(below.readAll({ school: SCHOOL }))).toEqual(asked)
  })

  it('are seen by whoever reads a stream anew, before they are asked to be recorded', async () => {
    const store = new BatchedAppends(below)
    const before = await idsOf(store.readStream(A))
    const more = [await append(store, A), await append(store, A)]
    expect(await idsOf(store.readStream(A))).toEqual([...before, ...more])
    expect(await idsOf(store.readStream(A, { from: ends.get(A)!.revision + 1n }))).toEqual([])
  })

  it('tell that somebody else has written, and record nothing more', async () => {
    const store = new BatchedAppends(below)
    await idsOf(store.readStream(B))
    const mine = { ...ends.get(B)! }
    await append(below, B)
    ends.set(B, mine)
    await append(store, B)
    await expect(store.flush()).rejects.toThrow(StaleRevision)
    const length = (await idsOf(below.readAll({ school: SCHOOL }))).length
    await append(store, C)
    await expect(store.flush()).rejects.toThrow(StaleRevision)
    expect(await idsOf(below.readAll({ school: SCHOOL }))).toHaveLength(length)
  })
})

async function idsOf(events: AsyncIterable<{ readonly id: Uuid }>): Promise<Uuid[]> {
  const ids: Uuid[] = []
  for await (const event of events) ids.push(event.id)
  return ids
}
