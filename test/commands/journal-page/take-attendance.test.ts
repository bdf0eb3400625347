import { describe, expect, it } from 'vitest'
import { takeAttendance } from '#commands/journal-page/take-attendance.ts'
import { lessonId } from '#values/school.ts'
import {
  ALGEBRA,
  ANNA,
  attendanceTaken,
  BORIS,
  classTeacher,
  date,
  deputy,
  DINA,
  GLEB,
  id,
  LESSON,
  lessonOn,
  lessonRecorded,
  markRecorded,
  mathematician,
  mathematicianReleased,
  PAGE,
  pageOpened,
  policyAdopted,
  school,
  stranger,
  VERA,
  without,
  workHeld,
} from '#support/class-7a.ts'
import { given, malformed } from '#support/spec.ts'

const as = mathematician
const now = '2026-11-09T03:50:00.000Z'
const lesson = { page: PAGE, lesson: LESSON }
const absent = (...absentees: ReadonlyArray<readonly [string, string]>) => ({
  ...lesson,
  absentees: absentees.map(([pupil, code]) => ({ pupil, code })),
})
const held = given(school, pageOpened, lessonRecorded)

describe('take-attendance', () => {
  it('records who was absent or late, with the end of the day as deadline', () => {
    held.when(takeAttendance, absent([ANNA, 'Н/б'], [BORIS, 'Опз']), { as, now }).records({
      type: 'AttendanceTaken',
      data: {
        lesson: LESSON,
        absentees: [
          { pupil: ANNA, code: 'Н/б' },
          { pupil: BORIS, code: 'Опз' },
        ],
        dueAt: '2026-11-09T16:59:59.000Z',
      },
    })
  })

  it('records that everybody was there: an empty list is an answer', () => {
    held
      .when(takeAttendance, absent(), { as, now })
      .records({ type: 'AttendanceTaken', data: { lesson: LESSON, absentees: [] } })
  })

  it('takes every absence code of the school', () => {
    for (const code of ['Н', 'Н/б', 'Н/у', 'Н/п'])
      held.when(takeAttendance, absent([ANNA, code]), { as, now }).records('AttendanceTaken')
  })

  it('refuses to take it twice, also after nobody was absent', () => {
    held
      .and(attendanceTaken())
      .when(takeAttendance, absent([ANNA, 'Н']), { as, now })
      .refuses('attendance-taken', { version: 2 })
  })

  it('takes it for one lesson of a day alone: the next one is its own', () => {
    held
      .and(attendanceTaken([ANNA, 'Н']), lessonOn('2026-11-09', 4))
      .when(
        takeAttendance,
        { page: PAGE, lesson: lessonId(ALGEBRA, date('2026-11-09'), 4), absentees: [] },
        { as, now },
      )
      .records('AttendanceTaken')
  })

  it('refuses a page, a lesson and rules that are not there', () => {
    given(school).when(takeAttendance, absent(), { as, now }).refuses('page-unknown')
    given(school, pageOpened)
      .when(takeAttendance, absent(), { as, now })
      .refuses('lesson-unknown', { lesson: LESSON })
    given(without(school, 'PolicyAdopted'), pageOpened, lessonRecorded)
      .when(takeAttendance, absent(), { as, now })
      .refuses('policy-missing', { date: '2026-11-09' })
  })

  it('refuses a page whose ground a breach made void', () => {
    given(without(school, 'JournalOpened'), pageOpened, lessonRecorded)
      .when(takeAttendance, absent(), { as, now })
      .refuses('journal-unknown', { journal: ALGEBRA })
    given(without(school, 'SchoolYearOpened'), pageOpened, lessonRecorded)
      .when(takeAttendance, absent(), { as, now })
      .refuses('school-year-unknown')
  })

  it('refuses a pupil who is named twice, even with one code', () => {
    held
      .when(takeAttendance, absent([ANNA, 'Н'], [BORIS, 'Н'], [ANNA, 'Н']), { as, now })
      .refuses('pupil-repeated', { pupil: ANNA })
  })

  it('refuses a pupil whom the school does not know', () => {
    const pupil = id('pupil/nobody')
    held.when(takeAttendance, absent([pupil, 'Н']), { as, now }).refuses('pupil-unknown', { pupil })
  })

  it('refuses pupils of another class, all of them at once', () => {
    held
      .when(takeAttendance, absent([ANNA, 'Н'], [DINA, 'Н'], [VERA, 'Н']), { as, now })
      .refuses('pupil-not-member', { pupils: [DINA, VERA], date: '2026-11-09' })
  })

  it('counts a pupil from the day of arrival, and no longer from the day of leaving', () => {
    const monday = lessonId(ALGEBRA, date('2026-11-16'), 3)
    const on16 = given(school, pageOpened, lessonOn('2026-11-16', 3))
    const at16 = { as, now: '2026-11-16T03:50:00.000Z' }
    const one = (pupil: string) => ({ page: PAGE, lesson: monday, absentees: [{ pupil, code: 'Н' }] })
    on16.when(takeAttendance, one(VERA), at16).records('AttendanceTaken')
    on16.when(takeAttendance, one(GLEB), at16).refuses('pupil-not-member', { pupils: [GLEB] })
    held.when(takeAttendance, absent([GLEB, 'Н']), { as, now }).records('AttendanceTaken')
  })

  it('asks who learnt on the date of the lesson, not on the day of the entry', () => {
    held
      .when(takeAttendance, absent([GLEB, 'Н']), { as, now: '2026-11-17T03:00:00.000Z' })
      .records('AttendanceTaken')
  })

  it('refuses a code that the school does not know, and says which it knows', () => {
    held
      .when(takeAttendance, absent([ANNA, 'НБ']), { as, now })
      .refuses('code-unknown', { code: 'НБ', codes: ['Н', 'Н/б', 'Н/у', 'Н/п', 'Опз'] })
  })

  it('refuses a code that says nothing of attendance', () => {
    for (const code of ['Д', 'Зач', 'Незач'])
      held.when(takeAttendance, absent([ANNA, code]), { as, now }).refuses('code-not-attendance', { code })
  })

  it('knows the codes that were in force on the date of the lesson', () => {
    const codes = { valueCodes: [{ code: 'О', name: 'отсутствовал', kind: 'absence', valid: null } as const] }
    const later = policyAdopted(codes, date('2026-11-10'))
    held
      .and(later)
      .when(takeAttendance, absent([ANNA, 'Н/б']), { as, now })
      .records('AttendanceTaken')
    held
      .and(later)
      .when(takeAttendance, absent([ANNA, 'О']), { as, now })
      .refuses('code-unknown')
  })

  it('refuses to call absent whoever earned a mark, but not whoever was late', () => {
    const marked = held.and(workHeld('lesson-answer'), markRecorded(ANNA, 5, 'lesson-answer'))
    marked
      .when(takeAttendance, absent([BORIS, 'Н'], [ANNA, 'Н/у']), { as, now })
      .refuses('mark-on-absent', { pupils: [ANNA] })
    marked.when(takeAttendance, absent([ANNA, 'Опз']), { as, now }).records('AttendanceTaken')
  })

  it('takes Зач for earned, and Д for a debt that the absent have too', () => {
    held
      .and(workHeld('test'), markRecorded(ANNA, 'Зач'))
      .when(takeAttendance, absent([ANNA, 'Н']), { as, now })
      .refuses('mark-on-absent', { pupils: [ANNA] })
    held
      .and(workHeld('test'), markRecorded(ANNA, 'Д'))
      .when(takeAttendance, absent([ANNA, 'Н']), { as, now })
      .records('AttendanceTaken')
  })

  it('refuses who may not: another teacher, one released yesterday, the deputy, the class teacher', () => {
    held.when(takeAttendance, absent(), { as: stranger, now }).refuses('journal-not-taught')
    held
      .and(mathematicianReleased('2026-11-09'))
      .when(takeAttendance, absent(), { as, now })
      .refuses('journal-not-taught')
    held.when(takeAttendance, absent(), { as: deputy, now }).refuses('role-not-permitted')
    held.when(takeAttendance, absent(), { as: classTeacher, now }).refuses('role-not-permitted')
  })

  it('refuses codes and lists that are too long, and text that the log could not carry', () => {
    expect(malformed(takeAttendance, absent([ANNA, 'Н'.repeat(13)]))).toEqual(['absentees.0.code'])
    expect(malformed(takeAttendance, absent([ANNA, '\ud800']))).toEqual(['absentees.0.code'])
    const pupils = Array.from({ length: 401 }, (_, i) => [id(`pupil/${i}`), 'Н'] as const)
    expect(malformed(takeAttendance, absent(...pupils))).toEqual(['absentees'])
  })
})
