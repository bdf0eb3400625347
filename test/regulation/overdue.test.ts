import { describe, expect, it } from 'vitest'
import { registerPrintSet } from '#commands/archive/register-print-set.ts'
import { declineHomework } from '#commands/journal-page/decline-homework.ts'
import { postponeFinal } from '#commands/journal-page/postpone-final.ts'
import { recordFinals } from '#commands/journal-page/record-finals.ts'
import { recordLesson } from '#commands/journal-page/record-lesson.ts'
import { recordMarks } from '#commands/journal-page/record-marks.ts'
import { setHomework } from '#commands/journal-page/set-homework.ts'
import { takeAttendance } from '#commands/journal-page/take-attendance.ts'
import { withdrawMark } from '#commands/journal-page/withdraw-mark.ts'
import { adoptPolicy } from '#commands/policy/adopt-policy.ts'
import { declarePilot } from '#commands/roster/declare-pilot.ts'
import { releaseStaff } from '#commands/roster/release-staff.ts'
import { reportBreach } from '#commands/incident/report-breach.ts'
import { registerOutage } from '#commands/school/register-outage.ts'
import { releaseTeacher } from '#commands/teaching-load/release-teacher.ts'
import { assignTeacher } from '#commands/teaching-load/assign-teacher.ts'
import { planTest } from '#commands/test-schedule/plan-test.ts'
import { cancelLessons } from '#commands/timetable/cancel-lessons.ts'
import { orderSubstitution } from '#commands/timetable/order-substitution.ts'
import { STARTING_POLICY } from '#values/policy.ts'
import { lessonId } from '#values/school.ts'
import { accountOf, type LogIn } from '#support/api.ts'
import { type SchoolAtWork, schoolsAtWork } from '#support/at-work.ts'
import {
  ALGEBRA,
  ANNA,
  BORIS,
  CLASS_7A,
  CLASS_7B,
  CLUB,
  ENGLISH,
  ENGLISH_TEACHER,
  id,
  LESSON,
  MATHEMATICIAN,
  MONDAY,
  PAGE,
  Q1,
  Q2,
  STRANGER,
  VERA,
  YEAR,
} from '#support/class-7a.ts'

const schools = schoolsAtWork(13, [
  'mathematician',
  'english',
  'stranger',
  'deputy',
  'head',
  'auditor',
  'administrator',
  'mother',
])
const here = { page: PAGE, lesson: LESSON }
const FOURTH = lessonId(ALGEBRA, MONDAY, 4)

interface Item {
  readonly duty: string
  readonly state: string
  readonly due_at: string
  readonly overdue_by: number
  readonly date: string
  readonly journal: string | null
  readonly number: number | null
  readonly lesson: string | null
  readonly kind: string | null
  readonly period: string | null
  readonly pupils: readonly string[]
  readonly section: string | null
  readonly responsible: ReadonlyArray<{ readonly staff: string }>
}
interface Overdue {
  readonly counts: { overdue: number; due: number; excused: number; by_duty: ReadonlyArray<{ duty: string }> }
  readonly items: readonly Item[]
  readonly next: string | null
}
/** What is to be done for the lessons of Monday, or of other days. */
const overdue = (school: SchoolAtWork, query = '', login: LogIn = 'head', role?: string) =>
  school.seen<Overdue>(
    login,
    `overdue?from=${MONDAY}&until=${MONDAY}&${query}`,
    role === undefined ? {} : { 'letopis-role': role },
  )
const items = async (school: SchoolAtWork, query = '', login: LogIn = 'head') =>
  (await overdue(school, query, login)).items
const states = async (school: SchoolAtWork, duty: string, journal = ALGEBRA) =>
  (await items(school, `duty=${duty}&journal=${journal}`)).map(({ number, state }) => [number, state])

const whose = (of: readonly Item[]) =>
  of.map(({ journal, number, responsible }) => [journal, number, ...responsible.map(({ staff }) => staff)])
const marks = (school: SchoolAtWork) => items(school, `duty=marks&journal=${ALGEBRA}`)

