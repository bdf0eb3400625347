import { describe, expect, it } from 'vitest'
import { setHomework } from '#commands/journal-page/set-homework.ts'
import { lessonId } from '#values/school.ts'
import {
  ALGEBRA,
  CLASS_7A,
  CLASS_7B,
  classTeacher,
  CLUB,
  date,
  deputy,
  ENGLISH,
  englishTeacher,
  GROUP_ENGLISH,
  homeworkSet,
  LESSON,
  lessonOn,
  lessonRecorded,
  mathematician,
  mathematicianReleased,
  onPage,
  PAGE,
  pageOpened,
  past,
  Q2,
  policyAdopted,
  school,
  stranger,
  without,
  YEAR,
} from '#support/class-7a.ts'
import { given, malformed } from '#support/spec.ts'

const as = mathematician
const now = '2026-11-09T03:50:00.000Z'
const homework = { page: PAGE, lesson: LESSON, text: '§ 12, № 340–345 (письменно)' }
const held = given(school, pageOpened, lessonRecorded)
const declined = onPage({
  type: 'HomeworkDeclined',
  data: {
    lesson: LESSON,
    previous: null,
    dueAt: '2026-11-09T07:20:00.000Z' as never,
    reason: null,
    note: null,
  },
})
const on = (day: string, number: number) => ({
  ...homework,
  lesson: lessonId(ALGEBRA, date(day), number),
})
const attached = (url: string, times = 1) => ({
  ...homework,
  attachments: Array.from({ length: times }, () => ({ title: 'Карточка', url })),
})

