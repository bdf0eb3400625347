import { describe, expect, it, vi } from 'vitest'
import { addRemark } from '#commands/journal-page/add-remark.ts'
import { closePage } from '#commands/journal-page/close-page.ts'
import { correctMark } from '#commands/journal-page/correct-mark.ts'
import { openPage } from '#commands/journal-page/open-page.ts'
import { recordFinals } from '#commands/journal-page/record-finals.ts'
import { recordLesson } from '#commands/journal-page/record-lesson.ts'
import { recordMarks } from '#commands/journal-page/record-marks.ts'
import { setHomework } from '#commands/journal-page/set-homework.ts'
import { withdrawMark } from '#commands/journal-page/withdraw-mark.ts'
import { joinGroup } from '#commands/roster/join-group.ts'
import { planTest } from '#commands/test-schedule/plan-test.ts'
import { cancelLessons } from '#commands/timetable/cancel-lessons.ts'
import { orderSubstitution } from '#commands/timetable/order-substitution.ts'
import { transferLesson } from '#commands/timetable/transfer-lesson.ts'
import { withdrawSubstitution } from '#commands/timetable/withdraw-substitution.ts'
import type { LogIn } from '#support/api.ts'
import { type SchoolAtWork, schoolsAtWork } from '#support/at-work.ts'
import {
  ALGEBRA,
  ANNA,
  BORIS,
  CLASS_7A,
  CLUB,
  ENGLISH,
  ENGLISH_TEACHER,
  GLEB,
  GROUP_ENGLISH,
  LESSON,
  MATHEMATICIAN,
  MONDAY,
  PAGE,
  Q1,
  STRANGER,
  YEAR,
} from '#support/class-7a.ts'
import { pageId, workId } from '#values/school.ts'
import type { Uuid } from '#values/uuid.ts'

const schools = schoolsAtWork(8, [
  'mathematician',
  'english',
  'stranger',
  'deputy',
  'mother',
  'anna',
  'boris',
])
const here = { page: PAGE, lesson: LESSON }
const algebra = { year: YEAR, journal: ALGEBRA, date: MONDAY, number: 3 }

interface Planned {
  readonly date: string
  readonly number: number
  readonly journal: string
  readonly substitution: boolean
  readonly teachers: ReadonlyArray<{ staff: string; name: string }>
  readonly transferred_from: object | null
}
interface Forecast {
  readonly journal: string
  readonly forecast: number | null
  readonly sum: number
  readonly weight: number
  readonly rests_on: readonly object[]
}
interface Diary {
  readonly lessons: readonly object[]
  readonly remarks: readonly object[]
  readonly timetable: readonly Planned[]
  readonly changes: readonly object[]
  readonly tests: { readonly since: string; readonly until: string; readonly tests: readonly object[] }
  readonly teachers: ReadonlyArray<{ journal: string; teachers: readonly object[] }>
  readonly class_teacher: object | null
  readonly holidays: readonly object[]
  readonly forecasts: readonly Forecast[]
}

const diaryOf = (school: SchoolAtWork, login: LogIn, pupil = ANNA, query = `?from=${MONDAY}`) =>
  school.seen<Diary>(login, `pupils/${pupil}/diary${query}`)

