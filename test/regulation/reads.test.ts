import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ReadLog } from '#api/read-log.ts'
import { recordMarks } from '#commands/journal-page/record-marks.ts'
import { query } from '#events/store/sql.ts'
import { forget } from '#main/housekeeping.ts'
import { Instant } from '#values/time.ts'
import { accountOf, type Api, type LogIn, openApi } from '#support/api.ts'
import { SchoolAtWork, schoolsAtWork } from '#support/at-work.ts'
import { ANNA, BORIS, DINA, LESSON, MATHEMATICIAN, PAGE } from '#support/class-7a.ts'
import { eachEngine, testEngine } from '#support/databases.ts'
import { EventListener } from '#support/event-stream.ts'
import { SCHOOL } from '#support/spec.ts'
import { until } from '#support/until.ts'

const schools = schoolsAtWork(3, ['mathematician', 'head', 'auditor', 'administrator', 'mother', 'anna'])

interface Reads {
  readonly reads: ReadonlyArray<{
    readonly at: string
    readonly role: string
    readonly operation: string
    readonly what: string
    readonly account: string | null
    readonly name: string | null
    readonly path: string | null
  }>
  readonly next: string | null
}
const readsOf = (school: SchoolAtWork, pupil: string, login: LogIn = 'head', asked = '') =>
  school.seen<Reads>(login, `pupils/${pupil}/reads?${asked}`)
const diary = (pupil: string) => `pupils/${pupil}/diary?from=2026-11-09`

describe('R-1.7: who read what of one child', () => {
  it('says when, by whom, in which role and by which address; a page is found for each child on it', async () => {
    const school = await schools.next().at('2026-11-09T04:00:00.000Z').recordLesson()
    const { persons } = school.api.installation.execution.places
    const name = { family: 'Лобачевская', given: 'Софья', patronymic: null }
    await persons.keep(school.name, MATHEMATICIAN, name, accountOf('deputy'), school.api.now())
    await school.seen('mother', diary(ANNA))
    school.at('2026-11-09T04:00:01.000Z')
    await school.grid(PAGE, 'mathematician')
    const { reads } = await readsOf(school, ANNA)
    expect(reads).toMatchObject([
      {
        at: '2026-11-09T04:00:01.000Z',
        role: 'teacher',
        operation: 'class-journal-grid',
        account: accountOf('mathematician'),
        name: 'Лобачевская Софья',
        path: `/v1/schools/${school.name}/pages/${PAGE}`,
      },
      { at: '2026-11-09T04:00:00.000Z', role: 'parent', operation: 'pupil-diary-week' },
    ])
    expect((await readsOf(school, BORIS)).reads.map(({ operation }) => operation)).toEqual([
      'class-journal-grid',
    ])
    // Dina is in another class; that the register itself was read is a read, too.
    expect((await readsOf(school, DINA)).reads).toEqual([])
    expect((await readsOf(school, ANNA)).reads[0]).toMatchObject({ role: 'head', operation: 'child-reads' })
  })

  it('shows the family when and in which role, not by whom; nobody else, and no other family', async () => {
    const school = await schools.next().at('2026-11-09T04:00:00.000Z').recordLesson()
    await school.grid(PAGE, 'mathematician')
    expect((await readsOf(school, ANNA, 'mother')).reads).toMatchObject([
      { role: 'teacher', operation: 'class-journal-grid', account: null, name: null, path: null },
    ])
    expect(await school.ask('mother', `pupils/${BORIS}/reads`)).toMatchObject({
      status: 403,
      body: { reason: 'diary-not-yours' },
    })
    for (const login of ['mathematician', 'administrator'] as const)
      expect(await school.ask(login, `pupils/${ANNA}/reads`)).toMatchObject({
        status: 403,
        body: { reason: 'role-not-permitted' },
      })
    expect((await readsOf(school, ANNA, 'auditor')).reads[0]!.account).toBe(accountOf('mother'))
  })

  it('comes in parts, of a time, and as a file', async () => {
    const school = schools.next().at('2026-11-09T04:00:00.000Z')
    for (const second of ['01', '02', '03']) {
      school.at(`2026-11-09T04:00:${second}.000Z`)
      await school.seen('mother', diary(ANNA))
    }
    const first = await readsOf(school, ANNA, 'auditor', 'limit=2')
    expect(first.reads.map(({ at }) => at.slice(17, 19))).toEqual(['03', '02'])
    const rest = await readsOf(
      school,
      ANNA,
      'auditor',
      `limit=2&cursor=${first.next}&before=2026-11-09T04:00:03.000Z`,
    )
    expect(rest.reads.map(({ at }) => at.slice(17, 19))).toEqual(['01'])
    expect(rest.next).toBe(null)
    const since = 'since=2026-11-09T04:00:02.000Z&before=2026-11-09T04:00:03.000Z'
    expect((await readsOf(school, ANNA, 'auditor', since)).reads).toHaveLength(1)
    const csv = await school.ask<string>('head', `pupils/${ANNA}/reads?format=csv&${since}`)
    expect(csv.headers['content-type']).toMatch(/^text\/csv/)
    expect(csv.body.split('\r\n').slice(0, 2)).toEqual([
      '\uFEFFКогда;Роль;Что;Адрес;Кто;Обращение',
      expect.stringMatching(
        /^09\.11\.2026 11:00:02 \(Asia\/Tomsk\);родитель \(законный представитель\);.*дневник/i,
      ),
    ])
    // The file is the answer to a family that asks on paper: it has all of them.
    for (let n = 0; n < 101; n++) await readsOf(school, ANNA)
    const whole = await school.ask<string>('head', `pupils/${ANNA}/reads?format=csv`)
    expect(whole.headers['letopis-next']).toBe(undefined)
    const lines = whole.body.trimEnd().split('\r\n').slice(1)
    expect(lines.length).toBeGreaterThan(103)
    expect(lines.filter((line) => line.includes('Кто читал сведения об одном обучающемся'))).not.toEqual([])
    expect(whole.body).not.toContain('child-reads')
  })
})

