import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { NOTHING_VOID } from '#commands/fold.ts'
import { FoldedStreams, StreamBroken } from '#commands/folded-streams.ts'
import { journalPageFold } from '#commands/journal-page/state.ts'
import { rosterFold } from '#commands/roster/state.ts'
import { chain } from '#events/record.ts'
import { PostgresLog } from '#events/store/postgres-log.ts'
import { type StreamName, streamName } from '#events/stream-name.ts'
import type { JsonObject } from '#integrity/tlog/canonical-json.ts'
import { leafHash } from '#integrity/tlog/leaf-hash.ts'
import { type Database, openInMemory } from '#main/database.ts'
import { migrate } from '#main/migrations.ts'
import { SchoolSlug } from '#values/school.ts'
import { uuidV5 } from '#values/uuid.ts'
import {
  ANNA,
  attendanceTaken,
  BORIS,
  entryOf,
  LESSON,
  lessonRecorded,
  markRecorded,
  PAGE,
  pageOpened,
  school,
  workHeld,
} from '#support/class-7a.ts'
import { recordPast } from '#support/past-in-log.ts'
import { decodedOf, type Past } from '#support/spec.ts'
import { WatchedStore } from '#support/watched-store.ts'

const history = [pageOpened, lessonRecorded, attendanceTaken(), workHeld('test'), markRecorded(ANNA, 5)]

let schools = 0
let database: Database
let log: PostgresLog
beforeAll(async () => {
  database = await openInMemory()
  await migrate(database.kysely)
  log = await PostgresLog.open(database.kysely, { soleWriter: true })
})
afterAll(async () => {
  await log.close()
  await database.close()
})

/** The page of a school of its own, with five events, and its streams folded by `capacity` at most. */
async function openPage(capacity?: number) {
  const name = SchoolSlug.parse(`school${++schools}`)
  const store = new WatchedStore(log)
  await recordPast(store, [...school, ...history], name)
  const stream = streamName(name, 'journalPage', PAGE)
  const streams = new FoldedStreams(store, NOTHING_VOID, capacity)
  return {
    name,
    store,
    stream,
    streams,
    load: () => streams.load(journalPageFold, stream),
    /** Appends as one command of another process would: nobody tells the folded streams. */
    append: async (...more: Past[]) => {
      const at = await new FoldedStreams(store, NOTHING_VOID).load(journalPageFold, stream)
      const events = decodedOf([...history, ...more])
        .slice(history.length)
        .map(({ id, type, data, meta }) => ({
          id: uuidV5(id, `${name} ${at.revision}`),
          type,
          data: data as JsonObject,
          meta: { ...meta, school: name, cmd: uuidV5(PAGE, `${name} ${at.revision}`) },
        }))
      const { records } = chain(stream, at.revision, at.head, events)
      await store.append(stream, at.revision, records)
      store.reads.length = 0
      return records.map((record, i) => ({ ...record, stream, revision: at.revision + 1n + BigInt(i) }))
    },
  }
}

describe('a folded stream', () => {
  it('is folded with its revision, its head and its commands', async () => {
    const { load, store, stream } = await openPage()
    const { state, revision, head, commands } = await load()
    expect(state.lessons.get(LESSON)?.attendance).toMatchObject({ version: 2 })
    expect(state.marks.get(entryOf(ANNA, 'test'))).toMatchObject({ value: 5, version: 4 })
    expect(revision).toBe(4n)
    const events = []
    for await (const event of store.readStream(stream)) events.push(event)
    expect(head).toBe(leafHash(events.at(-1)!.canonical))
    expect([...commands.values()].map(({ firstId }) => firstId)).toEqual(events.map(({ id }) => id))
  })

  it('that does not exist is empty, before revision 0', async () => {
    const { streams, name } = await openPage()
    const none: StreamName = streamName(name, 'journalPage', ANNA)
    expect(await streams.load(journalPageFold, none)).toMatchObject({
      revision: -1n,
      head: null,
      state: { page: null },
    })
  })

  it('remembers all events of one command as one', async () => {
    const { load, append } = await openPage()
    const [first] = await append(workHeld('quiz'), markRecorded(BORIS, 3, 'quiz'))
    const { commands } = await load()
    expect(commands.size).toBe(6)
    expect([...commands.values()].at(-1)).toEqual({ firstId: first!.id, first: 5n, last: 6n })
  })
})

