import { describe, expect, it } from 'vitest'
import { recordLesson } from '#commands/journal-page/record-lesson.ts'
import { Instant } from '#values/time.ts'
import { given, malformed } from '#support/spec.ts'
import {
  deputy,
  englishTeacher,
  LESSON,
  lessonRecorded,
  MATHEMATICIAN,
  mathematician,
  mathematicianReleased,
  strangerLeft,
  PAGE,
  pageOpened,
  policyAdopted,
  school,
  stranger,
  STRANGER,
  strangerAssigned,
  substituted,
  without,
} from '#support/class-7a.ts'

const lesson = {
  page: PAGE,
  date: '2026-11-09',
  number: 3,
  topic: 'Степень с натуральным показателем',
} as const
const as = mathematician
const now = '2026-11-09T03:50:00.000Z'

describe('record-lesson', () => {
  it('records the lesson with its teacher and the end of its day as deadline', () => {
    given(school, pageOpened)
      .when(recordLesson, lesson, { as, now })
      .records({
        type: 'LessonRecorded',
        data: {
          lesson: LESSON,
          date: '2026-11-09',
          number: 3,
          type: 'lesson',
          topic: 'Степень с натуральным показателем',
          material: null,
          teacher: MATHEMATICIAN,
          dueAt: '2026-11-09T16:59:59.000Z',
        },
      })
  })

  it('records material and type where they are named', () => {
    const named = { ...lesson, material: '§ 12, примеры 1–4', type: 'practical' }
    given(school, pageOpened)
      .when(recordLesson, named, { as, now })
      .records({ type: 'LessonRecorded', data: { material: '§ 12, примеры 1–4', type: 'practical' } })
  })

  it('records both lessons of a double one', () => {
    given(school, pageOpened, lessonRecorded)
      .when(recordLesson, { ...lesson, number: 4 }, { as, now })
      .records({ type: 'LessonRecorded', data: { number: 4 } })
  })

  it('records a lesson long after its day: a missed deadline never blocks entry', () => {
    given(school, pageOpened)
      .when(recordLesson, lesson, { as, now: '2026-12-29T03:00:00.000Z' })
      .records({ type: 'LessonRecorded', data: { dueAt: Instant.parse('2026-11-09T16:59:59.000Z') } })
  })

  it('refuses a page that was never opened', () => {
    given(school).when(recordLesson, lesson, { as, now }).refuses('page-unknown')
  })

  it('refuses a page whose journal or school year a breach made void', () => {
    given(without(school, 'JournalOpened'), pageOpened)
      .when(recordLesson, lesson, { as, now })
      .refuses('journal-unknown')
    given(without(school, 'SchoolYearOpened'), pageOpened)
      .when(recordLesson, lesson, { as, now })
      .refuses('school-year-unknown', { year: 2026 })
  })

  it('refuses a lesson that is recorded already', () => {
    given(school, pageOpened, lessonRecorded)
      .when(recordLesson, lesson, { as, now })
      .refuses('lesson-exists', { lesson: LESSON })
  })

  it('refuses a date outside the period of the page', () => {
    given(school, pageOpened)
      .when(recordLesson, { ...lesson, date: '2026-10-19' }, { as, now })
      .refuses('date-outside-period', { from: '2026-11-02', until: '2026-12-29' })
  })

  it('records on the first day of the period and refuses the day after the last', () => {
    given(school, pageOpened)
      .when(recordLesson, { ...lesson, date: '2026-11-02' }, { as, now })
      .records({ type: 'LessonRecorded', data: { date: '2026-11-02' } })
    given(school, pageOpened)
      .when(
        recordLesson,
        { ...lesson, date: '2026-12-30', number: 2 },
        { as, now: '2026-12-30T05:00:00.000Z' },
      )
      .refuses('date-outside-period')
  })

  it('refuses a day of rest', () => {
    given(school, pageOpened)
      .when(recordLesson, { ...lesson, date: '2026-11-04', number: 2 }, { as, now })
      .refuses('date-in-holidays')
  })

  it('refuses a Sunday', () => {
    given(school, pageOpened)
      .when(recordLesson, { ...lesson, date: '2026-11-08' }, { as, now })
      .refuses('date-in-holidays', { date: '2026-11-08' })
  })

  it('refuses a lesson of tomorrow, by the calendar of Tomsk', () => {
    given(school, pageOpened)
      .when(recordLesson, lesson, { as, now: '2026-11-08T16:59:59.999Z' })
      .refuses('lesson-in-future', { today: '2026-11-08' })
    given(school, pageOpened)
      .when(recordLesson, lesson, { as, now: '2026-11-08T17:00:00.000Z' })
      .records('LessonRecorded')
  })

  it('refuses a lesson that the timetable does not have, and says which it has', () => {
    given(school, pageOpened)
      .when(recordLesson, { ...lesson, number: 5 }, { as, now })
      .refuses('lesson-not-in-timetable', { numbers: [3, 4] })
  })

  it('refuses a date for which the school has no rules', () => {
    const later = policyAdopted({}, '2026-11-10' as never)
    given(without(school, 'PolicyAdopted'), later, pageOpened)
      .when(recordLesson, lesson, { as, now })
      .refuses('policy-missing', { date: '2026-11-09' })
  })

  it('refuses a lesson type that the school does not know', () => {
    given(school, pageOpened)
      .when(recordLesson, { ...lesson, type: 'party' }, { as, now })
      .refuses('lesson-type-unknown', { type: 'party' })
  })

  it('refuses a teacher who does not teach the journal', () => {
    given(school, pageOpened)
      .when(recordLesson, lesson, { as: englishTeacher, now })
      .refuses('journal-not-taught')
    given(school, pageOpened).when(recordLesson, lesson, { as: stranger, now }).refuses('journal-not-taught')
  })

  it('refuses a teacher whose assignment ended yesterday or begins tomorrow', () => {
    given(school, pageOpened, mathematicianReleased('2026-11-09'))
      .when(recordLesson, lesson, { as, now })
      .refuses('journal-not-taught')
    given(school, pageOpened, mathematicianReleased('2026-11-10'))
      .when(recordLesson, lesson, { as, now })
      .records('LessonRecorded')
    given(school, pageOpened, strangerAssigned('2026-11-10'))
      .when(recordLesson, lesson, { as: stranger, now })
      .refuses('journal-not-taught')
  })

  it('refuses a teacher who taught on the date of the lesson, but no longer does', () => {
    given(school, pageOpened, mathematicianReleased('2026-11-10'))
      .when(recordLesson, lesson, { as, now: '2026-11-10T03:00:00.000Z' })
      .refuses('journal-not-taught')
  })

  it('refuses a teacher who teaches today, but did not on the date of the lesson', () => {
    given(school, pageOpened, strangerAssigned('2026-11-10'))
      .when(recordLesson, lesson, { as: stranger, now: '2026-11-10T03:00:00.000Z' })
      .refuses('journal-not-taught', { date: '2026-11-09' })
  })

  it('keeps as its teacher the one who records it', () => {
    given(school, pageOpened, strangerAssigned('2026-11-09'))
      .when(recordLesson, lesson, { as: stranger, now })
      .records({ type: 'LessonRecorded', data: { teacher: STRANGER } })
  })

  it('keeps to whom the load gave the lesson beside who gave it (R-2.10)', () => {
    given(school, pageOpened)
      .when(recordLesson, lesson, { as, now })
      .records({
        type: 'LessonRecorded',
        data: {
          teacher: MATHEMATICIAN,
          scheduled: [MATHEMATICIAN],
          substitution: null,
          combination: null,
          transferredFrom: null,
        },
      })
    given(school, pageOpened, substituted(STRANGER))
      .when(recordLesson, lesson, { as: stranger, now })
      .records({
        type: 'LessonRecorded',
        data: { teacher: STRANGER, scheduled: [MATHEMATICIAN], substitution: 'ordered' },
      })
    given(school, pageOpened)
      .when(recordLesson, { ...lesson, asSubstitute: true }, { as: stranger, now })
      .records({
        type: 'LessonRecorded',
        data: { teacher: STRANGER, scheduled: [MATHEMATICIAN], substitution: 'at-entry' },
      })
  })

  it('takes the lesson of a substitute who has left the school from whoever teaches the journal', () => {
    given(school, pageOpened, substituted(STRANGER), strangerLeft('2026-11-09'))
      .when(recordLesson, lesson, { as, now })
      .records({ type: 'LessonRecorded', data: { teacher: MATHEMATICIAN, substitution: null } })
    given(school, pageOpened, substituted(STRANGER), strangerLeft('2026-11-10'))
      .when(recordLesson, lesson, { as, now })
      .refuses('lesson-given-by-another', { teacher: STRANGER })
  })

  it('refuses the teacher in whose place another was ordered, and a second substitute', () => {
    given(school, pageOpened, substituted(STRANGER))
      .when(recordLesson, lesson, { as, now })
      .refuses('lesson-given-by-another', { teacher: STRANGER })
    given(school, pageOpened, substituted(STRANGER))
      .when(recordLesson, { ...lesson, asSubstitute: true }, { as: englishTeacher, now })
      .refuses('lesson-given-by-another', { teacher: STRANGER })
    given(school, pageOpened)
      .when(recordLesson, { ...lesson, asSubstitute: true }, { as, now })
      .refuses('teacher-assigned', { staff: MATHEMATICIAN })
  })

  it('refuses the deputy, who only corrects', () => {
    given(school, pageOpened)
      .when(recordLesson, lesson, { as: deputy, now })
      .refuses('role-not-permitted', {})
  })

  it('refuses a topic that says nothing: two letters, or only digits', () => {
    expect(malformed(recordLesson, { ...lesson, topic: 'Аб' })).toEqual(['topic'])
    expect(malformed(recordLesson, { ...lesson, topic: '12, 13, 14' })).toEqual(['topic'])
    expect(malformed(recordLesson, { ...lesson, topic: '  ' })).toEqual(['topic'])
    expect(malformed(recordLesson, { ...lesson, topic: 'Абв' })).toEqual([])
  })

  it('takes 300 characters of topic and 2,000 of material, not one more', () => {
    const long = { ...lesson, topic: 'т'.repeat(300), material: 'м'.repeat(2_000) }
    expect(malformed(recordLesson, long)).toEqual([])
    expect(malformed(recordLesson, { ...long, topic: 'т'.repeat(301) })).toEqual(['topic'])
    expect(malformed(recordLesson, { ...long, material: 'м'.repeat(2_001) })).toEqual(['material'])
  })

  it('records «й» in one spelling, however it was typed', () => {
    given(school, pageOpened)
      .when(recordLesson, { ...lesson, topic: 'Линейныи\u0306 график' }, { as, now })
      .records({ type: 'LessonRecorded', data: { topic: 'Линейный график' } })
  })

  it('refuses text that the log could not carry', () => {
    expect(malformed(recordLesson, { ...lesson, topic: 'Степень\u0000' })).toEqual(['topic'])
    expect(malformed(recordLesson, { ...lesson, topic: 'Степень \ud83d' })).toEqual(['topic'])
    expect(malformed(recordLesson, { ...lesson, material: '\udc00 Степень' })).toEqual(['material'])
    expect(malformed(recordLesson, { ...lesson, topic: 'Степень \u{1f600}' })).toEqual([])
  })

  it('refuses a date that no calendar has, and a field that nobody knows', () => {
    expect(malformed(recordLesson, { ...lesson, date: '2026-11-31' })).toEqual(['date'])
    expect(malformed(recordLesson, { ...lesson, number: 15 })).toEqual(['number'])
    expect(malformed(recordLesson, { ...lesson, teacher: STRANGER })).toEqual([''])
  })
})
