import { textsOn } from '#support/person-keys.ts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Actor, Command, Places } from '#commands/command.ts'
import { type Accepted, execute, type Execution } from '#commands/execute.ts'
import { NOTHING_VOID } from '#commands/fold.ts'
import { FoldedStreams } from '#commands/folded-streams.ts'
import { correctHomework } from '#commands/journal-page/correct-homework.ts'
import { openPage } from '#commands/journal-page/open-page.ts'
import { recordLesson } from '#commands/journal-page/record-lesson.ts'
import { recordMarks } from '#commands/journal-page/record-marks.ts'
import { setHomework } from '#commands/journal-page/set-homework.ts'
import type { ReferenceName } from '#commands/references.ts'
import { isRefusal, type Refusal } from '#commands/refusal.ts'
import { canonicalRecord, MAX_RECORD_BYTES } from '#events/record.ts'
import { type RecordedEvent, StoreUnavailable } from '#events/store/event-store.ts'
import { PostgresLog } from '#events/store/postgres-log.ts'
import { type StreamName, streamName } from '#events/stream-name.ts'
import { leafHash } from '#integrity/tlog/leaf-hash.ts'
import { type Database, openInMemory } from '#main/database.ts'
import { migrate } from '#main/migrations.ts'
import { pageId, SchoolSlug } from '#values/school.ts'
import { Instant } from '#values/time.ts'
import { type Uuid, uuidV5 } from '#values/uuid.ts'
import type { z } from 'zod'
import {
  actor,
  ALGEBRA,
  ANNA,
  BORIS,
  date,
  deputy,
  head,
  id,
  LESSON,
  MATHEMATICIAN,
  mathematician,
  PAGE,
  past,
  Q1,
  school,
  stranger,
} from '#support/class-7a.ts'
import { recordPast } from '#support/past-in-log.ts'
import { WatchedStore } from '#support/watched-store.ts'

const NOW = Instant.parse('2026-11-09T03:50:00.000Z')
const LATER = Instant.parse('2026-11-09T04:10:00.000Z')
const lesson = { page: PAGE, date: '2026-11-09', number: 3, topic: 'Степень с натуральным показателем' }
const mark = (pupil: Uuid, value: number, kind = 'test') => ({
  page: PAGE,
  lesson: LESSON,
  kind,
  marks: [{ pupil, value }],
})

const noNames = () => Promise.reject(new Error('a page keeps no names'))
const noCredentials = () => Promise.reject(new Error('a page keeps no credentials'))
/** No command of a page keeps anything aside: these places are never entered. */
const NO_PLACES: Places = {
  persons: { keep: noNames, correct: noNames, takeBack: noNames },
  keys: { quarantine: noCredentials },
  credentials: {
    keep: noCredentials,
    rename: noCredentials,
    change: noCredentials,
    isPasswordOf: noCredentials,
    renew: noCredentials,
    issueCode: noCredentials,
    issueServiceToken: noCredentials,
    linkIdentity: noCredentials,
    unlinkIdentity: noCredentials,
  },
}

/** A school of its own, with the algebra page open at revision 0. */
async function openSchool() {
  const name = SchoolSlug.parse(`school${++schools}`)
  const stream = streamName(name, 'journalPage', PAGE)
  const store = new WatchedStore(log)
  await recordPast(store, school, name)
  let now = NOW
  const service = (): Execution => ({
    store,
    streams: new FoldedStreams(store, NOTHING_VOID),
    places: NO_PLACES,
    texts: textsOn(database.kysely),
    accountsWith: () => Promise.resolve([]),
    clock: () => now,
  })
  const first = service()
  const send = <Input extends z.ZodObject, State, Needs extends ReferenceName>(
    command: Command<Input, State, Needs>,
    input: z.input<Input>,
    sent: { id: Uuid; as?: Actor; ifRevision?: bigint; through?: Execution },
  ) =>
    execute(sent.through ?? first, command, {
      school: name,
      actor: sent.as ?? mathematician,
      id: sent.id,
      input: command.input.parse(input),
      corr: 'req-7f',
      ...(sent.ifRevision === undefined ? {} : { ifRevision: sent.ifRevision }),
    })
  await send(openPage, { year: 2026, journal: ALGEBRA, period: 'q2' }, { id: id('command/open') })
  return {
    name,
    stream,
    store,
    send,
    /** Another process on the same log: it remembers nothing of what the first has seen. */
    service,
    wait: (until: Instant) => {
      now = until
    },
    page: () => eventsOf(store, stream),
  }
}

async function eventsOf(store: WatchedStore, stream: StreamName): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = []
  for await (const event of store.readStream(stream)) events.push(event)
  return events
}