describe('what parent and pupil see of a child in some days (п. 5.2)', () => {
  it('R-5.2b: one answer holds all eight kinds, alike for parent and pupil', async () => {
    const school = await schools.next().recordLesson()
    const marks = [{ pupil: ANNA, value: 4 }]
    await school.done('mathematician', recordMarks, { ...here, kind: 'test', marks })
    await school.done('mathematician', setHomework, { ...here, text: 'Стр. 45, № 340' })
    const advice = {
      page: PAGE,
      kind: 'recommendation',
      pupil: ANNA,
      lesson: LESSON,
      text: 'Повторить степени',
    }
    await school.done('mathematician', addRemark, advice)
    await school.done('deputy', orderSubstitution, { ...algebra, number: 4, substitute: STRANGER })
    await school.done('deputy', planTest, { year: YEAR, journal: ALGEBRA, date: '2026-12-07' })

    const shown = await diaryOf(school, 'mother')
    expect(await diaryOf(school, 'anna')).toEqual(shown)
    // Who asks often may ask for what was recorded alone.
    const entries = await diaryOf(school, 'mother', ANNA, `?from=${MONDAY}&only=entries`)
    expect(shown).toMatchObject(entries)
    expect(Object.keys(entries).toSorted()).toEqual([
      'assessments',
      'from',
      'lessons',
      'name',
      'pupil',
      'remarks',
      'until',
    ])
    // Results, homework set, recommendations.
    expect(shown.lessons).toMatchObject([
      { marks: [{ value: 4 }], homework: { content: { text: 'Стр. 45, № 340' } }, subject: 'Алгебра' },
    ])
    expect(shown.remarks).toMatchObject([{ kind: 'recommendation', text: 'Повторить степени' }])
    // The timetable of class and group, by whom it is given.
    expect(shown.timetable.map(({ date, number, journal }) => [date, number, journal])).toMatchObject([
      [MONDAY, 3, ALGEBRA],
      [MONDAY, 4, ALGEBRA],
      [MONDAY, 5, ENGLISH],
      [MONDAY, 7, expect.anything()],
      ['2026-11-11', 2, ALGEBRA],
    ])
    expect(shown.timetable[0]).toMatchObject({
      subject: 'Алгебра',
      room: '214',
      teachers: [{ staff: MATHEMATICIAN }],
      substitution: false,
    })
    expect(shown.changes).toMatchObject([
      { kind: 'substitution', date: MONDAY, number: 4, subject: 'Алгебра', teachers: [{ staff: STRANGER }] },
    ])
    // The tests of the reporting period, not of these days alone.
    expect(shown.tests).toMatchObject({
      since: '2026-11-02',
      until: '2026-12-29',
      tests: [{ date: '2026-12-07', subject_name: 'Алгебра', form: 'test' }],
    })
    expect(shown.teachers).toMatchObject([
      { journal: ALGEBRA, unit: CLASS_7A, unit_kind: 'class', teachers: [{ staff: MATHEMATICIAN }] },
      {
        journal: ENGLISH,
        unit: GROUP_ENGLISH,
        group_kind: 'subgroup',
        teachers: [{ staff: ENGLISH_TEACHER }],
      },
      { journal: CLUB, unit: CLASS_7A, teachers: [{ staff: MATHEMATICIAN }] },
    ])
    expect(shown.class_teacher).toMatchObject({ staff: ENGLISH_TEACHER })
    expect(shown.holidays).toEqual([
      { name: 'День народного единства', from: '2026-11-04', until: '2026-11-04' },
    ])
  })

  it('R-5.2b: a parent of one child, and a pupil, get 403 for another', async () => {
    const school = schools.next()
    for (const login of ['mother', 'anna', 'stranger'] as const) {
      expect(await school.ask(login, `pupils/${BORIS}/diary`)).toMatchObject({
        status: 403,
        body: { reason: 'diary-not-yours' },
      })
    }
    // Whoever is in no group of English has none of its lessons and teachers.
    const { timetable, teachers } = await diaryOf(school, 'boris', BORIS)
    expect(timetable.some(({ journal }) => journal === ENGLISH)).toBe(false)
    expect(teachers.some(({ journal }) => journal === ENGLISH)).toBe(false)
    expect(timetable).not.toEqual([])
  })

  it('R-5.2b: substitutions, transfers and cancellations show with the next look, and are gone when they are taken back', async () => {
    const school = schools.next()
    const ordered = await school.done('deputy', orderSubstitution, { ...algebra, substitute: STRANGER })
    expect(ordered.events).toHaveLength(1)
    expect((await diaryOf(school, 'mother')).timetable[0]).toMatchObject({
      substitution: true,
      teachers: [{ staff: STRANGER }],
    })
    await school.done('deputy', withdrawSubstitution, algebra)
    expect(await diaryOf(school, 'mother')).toMatchObject({
      changes: [],
      timetable: [{ substitution: false, teachers: [{ staff: MATHEMATICIAN }] }, {}, {}, {}, {}],
    })
    const to = { date: '2026-11-17', number: 2 }
    await school.done('deputy', transferLesson, { ...algebra, to })
    await school.done('deputy', cancelLessons, {
      year: YEAR,
      date: '2026-11-11',
      lessons: [{ journal: ALGEBRA, number: 2 }],
      reason: 'Медосмотр',
    })
    const { timetable, changes } = await diaryOf(school, 'mother')
    expect(timetable.map(({ date, number }) => [date, number])).toEqual([
      [MONDAY, 4],
      [MONDAY, 5],
      [MONDAY, 7],
    ])
    expect(changes).toMatchObject([
      { kind: 'transfer', date: MONDAY, number: 3, to },
      { kind: 'cancellation', date: '2026-11-11', number: 2, to: null },
    ])
    // Why is a matter of the school: it may speak of the health of a teacher.
    expect(JSON.stringify(changes)).not.toContain('Медосмотр')
    // In the week to which it came it is told, too.
    const next = await diaryOf(school, 'mother', ANNA, '?from=2026-11-16')
    expect(next.changes).toMatchObject([{ kind: 'transfer', date: MONDAY, to }])
    expect(next.timetable).toContainEqual(
      expect.objectContaining({ ...to, transferred_from: { date: MONDAY, number: 3 } }),
    )
  })

  it('R-5.2b: follows a pupil who moved to another class, by the day; outside every school year there is no plan', async () => {
    const school = schools.next()
    const before = await diaryOf(school, 'deputy', GLEB)
    expect(before.timetable).toHaveLength(4)
    const after = await diaryOf(school, 'deputy', GLEB, '?from=2026-11-16')
    expect(after).toMatchObject({ timetable: [], teachers: [], class_teacher: null })
    expect(await diaryOf(school, 'mother', ANNA, '?from=2027-07-05')).toMatchObject({
      lessons: [],
      timetable: [],
      tests: { since: '2027-07-05', until: '2027-07-11', tests: [] },
      teachers: [],
      holidays: [],
      forecasts: [],
    })
  })
})

