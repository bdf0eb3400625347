import { describe, expect, it } from 'vitest'
import { missedLessonsReport, unsatisfactoryMarksReport } from '#api/views/pupil-reports.ts'
import { correctMark } from '#commands/journal-page/correct-mark.ts'
import { openPage } from '#commands/journal-page/open-page.ts'
import { postponeFinal } from '#commands/journal-page/postpone-final.ts'
import { recordAssessment } from '#commands/journal-page/record-assessment.ts'
import { recordFinals } from '#commands/journal-page/record-finals.ts'
import { recordMarks } from '#commands/journal-page/record-marks.ts'
import { setHomework } from '#commands/journal-page/set-homework.ts'
import { takeAttendance } from '#commands/journal-page/take-attendance.ts'
import { withdrawMark } from '#commands/journal-page/withdraw-mark.ts'
import { cancelLessons } from '#commands/timetable/cancel-lessons.ts'
import { orderSubstitution } from '#commands/timetable/order-substitution.ts'
import { lessonId, pageId, workId } from '#values/school.ts'
import type { LogIn } from '#support/api.ts'
import { type SchoolAtWork, schoolsAtWork } from '#support/at-work.ts'
import {
  ALGEBRA,
  ANNA,
  BORIS,
  CLASS_7A,
  CLASS_7B,
  CLUB,
  date,
  ENGLISH,
  ENGLISH_TEACHER,
  id,
  LAST_AFTERNOON,
  LESSON,
  MATHEMATICIAN,
  MONDAY,
  PAGE,
  Q2,
  STRANGER,
  VERA,
  YEAR,
} from '#support/class-7a.ts'

const schools = schoolsAtWork(6, [
  'mathematician',
  'english',
  'stranger',
  'deputy',
  'head',
  'mother',
  'boris',
])
const here = { page: PAGE, lesson: LESSON }
const FOURTH = lessonId(ALGEBRA, MONDAY, 4)
const WEDNESDAY = date('2026-11-11')

interface Figures {
  readonly lessons: object
  readonly attendance: object
  readonly homework: object
  readonly completeness: object
  readonly marks: ReadonlyArray<{ readonly kind: string }>
}
interface Timeliness {
  readonly total: Figures
  readonly rows: ReadonlyArray<
    Figures & { readonly teacher: string; readonly journal: string; readonly behind: readonly object[] }
  >
}

/**
 * Monday to Wednesday of 7А, seen on Thursday: algebra of Monday 3 in time with attendance, its homework late; Monday 4
 * recorded on Tuesday, with nothing else; English of Monday 5 never; the club of Monday 7 cancelled; algebra of Wednesday
 * 2 given to another teacher, who did not record it.
 */
async function threeDays(): Promise<SchoolAtWork> {
  const school = schools.next()
  await school.done('deputy', cancelLessons, {
    year: YEAR,
    date: MONDAY,
    lessons: [{ journal: CLUB, number: 7 }],
    reason: 'Карантин',
  })
  const lesson = { year: YEAR, journal: ALGEBRA, date: WEDNESDAY, number: 2 }
  await school.done('deputy', orderSubstitution, { ...lesson, substitute: STRANGER })
  await school.recordLesson()
  await school.done('mathematician', takeAttendance, { ...here, absentees: [] })
  await marked(school, 'lesson-answer', ANNA)
  school.at('2026-11-09T13:00:00.000Z')
  await school.done('mathematician', setHomework, { ...here, text: 'Параграф 12, № 340' })
  school.at('2026-11-10T05:00:00.000Z')
  await school.recordLesson(MONDAY, 4)
  school.at('2026-11-12T04:00:00.000Z')
  await marked(school, 'lesson-answer', BORIS)
  await marked(school, 'test', BORIS)
  return school
}

const marked = (school: SchoolAtWork, kind: string, pupil: string) =>
  school.done('mathematician', recordMarks, { ...here, kind, marks: [{ pupil, value: 4 }] })
const timeliness = (school: SchoolAtWork, login: LogIn = 'head', query = '', role?: string) =>
  school.seen<Timeliness>(
    login,
    `reports/timeliness?from=${MONDAY}&until=2026-11-12${query}`,
    role === undefined ? {} : { 'letopis-role': role },
  )