let schools = 0
let database: Database
let log: PostgresLog
let empty: Awaited<ReturnType<typeof openSchool>>
beforeAll(async () => {
  database = await openInMemory()
  await migrate(database.kysely)
  log = await PostgresLog.open(database.kysely, { soleWriter: true })
  empty = await openSchool()
})
afterAll(async () => {
  await log.close()
  await database.close()
})

function acceptedOf(answer: Accepted | Refusal): Accepted {
  if (isRefusal(answer)) expect.fail(`refused: ${answer.refused} ${JSON.stringify(answer.detail)}`)
  return answer
}

describe('an accepted command', () => {
  it('answers with what the log holds, and the leaf of each event as its receipt', async () => {
    const { send, page, stream } = await openSchool()
    await send(recordLesson, lesson, { id: id('command/lesson') })
    const answer = acceptedOf(await send(recordMarks, mark(ANNA, 5), { id: id('command/marks') }))

    const recorded = (await page()).slice(2)
    expect(answer).toMatchObject({ stream, revision: 3n, repeated: false })
    expect(answer.events).toEqual(
      recorded.map(({ id, type, revision, data, canonical }) => ({
        id,
        type,
        revision,
        data,
        hash: leafHash(canonical),
      })),
    )
    expect(recorded.map(({ type }) => type)).toEqual(['WorkHeld', 'MarkRecorded'])
    for (const event of recorded)
      expect(event.canonical).toBe(canonicalRecord(event.stream, event.revision, event))
  })

  it('says where a reader must have come to see it', async () => {
    const { send, store } = await openSchool()
    const answer = acceptedOf(await send(recordLesson, lesson, { id: id('command/lesson') }))
    expect(answer.position).toEqual(await store.head())
  })

  it('records who did it, when, by which command, and on which revisions it rests', async () => {
    const { send, page, store, name } = await openSchool()
    await send(recordLesson, lesson, { id: id('command/lesson') })
    const [pageOpened, recorded] = await page()

    const basis: Record<string, number> = {}
    for (const [category, of] of [
      ['schoolYear', 2026],
      ['policy', 'main'],
      ['roster', 'main'],
      ['teachingLoad', 2026],
      ['timetable', 2026],
    ] as const) {
      const stream = streamName(name, category, of)
      basis[stream] = Number((await eventsOf(store, stream)).at(-1)!.revision)
    }
    expect(recorded!.meta).toEqual({
      v: 3,
      school: name,
      at: NOW,
      by: mathematician.account,
      role: 'teacher',
      cred: 1,
      cmd: id('command/lesson'),
      cause: null,
      corr: 'req-7f',
      basis,
      prev: leafHash(pageOpened!.canonical),
    })
    expect(pageOpened!.meta).toMatchObject({ prev: null })
  })

  it('chains all of its events, the first to what stood before', async () => {
    const { send, page } = await openSchool()
    await send(recordLesson, lesson, { id: id('command/lesson') })
    await send(
      recordMarks,
      { ...mark(ANNA, 5), marks: [ANNA, BORIS].map((pupil) => ({ pupil, value: 4 })) },
      { id: id('command/marks') },
    )
    const events = await page()
    expect(events).toHaveLength(5)
    expect(events.map(({ meta }) => meta['prev'])).toEqual([
      null,
      ...events.slice(0, -1).map(({ canonical }) => leafHash(canonical)),
    ])
  })

  it('decides by what the administration recorded meanwhile', async () => {
    const { send, store, name } = await openSchool()
    await send(recordLesson, lesson, { id: id('command/lesson') })
    const stream = streamName(name, 'teachingLoad', 2026)
    const last = (await eventsOf(store, stream)).at(-1)!
    const { event } = past('teachingLoad', 2026, {
      type: 'TeacherReleased',
      data: { journal: ALGEBRA, staff: MATHEMATICIAN, from: date('2026-11-09') },
    })
    const release = {
      id: uuidV5(id('event/release'), name),
      type: event.type,
      data: { ...event.data },
      meta: { ...last.meta, prev: leafHash(last.canonical), cmd: id('command/release') },
    }
    const canonical = canonicalRecord(stream, last.revision + 1n, release)
    await store.append(stream, last.revision, [{ ...release, canonical }])
    expect(await send(recordMarks, mark(ANNA, 5), { id: id('command/marks') })).toMatchObject({
      refused: 'journal-not-taught',
    })
  })
})

describe('a refused command', () => {
  it('records nothing', async () => {
    const { send, page } = empty
    const before = (await page()).length
    expect(await send(recordLesson, { ...lesson, number: 5 }, { id: id('command/refused') })).toMatchObject({
      refused: 'lesson-not-in-timetable',
    })
    expect(await page()).toHaveLength(before)
  })

  it('is refused by role before anything is read', async () => {
    const { send, store } = empty
    const reads = store.reads.length
    expect(await send(recordLesson, lesson, { id: id('command/head'), as: head })).toMatchObject({
      refused: 'role-not-permitted',
      detail: { role: 'head', permitted: ['teacher'] },
    })
    expect(store.reads).toHaveLength(reads)
  })

  it('is refused for a page that nobody opened', async () => {
    const page = pageId(ALGEBRA, Q1)
    expect(await empty.send(recordLesson, { ...lesson, page }, { id: id('command/nowhere') })).toMatchObject({
      refused: 'page-unknown',
    })
  })
})

