import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { MAX_RECORD_BYTES } from '#events/record.ts'
import {
  type Appended,
  EventIdTaken,
  type EventStore,
  type ExpectedRevision,
  type NewEvent,
  type PositionedEvent,
  StaleRevision,
  StoreUnavailable,
} from '#events/store/event-store.ts'
import { comparePositions, type Position } from '#events/store/position.ts'
import type { StreamName } from '#events/stream-name.ts'
import { largestRecord, recordAt, records, someId, someSchool, someStream } from '#support/random-records.ts'
import { SchoolSlug } from '#values/school.ts'

export interface OpenedStore {
  readonly store: EventStore
  /** Closes the store and opens the same log again. */
  reopen(): Promise<EventStore>
  close(): Promise<void>
}

export interface Capabilities {
  /** The engine knows the ids of the whole log. EventStoreDB looks only at those of the stream. */
  readonly refusesTakenIds?: boolean
  /** The bytes that an append may have; EventStoreDB takes 1 MiB unless it is set otherwise. */
  readonly largestAppend?: number
}

/**
 * The contract of {@link EventStore}: what the rest of Letopis relies on, whichever engine runs. The log may
 * hold the events of others; positions are compared and never computed with.
 */
export function conformance(
  name: string,
  open: () => Promise<OpenedStore>,
  { refusesTakenIds = true, largestAppend = Number.POSITIVE_INFINITY }: Capabilities = {},
): void {
  describe(`the contract of the event store: ${name}`, () => {
    let opened: OpenedStore
    let store: EventStore
    beforeAll(async () => {
      opened = await open()
      store = opened.store
    })
    afterAll(() => opened.close())

    describe('append', () => {
      it('counts the revisions of a stream from 0 without gaps', async () => {
        const stream = someStream()
        expect((await store.append(stream, 'no-stream', records(stream, -1n, 3))).revision).toBe(2n)
        expect((await store.append(stream, 2n, records(stream, 2n))).revision).toBe(3n)
        expect((await store.append(stream, 3n, records(stream, 3n, 2))).revision).toBe(5n)
        expect((await streamOf(store, stream)).map(({ revision }) => revision)).toEqual([
          0n,
          1n,
          2n,
          3n,
          4n,
          5n,
        ])
      })

      it('answers with the place of its last event, as a reader of the log finds it', async () => {
        const [school, before] = [someSchool(), await store.head()]
        const stream = someStream(school)
        const appended = await store.append(stream, 'no-stream', records(stream, -1n, 3))
        const log = await logOf(store, { after: before, school })
        expect(appended).toMatchObject({ revision: 2n, fresh: true })
        expect(log.at(-1)!.position).toEqual(appended.position)
        expect(await store.head()).toEqual(appended.position)
      })

      it('appends nothing when what the decision rests on has moved', async () => {
        const school = someSchool()
        const [ground, stream] = [someStream(school), someStream(school)]
        const none = [{ stream: ground, revision: -1n }]
        expect(await store.append(stream, 'no-stream', records(stream, -1n), none)).toMatchObject({
          revision: 0n,
        })
        await store.append(ground, 'no-stream', records(ground, -1n, 2))
        const next = records(stream, 0n)
        const refused = store.append(stream, 0n, next, none)
        await expect(refused).rejects.toBeInstanceOf(StaleRevision)
        expect(await streamOf(store, stream)).toHaveLength(1)
        const stands = [{ stream: ground, revision: 1n }]
        expect(await store.append(stream, 0n, next, stands)).toMatchObject({ revision: 1n, fresh: true })
        // What was recorded is answered as the first time, wherever its ground has gone since.
        await store.append(ground, 1n, records(ground, 1n))
        expect(await store.append(stream, 0n, next, stands)).toMatchObject({ revision: 1n, fresh: false })
      })

      it('appends nothing when any of several grounds has moved', async () => {
        const school = someSchool()
        const [first, second, stream] = [someStream(school), someStream(school), someStream(school)]
        await store.append(first, 'no-stream', records(first, -1n, 2))
        const seen = [
          { stream: first, revision: 1n },
          { stream: second, revision: -1n },
        ]
        expect(await store.append(stream, 'no-stream', records(stream, -1n), seen)).toMatchObject({
          revision: 0n,
        })
        await store.append(second, 'no-stream', records(second, -1n))
        for (const grounds of [seen, seen.toReversed()]) {
          const refused = store.append(stream, 0n, records(stream, 0n), grounds)
          await expect(refused).rejects.toBeInstanceOf(StaleRevision)
        }
        expect(await streamOf(store, stream)).toHaveLength(1)
      })

      it('keeps every member of an event, and its canonical text byte for byte', async () => {
        const stream = someStream()
        const given = records(stream, -1n, 1, () => ({ b: [1, 0.1, null, true], a: { ключ: 'й' } }))
        await store.append(stream, 'no-stream', given)
        expect(await streamOf(store, stream)).toMatchObject([{ ...given[0], stream, revision: 0n }])
      })

      it.each<[string, ExpectedRevision]>([
        ['a revision behind', 1n],
        ['a revision ahead', 3n],
        ['no stream where there is one', 'no-stream'],
      ])('refuses %s and tells the actual one', async (_, expected) => {
        const stream = someStream()
        await store.append(stream, 'no-stream', records(stream, -1n, 3))
        const refused = store.append(
          stream,
          expected,
          records(stream, expected === 'no-stream' ? -1n : expected),
        )
        await expect(refused).rejects.toBeInstanceOf(StaleRevision)
        await expect(refused).rejects.toMatchObject({ stream, expected, actual: 2n })
        expect(await streamOf(store, stream)).toHaveLength(3)
      })

      it('refuses a revision of a stream that does not exist, and tells that there is none', async () => {
        const stream = someStream()
        const refused = store.append(stream, 0n, records(stream, 0n))
        await expect(refused).rejects.toBeInstanceOf(StaleRevision)
        await expect(refused).rejects.toMatchObject({ expected: 0n, actual: null })
        expect(await streamOf(store, stream)).toEqual([])
      })

      it('lets exactly one of many writers have a revision', async () => {
        const stream = someStream()
        await store.append(stream, 'no-stream', records(stream, -1n))
        const outcomes = await Promise.allSettled(
          Array.from({ length: 16 }, () => store.append(stream, 0n, records(stream, 0n))),
        )
        expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
        for (const outcome of outcomes) {
          if (outcome.status === 'rejected')
            expect(outcome.reason).toMatchObject({ name: 'StaleRevision', actual: 1n })
        }
        expect(await streamOf(store, stream)).toHaveLength(2)
      })

      it('records all events of a large append or none', async () => {
        const stream = someStream()
        const batch = records(stream, -1n, 250)
        await expect(store.append(stream, 7n, batch)).rejects.toBeInstanceOf(StaleRevision)
        expect(await streamOf(store, stream)).toEqual([])
        expect((await store.append(stream, 'no-stream', batch)).revision).toBe(249n)
        expect((await streamOf(store, stream)).map(({ id }) => id)).toEqual(batch.map(({ id }) => id))
      })

      it('refuses an append without events as a fault of the program', async () => {
        await expect(async () => store.append(someStream(), 'no-stream', [])).rejects.toBeInstanceOf(
          RangeError,
        )
      })
    })

    describe('append of ids that stand in the log', () => {
      it('records them once and answers with the first revision and position', async () => {
        const stream = someStream()
        const batch = records(stream, -1n, 3)
        const first = await store.append(stream, 'no-stream', batch)
        const again = await store.append(stream, 'no-stream', batch)
        expect(again).toMatchObject({ revision: first.revision, position: first.position })
        expect(await streamOf(store, stream)).toHaveLength(3)
      })

      it('answers so when the stream has moved on', async () => {
        const stream = someStream()
        await store.append(stream, 'no-stream', records(stream, -1n, 2))
        const batch = records(stream, 1n, 2)
        const first = await store.append(stream, 1n, batch)
        await store.append(stream, 3n, records(stream, 3n, 5))
        const again = await store.append(stream, 1n, batch)
        expect(again).toEqual({ revision: 3n, position: first.position, fresh: false })
        expect(await streamOf(store, stream)).toHaveLength(9)
      })

      it('answers so to many who ask at once', async () => {
        const stream = someStream()
        const batch = records(stream, -1n, 2)
        const answers = await Promise.all(
          Array.from({ length: 12 }, () => store.append(stream, 'no-stream', batch)),
        )
        for (const answer of answers) {
          expect(answer).toMatchObject({ revision: 1n, position: answers[0]!.position })
        }
        expect(await streamOf(store, stream)).toHaveLength(2)
      })

      it('keeps the record of the first time, although the second was made at another time', async () => {
        const stream = someStream()
        const id = someId()
        await store.append(stream, 'no-stream', [recordAt(stream, 0n, id, { at: 'first' })])
        await store.append(stream, 'no-stream', [recordAt(stream, 0n, id, { at: 'second' })])
        expect(await streamOf(store, stream)).toMatchObject([{ data: { at: 'first' } }])
      })

      it('calls only that one fresh whose records stand, of many that were made for the same ids at once', async () => {
        const stream = someStream()
        const ids = [someId(), someId()]
        const made = Array.from({ length: 12 }, (_, attempt) =>
          ids.map((id, i) => recordAt(stream, BigInt(i), id, { attempt })),
        )
        const answers = await Promise.all(made.map((batch) => store.append(stream, 'no-stream', batch)))
        for (const answer of answers) {
          expect(answer).toMatchObject({ revision: 1n, position: answers[0]!.position })
        }
        const stand = (await streamOf(store, stream)).map(({ canonical }) => canonical)
        const writer = made.findIndex((batch) => batch[0]!.canonical === stand[0])
        expect(stand).toEqual(made[writer]!.map(({ canonical }) => canonical))
        expect(answers.map(({ fresh }) => fresh)).toEqual(made.map((_, attempt) => attempt === writer))
      })

      it.each<[string, (batch: readonly NewEvent[], stream: StreamName) => NewEvent[]]>([
        ['known and then new', (batch, stream) => [batch[0]!, ...records(stream, 0n)]],
        ['new and then known', (batch, stream) => [...records(stream, -1n), batch[1]!]],
        ['the known ones in another order', (batch) => [batch[1]!, batch[0]!]],
        ['more than there were', (batch, stream) => [...batch, ...records(stream, 1n)]],
      ])('refuses %s as a stale revision', async (_, mixed) => {
        const stream = someStream()
        const batch = records(stream, -1n, 2)
        await store.append(stream, 'no-stream', batch)
        const refused = store.append(stream, 'no-stream', mixed(batch, stream))
        await expect(refused).rejects.toBeInstanceOf(StaleRevision)
        expect((await streamOf(store, stream)).map(({ id }) => id)).toEqual(batch.map(({ id }) => id))
      })

      it.runIf(refusesTakenIds)('refuses an id of another stream', async () => {
        const [one, other] = [someStream(), someStream()]
        const [taken] = records(one, -1n)
        await store.append(one, 'no-stream', [taken!])
        const refused = store.append(other, 'no-stream', [recordAt(other, 0n, taken!.id, {})])
        await expect(refused).rejects.toBeInstanceOf(EventIdTaken)
        expect(await streamOf(store, other)).toEqual([])
      })

      it.runIf(refusesTakenIds)('refuses an earlier id of the same stream at a new place', async () => {
        const stream = someStream()
        const [taken] = records(stream, -1n)
        await store.append(stream, 'no-stream', [taken!])
        await expect(store.append(stream, 0n, [recordAt(stream, 1n, taken!.id, {})])).rejects.toBeInstanceOf(
          EventIdTaken,
        )
      })

      it.runIf(refusesTakenIds)(
        'does not let a refused one harm those that are appended with it',
        async () => {
          const one = someStream()
          const [taken] = records(one, -1n)
          await store.append(one, 'no-stream', [taken!])
          const streams = Array.from({ length: 20 }, () => someStream())
          const outcomes = await Promise.allSettled(
            streams.map((stream, i) => {
              const id = i % 5 === 3 ? taken!.id : someId()
              return store.append(stream, 'no-stream', [recordAt(stream, 0n, id, {})])
            }),
          )
          expect(outcomes.map(({ status }) => status)).toEqual(
            streams.map((_, i) => (i % 5 === 3 ? 'rejected' : 'fulfilled')),
          )
          for (const [i, stream] of streams.entries()) {
            expect(await streamOf(store, stream)).toHaveLength(i % 5 === 3 ? 0 : 1)
          }
        },
      )
    })

    describe('what is kept', () => {
      it.each([
        ['emoji', 'Молодец! 👏🏽 👩‍👩‍👧'],
        ['combining marks, which are not composed', 'и\u0306 e\u0301 й'],
        ['right to left', 'שלום עולם \u200F١٢٣'],
        ['separators and escapes', 'a\u2028b\u2029c"\\/\t\n\r\b\f\u0001\u007F'],
        ['outside the basic plane', '𝒳 𠮷 \u{10FFFF}'],
      ])('%s', async (_, text) => {
        const stream = someStream()
        const given = [recordAt(stream, 0n, someId(), { text, [text]: text })]
        await store.append(stream, 'no-stream', given)
        const [kept] = await streamOf(store, stream)
        expect(Buffer.from(kept!.canonical)).toEqual(Buffer.from(given[0]!.canonical))
        expect(kept!.data).toEqual({ text, [text]: text })
      })

      it('the largest record, of one-byte and of four-byte letters', async () => {
        const stream = someStream()
        const given = [largestRecord(stream, 0n), largestRecord(stream, 1n, '👏')]
        for (const { canonical } of given) expect(Buffer.byteLength(canonical)).toBe(65_535)
        await store.append(stream, 'no-stream', given)
        expect((await streamOf(store, stream)).map(({ canonical }) => canonical)).toEqual(
          given.map(({ canonical }) => canonical),
        )
      })

      it('many large records in one append, and many such appends at once', async () => {
        const streams = Array.from({ length: 4 }, () => someStream())
        const length = Math.min(40, Math.floor(largestAppend / MAX_RECORD_BYTES))
        const batches = streams.map((stream) =>
          Array.from({ length }, (_, i) => largestRecord(stream, BigInt(i), 'ж')),
        )
        await Promise.all(streams.map((stream, i) => store.append(stream, 'no-stream', batches[i]!)))
        for (const [i, stream] of streams.entries()) {
          const kept = await streamOf(store, stream)
          expect(kept.map(({ canonical }) => canonical)).toEqual(
            batches[i]!.map(({ canonical }) => canonical),
          )
        }
      })

      it('everything, when the log is closed and opened again', async () => {
        const stream = someStream()
        const given = records(stream, -1n, 5)
        const appended = await store.append(stream, 'no-stream', given)
        store = await opened.reopen()
        expect((await streamOf(store, stream)).map(({ canonical }) => canonical)).toEqual(
          given.map(({ canonical }) => canonical),
        )
        expect((await store.append(stream, 'no-stream', given)).position).toEqual(appended.position)
        expect((await store.append(stream, 4n, records(stream, 4n))).revision).toBe(5n)
      })
    })

    describe('reading a stream', () => {
      const stream = someStream()
      const revisions = async (options: Parameters<EventStore['readStream']>[1]): Promise<number[]> =>
        (await collect(store.readStream(stream, options))).map(({ revision }) => Number(revision))
      beforeAll(async () => {
        await store.append(stream, 'no-stream', records(stream, -1n, 10))
      })

      it.each<[string, Parameters<EventStore['readStream']>[1], number[]]>([
        ['forwards', {}, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]],
        ['from a revision, which is included', { from: 7n }, [7, 8, 9]],
        ['no more than a limit', { from: 2n, limit: 3 }, [2, 3, 4]],
        ['nothing with the limit 0', { limit: 0 }, []],
        ['up to the end with a limit beyond it', { from: 8n, limit: 50 }, [8, 9]],
        ['nothing from beyond the end', { from: 10n }, []],
        ['nothing from far beyond the end', { from: 1_000_000n }, []],
        ['backwards', { direction: 'backwards' }, [9, 8, 7, 6, 5, 4, 3, 2, 1, 0]],
        ['backwards from a revision', { direction: 'backwards', from: 2n }, [2, 1, 0]],
        ['backwards no more than a limit', { direction: 'backwards', limit: 2 }, [9, 8]],
        ['backwards from a revision with a limit', { direction: 'backwards', from: 4n, limit: 2 }, [4, 3]],
        ['backwards from beyond the end', { direction: 'backwards', from: 99n, limit: 2 }, [9, 8]],
        ['backwards from the first', { direction: 'backwards', from: 0n }, [0]],
      ])('gives %s', async (_, options, expected) => {
        expect(await revisions(options)).toEqual(expected)
      })

      it('gives nothing of a stream that does not exist, both ways', async () => {
        expect(await streamOf(store, someStream())).toEqual([])
        expect(await collect(store.readStream(someStream(), { direction: 'backwards' }))).toEqual([])
      })

      it('gives what was appended after a read that found the end', async () => {
        const grown = someStream()
        expect(await streamOf(store, grown)).toEqual([])
        await store.append(grown, 'no-stream', records(grown, -1n, 2))
        expect(await collect(store.readStream(grown, { from: 2n }))).toEqual([])
        await store.append(grown, 1n, records(grown, 1n))
        expect(await collect(store.readStream(grown, { from: 2n }))).toHaveLength(1)
      })

      it('is followed at once by an append that nothing held up', async () => {
        // A store that knows the end of the stream reads nothing here: the appends follow within one turn.
        const hot = someStream()
        for (let at = -1n; at < 20n; at++) {
          await store.append(hot, at < 0n ? 'no-stream' : at, records(hot, at))
          expect(await collect(store.readStream(hot, { from: at + 2n }))).toEqual([])
        }
      })

      it('gives a stream of several thousand events, both ways', async () => {
        const long = someStream()
        for (let at = -1n; at < 2_499n; at += 250n) {
          await store.append(long, at < 0n ? 'no-stream' : at, records(long, at, 250))
        }
        const all = Array.from({ length: 2_500 }, (_, i) => BigInt(i))
        expect((await streamOf(store, long)).map(({ revision }) => revision)).toEqual(all)
        const back = await collect(store.readStream(long, { direction: 'backwards' }))
        expect(back.map(({ revision }) => revision)).toEqual(all.toReversed())
      })
    })

    describe('reading the log', () => {
      it('gives the events of all streams in the order of their appends', async () => {
        const before = await store.head()
        const [a, b] = [someStream(), someStream()]
        await store.append(a, 'no-stream', records(a, -1n, 2))
        await store.append(b, 'no-stream', records(b, -1n))
        await store.append(a, 1n, records(a, 1n))
        const log = (await logOf(store, { after: before })).filter(
          ({ stream }) => stream === a || stream === b,
        )
        expect(log.map(({ stream, revision }) => [stream, revision])).toEqual([
          [a, 0n],
          [a, 1n],
          [b, 0n],
          [a, 2n],
        ])
      })

      it('goes on after any position', async () => {
        const [school, before] = [someSchool(), await store.head()]
        const stream = someStream(school)
        await store.append(stream, 'no-stream', records(stream, -1n, 12))
        const all = await logOf(store, { after: before, school })
        for (const [i, { position }] of all.entries()) {
          const rest = await logOf(store, { after: position, school })
          expect(rest.map(({ revision }) => revision)).toEqual(
            all.slice(i + 1).map(({ revision }) => revision),
          )
        }
      })

      it('has bigint positions that only grow, and a head that is the last of them', async () => {
        const stream = someStream()
        await store.append(stream, 'no-stream', records(stream, -1n, 3))
        const log = await logOf(store, {})
        expectGrowing(log)
        for (const { position } of log) {
          expect(typeof position.commit).toBe('bigint')
          expect(typeof position.prepare).toBe('bigint')
        }
        expect(await store.head()).toEqual(log.at(-1)!.position)
      })

      it('stops at a limit, and gives nothing beyond the end', async () => {
        const [school, before] = [someSchool(), await store.head()]
        const stream = someStream(school)
        await store.append(stream, 'no-stream', records(stream, -1n, 5))
        expect(await logOf(store, { after: before, school, limit: 0 })).toEqual([])
        expect(await logOf(store, { after: before, school, limit: 2 })).toHaveLength(2)
        expect(await logOf(store, { after: before, school, limit: 50 })).toHaveLength(5)
        expect(await logOf(store, { after: await store.head() })).toEqual([])
      })

      it('gives the same records by their text, over more pages than one', async () => {
        const [school, before] = [someSchool(), await store.head()]
        const [stream, other] = [someStream(school), someStream(school)]
        for (let at = -1n; at < 1_199n; at += 400n) {
          await store.append(stream, at < 0n ? 'no-stream' : at, records(stream, at, 400))
          await store.append(other, at < 0n ? 'no-stream' : at, records(other, at, 400))
        }
        const all = await logOf(store, { after: before })
        const options = [
          { after: before },
          { after: before, school },
          { after: before, school, limit: 1_001 },
          { after: before, limit: 0 },
          { after: all.at(1_100)!.position },
          { after: await store.head() },
        ]
        for (const option of options) {
          const texts = await logOf(store, { ...option, asText: true })
          const given = texts.map(({ stream, revision, id, type, data, meta, canonical, position }) => ({
            stream,
            revision,
            id,
            type,
            data,
            meta,
            canonical,
            position,
          }))
          expect(given).toEqual(await logOf(store, option))
        }
        const subscriber = subscribed(store, { after: before, school, asText: true })
        const events = await subscriber.has(2_400)
        await subscriber.end()
        expect(events.map(({ canonical }) => canonical)).toEqual(all.map(({ canonical }) => canonical))
      })

      it('gives one school alone, also when its name begins that of another', async () => {
        const before = await store.head()
        const tom = someSchool()
        const tomsk = SchoolSlug.parse(`${tom}sk`)
        const [ours, theirs] = [someStream(tom), someStream(tomsk)]
        await Promise.all([
          store.append(ours, 'no-stream', records(ours, -1n, 2)),
          store.append(theirs, 'no-stream', records(theirs, -1n, 3)),
        ])
        const streams = async (school: SchoolSlug): Promise<StreamName[]> =>
          (await logOf(store, { after: before, school })).map(({ stream }) => stream)
        expect(await streams(tom)).toEqual([ours, ours])
        expect(await streams(tomsk)).toEqual([theirs, theirs, theirs])
        expect(await streams(someSchool())).toEqual([])
      })
    })

    describe('64 writers and a reader that goes on after its last position', () => {
      it('miss nothing and never find an event behind, each writer with a stream of its own', async () => {
        await writersAndReader(store, { writers: 64, streams: 64, appends: 8 })
      })

      it('miss nothing and never find an event behind, all writers on a few streams', async () => {
        await writersAndReader(store, { writers: 64, streams: 5, appends: 4 })
      })
    })

    describe('subscribing', () => {
      it('gives what stands and then what comes, in batches that are never empty', async () => {
        const [school, before] = [someSchool(), await store.head()]
        const stream = someStream(school)
        await store.append(stream, 'no-stream', records(stream, -1n, 30))
        const subscriber = subscribed(store, { after: before, school })
        await subscriber.has(30)
        for (let at = 29n; at < 39n; at++) await store.append(stream, at, records(stream, at))
        const events = await subscriber.has(40)
        expect(events.map(({ revision }) => revision)).toEqual(
          Array.from({ length: 40 }, (_, i) => BigInt(i)),
        )
        expectGrowing(events)
        await subscriber.end()
        expect(subscriber.sizes.every((size) => size > 0)).toBe(true)
      })

      it('gives each event once while others write', async () => {
        const [school, before] = [someSchool(), await store.head()]
        const subscriber = subscribed(store, { after: before, school })
        const streams = Array.from({ length: 40 }, () => someStream(school))
        await Promise.all(
          streams.map(async (stream) => {
            for (let at = -1n; at < 9n; at++) {
              await store.append(stream, at < 0n ? 'no-stream' : at, records(stream, at))
            }
          }),
        )
        const events = await subscriber.has(400)
        await subscriber.end()
        expectGrowing(events)
        expect(new Set(events.map(({ id }) => id)).size).toBe(400)
      })

      it('resumes after the last event that was kept', async () => {
        const [school, before] = [someSchool(), await store.head()]
        const stream = someStream(school)
        await store.append(stream, 'no-stream', records(stream, -1n, 10))
        const [, , , fourth] = await logOf(store, { after: before, school })
        const subscriber = subscribed(store, { after: fourth!.position, school })
        const events = await subscriber.has(6)
        await subscriber.end()
        expect(events.map(({ revision }) => revision)).toEqual([4n, 5n, 6n, 7n, 8n, 9n])
      })

      it('gives one school alone, caught up and live', async () => {
        const before = await store.head()
        const tom = someSchool()
        const [ours, theirs] = [someStream(tom), someStream(SchoolSlug.parse(`${tom}sk`))]
        await store.append(theirs, 'no-stream', records(theirs, -1n, 3))
        await store.append(ours, 'no-stream', records(ours, -1n))
        const subscriber = subscribed(store, { after: before, school: tom })
        await subscriber.has(1)
        await store.append(theirs, 2n, records(theirs, 2n, 3))
        await store.append(ours, 0n, records(ours, 0n))
        const events = await subscriber.has(2)
        await subscriber.end()
        expect(events.map(({ stream }) => stream)).toEqual([ours, ours])
      })

      it('serves two subscribers, each at its own pace', async () => {
        const [school, before] = [someSchool(), await store.head()]
        const stream = someStream(school)
        const [quick, late] = [subscribed(store, { after: before, school }), { after: before, school }]
        await store.append(stream, 'no-stream', records(stream, -1n, 5))
        await quick.has(5)
        const second = subscribed(store, late)
        await store.append(stream, 4n, records(stream, 4n, 5))
        expect(await second.has(10)).toEqual(await quick.has(10))
        await Promise.all([quick.end(), second.end()])
      })

      it('ends when it is aborted: while it waits, before it begins, and between two batches', async () => {
        const [school, after] = [someSchool(), await store.head()]
        const waiting = subscribed(store, { after, school })
        await waiting.end()
        expect(waiting.sizes).toEqual([])

        expect(await collect(store.subscribe({ after: null, signal: AbortSignal.abort() }))).toEqual([])

        const stream = someStream(school)
        await store.append(stream, 'no-stream', records(stream, -1n))
        const abort = new AbortController()
        let batches = 0
        for await (const batch of store.subscribe({ after, school, signal: abort.signal })) {
          batches += batch.length
          await store.append(stream, 0n, records(stream, 0n))
          abort.abort()
        }
        expect(batches).toBe(1)
      })

      it('gives nothing more once it is aborted, also what it was just about to give', async () => {
        const [school, after] = [someSchool(), await store.head()]
        const stream = someStream(school)
        await store.append(stream, 'no-stream', records(stream, -1n))
        const abort = new AbortController()
        const batches = store.subscribe({ after, school, signal: abort.signal })[Symbol.asyncIterator]()
        const next = batches.next()
        abort.abort()
        expect(await next).toMatchObject({ done: true })
      })
    })

    it('leaves each stream as the accepted appends say, whatever is asked in whatever order', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(askedAppend, { maxLength: 24 }), (asked) => model(store, asked)),
        {
          numRuns: 25,
        },
      )
    })

    // The last test: it closes the store.
    it('finishes the appends that it accepted when it is closed, and accepts no more', async () => {
      const streams = Array.from({ length: 50 }, () => someStream())
      const accepted = streams.map((stream) => store.append(stream, 'no-stream', records(stream, -1n, 2)))
      const closing = store.close()
      const late = someStream()
      await expect(async () => store.append(late, 'no-stream', records(late, -1n))).rejects.toBeInstanceOf(
        StoreUnavailable,
      )
      await closing
      expect((await Promise.all(accepted)).map(({ revision }) => revision)).toEqual(streams.map(() => 1n))
      store = await opened.reopen()
      for (const stream of streams) expect(await streamOf(store, stream)).toHaveLength(2)
      expect(await streamOf(store, late)).toEqual([])
    })
  })
}

