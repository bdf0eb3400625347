import { describe, expect, it } from 'vitest'
import type { BackupState } from '#api/backups.ts'
import { recordLesson } from '#commands/journal-page/record-lesson.ts'
import { setHomework } from '#commands/journal-page/set-homework.ts'
import { takeAttendance } from '#commands/journal-page/take-attendance.ts'
import { WHOLE_SCHOOL } from '#commands/references.ts'
import { resumePaper } from '#commands/school/resume-paper.ts'
import { beforehand, expectProblem, type LogIn } from '#support/api.ts'
import { type SchoolAtWork, schoolsAtWork } from '#support/at-work.ts'
import { ALGEBRA, CLASS_7A, CLASS_7B, date, PAGE, past, YEAR } from '#support/class-7a.ts'
import { lessonId } from '#values/school.ts'
import { Instant } from '#values/time.ts'

/** The night after Wednesday: the record is whole. */
const checked = past(
  'school',
  WHOLE_SCHOOL,
  {
    type: 'RecordChecked',
    data: {
      date: date('2026-11-11'),
      records: 40,
      streams: 8,
      part: false,
      rows: 100,
      notCompared: [],
      fault: null,
      wholeLog: 'as-sealed',
      differing: 0,
      differences: [],
    },
  },
  '2026-11-11T18:00:00.000Z',
)
/** From November on 7А has one lesson a week. */
const lessLessons = past('timetable', YEAR, {
  type: 'WeekScheduled',
  data: {
    class: CLASS_7A,
    effectiveFrom: date('2026-11-02'),
    slots: [{ weekday: 3, number: 2, journal: ALGEBRA, room: '214' }],
  },
})
const COPY_AT = '2026-11-11T19:00:00.000Z'
const NOW = '2026-11-12T04:00:00.000Z'
const copies: { state: BackupState } = {
  state: { running: null, lastGood: null, failure: null, copies: [], lastDrill: null },
}
const knows = (lastGood: string | null, drill: string | null, ok = true) => {
  const lastDrill =
    drill === null
      ? null
      : {
          at: Instant.parse(drill),
          copy: 1,
          copyAt: null,
          ok,
          events: 40,
          seconds: 2,
          engine: 'pglite',
          problem: null,
        }
  copies.state = { ...copies.state, lastGood: lastGood === null ? null : Instant.parse(lastGood), lastDrill }
}
const schools = schoolsAtWork(
  5,
  ['mathematician', 'english', 'head', 'deputy', 'auditor', 'mother', 'administrator'],
  [...beforehand, lessLessons, checked],
  undefined,
  undefined,
  () => ({ start: () => false, state: () => copies.state }),
)

interface Readiness {
  readonly ready: boolean
  readonly full: { part: number; of: number; percent: number | null }
  readonly days_since_backup: number | null
  readonly last_drill: { at: string; ok: boolean; days: number } | null
  readonly correction_control: { on: boolean; reasons: number; last_check: { good: boolean } | null }
  readonly unmet: readonly string[]
  readonly classes: ReadonlyArray<{
    class: string
    name: string
    ready: boolean
    lacks: ReadonlyArray<{
      journal: string
      lesson: number
      attendance: number
      homework: number
      marks: number
    }>
    decision: string | null
  }>
  readonly decisions: ReadonlyArray<{
    decision: string
    accepted: string[]
    resumed: { from: string } | null
  }>
}

/** Two weeks with one lesson: the holidays, the day of national unity, and Wednesday. */
const FORTNIGHT = 'from=2026-10-29&until=2026-11-11'
const readiness = (school: SchoolAtWork, query = FORTNIGHT, login: LogIn = 'head') =>
  school.seen<Readiness>(login, `reports/paperless-readiness?${query}`)
async function decide(school: SchoolAtWork, query: string, login: LogIn = 'head', days = FORTNIGHT) {
  const client = await school.api.as(login, school.name)
  const order = 'order=101-o&order_date=2026-11-12&effective_from=2026-11-16'
  return client.post<{ decision: string; measured: object; accepted: string[] }>(
    `paper-decisions?${order}&${days}&${query}`,
    {},
  )
}
const OF_7A = `classes=${CLASS_7A}`

/** On Wednesday 7А has one lesson of algebra, and it is kept in full. */
async function kept(): Promise<SchoolAtWork> {
  const school = schools.next().at('2026-11-11T03:30:00.000Z')
  const lesson = lessonId(ALGEBRA, date('2026-11-11'), 2)
  await school.done('mathematician', recordLesson, {
    page: PAGE,
    date: '2026-11-11',
    number: 2,
    topic: 'Степень',
  })
  await school.done('mathematician', takeAttendance, { page: PAGE, lesson, absentees: [] })
  await school.done('mathematician', setHomework, { page: PAGE, lesson, text: 'Номера 214 и 215' })
  await school.grid()
  knows(COPY_AT, '2026-11-01T19:00:00.000Z')
  return school.at(NOW)
}

