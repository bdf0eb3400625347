import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { EventStore, ReadAll } from '#events/store/event-store.ts'
import { query } from '#events/store/sql.ts'
import { READ_MODELS } from '#projections/catalogue.ts'
import type { Uuid } from '#values/uuid.ts'
import { type Api, type Client, expectProblem, openApi } from '#support/api.ts'
import { ANNA, BORIS, LESSON, MONDAY, PAGE } from '#support/class-7a.ts'
import { testEngine } from '#support/databases.ts'
import { SCHOOL } from '#support/spec.ts'
import { classJournal } from '#projections/class-journal/projection.ts'
import { schemaOf } from '#projections/read-model.ts'

const JOURNAL = schemaOf(classJournal)

interface Rebuilds {
  readonly rebuilds: ReadonlyArray<{
    readonly finished: string | null
    readonly running: boolean
    readonly problem: string | null
    readonly report: {
      readonly events: number
      readonly tables: ReadonlyArray<{ readonly table: string; readonly differing: number }>
    } | null
  }>
}

const engine = testEngine('pglite')
const page = `pages/${PAGE}`
/** The gate through which a rebuild reads the log: closed, it waits in the middle of its work. */
let gate: Promise<void> = Promise.resolve()

/** The real store, whose reading of the whole log waits at the gate. */
function gated(store: EventStore): EventStore {
  return {
    append: (stream, expected, events) => store.append(stream, expected, events),
    readStream: (stream, options) => store.readStream(stream, options),
    async *readAll(options?: ReadAll) {
      await gate
      yield* store.readAll(options)
    },
    subscribe: (options) => store.subscribe(options),
    head: () => store.head(),
    close: () => store.close(),
  }
}

let api: Api
let administrator: Client
let teacher: Client
beforeAll(async () => {
  api = await openApi(engine, {
    people: ['administrator', 'auditor', 'mathematician'],
    through: (execution) => ({ ...execution, store: gated(execution.store) }),
  })
  administrator = await api.as('administrator')
  teacher = await api.as('mathematician')
  const lesson = { date: MONDAY, number: 3, topic: 'Степень с натуральным показателем' }
  expect((await teacher.post(`${page}/record-lesson`, lesson)).status).toBe(201)
  const marks = { lesson: LESSON, kind: 'test', marks: [{ pupil: ANNA, value: 5 }] }
  expect((await teacher.post(`${page}/record-marks`, marks)).status).toBe(201)
  await api.shown()
})
afterAll(() => api.close())

/** Asks for a rebuild, a second after the one before, so that the newest is the newest. */
function rebuild(model: string): ReturnType<Client['post']> {
  api.at(new Date(Date.parse(api.now()) + 1_000).toISOString())
  return administrator.post(`read-models/${model}/rebuild`)
}

/** The list of rebuilds once none is running; it is asked, as a client would ask. */
async function finished(model: string): Promise<Rebuilds> {
  for (;;) {
    const { body } = await administrator.get<Rebuilds>(`read-models/${model}/rebuilds`)
    if (body.rebuilds.every(({ running }) => !running)) return body
  }
}