describe('a command that is sent twice', () => {
  it('is recorded once and answered twice, the same', async () => {
    const { send, page, wait } = await openSchool()
    await send(recordLesson, lesson, { id: id('command/lesson') })
    const marks = { id: id('command/marks') }
    const first = acceptedOf(await send(recordMarks, mark(ANNA, 5), marks))
    wait(LATER)
    const second = acceptedOf(await send(recordMarks, mark(ANNA, 5), marks))
    expect(second).toEqual({ ...first, repeated: true })
    expect(await page()).toHaveLength(4)
  })

  it('gets the first answer also when the page has moved on and would refuse it now', async () => {
    const { send, page } = await openSchool()
    const first = acceptedOf(await send(recordLesson, lesson, { id: id('command/lesson') }))
    await send(recordMarks, mark(ANNA, 5), { id: id('command/marks') })
    const again = await send(recordLesson, lesson, { id: id('command/lesson'), ifRevision: 0n })
    expect(again).toEqual({ ...first, repeated: true })
    expect(await page()).toHaveLength(4)
  })

  it('gets the first answer from another process', async () => {
    const { send, service, page } = await openSchool()
    const sent = { id: id('command/lesson') }
    const first = acceptedOf(await send(recordLesson, lesson, sent))
    expect(await send(recordLesson, lesson, { ...sent, through: service() })).toEqual({
      ...first,
      repeated: true,
    })
    expect(await page()).toHaveLength(2)
  })

  it('is not taken for another one with the same id: other content, account or role', async () => {
    const { send, page } = await openSchool()
    const sent = { id: id('command/lesson') }
    await send(recordLesson, lesson, sent)
    const reused = { refused: 'command-id-reused', detail: { command: sent.id } }
    expect(await send(recordLesson, { ...lesson, topic: 'Многочлены' }, sent)).toMatchObject(reused)
    expect(await send(recordLesson, lesson, { ...sent, as: stranger })).toMatchObject(reused)
    expect(await send(recordMarks, mark(ANNA, 5), sent)).toMatchObject(reused)
    const openAgain = { year: 2026, journal: ALGEBRA, period: 'q2' }
    expect(
      await send(openPage, openAgain, { id: id('command/open'), as: actor('deputy', MATHEMATICIAN) }),
    ).toMatchObject({ refused: 'command-id-reused' })
    expect(await page()).toHaveLength(2)
  })

  it('is the same however its text was typed', async () => {
    const { send, page } = await openSchool()
    const sent = { id: id('command/lesson') }
    await send(recordLesson, { ...lesson, topic: 'Линейный график' }, sent)
    const again = await send(
      recordLesson,
      { ...lesson, topic: ' Линейныи\u0306 график ', material: undefined },
      sent,
    )
    expect(again).toMatchObject({ repeated: true })
    expect(await page()).toHaveLength(2)
  })
})