describe('R-T1: paper may be abandoned only if journals are full, copies are made, and corrections are under control', () => {
  it('R-T1: the report says how many journals are full, how old the copy and the drill are, whether corrections are under control, and what lacks by class', async () => {
    const school = await kept()
    const found = await readiness(school)
    expect(found).toMatchObject({
      ready: false,
      full: { part: 1, of: 1, percent: 100 },
      days_since_backup: 0,
      last_drill: { ok: true, days: 10 },
      correction_control: { on: true, last_check: { good: true } },
      // 7Б has no lessons at all, and its journals are not kept.
      unmet: ['journals'],
    })
    expect(found.correction_control.reasons).toBeGreaterThan(0)
    expect(found.classes).toMatchObject([
      { class: CLASS_7A, name: '7А', ready: true, lacks: [], decision: null },
      { class: CLASS_7B, name: '7Б', ready: false, lacks: [] },
    ])
    // Of a Monday in October nothing was recorded.
    const monday = await readiness(school, 'from=2026-10-19&until=2026-10-19')
    expect(monday.full.part).toBe(0)
    expect(monday.classes[0]!.lacks.find(({ journal }) => journal === ALGEBRA)).toMatchObject({
      lesson: 2,
      attendance: 2,
      homework: 2,
      marks: 0,
    })
    // Without days it is the month until yesterday.
    expect(await readiness(school, '')).toMatchObject({ from: '2026-10-13', until: '2026-11-11' })
    // Two days and a second after the copy, a month and a second after the drill, two days after the check.
    school.at('2026-11-13T19:00:00.000Z')
    expect((await readiness(school)).unmet).toEqual(['journals', 'correction-control'])
    school.at('2026-11-13T19:00:00.001Z')
    expect(await readiness(school)).toMatchObject({
      days_since_backup: 2,
      unmet: ['journals', 'backup', 'correction-control'],
    })
    school.at('2026-12-02T19:00:00.001Z')
    expect((await readiness(school)).unmet).toEqual(['journals', 'backup', 'drill', 'correction-control'])
    knows(COPY_AT, '2026-11-12T03:00:00.000Z', false)
    school.at(NOW)
    expect((await readiness(school)).unmet).toEqual(['journals', 'drill'])
  })

  it('R-T1: the decision of the head is an event with the figures of that instant; it is taken back, and stays on record', async () => {
    const school = await kept()
    const { status, body } = await decide(school, OF_7A)
    expect(status).toBe(201)
    expect(body.measured).toEqual({
      from: '2026-10-29',
      until: '2026-11-11',
      full: { part: 1, of: 1, percent: 100 },
      last_backup: COPY_AT,
      last_drill: '2026-11-01T19:00:00.000Z',
      correction_control: true,
    })
    const event = (await school.log()).find(({ type }) => type === 'PaperAbandoned')
    expect(event).toMatchObject({
      data: {
        order: { number: '101-o', date: '2026-11-12' },
        from: '2026-11-16',
        classes: [CLASS_7A],
        measured: { journals: 1, full: 1, correctionControl: true },
        accepted: [],
      },
      meta: { role: 'head' },
    })
    expect((await readiness(school)).classes.map(({ decision }) => decision)).toEqual([body.decision, null])
    expectProblem(await decide(school, OF_7A), 'paper-abandoned')
    const back = {
      decision: body.decision,
      order: { number: '120-о', date: '2026-12-01' },
      from: '2026-12-07',
    }
    await school.done('head', resumePaper, back)
    expectProblem(await school.give('head', resumePaper, back), 'paper-resumed')
    expectProblem(
      await school.give('head', resumePaper, { ...back, decision: CLASS_7A }),
      'paper-decision-unknown',
    )
    const after = await readiness(school)
    expect(after.classes[0]!.decision).toBe(null)
    expect(after.decisions).toMatchObject([{ decision: body.decision, resumed: { from: '2026-12-07' } }])
    expect((await decide(school, OF_7A)).status).toBe(201)
  })

  it('R-T1: without full journals and control of corrections nothing is decided; copies that are made elsewhere the head answers for', async () => {
    const school = await kept()
    expectProblem(await decide(school, `classes=${CLASS_7A},${CLASS_7B}`), 'paper-not-ready', {
      unmet: ['journals'],
    })
    expectProblem(await decide(school, ''), 'paper-not-ready')
    knows(null, null)
    expectProblem(await decide(school, OF_7A), 'paper-not-ready', { unmet: ['backup', 'drill'] })
    expectProblem(await decide(school, `${OF_7A}&accepted=backup`), 'paper-not-ready', { unmet: ['drill'] })
    expect((await decide(school, `${OF_7A}&accepted=journals`)).status).toBe(400)
    // Of less than a fortnight no decision is made.
    expectProblem(
      await decide(school, OF_7A, 'head', 'from=2026-10-30&until=2026-11-11'),
      'malformed-request',
    )
    const { status, body } = await decide(school, `${OF_7A}&accepted=backup,drill`)
    expect({ status, accepted: body.accepted }).toEqual({ status: 201, accepted: ['backup', 'drill'] })
    expect(body.measured).toMatchObject({ last_backup: null, last_drill: null })
    school.at('2026-11-15T04:00:00.000Z')
    expectProblem(await decide(school, OF_7A), 'paper-abandoned')
  })

  it('R-T1: where nobody checked the record at night, corrections are not under control', async () => {
    const school = await kept()
    school.at('2026-11-13T18:00:00.001Z')
    knows('2026-11-13T10:00:00.000Z', '2026-11-01T19:00:00.000Z')
    expectProblem(await decide(school, OF_7A), 'paper-not-ready', { unmet: ['correction-control'] })
  })

  it('R-T1: the head decides, the deputy and the auditor see the report, and nobody else', async () => {
    const school = await kept()
    for (const login of ['deputy', 'auditor'] as const) {
      expect((await readiness(school, FORTNIGHT, login)).full.part).toBe(1)
      expectProblem(await decide(school, OF_7A, login), 'role-not-permitted')
    }
    for (const login of ['mathematician', 'mother', 'administrator'] as const)
      expectProblem(await school.ask(login, 'reports/paperless-readiness'), 'role-not-permitted')
    expectProblem(await decide(school, `classes=${ALGEBRA}`), 'class-unknown')
    const client = await school.api.as('head', school.name)
    const early = `paper-decisions?order=1&order_date=2026-11-12&effective_from=2026-11-11&${FORTNIGHT}&${OF_7A}`
    expectProblem(await client.post(early, {}), 'bounds-reversed')
  })
})