describe('lessons of a day', () => {
  it('R-D10, R-2.5a, R-2.9 (overdue): a lesson and its attendance are due until 23:59:59 of the day and overdue at 00:00:00', async () => {
    const school = schools.next().at('2026-11-09T16:59:59.999Z')
    for (const duty of ['lesson', 'attendance'])
      expect(await states(school, duty)).toEqual([
        [3, 'due'],
        [4, 'due'],
      ])
    school.at('2026-11-09T17:00:00.000Z')
    const found = await items(school, `duty=lesson&journal=${ALGEBRA}`)
    expect(found).toMatchObject([
      {
        state: 'overdue',
        due_at: '2026-11-09T16:59:59.000Z',
        overdue_by: 1,
        date: MONDAY,
        lesson: LESSON,
        number: 3,
        period: Q2,
        responsible: [{ staff: MATHEMATICIAN }],
      },
      { state: 'overdue', lesson: FOURTH },
    ])
    // What is entered is no longer listed, however late it came.
    await school.recordLesson()
    expect(await states(school, 'lesson')).toEqual([[4, 'overdue']])
    expect(await states(school, 'attendance')).toHaveLength(2)
    await school.done('mathematician', takeAttendance, { ...here, absentees: [] })
    expect(await states(school, 'attendance')).toEqual([[4, 'overdue']])
  })

  it('R-D10, R-2.7b (overdue): homework is due until 90:00 after the last lesson of the class and overdue at 90:01, and gone when it is set or declined', async () => {
    const school = schools.next().at('2026-11-09T05:00:00.000Z')
    await school.recordLesson()
    await school.recordLesson(MONDAY, 4)
    // English ends at 12:50 in Tomsk; the club after it prolongs nobody's day but its own.
    school.at('2026-11-09T07:20:00.999Z')
    expect(await states(school, 'homework')).toEqual([
      [3, 'due'],
      [4, 'due'],
    ])
    school.at('2026-11-09T07:20:01.000Z')
    const found = await items(school, 'duty=homework')
    expect(found.map(({ journal, due_at, overdue_by }) => [journal, due_at, overdue_by])).toEqual(
      expect.arrayContaining([
        [ALGEBRA, '2026-11-09T07:20:00.000Z', 1],
        [ENGLISH, '2026-11-09T07:20:00.000Z', 1],
        [CLUB, '2026-11-09T09:00:00.000Z', 0],
      ]),
    )
    await school.done('mathematician', setHomework, { ...here, text: 'Параграф 12, № 340' })
    await school.done('mathematician', declineHomework, { page: PAGE, lesson: FOURTH })
    expect(await states(school, 'homework')).toEqual([])
  })

  it('R-D10 (departures): a cancelled lesson is nobody’s duty, one with a substitute is his, and one of a teacher who is gone is his successor’s', async () => {
    const school = schools.next()
    const lessons = [{ journal: CLUB, number: 7 }]
    await school.done('deputy', cancelLessons, { year: YEAR, date: MONDAY, lessons, reason: 'Карантин' })
    const fourth = { year: YEAR, journal: ALGEBRA, date: MONDAY, number: 4 }
    await school.done('deputy', orderSubstitution, { ...fourth, substitute: STRANGER })
    school.at('2026-11-10T03:00:00.000Z')
    const found = await items(school, 'duty=lesson')
    expect(whose(found)).toEqual(
      expect.arrayContaining([
        [ALGEBRA, 3, MATHEMATICIAN],
        [ALGEBRA, 4, STRANGER],
        [ENGLISH, 5, ENGLISH_TEACHER],
      ]),
    )
    expect(found).toHaveLength(3)
    // The load goes to another; who has not left the school still owes what was his.
    const load = { year: YEAR, journal: ALGEBRA, from: '2026-11-10' }
    await school.done('deputy', releaseTeacher, { ...load, staff: MATHEMATICIAN })
    await school.done('deputy', assignTeacher, { ...load, staff: STRANGER })
    expect(whose(await items(school, 'duty=lesson'))).toContainEqual([ALGEBRA, 3, MATHEMATICIAN])
    const club = { year: YEAR, journal: CLUB, from: '2026-11-10' }
    await school.done('deputy', releaseTeacher, { ...club, staff: MATHEMATICIAN })
    await school.done('deputy', releaseStaff, { staff: MATHEMATICIAN, from: '2026-11-10' })
    expect(whose(await items(school, 'duty=lesson'))).toContainEqual([ALGEBRA, 3, STRANGER])
  })

  it('R-D10 (public holidays): nothing is due for a day without school, and days of school alone are counted where the school counts so', async () => {
    const school = schools.next().at('2026-11-05T03:00:00.000Z')
    const wednesday = await school.seen<Overdue>(
      'head',
      'overdue?from=2026-11-04&until=2026-11-04&duty=lesson',
    )
    expect(wednesday.items).toEqual([])
    const kindsOfWork = STARTING_POLICY.kindsOfWork.map((kind) =>
      kind.kind === 'test' ? { ...kind, dueInDays: 3, days: 'working' as const } : kind,
    )
    const policy = { ...STARTING_POLICY, kindsOfWork }
    await school.done('deputy', adoptPolicy, { effectiveFrom: '2026-11-01', policy })
    const test = { page: PAGE, date: '2026-11-02', number: 3, topic: 'Контрольная работа № 2', type: 'test' }
    await school.done('mathematician', recordLesson, test)
    const path = 'overdue?from=2026-11-02&until=2026-11-02&duty=marks'
    // Tuesday, Thursday and Friday: Wednesday the 4th is a day of rest.
    school.at('2026-11-06T16:59:59.999Z')
    expect((await school.seen<Overdue>('head', path)).items).toMatchObject([
      { state: 'due', kind: 'test', due_at: '2026-11-06T16:59:59.000Z' },
    ])
    school.at('2026-11-06T17:00:00.000Z')
    expect((await school.seen<Overdue>('head', path)).items).toMatchObject([{ state: 'overdue' }])
  })
})