export async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const collected: Item[] = []
  for await (const item of items) collected.push(item)
  return collected
}

export const streamOf = (store: EventStore, stream: StreamName) => collect(store.readStream(stream))
const logOf = (store: EventStore, options: Parameters<EventStore['readAll']>[0]) =>
  collect(store.readAll(options))

export function expectGrowing(events: readonly PositionedEvent[]): void {
  for (let i = 1; i < events.length; i++) {
    expect(comparePositions(events[i - 1]!.position, events[i]!.position)).toBeLessThan(0)
  }
}

/** A subscriber that keeps what it is given. */
function subscribed(
  store: EventStore,
  options: { after: Position | null; school: SchoolSlug; asText?: boolean },
) {
  const abort = new AbortController()
  const events: PositionedEvent[] = []
  const sizes: number[] = []
  let more = Promise.withResolvers<void>()
  const done = (async () => {
    for await (const batch of store.subscribe({ ...options, signal: abort.signal })) {
      sizes.push(batch.length)
      events.push(...batch)
      more.resolve()
      more = Promise.withResolvers<void>()
    }
  })()
  return {
    sizes,
    async has(count: number): Promise<readonly PositionedEvent[]> {
      while (events.length < count) await Promise.race([more.promise, done])
      expect(events).toHaveLength(count)
      return events
    },
    async end(): Promise<void> {
      abort.abort()
      await done
    },
  }
}