describe('reading', () => {
  it('goes forwards only: what was read once is never read again', async () => {
    const { load, append, store } = await openPage()
    await load()
    await load()
    await append(markRecorded(BORIS, 3))
    await load()
    await load()
    expect(store.reads.map(({ from, events }) => ({ from, events }))).toEqual([
      { from: 5n, events: 1 },
      { from: 6n, events: 0 },
    ])
  })

  it('reads a whole stream once, however often it is asked for', async () => {
    const { load, store } = await openPage()
    store.reads.length = 0
    for (let i = 0; i < 5; i++) await load()
    expect(store.reads.map(({ events }) => events)).toEqual([5, 0, 0, 0, 0])
  })

  it('takes over what was just recorded without reading it', async () => {
    const { load, append, store, streams } = await openPage()
    await load()
    streams.recorded(journalPageFold, await append(markRecorded(BORIS, 3)))
    const { state, revision } = await load()
    expect(store.reads).toMatchObject([{ from: 6n, events: 0 }])
    expect(revision).toBe(5n)
    expect(state.marks.get(entryOf(BORIS, 'test'))).toMatchObject({ value: 3, version: 5 })
  })

  it('does not take over what was recorded after something that it has not seen', async () => {
    const { load, append, streams } = await openPage()
    await load()
    await append(workHeld('quiz'))
    const second = await append(markRecorded(BORIS, 3, 'quiz'))
    streams.recorded(journalPageFold, second)
    const { revision, state } = await load()
    expect(revision).toBe(6n)
    expect(state.works.size).toBe(2)
    expect(state.marks.size).toBe(2)
  })
})

describe('many readers of one stream', () => {
  it('apply each event once and see the same', async () => {
    const { load, append } = await openPage()
    const together = await Promise.all([load(), load(), load()])
    for (const { revision, state } of together) {
      expect(revision).toBe(4n)
      expect(state.marks.size).toBe(1)
    }
    await append(markRecorded(BORIS, 3))
    const later = await Promise.all([load(), load()])
    expect(later.map(({ revision }) => revision)).toEqual([5n, 5n])
  })

  it('apply what only adds up, such as members of a class, once', async () => {
    const { streams, name, store } = await openPage()
    const roster = streamName(name, 'roster', 'main')
    const [one] = await Promise.all([1, 2, 3, 4].map(() => streams.load(rosterFold, roster)))
    const alone = await new FoldedStreams(store, NOTHING_VOID).load(rosterFold, roster)
    expect(one!.state).toEqual(alone.state)
    expect(one!.revision).toBe(alone.revision)
  })

  it('never see half of an append: the state changes when all of it was read', async () => {
    const { load, append, store } = await openPage()
    const held = await load()
    await append(workHeld('quiz'), markRecorded(ANNA, 4, 'quiz'), markRecorded(BORIS, 3, 'quiz'))
    const seen: bigint[] = []
    store.isMissing = () => {
      seen.push(held.revision)
      return false
    }
    await load()
    expect(seen).toEqual([4n, 4n, 4n])
    expect(held.revision).toBe(7n)
  })
})

describe('streams beyond the capacity', () => {
  it('are let go, the longest unused first, and read anew when they are wanted', async () => {
    const { streams, store, stream, name } = await openPage(2)
    const roster = streamName(name, 'roster', 'main')
    const other = streamName(name, 'journalPage', ANNA)
    store.reads.length = 0
    await streams.load(journalPageFold, stream)
    await streams.load(rosterFold, roster)
    await streams.load(journalPageFold, stream)
    await streams.load(journalPageFold, other)
    expect(await streams.load(journalPageFold, stream)).toMatchObject({ revision: 4n })
    const { state, revision } = await streams.load(rosterFold, roster)
    expect(state.pupils.size).toBe(5)
    expect(store.reads.filter((read) => read.stream === stream).map(({ events }) => events)).toEqual([
      5, 0, 0,
    ])
    expect(store.reads.filter((read) => read.stream === roster).map(({ events }) => events)).toEqual([
      Number(revision) + 1,
      Number(revision) + 1,
    ])
  })

  it('are still right when one has room only for itself', async () => {
    const { streams, stream, name, append } = await openPage(1)
    for (let i = 0; i < 3; i++) {
      await streams.load(rosterFold, streamName(name, 'roster', 'main'))
      expect((await streams.load(journalPageFold, stream)).revision).toBe(4n + BigInt(i))
      await append(markRecorded(BORIS, 3))
    }
  })
})

describe('a stream with a gap', () => {
  it('is refused as broken, again and again, instead of being decided on', async () => {
    const { load, store } = await openPage()
    store.isMissing = ({ revision }) => revision === 2n
    await expect(load()).rejects.toThrow(StreamBroken)
    await expect(load()).rejects.toThrow(/after revision 1 comes 3/)
  })

  it('is folded as soon as the engine gives all of it', async () => {
    const { load, store } = await openPage()
    store.isMissing = ({ revision }) => revision === 0n
    await expect(load()).rejects.toThrow(StreamBroken)
    store.isMissing = () => false
    expect(await load()).toMatchObject({ revision: 4n, state: { page: { period: 'q2' } } })
  })
})

describe('void events', () => {
  it('change no state, but count in revision, head and commands', async () => {
    const { store, stream, load } = await openPage()
    const alive = await load()
    const withoutMarks = new FoldedStreams(store, ({ type }) => type === 'MarkRecorded')
    const { state, revision, head, commands } = await withoutMarks.load(journalPageFold, stream)
    expect(state.marks.size).toBe(0)
    expect(state.works.size).toBe(1)
    expect({ revision, head }).toEqual({ revision: alive.revision, head: alive.head })
    expect([...commands]).toEqual([...alive.commands])
  })
})