describe('marks, finals and sections', () => {
  it('R-D10, R-2.5a, R-2.12 (overdue): marks of a work are due on the day, or a week after written work, to the second', async () => {
    const school = await schools.next().recordLesson()
    const mark = async (kind: string) => {
      await school.done('mathematician', recordMarks, { ...here, kind, marks: [{ pupil: ANNA, value: 5 }] })
      const { cells } = await school.grid()
      const { entry, version } = cells.flatMap((cell) => cell.marks).findLast(() => true)!
      const taken = { page: PAGE, entry, expectedVersion: version, reason: 'typing-error' }
      await school.done('mathematician', withdrawMark, taken)
    }
    // Begun, and without a mark after all.
    await mark('lesson-answer')
    await mark('test')
    school.at('2026-11-09T16:59:59.999Z')
    expect((await marks(school)).map(({ kind, state }) => [kind, state])).toEqual([
      ['lesson-answer', 'due'],
      ['test', 'due'],
    ])
    school.at('2026-11-09T17:00:00.000Z')
    expect((await marks(school)).map(({ kind, state }) => [kind, state])).toEqual([
      ['lesson-answer', 'overdue'],
      ['test', 'due'],
    ])
    school.at('2026-11-16T17:00:00.000Z')
    expect(await marks(school)).toMatchObject([
      { kind: 'lesson-answer', state: 'overdue' },
      { kind: 'test', state: 'overdue', due_at: '2026-11-16T16:59:59.000Z', overdue_by: 1 },
    ])
    await school.done('mathematician', recordMarks, {
      ...here,
      kind: 'test',
      marks: [{ pupil: BORIS, value: 3 }],
    })
    expect((await marks(school)).map(({ kind }) => kind)).toEqual(['lesson-answer'])
  })

  it('R-D10, R-2.11 (overdue): marks of a test of internal control are due three days after it, also where it is written work (A-04)', async () => {
    const school = schools.next()
    const test = { year: YEAR, journal: ALGEBRA, date: MONDAY, form: 'test', internalControl: true }
    await school.done('deputy', planTest, test)
    // Not given yet: that the lesson is not recorded is a duty of its own.
    expect(await marks(school)).toEqual([])
    await school.done('mathematician', recordLesson, {
      page: PAGE,
      date: MONDAY,
      number: 3,
      topic: 'Контрольная работа № 2',
      type: 'test',
    })
    school.at('2026-11-12T16:59:59.000Z')
    expect(await marks(school)).toMatchObject([
      { state: 'due', kind: 'internal-control', due_at: '2026-11-12T16:59:59.000Z', lesson: LESSON },
    ])
    school.at('2026-11-12T17:00:00.000Z')
    expect(await marks(school)).toMatchObject([{ state: 'overdue', overdue_by: 1 }])
    await school.done('mathematician', recordMarks, {
      ...here,
      kind: 'internal-control',
      marks: [{ pupil: ANNA, value: 4 }],
    })
    expect(await marks(school)).toEqual([])
  })

  it('R-D10, R-2.13, R-5.5b (overdue): finals are due in the last week of the period, and those that are postponed on the day of the order', async () => {
    const school = schools.next().at('2026-12-22T16:59:59.000Z')
    const second = `overdue?duty=finals&journal=${ALGEBRA}`
    const found = async () =>
      (await school.seen<Overdue>('head', second)).items.filter(({ period }) => period === Q2)
    expect(await found()).toEqual([])
    school.at('2026-12-22T17:00:00.000Z')
    expect(await found()).toMatchObject([
      {
        state: 'due',
        due_at: '2026-12-29T16:59:59.000Z',
        pupils: expect.arrayContaining([ANNA, BORIS, VERA]),
      },
    ])
    await school.done('mathematician', recordFinals, { page: PAGE, finals: [{ pupil: ANNA, value: 4 }] })
    const order = { number: '141', date: '2026-12-25' }
    const postponed = { page: PAGE, pupil: VERA, until: '2027-01-22', reason: 'illness', order }
    await school.done('deputy', postponeFinal, postponed)
    school.at('2026-12-29T17:00:00.000Z')
    expect(await found()).toMatchObject([
      { state: 'overdue', pupils: [BORIS], responsible: [{ staff: MATHEMATICIAN }], overdue_by: 1 },
      { state: 'due', pupils: [VERA], due_at: '2027-01-22T16:59:59.000Z' },
    ])
    school.at('2027-01-22T17:00:00.000Z')
    expect((await found()).map(({ state }) => state)).toEqual(['overdue', 'overdue'])
    // The first quarter has no page of this journal, and its finals are missing all the same.
    const first = (await school.seen<Overdue>('head', second)).items.filter(({ period }) => period === Q1)
    expect(first).toMatchObject([{ state: 'overdue', due_at: '2026-10-23T16:59:59.000Z' }])
  })

  it('R-D10, R-2.2 (overdue): sections of readiness that are not complete stand with the administration until 5 September 23:59:59, and overdue from then', async () => {
    const school = schools.next().at('2026-09-05T16:59:59.999Z')
    const sections = async (login: LogIn) =>
      (await school.seen<Overdue>(login, `overdue?year=${YEAR}&duty=section`)).items
    const due = await sections('head')
    expect(due.map(({ section }) => section)).toContain('rooms')
    expect(due.every(({ state }) => state === 'due')).toBe(true)
    school.at('2026-09-05T17:00:00.000Z')
    expect((await sections('deputy')).map(({ state }) => state)).toEqual(due.map(() => 'overdue'))
    expect(await sections('mathematician')).toEqual([])
  })
})