interface Stress {
  readonly writers: number
  readonly streams: number
  readonly appends: number
}

/** What one writer or several stores do at once; the reader reads from `stores[0]`. */
export async function writersAndReader(
  stores: EventStore | readonly EventStore[],
  { writers, streams, appends }: Stress,
): Promise<void> {
  const all = Array.isArray(stores) ? (stores as readonly EventStore[]) : [stores as EventStore]
  const reader = all[0]!
  const [school, before] = [someSchool(), await reader.head()]
  const names = Array.from({ length: streams }, () => someStream(school))
  const accepted: Array<{ appended: Appended; batch: readonly NewEvent[] }> = []
  let latest = before

  const write = async (writer: number): Promise<void> => {
    const store = all[writer % all.length]!
    const stream = names[writer % streams]!
    let at = -1n
    for (let done = 0; done < appends; ) {
      const batch = records(stream, at, 1 + ((writer + done) % 3))
      const acknowledged = latest
      try {
        const appended = await store.append(stream, at < 0n ? 'no-stream' : at, batch)
        expect(appended.fresh).toBe(true)
        // What was acknowledged before this append began stands before it.
        expect(comparePositions(acknowledged, appended.position)).toBeLessThan(0)
        if (comparePositions(latest, appended.position) < 0) latest = appended.position
        accepted.push({ appended, batch })
        at = appended.revision
        done++
      } catch (error) {
        if (!(error instanceof StaleRevision)) throw error
        expect(error.actual).not.toBe(null)
        at = error.actual!
      }
    }
  }

  let writing = true
  const seen: PositionedEvent[] = []
  const read = async (): Promise<void> => {
    for (let last = false; ; last = !writing) {
      for await (const event of reader.readAll({ after: seen.at(-1)?.position ?? before })) seen.push(event)
      if (last) return
    }
  }
  const reading = read()
  try {
    await Promise.all(Array.from({ length: writers }, (_, writer) => write(writer)))
  } finally {
    writing = false
    await reading
  }

  expectGrowing(seen)
  const ours = seen.filter(({ stream }) => names.includes(stream))
  const written = accepted.toSorted((a, b) => comparePositions(a.appended.position, b.appended.position))
  expect(ours.map(({ id }) => id)).toEqual(written.flatMap(({ batch }) => batch.map(({ id }) => id)))
  for (const name of names) {
    const revisions = ours.filter(({ stream }) => stream === name).map(({ revision }) => revision)
    expect(revisions).toEqual(revisions.map((_, i) => BigInt(i)))
  }
}