describe('timeliness and completeness', () => {
  it('R-7A.10a, R-7A.10d (attendance taken), R-7A.10f, R-7A.13e (without finals, sorting and export): lessons, attendance and homework by teacher and journal: in time, late, missing, complete', async () => {
    const school = await threeDays()
    const { rows, total } = await timeliness(school)
    const of = (teacher: string, journal: string) =>
      rows.find((row) => row.teacher === teacher && row.journal === journal)
    expect(rows).toHaveLength(3)
    expect(of(MATHEMATICIAN, ALGEBRA)).toMatchObject({
      // Tuesday 12:00:00 in Tomsk is 12 hours and a second after 23:59:59 of Monday.
      lessons: {
        expected: 2,
        on_time: 1,
        late: 1,
        missing: 0,
        median_late_by: 43_201,
        timeliness: { part: 1, of: 2, percent: 50 },
      },
      attendance: { expected: 2, on_time: 1, late: 0, missing: 1 },
      homework: { expected: 2, on_time: 0, late: 1, missing: 1, timeliness: { part: 0, of: 2, percent: 0 } },
      // Two topics, one attendance, one homework: 4 of 6.
      completeness: { part: 4, of: 6, percent: 66.7 },
      behind: [
        { lesson: LESSON, date: MONDAY, number: 3, missing: [], late: ['homework'] },
        { lesson: FOURTH, date: MONDAY, number: 4, missing: ['attendance', 'homework'], late: ['lesson'] },
      ],
    })
    const nothing = { expected: 1, on_time: 0, late: 0, missing: 1 }
    for (const row of [of(ENGLISH_TEACHER, ENGLISH), of(STRANGER, ALGEBRA)]) {
      expect(row).toMatchObject({
        lessons: { ...nothing, median_late_by: null },
        completeness: { part: 0, of: 3, percent: 0 },
      })
    }
    expect(total).toMatchObject({
      lessons: { expected: 4, on_time: 1, late: 1, missing: 2, timeliness: { percent: 25 } },
      // 4 of 12.
      completeness: { part: 4, of: 12, percent: 33.3 },
    })
  })

  it('R-7A.10b: current marks by kind of work, in time and late, and the begun works that are past their date without a mark', async () => {
    const school = await threeDays()
    const { total } = await timeliness(school, 'deputy', `&class=${CLASS_7A}`)
    expect(total.marks).toEqual([
      {
        kind: 'lesson-answer',
        works: 1,
        marks: 2,
        on_time: 1,
        late: 1,
        excused: 0,
        timeliness: { part: 1, of: 2, percent: 50 },
        without_marks: [],
      },
      {
        kind: 'test',
        works: 1,
        marks: 1,
        on_time: 1,
        late: 0,
        excused: 0,
        timeliness: { part: 1, of: 1, percent: 100 },
        without_marks: [],
      },
    ])
    const { cells } = await school.grid()
    const test = workId(LESSON, 'test')
    const mark = cells.flatMap(({ marks }) => marks).find(({ work }) => work === test)!
    await school.done('mathematician', withdrawMark, {
      page: PAGE,
      entry: mark.entry,
      expectedVersion: mark.version,
      reason: 'typing-error',
    })
    const withoutMarks = async () =>
      (await timeliness(school)).total.marks.find(({ kind }) => kind === 'test')
    expect(await withoutMarks()).toMatchObject({ marks: 0, timeliness: { percent: null }, without_marks: [] })
    // Seven days after Monday the work is overdue.
    school.at('2026-11-16T17:00:00.000Z')
    expect(await withoutMarks()).toMatchObject({ works: 1, marks: 0, without_marks: [test] })

    // A teacher sees his own figures, a class teacher the class, and neither those of others.
    const own = await timeliness(school, 'mathematician')
    expect(own.rows.map(({ teacher, journal }) => [teacher, journal])).toEqual([[MATHEMATICIAN, ALGEBRA]])
    expect((await timeliness(school, 'english', '', 'class-teacher')).rows).toHaveLength(3)
    const query = `reports/timeliness?class=${CLASS_7B}`
    const other = await school.ask('english', query, { 'letopis-role': 'class-teacher' })
    expect(other).toMatchObject({ status: 403, body: { reason: 'class-not-led' } })
    expect((await school.ask('mother', 'reports/timeliness')).status).toBe(403)
    const one = await timeliness(school, 'head', `&teacher=${STRANGER}`)
    expect(one.total).toMatchObject({ lessons: { expected: 1, missing: 1 } })
  })
})

