import { describe, expect, it } from 'vitest'
import { changeAbsenceCode } from '#commands/journal-page/change-absence-code.ts'
import {
  actor,
  ALGEBRA,
  ANNA,
  attendanceTaken,
  BORIS,
  CLASS_7A,
  classTeacher,
  date,
  deputy,
  DINA,
  ENGLISH_TEACHER,
  head,
  id,
  LESSON,
  lessonRecorded,
  markRecorded,
  mathematician,
  mathematicianReleased,
  onPage,
  PAGE,
  pageOpened,
  past,
  policyAdopted,
  school,
  stranger,
  STRANGER,
  without,
  workHeld,
} from '#support/class-7a.ts'
import { given, malformed } from '#support/spec.ts'

const as = mathematician
const now = '2026-11-12T03:00:00.000Z'
const byDocument = {
  page: PAGE,
  lesson: LESSON,
  pupil: ANNA,
  code: 'Н/б',
  expectedVersion: 2,
  reason: 'absence-document',
  note: 'справка № 14',
}
const taken = given(school, pageOpened, lessonRecorded, attendanceTaken([ANNA, 'Н'], [BORIS, 'Опз']))
const corrected = onPage(
  {
    type: 'AbsenceCodeCorrected',
    data: {
      document: null,
      lesson: LESSON,
      pupil: ANNA,
      previous: 'Н',
      code: 'Н/у',
      reason: 'absence-document' as never,
      note: null,
    },
  },
  '2026-11-11T03:00:00.000Z',
)