it('R-5.2b: the tests of a reporting period are those of the groups to which a pupil belongs on the day, also of one joined later', async () => {
  const school = schools.next()
  await school.done('deputy', joinGroup, { group: GROUP_ENGLISH, pupils: [BORIS], from: '2026-12-01' })
  for (const date of ['2026-11-27', '2026-12-04'])
    await school.done('deputy', planTest, { year: YEAR, journal: ENGLISH, date })
  const shown = async (pupil: Uuid) => {
    const { tests, timetable } = await diaryOf(school, 'deputy', pupil)
    return { tests: tests.tests, english: timetable.some(({ journal }) => journal === ENGLISH) }
  }
  expect(await shown(ANNA)).toMatchObject({
    tests: [{ date: '2026-11-27' }, { date: '2026-12-04' }],
    english: true,
  })
  expect(await shown(BORIS)).toMatchObject({ tests: [{ date: '2026-12-04' }], english: false })
})

it('a diary is answered in few turns to the database, however much it shows', async () => {
  const school = await schools.next().recordLesson()
  await diaryOf(school, 'mother')
  const { kysely } = school.api.installation.database
  const asked = vi.spyOn(kysely, 'executeQuery')
  const whole = await diaryOf(school, 'mother')
  const texts = asked.mock.calls.map(([statement]) => (statement as { sql: string }).sql)
  asked.mockRestore()
  expect(whole.timetable).toHaveLength(5)
  // Where the pupil learns, all that is there, and names: who asks and what his family decided is in memory. What projectors
  // and the register of reads do meanwhile is no part of the answer.
  const others = /position > |access\.read|projection\.checkpoint/
  expect(texts.filter((text) => !others.test(text))).toHaveLength(3)
})

