import { describe, expect, it } from 'vitest'
import { openPage } from '#commands/journal-page/open-page.ts'
import { recordLesson } from '#commands/journal-page/record-lesson.ts'
import { recordMarks } from '#commands/journal-page/record-marks.ts'
import { setHomework } from '#commands/journal-page/set-homework.ts'
import { takeAttendance } from '#commands/journal-page/take-attendance.ts'
import { assignTeacher } from '#commands/teaching-load/assign-teacher.ts'
import { openJournal } from '#commands/teaching-load/open-journal.ts'
import { cancelLessons } from '#commands/timetable/cancel-lessons.ts'
import { combineLessons } from '#commands/timetable/combine-lessons.ts'
import { orderSubstitution } from '#commands/timetable/order-substitution.ts'
import { scheduleWeek } from '#commands/timetable/schedule-week.ts'
import { transferLesson } from '#commands/timetable/transfer-lesson.ts'
import { withdrawSubstitution } from '#commands/timetable/withdraw-substitution.ts'
import { lessonId, pageId } from '#values/school.ts'
import { accountOf } from '#support/api.ts'
import { type SchoolAtWork, schoolsAtWork } from '#support/at-work.ts'
import {
  ALGEBRA,
  ANNA,
  BORIS,
  CLASS_7B,
  date,
  ENGLISH,
  ENGLISH_TEACHER,
  id,
  LESSON,
  MATHEMATICIAN,
  MONDAY,
  PAGE,
  Q2,
  STRANGER,
  YEAR,
} from '#support/class-7a.ts'

const schools = schoolsAtWork(8, ['mathematician', 'english', 'stranger', 'deputy', 'head', 'auditor'])
const algebra = { year: YEAR, journal: ALGEBRA, date: MONDAY, number: 3 }
const record = { page: PAGE, date: MONDAY, number: 3, topic: 'Степень с натуральным показателем' }
const here = { page: PAGE, lesson: LESSON }
const as = (role: string) => ({ 'letopis-role': role })

interface Listed {
  readonly lessons: ReadonlyArray<{
    readonly lesson: string
    readonly number: number
    readonly teachers: ReadonlyArray<{ readonly staff: string }>
    readonly substitution: boolean
    readonly transferred_from: object | null
  }>
}
const lessonsOf = (school: SchoolAtWork, login: 'deputy' | 'stranger' | 'mathematician', day: string) =>
  school.seen<Listed>(login, `lessons?from=${day}&until=${day}`)

describe('substitution (п. 2.10)', () => {
  it('R-2.10: who is not the assigned teacher records a lesson by a substitution or by saying so, and both teachers are kept', async () => {
    const school = schools.next()
    const refused = await school.give('stranger', recordLesson, record, as('teacher'))
    expect(refused).toMatchObject({ status: 403, body: { reason: 'journal-not-taught' } })
    await school.done('deputy', orderSubstitution, { ...algebra, substitute: STRANGER })
    const own = await school.give('mathematician', recordLesson, record)
    expect(own).toMatchObject({ status: 403, body: { reason: 'lesson-given-by-another' } })
    expect(await school.give('stranger', recordLesson, record, as('teacher'))).toMatchObject({ status: 201 })
    const grid = await school.grid()
    expect(grid.lessons).toMatchObject([
      { teacher: STRANGER, scheduled: [MATHEMATICIAN], substitution: 'ordered' },
    ])

    const fourth = { ...record, number: 4, asSubstitute: true }
    expect(await school.give('english', recordLesson, fourth, as('teacher'))).toMatchObject({ status: 201 })
    const { lessons } = await school.seen<{ lessons: object[] }>(
      'deputy',
      `timetable/substitutions-at-entry?from=${MONDAY}`,
    )
    expect(lessons).toMatchObject([
      { number: 4, teacher: ENGLISH_TEACHER, scheduled: [{ staff: MATHEMATICIAN }], ordered: false },
    ])
    // the order of afterwards confirms the entry; it is one fact.
    await school.done('deputy', orderSubstitution, { ...algebra, number: 4, substitute: ENGLISH_TEACHER })
    const after = await school.seen<{ lessons: object[] }>(
      'deputy',
      `timetable/substitutions-at-entry?from=${MONDAY}`,
    )
    expect(after.lessons).toMatchObject([{ number: 4, ordered: true }])
  })

  it('R-2.10: the substitute has the rights of entry on that lesson and on no other', async () => {
    const school = schools.next()
    await school.recordLesson('2026-11-02')
    await school.done('deputy', orderSubstitution, { ...algebra, substitute: STRANGER })
    expect((await lessonsOf(school, 'stranger', MONDAY)).lessons).toMatchObject([
      { lesson: LESSON, substitution: true, teachers: [{ staff: STRANGER }] },
    ])
    const theirs = await lessonsOf(school, 'mathematician', MONDAY)
    expect(theirs.lessons.map(({ number }) => number)).toEqual([4, 7])
    expect(await school.give('stranger', recordLesson, record, as('teacher'))).toMatchObject({ status: 201 })

    const attendance = { absentees: [{ pupil: BORIS, code: 'Н' }] }
    const marks = { kind: 'lesson-answer', marks: [{ pupil: ANNA, value: 5 }] }
    const homework = { text: 'Учебник, с. 45, упр. 7' }
    for (const [command, input] of [
      [takeAttendance, attendance],
      [recordMarks, marks],
      [setHomework, homework],
    ] as const) {
      const here201 = await school.give('stranger', command, { ...here, ...input }, as('teacher'))
      expect(here201).toMatchObject({ status: 201 })
      const other = { page: PAGE, lesson: lessonId(ALGEBRA, date('2026-11-02'), 3), ...input }
      const elsewhere = await school.give('stranger', command, other, as('teacher'))
      expect(elsewhere).toMatchObject({ status: 403, body: { reason: 'journal-not-taught' } })
    }
    expect((await school.ask('stranger', `pages/${PAGE}`, as('teacher'))).status).toBe(200)
    school.at('2026-12-01T03:00:00.000Z')
    const later = await school.ask('stranger', `pages/${PAGE}`, as('teacher'))
    expect(later).toMatchObject({ status: 403, body: { reason: 'journal-not-taught' } })
  })

  it('R-2.10: combined lessons are recorded each in its own journal with a common link', async () => {
    const school = schools.next()
    const other = await algebraOf7B(school)
    await school.done('deputy', combineLessons, {
      year: YEAR,
      date: MONDAY,
      number: 3,
      journals: [ALGEBRA, other.journal],
      teacher: MATHEMATICIAN,
    })
    await school.done('mathematician', openPage, { year: YEAR, journal: other.journal, period: 'q2' })
    await school.done('mathematician', recordLesson, record)
    await school.done('mathematician', recordLesson, { ...record, page: other.page })
    const stranger = await school.give(
      'stranger',
      recordLesson,
      { ...record, page: other.page },
      as('teacher'),
    )
    expect(stranger.status).toBe(403)
    const [first] = (await school.grid()).lessons
    const second = await school.seen<{
      lessons: Array<{ combination: string; substitution: string | null }>
    }>('deputy', `pages/${other.page}`)
    expect(second.lessons).toMatchObject([{ combination: first!.combination, substitution: 'ordered' }])
    expect(first!.combination).not.toBeNull()
  })
})