describe('set-homework', () => {
  it('sets it for the next lesson, due an hour and a half after the classes of that day', () => {
    held.when(setHomework, homework, { as, now }).records({
      type: 'HomeworkSet',
      data: {
        lesson: LESSON,
        // Wednesday 11 November has algebra.
        homework: {
          text: '§ 12, № 340–345 (письменно)',
          due: '2026-11-11',
          manner: null,
          attachments: [],
          minutes: null,
        },
        // English ends at 12:50 in Tomsk; the club at lesson 7 does not prolong the classes.
        dueAt: '2026-11-09T07:20:00.000Z',
      },
    })
  })

  it('keeps manner, date and attachments as they were given', () => {
    const attachments = [{ title: 'Карточка 4', url: 'https://example.org/карточка-4.pdf' }]
    held
      .when(setHomework, { ...homework, due: '2026-12-01', manner: 'устно', attachments }, { as, now })
      .records({
        type: 'HomeworkSet',
        data: { homework: { due: '2026-12-01', manner: 'устно', attachments } },
      })
  })

  it('sets it for no date where none is wanted', () => {
    held
      .when(setHomework, { ...homework, due: null }, { as, now })
      .records({ type: 'HomeworkSet', data: { homework: { due: null } } })
  })

  it('passes over a holiday: after Monday 2 November comes Monday 9 November', () => {
    given(school, pageOpened, lessonOn('2026-11-02', 3))
      .when(setHomework, on('2026-11-02', 3), { as, now })
      .records({ type: 'HomeworkSet', data: { homework: { due: '2026-11-09' } } })
  })

  it('looks beyond the week: after Wednesday 11 November comes Monday 16 November', () => {
    given(school, pageOpened, lessonOn('2026-11-11', 2))
      .when(setHomework, on('2026-11-11', 2), { as, now: '2026-11-11T03:00:00.000Z' })
      .records({ type: 'HomeworkSet', data: { homework: { due: '2026-11-16' } } })
  })

  it('knows the timetable of the day for which it looks', () => {
    const fridays = past('timetable', YEAR, {
      type: 'WeekScheduled',
      data: {
        class: CLASS_7A,
        effectiveFrom: date('2026-11-10'),
        slots: [{ weekday: 5, number: 1, journal: ALGEBRA, room: null }],
      },
    })
    held
      .and(fridays)
      .when(setHomework, homework, { as, now })
      .records({
        type: 'HomeworkSet',
        data: { homework: { due: '2026-11-13' }, dueAt: '2026-11-09T07:20:00.000Z' },
      })
  })

  it('has no date when the year has no further lesson of the journal', () => {
    const noMore = past('timetable', YEAR, {
      type: 'WeekScheduled',
      data: { class: CLASS_7A, effectiveFrom: date('2026-11-10'), slots: [] },
    })
    held
      .and(noMore)
      .when(setHomework, homework, { as, now })
      .records({ type: 'HomeworkSet', data: { homework: { due: null } } })
  })

  it('counts from the last lesson of the class on that very day', () => {
    given(school, pageOpened, lessonOn('2026-11-11', 2))
      .when(setHomework, on('2026-11-11', 2), { as, now: '2026-11-11T03:00:00.000Z' })
      .records({ type: 'HomeworkSet', data: { dueAt: '2026-11-11T04:30:00.000Z' } })
  })

  it('counts the club itself from the end of the club', () => {
    const club = onPage({
      type: 'PageOpened',
      data: { journal: CLUB, year: YEAR, period: Q2, grading: 'none' },
    })
    given(school, club, lessonOn('2026-11-09', 7))
      .when(setHomework, { ...homework, lesson: lessonId(ALGEBRA, date('2026-11-09'), 7) }, { as, now })
      .records({ type: 'HomeworkSet', data: { dueAt: '2026-11-09T09:00:00.000Z' } })
  })

  it('waits for the latest class of a group that has pupils of several', () => {
    const both = past('roster', 'main', {
      type: 'GroupFormed',
      data: {
        kind: 'subgroup',
        group: GROUP_ENGLISH,
        year: YEAR,
        name: 'Английский, поток',
        classes: [CLASS_7A, CLASS_7B],
      },
    })
    const week = past('timetable', YEAR, {
      type: 'WeekScheduled',
      data: {
        class: CLASS_7B,
        effectiveFrom: date('2026-09-01'),
        slots: [{ weekday: 1, number: 7, journal: ENGLISH, room: null }],
      },
    })
    const data = { journal: ENGLISH, year: YEAR, period: Q2, grading: 'g5' } as const
    given(school, both, week, onPage({ type: 'PageOpened', data }), lessonRecorded)
      .when(setHomework, homework, { as: englishTeacher, now })
      .records({ type: 'HomeworkSet', data: { dueAt: '2026-11-09T09:00:00.000Z' } })
  })

  it('takes the minutes of the school', () => {
    held
      .and(policyAdopted({ homeworkMinutes: 0 }))
      .when(setHomework, homework, { as, now })
      .records({ type: 'HomeworkSet', data: { dueAt: '2026-11-09T05:50:00.000Z' } })
  })

  it('takes the bells in force on that day', () => {
    const shorter = past('schoolYear', YEAR, {
      type: 'BellsScheduled',
      data: {
        shift: 'first' as never,
        effectiveFrom: date('2026-11-09'),
        grades: [7],
        units: [],
        bells: [{ number: 5, from: '11:00' as never, until: '11:30' as never }],
      },
    })
    held
      .and(shorter)
      .when(setHomework, homework, { as, now })
      .records({ type: 'HomeworkSet', data: { dueAt: '2026-11-09T06:00:00.000Z' } })
  })

  it('is due at the end of the day where no bell rings', () => {
    given(without(school, 'BellsScheduled'), pageOpened, lessonRecorded)
      .when(setHomework, homework, { as, now })
      .records({ type: 'HomeworkSet', data: { dueAt: '2026-11-09T16:59:59.000Z' } })
  })

  it('is accepted late: a missed deadline never blocks entry', () => {
    held.when(setHomework, homework, { as, now: '2026-11-20T03:00:00.000Z' }).records('HomeworkSet')
  })

  it('refuses a date before the next day', () => {
    for (const due of ['2026-11-08', '2026-11-09'])
      held
        .when(setHomework, { ...homework, due }, { as, now })
        .refuses('homework-due-before-lesson', { due, lesson: '2026-11-09' })
    held.when(setHomework, { ...homework, due: '2026-11-10' }, { as, now }).records('HomeworkSet')
  })

  it('refuses to set it twice, and where it was declined: that is a correction', () => {
    held
      .and(homeworkSet)
      .when(setHomework, homework, { as, now })
      .refuses('homework-exists', { version: 2, homework: { due: '2026-11-11' } })
    held
      .and(declined)
      .when(setHomework, homework, { as, now })
      .refuses('homework-exists', { version: 2, homework: null })
  })

  it('refuses a page, its ground, a lesson and rules that are not there', () => {
    given(school).when(setHomework, homework, { as, now }).refuses('page-unknown')
    given(school, pageOpened).when(setHomework, homework, { as, now }).refuses('lesson-unknown')
    given(without(school, 'JournalOpened'), pageOpened, lessonRecorded)
      .when(setHomework, homework, { as, now })
      .refuses('journal-unknown', { journal: ALGEBRA })
    given(without(school, 'SchoolYearOpened'), pageOpened, lessonRecorded)
      .when(setHomework, homework, { as, now })
      .refuses('school-year-unknown')
    given(without(school, 'PolicyAdopted'), pageOpened, lessonRecorded)
      .when(setHomework, homework, { as, now })
      .refuses('policy-missing')
  })

  it('refuses who may not: other teachers, one released yesterday, the deputy, the class teacher', () => {
    for (const other of [stranger, englishTeacher])
      held.when(setHomework, homework, { as: other, now }).refuses('journal-not-taught')
    held
      .and(mathematicianReleased('2026-11-09'))
      .when(setHomework, homework, { as, now })
      .refuses('journal-not-taught')
    for (const other of [deputy, classTeacher])
      held.when(setHomework, homework, { as: other, now }).refuses('role-not-permitted')
  })

  it('refuses text that says nothing, or that the log could not carry', () => {
    for (const text of ['№ 5', '12–15', '', 'Упр. 5\u0000', 'Упр. \ud800', 'т'.repeat(2_001)])
      expect(malformed(setHomework, { ...homework, text })).toContain('text')
    expect(malformed(setHomework, { ...homework, text: 'т'.repeat(2_000) })).toEqual([])
  })

  it('refuses attachments that are no web addresses, or more than ten', () => {
    for (const url of [
      'карточка',
      'javascript:alert(1)',
      'ftp://example.org/a',
      'https://a.ru/\u0000',
      'https://a.ru/\ud800',
    ])
      expect(malformed(setHomework, attached(url))).toEqual(['attachments.0.url'])
    expect(malformed(setHomework, attached('https://example.org/a', 10))).toEqual([])
    expect(malformed(setHomework, attached('https://example.org/a', 11))).toEqual(['attachments'])
  })
})