describe('R-1.7: what somebody was told by the stream of events', () => {
  let api: Api
  beforeAll(async () => {
    api = await openApi(testEngine('pglite'), { people: ['mathematician', 'mother', 'head'] })
    await api.app.listen({ port: 0 })
  })
  afterAll(() => api.close())

  it('is registered for the child when the listener goes', async () => {
    const school = await new SchoolAtWork(SCHOOL, api).recordLesson()
    const { port } = api.app.server.address() as { port: number }
    const { token } = await api.as('mother')
    const mother = await EventListener.open(`http://127.0.0.1:${port}`, token)
    const marks = [{ pupil: ANNA, value: 4 }]
    await school.done('mathematician', recordMarks, { page: PAGE, lesson: LESSON, kind: 'quiz', marks })
    await until(() => mother.heard.length > 0)
    await mother.leave()
    await until(async () => {
      const { reads } = await readsOf(school, ANNA)
      return reads.some(({ operation, role }) => operation === 'event-stream' && role === 'parent')
    })
  })
})

const read = (second: string, request = second) => ({
  at: Instant.parse(`2026-11-09T04:00:${second}.000Z`),
  school: SCHOOL,
  account: accountOf('mother'),
  role: 'parent',
  operation: 'pupil-diary-week',
  path: '/v1/schools/tomsk35/pupils/…/diary',
  request,
})

eachEngine((engine) => {
  let api: Api
  beforeAll(async () => {
    api = await openApi(engine, { people: ['head'] })
  })
  afterAll(() => api.close())

  const log = { error: () => {} }
  const parts = () => ({
    database: api.installation.database.kysely,
    streams: api.installation.execution.streams,
  })
  const open = () => new ReadLog(parts().database, parts().streams, log)
  const rows = (pupil = ANNA) => api.installation.reads.find(SCHOOL, pupil, { limit: 5_000 })

  it('R-1.7: keeps what several processes write, and what waits when one of them ends', async () => {
    const [one, other] = [open(), open()]
    await one.note(read('01'), { pupil: ANNA, lesson: LESSON })
    await other.note(read('02'), { [ANNA]: 5, pupils: [BORIS] })
    await other.note(read('03'), { lesson: LESSON })
    expect((await rows()).reads).toEqual([])
    await one.close()
    await other.close()
    expect((await rows()).reads.map(({ request }) => request).toSorted()).toEqual(['01', '02'])
    expect((await rows(BORIS)).reads.map(({ request }) => request)).toEqual(['02'])
  })

  it('R-1.7: forgets what is older than its term, and nothing newer', async () => {
    const { installation } = api
    await forget(installation, Instant.parse('2026-12-09T04:00:01.999Z'), 30)
    expect((await rows()).reads.map(({ request }) => request)).toEqual(['02'])
    await forget(installation, Instant.parse('2026-12-09T04:00:02.001Z'), 30)
    expect((await rows()).reads).toEqual([])
  })

  it('holds back what cannot be written, and loses nothing of it', async () => {
    const log = open()
    const { database } = parts()
    await query(database, 'alter table access.read rename to read_away')
    for (let i = 0; i < 600; i++) await log.note(read('05', `r${i}`), [ANNA])
    await expect(log.flush()).rejects.toThrow()
    await query(database, 'alter table access.read_away rename to read')
    await log.flush()
    expect((await rows()).reads).toHaveLength(600)
    await query(database, 'delete from access.read')
  })

  it('does not grow without bound: whoever comes when a thousand wait waits until they are written', async () => {
    const log = open()
    for (let i = 0; i < 1_001; i++) await log.note(read('06', `r${i}`), [ANNA])
    expect((await rows()).reads).toHaveLength(1_000)
    await log.close()
    const [counted] = await query<{ n: number }>(
      parts().database,
      'select count(*)::integer as n from access.read',
    )
    expect(counted!.n).toBe(1_001)
  })

  it('has no name in it', async () => {
    const { database } = parts()
    const [{ text }] = (await query<{ text: string }>(
      database,
      'select coalesce(string_agg(r::text, chr(10)), $1) as text from access.read r',
      [''],
    )) as [{ text: string }]
    expect(text).toContain(ANNA)
    expect(text).not.toMatch(/[А-ЯЁ][а-яё]+/)
  })
})