describe('the timetable (п. 7А.6)', () => {
  it('R-7A.6d: transfers, cancellations and substitutions are events on top of the week, which stays', async () => {
    const school = schools.next()
    const week = await school.seen<object>('deputy', 'lessons?from=2026-11-16&until=2026-11-20')
    await school.done('deputy', transferLesson, { ...algebra, to: { date: '2026-11-10', number: 6 } })
    await school.done('head', cancelLessons, {
      year: YEAR,
      date: MONDAY,
      lessons: [{ journal: ENGLISH, number: 5 }],
      reason: 'Актированный день',
    })
    expect((await lessonsOf(school, 'deputy', MONDAY)).lessons.map(({ number }) => number)).toEqual([4, 7])
    expect((await lessonsOf(school, 'deputy', '2026-11-10')).lessons).toMatchObject([
      { number: 6, transferred_from: { date: MONDAY, number: 3 } },
    ])
    expect(await school.seen<object>('deputy', 'lessons?from=2026-11-16&until=2026-11-20')).toEqual(week)
    const register = await school.seen<{ changes: object[]; next: string | null }>(
      'auditor',
      'timetable/changes?since=2026-11-01&until=2026-11-30&limit=1',
    )
    expect(register).toMatchObject({
      changes: [{ type: 'LessonTransferred', data: { to: { date: '2026-11-10', number: 6 } } }],
      next: expect.any(String),
    })
    const rest = await school.seen<{ changes: object[]; next: string | null }>(
      'auditor',
      `timetable/changes?since=2026-11-01&until=2026-11-30&limit=50&cursor=${register.next}`,
    )
    expect(rest).toMatchObject({ changes: [{ type: 'LessonCancelled' }], next: null })
  })

  it('R-7A.6f: a substitution and a transfer are each an event with reason, author, original and new teacher or place; timetable, diary and hours follow at once; the history of a lesson is readable', async () => {
    const school = schools.next()
    const order = { number: '12-з', date: '2026-11-09' }
    const reason = 'Учитель на курсах'
    await school.done('deputy', orderSubstitution, { ...algebra, substitute: STRANGER, reason, order })
    const hours = async (staff: string) => {
      const path = `teaching-hours?from=${MONDAY}&until=${MONDAY}`
      const { teachers } = await school.seen<{ teachers: Array<{ staff: string; planned: number }> }>(
        'head',
        path,
      )
      return teachers.find((one) => one.staff === staff)?.planned ?? 0
    }
    const third = async () =>
      (await lessonsOf(school, 'deputy', MONDAY)).lessons.find(({ number }) => number === 3)
    expect([await hours(STRANGER), await hours(MATHEMATICIAN)]).toEqual([1, 2])
    expect(await third()).toMatchObject({ substitution: true, teachers: [{ staff: STRANGER }] })
    const moved = { ...algebra, to: { date: '2026-11-10', number: 6 }, reason: 'Конференция' }
    await school.done('deputy', withdrawSubstitution, { ...algebra, order })
    expect(await third()).toMatchObject({ substitution: false, teachers: [{ staff: MATHEMATICIAN }] })
    await school.done('deputy', transferLesson, moved)
    expect([await hours(STRANGER), await hours(MATHEMATICIAN)]).toEqual([0, 2])
    expect(await third()).toBeUndefined()

    // The lesson is recorded where it stands now, and nowhere else; so the diary shows it there.
    const topic = { page: PAGE, topic: 'Одночлены' }
    expect(
      await school.give('mathematician', recordLesson, { ...topic, date: MONDAY, number: 3 }),
    ).toMatchObject({
      body: { reason: 'lesson-transferred' },
    })
    school.at('2026-11-10T03:50:00.000Z')
    await school.done('mathematician', recordLesson, { ...topic, date: '2026-11-10', number: 6 })
    expect((await school.diary(ANNA, MONDAY)).map(({ date, number }) => [date, number])).toEqual([
      ['2026-11-10', 6],
    ])

    const history = await school.seen<{ changes: object[] }>(
      'auditor',
      `timetable/changes?since=2026-11-01&until=2026-11-30&lesson=${LESSON}`,
    )
    expect(history.changes).toMatchObject([
      {
        type: 'SubstitutionOrdered',
        account: accountOf('deputy'),
        data: { teachers: [MATHEMATICIAN], substitute: STRANGER, reason, order },
      },
      { type: 'SubstitutionWithdrawn', account: accountOf('deputy'), data: { substitute: STRANGER } },
      {
        type: 'LessonTransferred',
        account: accountOf('deputy'),
        data: { date: MONDAY, number: 3, reason: 'Конференция', to: { date: '2026-11-10', number: 6 } },
      },
    ])
  })

  it('R-7A.6d: conflicts of teacher, room and class are reported', async () => {
    const school = schools.next()
    const other = await algebraOf7B(school, '214')
    const conflicts = await school.seen<{ conflicts: object[] }>(
      'deputy',
      `timetable/conflicts?from=${MONDAY}&until=${MONDAY}`,
    )
    expect(conflicts.conflicts).toMatchObject([
      { kind: 'room', room: '214', number: 3, journals: [ALGEBRA, other.journal] },
    ])
    // A teacher who is given a second journal at the same time is found, though no week was set anew.
    await school.done('deputy', assignTeacher, {
      year: YEAR,
      journal: other.journal,
      staff: MATHEMATICIAN,
      from: '2026-11-01',
    })
    const after = await school.seen<{ conflicts: Array<{ kind: string }> }>(
      'deputy',
      `timetable/conflicts?from=${MONDAY}&until=${MONDAY}`,
    )
    expect(after.conflicts.map(({ kind }) => kind)).toEqual(['room', 'teacher'])
  })

  it('R-7A.6b: rights follow the load, and the hours of each teacher are counted, planned and given', async () => {
    const school = schools.next()
    await school.done('deputy', orderSubstitution, { ...algebra, substitute: STRANGER })
    await school.give('stranger', recordLesson, record, as('teacher'))
    const { teachers } = await school.seen<{
      teachers: Array<{ staff: string; planned: number; given: number; substituted: number }>
    }>('deputy', `teaching-hours?from=${MONDAY}&until=2026-11-13`)
    const of = (staff: string) => teachers.find((one) => one.staff === staff)
    // Algebra on Monday 4 and Wednesday 2, the club on Monday 7.
    expect(of(MATHEMATICIAN)).toMatchObject({ planned: 3, given: 0, substituted: 0 })
    expect(of(STRANGER)).toMatchObject({ planned: 1, given: 1, substituted: 1 })
    const own = await school.seen<{ teachers: Array<{ staff: string }> }>(
      'mathematician',
      `teaching-hours?from=${MONDAY}&until=2026-11-13`,
    )
    expect(own.teachers.map(({ staff }) => staff)).toEqual([MATHEMATICIAN])
  })
})

/** Algebra of 7Б at the third lesson of Mondays, by the stranger. */
async function algebraOf7B(school: SchoolAtWork, room = '215') {
  const journal = id('journal/7Б/algebra of timetable')
  const learners = { kind: 'class', class: CLASS_7B }
  const subject = id('subject/algebra')
  await school.done('deputy', openJournal, { year: YEAR, journal, subject, learners, name: 'Алгебра, 7Б' })
  await school.done('deputy', assignTeacher, { year: YEAR, journal, staff: STRANGER, from: '2026-09-01' })
  await school.done('deputy', scheduleWeek, {
    year: YEAR,
    class: CLASS_7B,
    effectiveFrom: '2026-09-01',
    slots: [{ weekday: 1, number: 3, journal, room }],
  })
  return { journal, page: pageId(journal, Q2) }
}