interface Rates {
  readonly success: object
  readonly quality: object
}
interface Attainment {
  readonly subjects: ReadonlyArray<Rates & { readonly journals: readonly string[] }>
  readonly pupils: ReadonlyArray<Rates & { readonly pupil: string }>
  readonly total: object
}
const attainment = (school: SchoolAtWork, login: LogIn = 'deputy', role = 'deputy') =>
  school.seen<Attainment>(login, `reports/attainment?unit=${CLASS_7A}&period=${Q2}`, { 'letopis-role': role })
const column = (page: string, ...values: ReadonlyArray<readonly [string, number | string]>) => ({
  page,
  finals: values.map(([pupil, value]) => ({ pupil, value })),
})

const share = (part: number, of: number, percent: number | null) => ({ part, of, percent })

describe('success and quality', () => {
  it('R-7A.13a, R-F18 (finals of a class and a period): by subject, pupil and class, with what was counted and what was not', async () => {
    const school = schools.next().at(LAST_AFTERNOON)
    const asTeacher = { 'letopis-role': 'teacher' }
    await school.done('english', openPage, { year: YEAR, journal: ENGLISH, period: Q2 }, asTeacher)
    // Of algebra: Anna 4, Boris 3, Vera postponed; Gleb left in November. Of English, where Anna is alone: н/а.
    await school.done('mathematician', recordFinals, column(PAGE, [ANNA, 4], [BORIS, 3]))
    const order = { number: '141', date: '2026-12-25' }
    const postponed = { page: PAGE, pupil: VERA, until: '2027-01-22', reason: 'illness', order }
    await school.done('deputy', postponeFinal, postponed)
    await school.done('english', recordFinals, column(pageId(ENGLISH, Q2), [ANNA, 'н/а']), asTeacher)

    const report = await attainment(school)
    // Both journals are of one subject: of the finals 4, 3 and н/а two are a success, and one is of quality.
    expect(report.subjects).toMatchObject([
      {
        success: share(2, 3, 66.7),
        quality: share(1, 3, 33.3),
        exempt: 0,
        postponed: 1,
        not_filled: 0,
        values: expect.arrayContaining([
          { value: 4, count: 1 },
          { value: 3, count: 1 },
          { value: 'н/а', count: 1 },
        ]),
      },
    ])
    const of = (pupil: string) => report.pupils.find((one) => one.pupil === pupil)
    expect(report.pupils).toHaveLength(3)
    expect(of(ANNA)).toMatchObject({ success: share(1, 2, 50), quality: share(1, 2, 50) })
    expect(of(BORIS)).toMatchObject({ success: share(1, 1, 100), quality: share(0, 1, 0) })
    expect(of(VERA)).toMatchObject({ success: share(0, 0, null), postponed: 1 })
    // Whoever has н/а is no success of the class; who has nothing to count is not counted.
    expect(report.total).toEqual({
      success: share(1, 2, 50),
      quality: share(0, 2, 0),
      by_subjects: share(2, 3, 66.7),
    })

    const own = await attainment(school, 'mathematician', 'teacher')
    expect(own.subjects).toMatchObject([{ journals: [ALGEBRA], success: share(2, 2, 100) }])
    expect(await attainment(school, 'english', 'class-teacher')).toEqual(report)
    // The postponement has passed without a final.
    school.at('2027-01-23T03:00:00.000Z')
    expect((await attainment(school)).subjects).toMatchObject([{ postponed: 0, not_filled: 1 }])
  })
})

