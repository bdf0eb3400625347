import { describe, expect, it } from 'vitest'
import { openPage } from '#commands/journal-page/open-page.ts'
import { recordLesson } from '#commands/journal-page/record-lesson.ts'
import { releaseTeacher } from '#commands/teaching-load/release-teacher.ts'
import { cancelLessons } from '#commands/timetable/cancel-lessons.ts'
import { orderSubstitution } from '#commands/timetable/order-substitution.ts'
import { transferLesson } from '#commands/timetable/transfer-lesson.ts'
import { pageId } from '#values/school.ts'
import type { LogIn } from '#support/api.ts'
import { type SchoolAtWork, schoolsAtWork } from '#support/at-work.ts'
import {
  ALGEBRA,
  ENGLISH,
  ENGLISH_TEACHER,
  LESSON,
  MATHEMATICIAN,
  MONDAY,
  PAGE,
  Q2,
  STRANGER,
  YEAR,
} from '#support/class-7a.ts'

const schools = schoolsAtWork(3, ['mathematician', 'english', 'stranger', 'deputy', 'head', 'mother'])
const RANGE = 'from=2026-11-09&until=2026-11-23'
const as = (role: string) => ({ 'letopis-role': role })

interface Counts {
  readonly planned: number
  readonly given: number
  readonly substituted: number
  readonly own_subject: number
  readonly other_subject: number
  readonly cancelled: number
  readonly not_given: number
  readonly ahead: number
  readonly transferred: number
}
interface Changes {
  readonly total: Counts
  readonly rows: ReadonlyArray<
    Counts & { teacher: string | null; for_others: number; substitutes: readonly object[] }
  >
  readonly lessons: ReadonlyArray<{ lesson: string; date: string; number: number; outcome: string }>
}
const changes = (school: SchoolAtWork, login: LogIn = 'head', query = '', headers = {}) =>
  school.seen<Changes>(login, `reports/lesson-changes?${RANGE}${query}`, headers)
const rowOf = ({ rows }: Changes, teacher: string | null) => rows.find((row) => row.teacher === teacher)

/** Two weeks of 7А and the Monday after them, seen on Friday 20 November. */
async function lived(): Promise<SchoolAtWork> {
  const school = schools.next()
  const plan = { year: YEAR, journal: ALGEBRA }
  await school.done('deputy', orderSubstitution, { ...plan, date: MONDAY, number: 4, substitute: STRANGER })
  await school.done('deputy', cancelLessons, {
    year: YEAR,
    date: '2026-11-11',
    lessons: [{ journal: ALGEBRA, number: 2 }],
    reason: 'Мороз',
  })
  const to = { date: '2026-11-17', number: 2 }
  await school.done('deputy', transferLesson, { ...plan, date: '2026-11-16', number: 3, to })
  await school.recordLesson()
  const topic = 'Степень с натуральным показателем'
  const fourth = { page: PAGE, date: MONDAY, number: 4, topic }
  await school.done('stranger', recordLesson, fourth, as('teacher'))
  await school.done('english', openPage, { year: YEAR, journal: ENGLISH, period: Q2 }, as('teacher'))
  const english = { page: pageId(ENGLISH, Q2), date: MONDAY, number: 5, topic, asSubstitute: true }
  await school.done('mathematician', recordLesson, english)
  school.at('2026-11-17T05:00:00.000Z')
  await school.recordLesson('2026-11-17', 2)
  return school.at('2026-11-20T05:00:00.000Z')
}

