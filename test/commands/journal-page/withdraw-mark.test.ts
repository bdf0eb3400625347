import { describe, it } from 'vitest'
import { withdrawMark } from '#commands/journal-page/withdraw-mark.ts'
import { workId } from '#values/school.ts'
import {
  ALGEBRA,
  ANNA,
  attendanceTaken,
  classTeacher,
  deputy,
  entryOf,
  id,
  LESSON,
  lessonRecorded,
  markRecorded,
  mathematician,
  mathematicianReleased,
  onPage,
  PAGE,
  pageOpened,
  policyAdopted,
  school,
  stranger,
  without,
  workHeld,
} from '#support/class-7a.ts'
import { given } from '#support/spec.ts'

const as = mathematician
const now = '2026-11-10T03:00:00.000Z'
const ENTRY = entryOf(ANNA, 'test')
const withdrawal = { page: PAGE, entry: ENTRY, expectedVersion: 3, reason: 'wrong-pupil' }
const page = [pageOpened, lessonRecorded, workHeld('test'), markRecorded(ANNA, 5)]
const marked = given(school, page)
const data = { entry: ENTRY, work: workId(LESSON, 'test'), lesson: LESSON, pupil: ANNA }

describe('withdraw-mark', () => {
  it('takes the mark back and keeps what it was', () => {
    marked.when(withdrawMark, { ...withdrawal, note: 'отметка Бориса' }, { as, now }).records({
      type: 'MarkWithdrawn',
      data: { ...data, previous: 5, reason: 'wrong-pupil', note: 'отметка Бориса' },
    })
  })

  it('takes back the value that a correction set', () => {
    const corrected = onPage({
      type: 'MarkCorrected',
      data: { criteria: null, ...data, previous: 5, value: 2, reason: 'appeal' as never, note: null },
    })
    marked
      .and(corrected)
      .when(withdrawMark, withdrawal, { as, now })
      .refuses('stale-version', { expected: 3, actual: 4, value: 2 })
    marked
      .and(corrected)
      .when(withdrawMark, { ...withdrawal, expectedVersion: 4 }, { as, now })
      .records({ type: 'MarkWithdrawn', data: { previous: 2 } })
  })

  it('takes back the debt of an absent pupil', () => {
    given(
      school,
      pageOpened,
      lessonRecorded,
      workHeld('test'),
      markRecorded(ANNA, 'Д'),
      attendanceTaken([ANNA, 'Н']),
    )
      .when(withdrawMark, withdrawal, { as, now })
      .records({ type: 'MarkWithdrawn', data: { previous: 'Д' } })
  })

  it('refuses to withdraw twice', () => {
    const withdrawn = onPage({
      type: 'MarkWithdrawn',
      data: { ...data, previous: 5, reason: 'wrong-pupil' as never, note: null },
    })
    marked
      .and(withdrawn)
      .when(withdrawMark, withdrawal, { as, now })
      .refuses('mark-unknown', { entry: ENTRY })
  })

  it('refuses a mark that was never recorded', () => {
    const entry = id('mark/none')
    marked.when(withdrawMark, { ...withdrawal, entry }, { as, now }).refuses('mark-unknown', { entry })
  })

  it('needs a reason of the school', () => {
    marked.when(withdrawMark, { ...withdrawal, reason: undefined }, { as, now }).refuses('reason-required')
    marked
      .when(withdrawMark, { ...withdrawal, reason: 'because' }, { as, now })
      .refuses('reason-unknown', { reason: 'because' })
  })

  it('needs no reason of the teacher within the grace time, but of the deputy', () => {
    const grace = marked.and(policyAdopted({ graceMinutes: 10 }))
    const bare = { ...withdrawal, reason: undefined }
    const within = '2026-11-09T03:59:59.999Z'
    grace.when(withdrawMark, bare, { as, now: within }).records('MarkWithdrawn')
    grace.when(withdrawMark, bare, { as: deputy, now: within }).refuses('reason-required')
    grace.when(withdrawMark, withdrawal, { as: deputy, now: within }).records('MarkWithdrawn')
  })

  it('refuses a page, its ground and rules that are not there', () => {
    given(school).when(withdrawMark, withdrawal, { as, now }).refuses('page-unknown')
    given(without(school, 'JournalOpened'), page)
      .when(withdrawMark, withdrawal, { as, now })
      .refuses('journal-unknown', { journal: ALGEBRA })
    given(without(school, 'SchoolYearOpened'), page)
      .when(withdrawMark, withdrawal, { as, now })
      .refuses('school-year-unknown')
    given(without(school, 'PolicyAdopted'), page)
      .when(withdrawMark, withdrawal, { as, now })
      .refuses('policy-missing')
  })

  it('refuses who may not: another teacher, one released yesterday, the class teacher', () => {
    marked.when(withdrawMark, withdrawal, { as: stranger, now }).refuses('journal-not-taught')
    marked
      .and(mathematicianReleased('2026-11-10'))
      .when(withdrawMark, withdrawal, { as, now })
      .refuses('journal-not-taught')
    marked.when(withdrawMark, withdrawal, { as: classTeacher, now }).refuses('role-not-permitted')
  })
})