describe('commands at the same moment', () => {
  it('record the same request once, with one receipt for all', async () => {
    const { send, page } = await openSchool()
    const answers = await Promise.all(
      [1, 2, 3].map(() => send(recordLesson, lesson, { id: id('command/lesson') })),
    )
    const [first] = answers.map(acceptedOf)
    for (const answer of answers) expect(acceptedOf(answer).events).toEqual(first!.events)
    expect(answers.map((answer) => acceptedOf(answer).repeated).filter(Boolean)).toHaveLength(2)
    expect(await page()).toHaveLength(2)
  })

  it('record the same request once when two processes carry it out', async () => {
    const { send, page, service } = await openSchool()
    const sent = { id: id('command/lesson') }
    const answers = await Promise.all(
      [service(), service()].map((through) => send(recordLesson, lesson, { ...sent, through })),
    )
    expect(acceptedOf(answers[0]!).events).toEqual(acceptedOf(answers[1]!).events)
    expect(await page()).toHaveLength(2)
  })

  it('record all of different ones on one page, one after another', async () => {
    const { send, page } = await openSchool()
    await send(recordLesson, lesson, { id: id('command/lesson') })
    const kinds = ['test', 'quiz', 'homework', 'project']
    const answers = await Promise.all(
      kinds.map((kind) => send(recordMarks, mark(ANNA, 5, kind), { id: id(`command/${kind}`) })),
    )
    const revisions = answers.flatMap((answer) => acceptedOf(answer).events.map(({ revision }) => revision))
    expect(revisions.toSorted((a, b) => Number(a - b))).toEqual([2n, 3n, 4n, 5n, 6n, 7n, 8n, 9n])
    const events = await page()
    expect(events.map(({ revision }) => revision)).toEqual(events.map((_, i) => BigInt(i)))
    expect(events.slice(1).map(({ meta }) => meta['prev'])).toEqual(
      events.slice(0, -1).map(({ canonical }) => leafHash(canonical)),
    )
  })

  it('decide the second on what the first recorded: one mark of a kind for a pupil', async () => {
    const { send, page, service } = await openSchool()
    await send(recordLesson, lesson, { id: id('command/lesson') })
    const answers = await Promise.all(
      [4, 5].map((value) =>
        send(recordMarks, mark(ANNA, value), { id: id(`command/${value}`), through: service() }),
      ),
    )
    expect(answers.filter(isRefusal)).toMatchObject([{ refused: 'mark-exists', detail: { pupil: ANNA } }])
    expect((await page()).map(({ type }) => type)).toEqual([
      'PageOpened',
      'LessonRecorded',
      'WorkHeld',
      'MarkRecorded',
    ])
  })

  it('refuse whoever insists on the revision that somebody else has passed', async () => {
    const { send } = await openSchool()
    const insisting = [3, 4].map((number) =>
      send(recordLesson, { ...lesson, number }, { id: id(`command/${number}`), ifRevision: 0n }),
    )
    const answers = await Promise.all(insisting)
    expect(answers.filter(isRefusal)).toEqual([
      { refused: 'stale-revision', detail: { expected: 0, actual: 1 } },
    ])
  })
})

describe('a command that names the revision it saw', () => {
  it('is recorded when it saw the last one', async () => {
    const { send } = await openSchool()
    expect(await send(recordLesson, lesson, { id: id('command/lesson'), ifRevision: 0n })).toMatchObject({
      revision: 1n,
    })
  })

  it('is refused otherwise, with the revision that stands', async () => {
    for (const ifRevision of [-1n, 1n, 7n])
      expect(await empty.send(recordLesson, lesson, { id: id('command/lesson'), ifRevision })).toEqual({
        refused: 'stale-revision',
        detail: { expected: Number(ifRevision), actual: 0 },
      })
  })
})

/** Letters of three bytes in addresses as long as the schema allows: a correction carries them twice. */
const longest = (letter: string) => ({
  page: PAGE,
  lesson: LESSON,
  text: 'т'.repeat(2_000),
  attachments: Array.from({ length: 10 }, () => ({
    title: 'т'.repeat(200),
    url: `https://example.org/${letter.repeat(980)}`,
  })),
})

describe('a record that the log could not hold', () => {
  it('is refused with its size, and nothing of it is recorded', async () => {
    const { send, page } = await openSchool()
    await send(recordLesson, lesson, { id: id('command/lesson') })
    acceptedOf(await send(setHomework, longest('№'), { id: id('command/homework') }))
    const answer = await send(
      correctHomework,
      { ...longest('…'), expectedVersion: 2, reason: 'typing-error' },
      { id: id('command/correction'), as: deputy },
    )
    expect(answer).toMatchObject({ refused: 'record-too-large' })
    expect((answer as Refusal).detail['bytes']).toBeGreaterThan(MAX_RECORD_BYTES)
    expect(await page()).toHaveLength(3)
  })
})

describe('a store whose answer was lost', () => {
  it('has recorded the command, and the next attempt with its id learns so', async () => {
    const { send, page, store, wait } = await openSchool()
    const sent = { id: id('command/lesson') }
    store.answersToLose = 1
    await expect(send(recordLesson, lesson, sent)).rejects.toThrow(StoreUnavailable)
    wait(LATER)
    const answer = acceptedOf(await send(recordLesson, lesson, sent))
    const [, recorded] = await page()
    expect(answer).toMatchObject({ repeated: true, revision: 1n })
    expect(answer.events).toMatchObject([{ id: recorded!.id, hash: leafHash(recorded!.canonical) }])
    expect(recorded!.meta['at']).toBe(NOW)
    expect(await page()).toHaveLength(2)
  })

  it('lets nobody else’s command go astray', async () => {
    const { send, page, store } = await openSchool()
    store.answersToLose = 1
    await expect(send(recordLesson, lesson, { id: id('command/3') })).rejects.toThrow(StoreUnavailable)
    acceptedOf(await send(recordLesson, { ...lesson, number: 4 }, { id: id('command/4') }))
    expect(acceptedOf(await send(recordLesson, lesson, { id: id('command/3') }))).toMatchObject({
      revision: 1n,
      repeated: true,
    })
    expect(await page()).toHaveLength(3)
  })
})