describe('a rebuild over HTTP (R-D3)', () => {
  it('is accepted, leads to its list, and ends with a report of rows that are all the same', async () => {
    for (const { name } of READ_MODELS) {
      const before = (await finished(name)).rebuilds.length
      const started = await rebuild(name)
      const status = `/v1/schools/${SCHOOL}/read-models/${name}/rebuilds`
      expect(started).toMatchObject({ status: 202, body: { model: name, status } })
      const { rebuilds } = await finished(name)
      expect(rebuilds[0]).toMatchObject({ running: false, problem: null })
      expect(rebuilds).toHaveLength(before + 1)
      expect(rebuilds[0]!.report!.events).toBeGreaterThan(0)
      expect(rebuilds[0]!.report!.tables.length).toBeGreaterThan(0)
      for (const { table, differing } of rebuilds[0]!.report!.tables) expect(differing, table).toBe(0)
    }
  })

  it('refuses a second one of the same model while it runs, and reads and writes go on', async () => {
    const { promise, resolve: open } = Promise.withResolvers<void>()
    gate = promise
    expect((await rebuild('class-journal')).status).toBe(202)
    const second = await rebuild('class-journal')
    expect(second.status).toBe(409)
    expectProblem(second, 'rebuild-running')
    const { body } = await administrator.get<Rebuilds>('read-models/class-journal/rebuilds')
    expect(body.rebuilds[0]).toMatchObject({ running: true, finished: null, problem: null, report: null })

    const homework = { lesson: LESSON, text: 'Параграф 12, № 340' }
    const written = await teacher.post<{ position: string }>(`${page}/set-homework`, homework)
    expect(written.status).toBe(201)
    const read = await teacher.get(page, { 'min-position': written.body.position })
    expect(read).toMatchObject({
      status: 200,
      body: { lessons: [{ homework: { content: { text: homework.text } } }] },
    })

    open()
    expect((await finished('class-journal')).rebuilds[0]).toMatchObject({ problem: null })
    const after = await teacher.get<object>(page, { 'min-position': written.body.position })
    expect(after.body).toEqual(read.body)
    expect((await rebuild('class-journal')).status).toBe(202)
    await finished('class-journal')
  })

  it('finds a row that somebody changed by hand, says so, and puts it right', async () => {
    const { kysely } = api.installation.database
    await query(kysely, `update ${JOURNAL}.lesson set topic = 'Физкультура' where lesson = $1`, [LESSON])
    expect((await teacher.get(page)).body).toMatchObject({ lessons: [{ topic: 'Физкультура' }] })
    expect((await rebuild('class-journal')).status).toBe(202)
    const { rebuilds } = await finished('class-journal')
    const lessons = rebuilds[0]!.report!.tables.find(({ table }) => table === 'lesson')
    // The row as it was, and as it should be.
    expect(lessons).toMatchObject({ differing: 2 })
    expect((await teacher.get(page)).body).toMatchObject({
      lessons: [{ topic: 'Степень с натуральным показателем' }],
    })
  })

  it('is refused for a model that nobody knows', async () => {
    const answer = await rebuild('marks')
    expect(answer.status).toBe(400)
    expectProblem(answer, 'malformed-request', { in: 'params', fields: [{ field: '/model' }] })
  })
})

describe('the state of the read models', () => {
  it('says how far each has come', async () => {
    await api.shown()
    const { body } = await administrator.get<{ head: string; readModels: unknown[] }>('read-models')
    expect(body.readModels).toHaveLength(READ_MODELS.length)
    for (const model of body.readModels) expect(model).toMatchObject({ position: body.head, failure: null })
  })
})

describe('a version of a read model that is still being built', () => {
  it('is shown to nobody: pages answer 503, the state of the models and writes go on', async () => {
    const { kysely } = api.installation.database
    const goal = (commit: number | null) =>
      query(
        kysely,
        `update projection.checkpoint set goal_commit = $1, goal_prepare = $1 where read_model = 'class-journal'`,
        [commit],
      )
    // As if the log had held a million events when the version was begun.
    await goal(1_000_000)
    await mark('test', BORIS)
    await api.shown()
    const read = await teacher.get(page)
    expect(read.status).toBe(503)
    expectProblem(read, 'not-caught-up', { building: ['class-journal'] })
    const state = await administrator.get<{ readModels: object[] }>('read-models')
    expect(state.body.readModels).toContainEqual(
      expect.objectContaining({ name: 'class-journal', complete: false }),
    )
    expect((await api.send({ method: 'GET', url: '/health/ready' })).status).toBe(503)

    await goal(null)
    await mark('lesson-answer', ANNA)
    await api.shown()
    expect((await teacher.get(page)).status).toBe(200)
    expect((await api.send({ method: 'GET', url: '/health/ready' })).status).toBe(200)
  })
})

async function mark(kind: string, pupil: Uuid): Promise<void> {
  const marks = { lesson: LESSON, kind, marks: [{ pupil, value: 4 }] }
  expect(await teacher.post(`${page}/record-marks`, marks)).toMatchObject({ status: 201 })
}