it('R-D10, R-4.3 (overdue): a notice of breach that head or support has not confirmed is due until the end of the next working day', async () => {
  const school = schools.next().at('2026-11-09T05:00:00.000Z')
  const account = accountOf('stranger')
  const learnedAt = '2026-11-09T04:00:00.000Z'
  await school.done('administrator', reportBreach, { account, learnedAt })
  const notices = async (login: LogIn = 'head') =>
    (await school.seen<Overdue>(login, 'overdue?duty=notice')).items
  school.at('2026-11-10T16:59:59.999Z')
  const due = { due_at: '2026-11-10T16:59:59.000Z', responsible: [] }
  expect(await notices()).toMatchObject([
    { kind: 'head', state: 'due', ...due },
    { kind: 'support', state: 'due', ...due },
  ])
  school.at('2026-11-10T17:00:00.000Z')
  expect((await notices('auditor')).map(({ state }) => state)).toEqual(['overdue', 'overdue'])
  expect(await notices('mathematician')).toEqual([])
})

describe('who sees what', () => {
  it('R-D10 (responsible and controller): a teacher sees his own, a class teacher the class, the administration the school; parts follow one another', async () => {
    const school = schools.next().at('2026-11-10T03:00:00.000Z')
    const own = await overdue(school, '', 'mathematician')
    expect(new Set(own.items.map(({ journal }) => journal))).toEqual(new Set([ALGEBRA, CLUB]))
    expect(own.counts).toMatchObject({ overdue: 9, due: 0, excused: 0 })
    const english = await overdue(school, '', 'english', 'class-teacher')
    expect(new Set(english.items.map(({ journal }) => journal))).toEqual(new Set([ALGEBRA, CLUB, ENGLISH]))
    expect((await overdue(school, `teacher=${ENGLISH_TEACHER}`)).items).toHaveLength(3)
    expect((await overdue(school, `teacher=${ENGLISH_TEACHER}`, 'mathematician')).items).toEqual([])
    expect((await overdue(school, `class=${CLASS_7B}`)).items).toEqual([])
    const outside = await school.ask('english', `overdue?class=${CLASS_7B}`, {
      'letopis-role': 'class-teacher',
    })
    expect(outside).toMatchObject({ status: 403, body: { reason: 'class-not-led' } })
    expect((await school.ask('mother', 'overdue')).status).toBe(403)

    const all = await overdue(school, '', 'auditor')
    expect(all.items).toHaveLength(12)
    expect(all.counts.by_duty).toEqual(
      expect.arrayContaining([
        { duty: 'lesson', overdue: 4, due: 0, excused: 0, waiting: 0 },
        { duty: 'marks', overdue: 0, due: 0, excused: 0, waiting: 0 },
      ]),
    )
    const parts: Item[] = []
    for (let after = ''; ; ) {
      const part = await overdue(school, `limit=5${after}`)
      expect(part.counts.overdue).toBe(12)
      parts.push(...part.items)
      if (part.next === null) break
      after = `&after=${encodeURIComponent(part.next)}`
    }
    expect(parts).toEqual(all.items)
    expect(await items(school, 'state=due')).toEqual([])
  })

  it('R-D10, R-A2.7 (overdue): what an outage excuses is not overdue until the last day for entering it from paper is over', async () => {
    const school = schools.next().at('2026-11-10T03:00:00.000Z')
    await school.done('deputy', registerOutage, {
      from: '2026-11-09T01:30:00.000Z',
      until: '2026-11-09T12:00:00.000Z',
      text: 'Оборвана линия связи',
      order: { number: '91', date: '2026-11-10' },
      enterBy: '2026-11-12',
    })
    expect((await overdue(school)).counts).toMatchObject({ overdue: 0, excused: 12 })
    school.at('2026-11-12T17:00:00.000Z')
    expect((await overdue(school)).counts).toMatchObject({ overdue: 12, excused: 0 })
  })

  it('R-D10, R-T4 (overdue): a pilot class owes nothing by the regulation where the school does not count pilots', async () => {
    const school = schools.next().at('2026-11-10T03:00:00.000Z')
    await school.done('deputy', declarePilot, { class: CLASS_7A, from: '2026-11-01', until: '2026-11-10' })
    expect((await overdue(school)).counts.overdue).toBe(12)
    const policy = { ...STARTING_POLICY, pilotsCounted: false }
    await school.done('deputy', adoptPolicy, { effectiveFrom: '2026-11-02', policy })
    expect((await overdue(school)).counts.overdue).toBe(0)
  })
})

it('R-D10, R-3.4c (overdue): the printed set of a year is due until 23:59:59 of 30 June, and is nobody’s duty before the year has ended', async () => {
  const school = schools.next()
  const sets = async () => (await school.seen<Overdue>('head', `overdue?year=${YEAR}&duty=print-set`)).items
  school.at('2027-05-26T16:59:59.000Z')
  expect(await sets()).toEqual([])
  school.at('2027-06-30T16:59:59.000Z')
  expect(await sets()).toMatchObject([{ state: 'due', date: '2027-06-30', responsible: [] }])
  school.at('2027-06-30T17:00:00.000Z')
  expect(await sets()).toMatchObject([{ state: 'overdue', overdue_by: 1 }])
  await school.done('head', registerPrintSet, {
    year: YEAR,
    printed: '2027-06-28',
    volumes: 12,
    sheets: 4,
    packages: [id('package/2027')],
    signedBy: MATHEMATICIAN,
  })
  expect(await sets()).toEqual([])
})