describe('change-absence-code', () => {
  it('records the new code beside the earlier one, and why', () => {
    taken.when(changeAbsenceCode, byDocument, { as, now }).records({
      type: 'AbsenceCodeCorrected',
      data: {
        document: null,
        lesson: LESSON,
        pupil: ANNA,
        previous: 'Н',
        code: 'Н/б',
        reason: 'absence-document',
        note: 'справка № 14',
      },
    })
  })

  it('takes an absence away, and adds one that was forgotten', () => {
    const mistaken = { ...byDocument, reason: 'typing-error', note: undefined }
    taken.when(changeAbsenceCode, { ...mistaken, code: null }, { as, now }).records({
      type: 'AbsenceCodeCorrected',
      data: { document: null, previous: 'Н', code: null, note: null },
    })
    given(school, pageOpened, lessonRecorded, attendanceTaken())
      .when(changeAbsenceCode, { ...mistaken, code: 'Н' }, { as, now })
      .records({ type: 'AbsenceCodeCorrected', data: { document: null, previous: null, code: 'Н' } })
  })

  it('corrects what was corrected, by the version of the correction', () => {
    taken
      .and(corrected)
      .when(changeAbsenceCode, byDocument, { as, now })
      .refuses('stale-version', { expected: 2, actual: 3, value: 'Н/у' })
    taken
      .and(corrected)
      .when(changeAbsenceCode, { ...byDocument, expectedVersion: 3 }, { as, now })
      .records({ type: 'AbsenceCodeCorrected', data: { document: null, previous: 'Н/у', code: 'Н/б' } })
  })

  it('gives each pupil a version of their own', () => {
    taken
      .and(corrected)
      .when(changeAbsenceCode, { ...byDocument, pupil: BORIS, code: 'Н' }, { as, now })
      .records({ type: 'AbsenceCodeCorrected', data: { document: null, previous: 'Опз', code: 'Н' } })
  })

  it('refuses a page, a lesson, an attendance and rules that are not there', () => {
    given(school).when(changeAbsenceCode, byDocument, { as, now }).refuses('page-unknown')
    given(school, pageOpened)
      .when(changeAbsenceCode, byDocument, { as, now })
      .refuses('lesson-unknown', { lesson: LESSON })
    given(school, pageOpened, lessonRecorded)
      .when(changeAbsenceCode, byDocument, { as, now })
      .refuses('attendance-not-taken', { lesson: LESSON })
    given(without(school, 'PolicyAdopted'), pageOpened, lessonRecorded, attendanceTaken())
      .when(changeAbsenceCode, byDocument, { as, now })
      .refuses('policy-missing')
  })

  it('refuses a page whose ground a breach made void, whoever asks', () => {
    for (const who of [mathematician, classTeacher, deputy]) {
      given(without(school, 'JournalOpened'), pageOpened, lessonRecorded, attendanceTaken())
        .when(changeAbsenceCode, byDocument, { as: who, now })
        .refuses('journal-unknown', { journal: ALGEBRA })
      given(without(school, 'SchoolYearOpened'), pageOpened, lessonRecorded, attendanceTaken())
        .when(changeAbsenceCode, byDocument, { as: who, now })
        .refuses('school-year-unknown')
    }
  })

  it('refuses a pupil whom the school does not know, and one of another class', () => {
    const nobody = id('pupil/nobody')
    taken
      .when(changeAbsenceCode, { ...byDocument, pupil: nobody }, { as, now })
      .refuses('pupil-unknown', { pupil: nobody })
    taken
      .when(changeAbsenceCode, { ...byDocument, pupil: DINA }, { as, now })
      .refuses('pupil-not-member', { pupils: [DINA] })
  })

  it('needs a reason of the school from the first minute on', () => {
    const bare = { ...byDocument, reason: undefined }
    taken.when(changeAbsenceCode, bare, { as, now: '2026-11-09T03:50:00.000Z' }).refuses('reason-required')
    taken
      .when(changeAbsenceCode, { ...byDocument, reason: 'because' }, { as, now })
      .refuses('reason-unknown', { reason: 'because' })
  })

  it('needs no reason of the teacher within the grace time, but of everybody else', () => {
    const grace = taken.and(policyAdopted({ graceMinutes: 10 }))
    const bare = { ...byDocument, reason: undefined, note: undefined }
    const within = '2026-11-09T04:00:00.000Z'
    grace
      .when(changeAbsenceCode, bare, { as, now: within })
      .records({ type: 'AbsenceCodeCorrected', data: { document: null, reason: null, note: null } })
    grace.when(changeAbsenceCode, bare, { as, now: '2026-11-09T04:00:00.001Z' }).refuses('reason-required')
    grace.when(changeAbsenceCode, bare, { as: deputy, now: within }).refuses('reason-required')
    grace.when(changeAbsenceCode, bare, { as: classTeacher, now: within }).refuses('reason-required')
  })

  it('refuses the code that stands', () => {
    taken
      .when(changeAbsenceCode, { ...byDocument, code: 'Н' }, { as, now })
      .refuses('same-value', { code: 'Н' })
    given(school, pageOpened, lessonRecorded, attendanceTaken())
      .when(changeAbsenceCode, { ...byDocument, code: null }, { as, now })
      .refuses('same-value', { code: null })
  })

  it('refuses a code that the school does not know, or that says nothing of attendance', () => {
    taken.when(changeAbsenceCode, { ...byDocument, code: 'НБ' }, { as, now }).refuses('code-unknown')
    taken.when(changeAbsenceCode, { ...byDocument, code: 'Зач' }, { as, now }).refuses('code-not-attendance')
  })

  it('refuses to call absent whoever earned a mark', () => {
    const marked = given(
      school,
      pageOpened,
      lessonRecorded,
      attendanceTaken([BORIS, 'Опз']),
      workHeld('test'),
      markRecorded(BORIS, 4),
    )
    const change = { ...byDocument, pupil: BORIS }
    marked.when(changeAbsenceCode, change, { as, now }).refuses('mark-on-absent', { pupils: [BORIS] })
    marked.when(changeAbsenceCode, { ...change, code: null }, { as, now }).records('AbsenceCodeCorrected')
  })

  it('lets the class teacher change the reason of an absence', () => {
    taken
      .when(changeAbsenceCode, byDocument, { as: classTeacher, now })
      .records({ type: 'AbsenceCodeCorrected', data: { document: null, previous: 'Н', code: 'Н/б' } })
  })

  it('lets the class teacher change nothing but the reason', () => {
    const asClassTeacher = { as: classTeacher, now }
    taken
      .when(changeAbsenceCode, { ...byDocument, code: null }, asClassTeacher)
      .refuses('reason-only', { previous: 'Н', code: null })
    taken
      .when(changeAbsenceCode, { ...byDocument, code: 'Опз' }, asClassTeacher)
      .refuses('reason-only', { previous: 'Н', code: 'Опз' })
    taken
      .when(changeAbsenceCode, { ...byDocument, pupil: BORIS }, asClassTeacher)
      .refuses('reason-only', { previous: 'Опз' })
  })

  it('refuses the class teacher of another class, and one who led this class until yesterday', () => {
    const other = actor('class-teacher', STRANGER)
    taken.when(changeAbsenceCode, byDocument, { as: other, now }).refuses('class-not-led')
    const handedOver = past('roster', 'main', {
      type: 'ClassTeacherAppointed',
      data: { class: CLASS_7A, staff: STRANGER, from: date('2026-11-12') },
    })
    const after = taken.and(handedOver)
    after.when(changeAbsenceCode, byDocument, { as: other, now }).records('AbsenceCodeCorrected')
    after.when(changeAbsenceCode, byDocument, { as: classTeacher, now }).refuses('class-not-led')
    after
      .when(changeAbsenceCode, byDocument, { as: classTeacher, now: '2026-11-11T16:59:59.999Z' })
      .records('AbsenceCodeCorrected')
  })

  it('refuses the class teacher who acts as a teacher of what somebody else teaches', () => {
    taken
      .when(changeAbsenceCode, byDocument, { as: actor('teacher', ENGLISH_TEACHER), now })
      .refuses('journal-not-taught')
  })

  it('lets the deputy correct, and refuses another teacher, one released yesterday and the head', () => {
    taken.when(changeAbsenceCode, byDocument, { as: deputy, now }).records('AbsenceCodeCorrected')
    taken.when(changeAbsenceCode, byDocument, { as: stranger, now }).refuses('journal-not-taught')
    taken
      .and(mathematicianReleased('2026-11-12'))
      .when(changeAbsenceCode, byDocument, { as, now })
      .refuses('journal-not-taught')
    taken.when(changeAbsenceCode, byDocument, { as: head, now }).refuses('role-not-permitted')
  })

  it('refuses a correction without a version, and words that the log could not carry', () => {
    const { expectedVersion: _, ...unversioned } = byDocument
    expect(malformed(changeAbsenceCode, unversioned)).toEqual(['expectedVersion'])
    expect(malformed(changeAbsenceCode, { ...byDocument, note: 'справка\u0000' })).toEqual(['note'])
    expect(malformed(changeAbsenceCode, { ...byDocument, reason: '\ud800' })).toEqual(['reason'])
    expect(malformed(changeAbsenceCode, { ...byDocument, note: 'с'.repeat(501) })).toEqual(['note'])
  })
})