describe('what a pupil missed and where he failed', () => {
  const span = `from=${MONDAY}&until=2026-11-12`
  const topic = 'Степень с натуральным показателем'

  it('R-7A.13c: missed lessons of a pupil with topic, code and whether the topic was made up, and totals by code', async () => {
    const school = await schools.next().recordLesson()
    const absentees = [
      { pupil: ANNA, code: 'Н/б' },
      { pupil: BORIS, code: 'Опз' },
    ]
    await school.done('mathematician', takeAttendance, { ...here, absentees })
    await school.recordLesson(MONDAY, 4)
    const fourth = { page: PAGE, lesson: FOURTH, absentees: [{ pupil: ANNA, code: 'Н' }] }
    await school.done('mathematician', takeAttendance, fourth)

    const of = async (login: LogIn, pupil: string) =>
      missedLessonsReport.reply.parse(
        await school.seen(login, `reports/missed-lessons?pupil=${pupil}&${span}`),
      )
    const report = await of('mother', ANNA)
    const lesson = { date: MONDAY, journal: ALGEBRA, subject: 'Алгебра', topic }
    expect(report.missed).toEqual([
      { ...lesson, lesson: LESSON, number: 3, code: 'Н/б', made_up: false, valid: true },
      // Why she was away from the fourth lesson is not yet known.
      { ...lesson, lesson: FOURTH, number: 4, code: 'Н', made_up: false, valid: null },
    ])
    expect(report.totals).toEqual([
      { code: 'Н/б', lessons: 1 },
      { code: 'Н', lessons: 1 },
    ])
    // Whoever came late missed nothing.
    expect((await of('deputy', BORIS)).missed).toEqual([])
    expect((await school.ask('mother', `reports/missed-lessons?pupil=${BORIS}&${span}`)).status).toBe(403)
    const backwards = await school.ask(
      'deputy',
      `reports/missed-lessons?pupil=${ANNA}&from=2026-11-12&until=2026-11-09`,
    )
    expect(backwards.status).toBe(400)
  })

  it('R-7A.13d (without what was made up): unsatisfactory marks of a pupil with topic and kind of work', async () => {
    const school = await schools.next().recordLesson()
    const mark = (kind: string, value: number | string) =>
      school.done('mathematician', recordMarks, { ...here, kind, marks: [{ pupil: BORIS, value }] })
    await mark('test', 2)
    await mark('lesson-answer', 3)
    await mark('homework', 2)
    const of = async (login: LogIn) =>
      unsatisfactoryMarksReport.reply.parse(
        await school.seen(login, `reports/unsatisfactory-marks?pupil=${BORIS}&${span}`),
      ).marks
    const both = await of('boris')
    const lesson = { lesson: LESSON, date: MONDAY, number: 3, journal: ALGEBRA, subject: 'Алгебра', topic }
    expect(both.map(({ kind }) => kind).toSorted()).toEqual(['homework', 'test'])
    expect(both).toContainEqual(
      expect.objectContaining({ ...lesson, kind: 'test', value: 2, corrected: false }),
    )
    // Corrected to a success, a mark is no longer among them.
    const { entry } = both.find(({ kind }) => kind === 'homework')!
    const { cells } = await school.grid()
    const { version } = cells.flatMap(({ marks }) => marks).find((one) => one.entry === entry)!
    const correction = { page: PAGE, entry, value: 4, expectedVersion: version, reason: 'typing-error' }
    await school.done('mathematician', correctMark, correction)
    expect((await of('deputy')).map(({ kind }) => kind)).toEqual(['test'])
    expect((await school.ask('mother', `reports/unsatisfactory-marks?pupil=${BORIS}&${span}`)).status).toBe(
      403,
    )
  })

  it('R-7A.13d, R-A1.6r (assessments): an unsatisfactory mark of an exam outside the lessons is in the report, with its name where a lesson has its topic', async () => {
    const school = await schools.next().recordLesson()
    const mark = { ...here, kind: 'test', marks: [{ pupil: BORIS, value: 2 }] }
    await school.done('mathematician', recordMarks, mark)
    const exam = { page: PAGE, assessment: id('assessment/exam'), kind: 'exam', date: '2026-11-08' }
    const marks = [
      { pupil: BORIS, value: 2 },
      { pupil: ANNA, value: 3 },
    ]
    await school.done('mathematician', recordAssessment, { ...exam, name: 'Экзамен по алгебре', marks })
    const of = async (login: LogIn, pupil: string) =>
      unsatisfactoryMarksReport.reply.parse(
        await school.seen(
          login,
          `reports/unsatisfactory-marks?pupil=${pupil}&from=2026-11-08&until=2026-11-12`,
        ),
      ).marks
    const { assessment: lesson, kind, date } = exam
    for (const login of ['boris', 'deputy'] as const)
      expect(await of(login, BORIS)).toMatchObject([
        { lesson, kind, date, number: null, subject: 'Алгебра', topic: 'Экзамен по алгебре', value: 2 },
        { lesson: LESSON, kind: 'test', number: 3, topic },
      ])
    expect(await of('mother', ANNA)).toEqual([])
    // Corrected to a success, it is no longer among them.
    const { cells } = await school.grid()
    const { entry, version } = cells.find((one) => one.lesson === lesson && one.pupil === BORIS)!.marks[0]!
    const why = { expectedVersion: version, reason: 'appeal' }
    await school.done('deputy', correctMark, { page: PAGE, entry, value: 3, ...why })
    expect((await of('boris', BORIS)).map((one) => one.kind)).toEqual(['test'])
  })
})
