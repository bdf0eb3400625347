import { expect, it } from 'vitest'
import { recordLesson } from '#commands/journal-page/record-lesson.ts'
import { recordMarks } from '#commands/journal-page/record-marks.ts'
import { adoptPolicy } from '#commands/policy/adopt-policy.ts'
import { declarePilot } from '#commands/roster/declare-pilot.ts'
import { cancelLessons } from '#commands/timetable/cancel-lessons.ts'
import { orderSubstitution } from '#commands/timetable/order-substitution.ts'
import { STARTING_POLICY } from '#values/policy.ts'
import type { LogIn } from '#support/api.ts'
import { type SchoolAtWork, schoolsAtWork } from '#support/at-work.ts'
import {
  ALGEBRA,
  ANNA,
  BORIS,
  CLASS_7A,
  ENGLISH,
  LESSON,
  MONDAY,
  PAGE,
  Q2,
  STRANGER,
  YEAR,
} from '#support/class-7a.ts'

const schools = schoolsAtWork(2, ['mathematician', 'stranger', 'english', 'deputy', 'head', 'mother'])

interface Row {
  readonly journal: string
  readonly planned: number
  readonly cancelled: number
  readonly conducted: number
  readonly given: number
  readonly beyond: number
  readonly left: number
  readonly marks: number
  readonly by_type: ReadonlyArray<{ readonly lessons: number }>
  readonly by_value: ReadonlyArray<{ readonly count: number }>
}
const rowsOf = async (school: SchoolAtWork, login: LogIn = 'head', query = '') =>
  (await school.seen<{ rows: Row[] }>(login, `reports/conducted-lessons?period=${Q2}${query}`)).rows
const algebra = async (school: SchoolAtWork) =>
  (await rowsOf(school)).find(({ journal }) => journal === ALGEBRA)!
const total = (counts: readonly number[]) => counts.reduce((sum, count) => sum + count, 0)

it('R-5.5a: planned, conducted, cancelled and substituted lessons of a period, by type, with the distribution of marks; sums equal the records', async () => {
  const school = schools.next()
  const before = await algebra(school)
  expect(before).toMatchObject({ conducted: 0, cancelled: 0, given: 0, beyond: 0, marks: 0 })
  expect(before.left).toBe(before.planned)
  const lesson = { year: YEAR, journal: ALGEBRA, date: MONDAY, number: 4 }
  await school.done('deputy', orderSubstitution, { ...lesson, substitute: STRANGER })
  await school.done('deputy', cancelLessons, {
    year: YEAR,
    date: '2026-11-16',
    lessons: [{ journal: ALGEBRA, number: 3 }],
    reason: 'Карантин',
  })
  await school.recordLesson()
  await school.done('stranger', recordLesson, {
    page: PAGE,
    date: MONDAY,
    number: 4,
    topic: 'Контрольная работа № 2',
    type: 'test',
  })
  await school.done('mathematician', recordMarks, {
    page: PAGE,
    lesson: LESSON,
    kind: 'lesson-answer',
    marks: [
      { pupil: ANNA, value: 5 },
      { pupil: BORIS, value: 4 },
    ],
  })
  const marks = [{ pupil: ANNA, value: 4 }]
  await school.done('mathematician', recordMarks, { page: PAGE, lesson: LESSON, kind: 'homework', marks })

  const row = await algebra(school)
  expect(row).toMatchObject({
    planned: before.planned,
    cancelled: 1,
    conducted: 2,
    given: 2,
    beyond: 0,
    substituted: 1,
    left: before.planned - 3,
    by_type: [
      { type: 'lesson', lessons: 1 },
      { type: 'test', lessons: 1 },
    ],
    marks: 3,
    by_value: [
      { value: 4, count: 2 },
      { value: 5, count: 1 },
    ],
  })
  const records = (await school.log()).filter(({ type }) => type === 'LessonRecorded').length
  for (const one of await rowsOf(school)) {
    expect(one.planned).toBe(one.cancelled + one.given + one.left)
    expect(one.conducted).toBe(one.given + one.beyond)
    expect(total(one.by_type.map(({ lessons }) => lessons))).toBe(one.conducted)
    expect(total(one.by_value.map(({ count }) => count))).toBe(one.marks)
  }
  expect(total((await rowsOf(school)).map(({ conducted }) => conducted))).toBe(records)
})

it('R-5.5a (who sees it): a teacher the own journals, the administration all; not a pilot that does not count', async () => {
  const school = schools.next()
  const journals = async (login: LogIn, query = '') =>
    (await rowsOf(school, login, query)).map(({ journal }) => journal)
  expect(await journals('mathematician')).not.toContain(ENGLISH)
  expect(await journals('deputy')).toContain(ENGLISH)
  expect(await journals('deputy', `&journal=${ALGEBRA}`)).toEqual([ALGEBRA])
  expect(await journals('mathematician', `&journal=${ENGLISH}`)).toEqual([])
  expect((await school.ask('mother', `reports/conducted-lessons?period=${Q2}`)).status).toBe(403)
  await school.done('deputy', declarePilot, { class: CLASS_7A, from: '2026-11-01' })
  const policy = { ...STARTING_POLICY, pilotsCounted: false }
  await school.done('deputy', adoptPolicy, { effectiveFrom: '2026-11-02', policy })
  expect(await journals('head')).toEqual([])
})
