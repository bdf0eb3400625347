import { describe, expect, it } from 'vitest'
import { correctLesson } from '#commands/journal-page/correct-lesson.ts'
import {
  ALGEBRA,
  attendanceTaken,
  classTeacher,
  deputy,
  LESSON,
  lessonRecorded,
  mathematician,
  mathematicianReleased,
  onPage,
  PAGE,
  pageOpened,
  policyAdopted,
  school,
  stranger,
  without,
} from '#support/class-7a.ts'
import { given, malformed } from '#support/spec.ts'

const as = mathematician
const now = '2026-11-10T03:00:00.000Z'
const TOPIC = 'Степень с натуральным показателем. Изучение нового материала'
const correction = {
  page: PAGE,
  lesson: LESSON,
  expectedVersion: 1,
  reason: 'typing-error',
  topic: 'Многочлены',
}
const held = given(school, pageOpened, lessonRecorded)
const why = { lesson: LESSON, reason: 'typing-error', note: null }
const corrected = onPage({
  type: 'LessonCorrected',
  data: {
    ...why,
    reason: 'typing-error' as never,
    field: 'material',
    previous: null,
    value: 'Учебник, § 12',
  },
})

describe('correct-lesson', () => {
  it('records the new topic beside the earlier one, and why', () => {
    held.when(correctLesson, correction, { as, now }).records({
      type: 'LessonCorrected',
      data: { ...why, field: 'topic', previous: TOPIC, value: 'Многочлены' },
    })
  })

  it('records a correction for each field that differs, and none for one that does not', () => {
    held
      .when(
        correctLesson,
        { ...correction, material: 'Учебник, § 12', type: 'practical', note: 'перенос' },
        { as, now },
      )
      .records(
        { type: 'LessonCorrected', data: { field: 'topic' } },
        { type: 'LessonCorrected', data: { field: 'material', previous: null, value: 'Учебник, § 12' } },
        {
          type: 'LessonCorrected',
          data: { field: 'type', previous: 'lesson', value: 'practical', note: 'перенос' },
        },
      )
    held
      .when(correctLesson, { ...correction, material: null, type: 'lesson' }, { as, now })
      .records({ type: 'LessonCorrected', data: { field: 'topic' } })
  })

  it('takes material away, and leaves alone what is not named', () => {
    const { topic: _, ...rest } = correction
    held
      .and(corrected)
      .when(correctLesson, { ...rest, expectedVersion: 2, material: null }, { as, now })
      .records({
        type: 'LessonCorrected',
        data: { field: 'material', previous: 'Учебник, § 12', value: null },
      })
  })

  it('refuses a version that no longer stands, and tells what does', () => {
    held
      .and(corrected)
      .when(correctLesson, correction, { as, now })
      .refuses('stale-version', {
        actual: 2,
        value: { topic: TOPIC, material: 'Учебник, § 12', type: 'lesson' },
      })
    held
      .and(corrected)
      .when(correctLesson, { ...correction, expectedVersion: 2 }, { as, now })
      .records('LessonCorrected')
  })

  it('is not disturbed by attendance that was taken meanwhile', () => {
    held.and(attendanceTaken()).when(correctLesson, correction, { as, now }).records('LessonCorrected')
  })

  it('refuses a correction that corrects nothing', () => {
    held.when(correctLesson, { ...correction, topic: TOPIC }, { as, now }).refuses('same-value')
    held.when(correctLesson, { ...correction, topic: undefined }, { as, now }).refuses('same-value')
  })

  it('refuses a lesson type that the school does not know', () => {
    held
      .when(correctLesson, { ...correction, type: 'party' }, { as, now })
      .refuses('lesson-type-unknown', { type: 'party' })
  })

  it('needs a reason of the school', () => {
    held.when(correctLesson, { ...correction, reason: undefined }, { as, now }).refuses('reason-required')
    held.when(correctLesson, { ...correction, reason: 'because' }, { as, now }).refuses('reason-unknown')
  })

  it('needs no reason of the teacher within the grace time, but of the deputy', () => {
    const grace = held.and(policyAdopted({ graceMinutes: 10 }))
    const bare = { ...correction, reason: undefined }
    const within = '2026-11-09T03:59:00.000Z'
    grace.when(correctLesson, bare, { as, now: within }).records('LessonCorrected')
    grace.when(correctLesson, bare, { as, now }).refuses('reason-required')
    grace.when(correctLesson, bare, { as: deputy, now: within }).refuses('reason-required')
  })

  it('refuses a page, its ground, a lesson and rules that are not there', () => {
    given(school).when(correctLesson, correction, { as, now }).refuses('page-unknown')
    given(school, pageOpened).when(correctLesson, correction, { as, now }).refuses('lesson-unknown')
    given(without(school, 'JournalOpened'), pageOpened, lessonRecorded)
      .when(correctLesson, correction, { as, now })
      .refuses('journal-unknown', { journal: ALGEBRA })
    given(without(school, 'SchoolYearOpened'), pageOpened, lessonRecorded)
      .when(correctLesson, correction, { as, now })
      .refuses('school-year-unknown')
    given(without(school, 'PolicyAdopted'), pageOpened, lessonRecorded)
      .when(correctLesson, correction, { as, now })
      .refuses('policy-missing')
  })

  it('lets the deputy correct, and refuses another teacher, one released yesterday and the class teacher', () => {
    held.when(correctLesson, correction, { as: deputy, now }).records('LessonCorrected')
    held.when(correctLesson, correction, { as: stranger, now }).refuses('journal-not-taught')
    held
      .and(mathematicianReleased('2026-11-10'))
      .when(correctLesson, correction, { as, now })
      .refuses('journal-not-taught')
    held.when(correctLesson, correction, { as: classTeacher, now }).refuses('role-not-permitted')
  })

  it('refuses a topic that says nothing', () => {
    for (const topic of ['Аб', '№ 345', 'Степень\u0000', '\ud800 Степень'])
      expect(malformed(correctLesson, { ...correction, topic })).toEqual(['topic'])
    expect(malformed(correctLesson, { ...correction, material: '§ 12' })).toEqual(['material'])
  })
})
