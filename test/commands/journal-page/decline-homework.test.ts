import { describe, expect, it } from 'vitest'
import { declineHomework } from '#commands/journal-page/decline-homework.ts'
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
const now = '2026-11-09T03:55:00.000Z'
const nothing = { page: PAGE, lesson: LESSON }
const takenBack = { ...nothing, expectedVersion: 2, reason: 'typing-error' }
const page = [pageOpened, lessonRecorded]
const held = given(school, page)
const set = {
  text: '§ 12, № 340–345 (письменно)',
  due: '2026-11-11',
  manner: null,
  attachments: [],
  minutes: null,
}
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

describe('decline-homework', () => {
  it('says that none is set, with the deadline that homework has, and needs no reason for it', () => {
    held.when(declineHomework, nothing, { as, now }).records({
      type: 'HomeworkDeclined',
      data: { lesson: LESSON, previous: null, dueAt: '2026-11-09T07:20:00.000Z', reason: null, note: null },
    })
  })

  it('keeps the note and the reason that were given all the same', () => {
    held
      .when(declineHomework, { ...nothing, reason: 'head-order', note: 'перед каникулами' }, { as, now })
      .records({ type: 'HomeworkDeclined', data: { reason: 'head-order', note: 'перед каникулами' } })
    held
      .when(declineHomework, { ...nothing, reason: 'Перед каникулами' }, { as, now })
      .refuses('reason-unknown', { reason: 'Перед каникулами' })
  })

  it('takes back homework that was set, as a correction', () => {
    held
      .and(homeworkSet)
      .when(declineHomework, takenBack, { as, now })
      .records({ type: 'HomeworkDeclined', data: { previous: set, reason: 'typing-error' } })
  })

  it('needs the version and a reason of the school to take it back', () => {
    const was = held.and(homeworkSet)
    was
      .when(declineHomework, { ...takenBack, expectedVersion: undefined }, { as, now })
      .refuses('homework-exists', { version: 2, homework: set })
    was
      .when(declineHomework, { ...takenBack, expectedVersion: 1 }, { as, now })
      .refuses('stale-version', { expected: 1, actual: 2 })
    was.when(declineHomework, { ...takenBack, reason: undefined }, { as, now }).refuses('reason-required')
    was.when(declineHomework, { ...takenBack, reason: 'because' }, { as, now }).refuses('reason-unknown')
  })

  it('needs no reason within the grace time', () => {
    held
      .and(homeworkSet, policyAdopted({ graceMinutes: 10 }))
      .when(declineHomework, { ...takenBack, reason: undefined }, { as, now })
      .records({ type: 'HomeworkDeclined', data: { previous: set, reason: null } })
  })

  it('refuses to decline twice', () => {
    held.and(declined).when(declineHomework, nothing, { as, now }).refuses('same-value', { homework: null })
  })

  it('refuses a page, its ground, a lesson and rules that are not there', () => {
    given(school).when(declineHomework, nothing, { as, now }).refuses('page-unknown')
    given(school, pageOpened).when(declineHomework, nothing, { as, now }).refuses('lesson-unknown')
    given(without(school, 'JournalOpened'), page)
      .when(declineHomework, nothing, { as, now })
      .refuses('journal-unknown', { journal: ALGEBRA })
    given(without(school, 'SchoolYearOpened'), page)
      .when(declineHomework, nothing, { as, now })
      .refuses('school-year-unknown')
    given(without(school, 'PolicyAdopted'), page)
      .when(declineHomework, nothing, { as, now })
      .refuses('policy-missing')
  })

  it('refuses who may not: another teacher, one released yesterday, the deputy, the class teacher', () => {
    held.when(declineHomework, nothing, { as: stranger, now }).refuses('journal-not-taught')
    held
      .and(mathematicianReleased('2026-11-09'))
      .when(declineHomework, nothing, { as, now })
      .refuses('journal-not-taught')
    held.when(declineHomework, nothing, { as: deputy, now }).refuses('role-not-permitted')
    held.when(declineHomework, nothing, { as: classTeacher, now }).refuses('role-not-permitted')
  })

  it('refuses a version that no event has, and words that the log could not carry', () => {
    expect(malformed(declineHomework, { ...nothing, expectedVersion: -1 })).toEqual(['expectedVersion'])
    expect(malformed(declineHomework, { ...nothing, note: 'нет\u0000' })).toEqual(['note'])
  })
})