const forecast = async (school: SchoolAtWork, login: LogIn = 'mother', query = `?from=${MONDAY}`) =>
  (await diaryOf(school, login, ANNA, query)).forecasts.find(({ journal }) => journal === ALGEBRA)

describe('the forecast of the final (п. 5.4)', () => {
  it('R-5.4: is the very proposal of the teacher, with the marks it rests on, and follows every change', async () => {
    const school = await schools.next().recordLesson()
    expect(await forecast(school)).toMatchObject({
      label: 'прогноз',
      forecast: null,
      rests_on: [],
      final: null,
    })
    const give = (kind: string, value: number) =>
      school.done('mathematician', recordMarks, { ...here, kind, marks: [{ pupil: ANNA, value }] })
    await give('test', 4)
    await give('homework', 3)
    const first = (await forecast(school))!
    expect(first).toMatchObject({
      label: 'прогноз',
      subject: 'Алгебра',
      period: 'q2',
      period_name: 'II четверть',
      rests_on: [
        { date: MONDAY, kind: 'test', value: 4, counted: true },
        { date: MONDAY, kind: 'homework', value: 3, counted: true },
      ],
    })
    const proposed = async () => {
      type Proposals = {
        pupils: Array<{ pupil: string; proposed: number | null; sum: number; weight: number }>
      }
      const { pupils } = await school.seen<Proposals>('mathematician', `pages/${PAGE}/final-proposals`)
      return pupils.find(({ pupil }) => pupil === ANNA)!
    }
    const same = async () => {
      const [shown, theirs] = [(await forecast(school))!, await proposed()]
      expect([shown.forecast, shown.sum, shown.weight]).toEqual([theirs.proposed, theirs.sum, theirs.weight])
      return shown
    }
    await same()
    const [lesson] = await school.diary(ANNA, MONDAY)
    const [test, homework] = lesson!.marks
    const reason = 'typing-error'
    const corrected = { page: PAGE, entry: test!.entry, value: 2, expectedVersion: test!.version, reason }
    await school.done('mathematician', correctMark, corrected)
    const worse = await same()
    expect(worse.sum).toBeLessThan(first.sum)
    const withdrawn = { page: PAGE, entry: homework!.entry, expectedVersion: homework!.version, reason }
    await school.done('mathematician', withdrawMark, withdrawn)
    expect(await same()).toMatchObject({ forecast: 2, rests_on: [{ value: 2 }] })
    // The pupil, and a teacher of the pupil, see it too.
    for (const login of ['anna', 'mathematician', 'english'] as const)
      expect(await forecast(school, login)).toMatchObject({ forecast: 2 })
  })

  it('R-5.4: counts a work that was carried into the next period there alone, and shows the final once it is given', async () => {
    const school = schools.next().at('2026-10-19T04:00:00.000Z')
    await school.done('mathematician', openPage, { year: YEAR, journal: ALGEBRA, period: 'q1' })
    const page = pageId(ALGEBRA, Q1)
    const test = { page, date: '2026-10-19', number: 3, topic: 'Контрольная работа', type: 'test' }
    const { events } = await school.done('mathematician', recordLesson, test)
    const { lesson } = events[0]!.data as { lesson: Uuid }
    const finals = [ANNA, BORIS, GLEB].map((pupil) => ({ pupil, value: 4 }))
    school.at('2026-10-23T09:00:00.000Z')
    await school.done('mathematician', recordFinals, { page, kind: 'period', finals })
    await school.done('mathematician', closePage, { page, carry: [workId(lesson, 'test')] })
    school.at('2026-11-09T04:00:00.000Z')
    const marks = [{ pupil: ANNA, value: 3 }]
    await school.done('mathematician', recordMarks, { page, lesson, kind: 'test', marks })
    expect(await forecast(school, 'mother', '?from=2026-10-19')).toMatchObject({
      period: 'q1',
      forecast: null,
      rests_on: [],
      final: 4,
    })
    expect(await forecast(school)).toMatchObject({
      period: 'q2',
      forecast: 3,
      rests_on: [{ value: 3, period: 'q1', date: '2026-10-19' }],
      final: null,
    })
  })
})
