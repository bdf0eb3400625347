import { describe, expect, it } from 'vitest'
import { correctHomework } from '#commands/journal-page/correct-homework.ts'
import {
  ALGEBRA,
  classTeacher,
  deputy,
  homeworkSet,
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
const set = {
  text: '§ 12, № 340–345 (письменно)',
  due: '2026-11-11' as never,
  manner: null,
  attachments: [],
  minutes: null,
}
const correction = {
  page: PAGE,
  lesson: LESSON,
  expectedVersion: 2,
  reason: 'typing-error',
  text: '§ 13, № 350 (устно)',
}
const page = [pageOpened, lessonRecorded]
const setAlready = given(school, page, homeworkSet)
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
const corrected = onPage({
  type: 'HomeworkCorrected',
  data: {
    lesson: LESSON,
    previous: set,
    homework: { ...set, text: '§ 14 целиком' },
    reason: 'typing-error' as never,
    note: null,
  },
})

describe('correct-homework', () => {
  it('records the whole homework anew beside the earlier one, and why', () => {
    setAlready
      .when(correctHomework, { ...correction, manner: 'устно', note: 'номера' }, { as, now })
      .records({
        type: 'HomeworkCorrected',
        data: {
          lesson: LESSON,
          previous: set,
          homework: {
            text: '§ 13, № 350 (устно)',
            due: '2026-11-11',
            manner: 'устно',
            attachments: [],
            minutes: null,
          },
          reason: 'typing-error',
          note: 'номера',
        },
      })
  })

  it('sets homework where it had been declined', () => {
    given(school, page, declined)
      .when(correctHomework, correction, { as, now })
      .records({
        type: 'HomeworkCorrected',
        data: { previous: null, homework: { text: '§ 13, № 350 (устно)' } },
      })
  })

  it('corrects what was corrected, by the version of the correction', () => {
    setAlready
      .and(corrected)
      .when(correctHomework, correction, { as, now })
      .refuses('stale-version', { expected: 2, actual: 3, value: { text: '§ 14 целиком' } })
    setAlready
      .and(corrected)
      .when(correctHomework, { ...correction, expectedVersion: 3 }, { as, now })
      .records({ type: 'HomeworkCorrected', data: { previous: { text: '§ 14 целиком' } } })
  })

  it('refuses the homework that stands, but not the same text for another date', () => {
    setAlready.when(correctHomework, { ...correction, text: set.text }, { as, now }).refuses('same-value')
    setAlready
      .when(correctHomework, { ...correction, text: set.text, due: '2026-11-16' }, { as, now })
      .records({ type: 'HomeworkCorrected', data: { homework: { due: '2026-11-16' } } })
  })

  it('refuses homework of which nothing was said yet', () => {
    given(school, page)
      .when(correctHomework, correction, { as, now })
      .refuses('homework-unknown', { lesson: LESSON })
  })

  it('refuses a date before the next day', () => {
    setAlready
      .when(correctHomework, { ...correction, due: '2026-11-09' }, { as, now })
      .refuses('homework-due-before-lesson', { due: '2026-11-09' })
  })

  it('needs a reason of the school', () => {
    setAlready
      .when(correctHomework, { ...correction, reason: undefined }, { as, now })
      .refuses('reason-required')
    setAlready
      .when(correctHomework, { ...correction, reason: 'because' }, { as, now })
      .refuses('reason-unknown')
  })

  it('needs no reason of the teacher within the grace time, but of the deputy', () => {
    const grace = setAlready.and(policyAdopted({ graceMinutes: 10 }))
    const bare = { ...correction, reason: undefined }
    const within = '2026-11-09T03:59:00.000Z'
    grace.when(correctHomework, bare, { as, now: within }).records('HomeworkCorrected')
    grace.when(correctHomework, bare, { as, now }).refuses('reason-required')
    grace.when(correctHomework, bare, { as: deputy, now: within }).refuses('reason-required')
  })

  it('refuses a page, its ground, a lesson and rules that are not there', () => {
    given(school).when(correctHomework, correction, { as, now }).refuses('page-unknown')
    given(school, pageOpened).when(correctHomework, correction, { as, now }).refuses('lesson-unknown')
    given(without(school, 'JournalOpened'), page, homeworkSet)
      .when(correctHomework, correction, { as, now })
      .refuses('journal-unknown', { journal: ALGEBRA })
    given(without(school, 'SchoolYearOpened'), page, homeworkSet)
      .when(correctHomework, correction, { as, now })
      .refuses('school-year-unknown')
    given(without(school, 'PolicyAdopted'), page, homeworkSet)
      .when(correctHomework, correction, { as, now })
      .refuses('policy-missing')
  })

  it('lets the deputy correct, and refuses another teacher, one released yesterday and the class teacher', () => {
    setAlready.when(correctHomework, correction, { as: deputy, now }).records('HomeworkCorrected')
    setAlready.when(correctHomework, correction, { as: stranger, now }).refuses('journal-not-taught')
    setAlready
      .and(mathematicianReleased('2026-11-10'))
      .when(correctHomework, correction, { as, now })
      .refuses('journal-not-taught')
    setAlready.when(correctHomework, correction, { as: classTeacher, now }).refuses('role-not-permitted')
  })

  it('refuses a correction without a version or without words', () => {
    const { expectedVersion: _, ...unversioned } = correction
    expect(malformed(correctHomework, unversioned)).toEqual(['expectedVersion'])
    expect(malformed(correctHomework, { ...correction, text: '№ 5' })).toEqual(['text'])
    expect(malformed(correctHomework, { ...correction, manner: '\u0000' })).toEqual(['manner'])
  })
})