describe('substituted and missed lessons (п. 7А.10)', () => {
  it('R-7A.10h: by teacher and period: substituted, by whom and whether it is the own subject, cancelled, transferred, not given', async () => {
    const school = await lived()
    const shown = await changes(school)
    // Algebra: 9.11 №3, №4, 11.11, 16.11 №3 → 17.11 №2, №4, 18.11, 23.11 №3, №4; the club on three Mondays.
    expect(rowOf(shown, MATHEMATICIAN)).toMatchObject({
      planned: 11,
      given: 2,
      substituted: 1,
      own_subject: 0,
      other_subject: 1,
      cancelled: 1,
      transferred: 1,
      not_given: 4,
      ahead: 3,
      for_others: 1,
      substitutes: [{ staff: STRANGER, own_subject: 0, other_subject: 1 }],
    })
    // The substitute teaches the subject of that journal in another one.
    expect(rowOf(shown, ENGLISH_TEACHER)).toMatchObject({
      planned: 3,
      given: 0,
      own_subject: 1,
      not_given: 1,
      ahead: 1,
      substitutes: [{ staff: MATHEMATICIAN, own_subject: 1, other_subject: 0 }],
    })
    expect(rowOf(shown, STRANGER)).toMatchObject({ planned: 0, for_others: 1 })
    const detail = (date: string, number: number) =>
      shown.lessons.find((one) => one.date === date && one.number === number)
    expect(detail(MONDAY, 4)).toMatchObject({ outcome: 'substituted', by: STRANGER, ordered: true })
    expect(detail(MONDAY, 5)).toMatchObject({ by: MATHEMATICIAN, ordered: false, own_subject: true })
    expect(detail('2026-11-11', 2)).toMatchObject({ outcome: 'cancelled', by: null })
    expect(detail('2026-11-17', 2)).toMatchObject({
      outcome: 'given',
      from: { date: '2026-11-16', number: 3 },
    })
    expect(detail('2026-11-18', 2)).toMatchObject({ outcome: 'not-given' })
    expect(shown.lessons.map(({ lesson }) => lesson)).not.toContain(LESSON)
  })

  it('R-7A.10h: the sum over the teachers is what the timetable has in those days, with the cancelled; nobody’s lessons are among it', async () => {
    const school = await lived()
    await school.done('deputy', releaseTeacher, {
      year: YEAR,
      journal: ENGLISH,
      staff: ENGLISH_TEACHER,
      from: '2026-11-16',
    })
    const shown = await changes(school)
    const sum = (of: keyof Counts) => shown.rows.reduce((total, row) => total + row[of], 0)
    for (const row of [shown.total, ...shown.rows]) {
      expect(row.given + row.substituted + row.cancelled + row.not_given + row.ahead).toBe(row.planned)
      expect(row.own_subject + row.other_subject).toBe(row.substituted)
    }
    const timetable = await school.seen<{ lessons: readonly object[] }>('deputy', `lessons?${RANGE}`)
    // Three Mondays of four lessons and two Wednesdays of one, whatever was moved within them.
    expect(sum('planned')).toBe(3 * 4 + 2)
    expect(sum('planned')).toBe(timetable.lessons.length + sum('cancelled'))
    expect(shown.total).toMatchObject({ planned: sum('planned'), not_given: sum('not_given') })
    expect(rowOf(shown, ENGLISH_TEACHER)).toMatchObject({ planned: 1 })
    expect(rowOf(shown, null)).toMatchObject({ planned: 2, not_given: 1, ahead: 1 })
  })

  it('R-7A.10h (rights and paper): a teacher sees the own lessons and those given for others, a family nothing; the sheets say the same', async () => {
    const school = await lived()
    const own = await changes(school, 'stranger', '', as('teacher'))
    expect(own.rows).toMatchObject([{ teacher: STRANGER, planned: 0, for_others: 1 }])
    expect(own.lessons).toMatchObject([{ date: MONDAY, number: 4, by: STRANGER }])
    const one = await changes(school, 'deputy', `&teacher=${ENGLISH_TEACHER}`)
    expect(one.total.planned).toBe(3)
    const led = await changes(school, 'english', '', as('class-teacher'))
    expect(led.total.planned).toBe(14)
    expect((await changes(school, 'stranger', '', as('class-teacher'))).total.planned).toBe(0)
    expect((await school.ask('mother', `reports/lesson-changes?${RANGE}`)).status).toBe(403)
    const long = await school.ask('head', 'reports/lesson-changes?from=2026-09-01&until=2027-05-26')
    expect(long.status).toBe(400)
    const summer = await school.seen<Changes>('head', 'reports/lesson-changes?from=2026-07-01')
    expect(summer).toMatchObject({ rows: [], lessons: [], total: { planned: 0 } })

    const sheet = await school.seen<{ parts: Array<{ rows: string[][] }> }>(
      'deputy',
      `reports/lesson-changes/sheet?${RANGE}`,
    )
    const numbers = sheet.parts[0]!.rows.map(([, ...cells]) => cells)
    expect(numbers).toContainEqual(['11', '2', '0', '1', '1', '4', '3', '1', '1'])
    const list = await school.ask<string>('deputy', `reports/changed-lessons/sheet?${RANGE}&format=csv`)
    expect(list.status).toBe(200)
    expect(list.body).toContain('16.11.2026, урок 3')
    const pdf = await school.ask('deputy', `reports/changed-lessons/sheet?${RANGE}&format=pdf`)
    expect(pdf.status).toBe(200)
  })
})