const askedAppend = fc.record({
  stream: fc.nat({ max: 2 }),
  size: fc.integer({ min: 1, max: 4 }),
  /** How far from the true revision the caller is; mostly not at all. */
  off: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.integer({ min: -3, max: 2 })),
  /** Sends the same append twice, as after a lost answer. */
  twice: fc.boolean(),
  /** Waits for the answer before the next is asked; otherwise both are under way at once. */
  waits: fc.boolean(),
})

/** Replays what the store accepted, in its order, on plain arrays: each must have stood where it was expected. */
async function model(
  store: EventStore,
  asked: ReadonlyArray<typeof askedAppend extends fc.Arbitrary<infer T> ? T : never>,
): Promise<void> {
  const streams = [someStream(), someStream(), someStream()]
  const believed = new Map<StreamName, bigint>(streams.map((stream) => [stream, -1n]))
  const accepted: Array<{ stream: StreamName; at: bigint; ids: string[]; appended: Appended }> = []
  const underWay: Array<Promise<void>> = []
  for (const { stream: n, size, off, twice, waits } of asked) {
    const stream = streams[n]!
    const at = believed.get(stream)! + BigInt(off) < -1n ? -1n : believed.get(stream)! + BigInt(off)
    const batch = records(stream, at, size)
    const send = async (): Promise<void> => {
      try {
        const appended = await store.append(stream, at < 0n ? 'no-stream' : at, batch)
        accepted.push({ stream, at, ids: batch.map(({ id }) => id), appended })
        if (appended.revision > believed.get(stream)!) believed.set(stream, appended.revision)
      } catch (error) {
        expect(error).toBeInstanceOf(StaleRevision)
        expect((error as StaleRevision).actual ?? -1n).not.toBe(at)
      }
    }
    const sent = [send(), ...(twice ? [send()] : [])]
    underWay.push(...sent)
    if (waits) await Promise.all(sent)
  }
  await Promise.all(underWay)

  const modelled = new Map<StreamName, string[]>(streams.map((stream) => [stream, []]))
  const inOrder = accepted.toSorted((a, b) => comparePositions(a.appended.position, b.appended.position))
  for (const [i, { stream, at, ids, appended }] of inOrder.entries()) {
    const kept = modelled.get(stream)!
    expect(appended.revision).toBe(at + BigInt(ids.length))
    const repeats = i > 0 && comparePositions(inOrder[i - 1]!.appended.position, appended.position) === 0
    if (repeats) expect(kept.slice(Number(at) + 1)).toEqual(ids)
    else {
      expect(BigInt(kept.length) - 1n).toBe(at)
      kept.push(...ids)
    }
  }
  for (const stream of streams) {
    const found = await streamOf(store, stream)
    expect(found.map(({ id }) => id)).toEqual(modelled.get(stream))
    expect(found.map(({ revision }) => revision)).toEqual(found.map((_, i) => BigInt(i)))
  }
}
