import { describe, expect, it } from 'vitest'
import { addAssessmentMarks } from '#commands/journal-page/add-assessment-marks.ts'
import { addComment } from '#commands/journal-page/add-comment.ts'
import { correctMark } from '#commands/journal-page/correct-mark.ts'
import { recordAssessment } from '#commands/journal-page/record-assessment.ts'
import { withdrawMark } from '#commands/journal-page/withdraw-mark.ts'
import { pageId, workId } from '#values/school.ts'
import { WHOLE_YEAR } from '#commands/school-year/state.ts'
import {
  ALGEBRA,
  ANNA,
  ASSESSMENT,
  assessmentHeld,
  BORIS,
  deputy,
  DINA,
  head,
  id,
  mathematician,
  PAGE,
  pageOpened,
  past,
  policyAdopted,
  school,
  stranger,
  YEAR,
} from '#support/class-7a.ts'
import { given, idMadeBy, malformed } from '#support/spec.ts'

const as = mathematician
const now = '2026-11-09T03:50:00.000Z'
const exam = {
  page: PAGE,
  date: '2026-11-07',
  kind: 'exam',
  name: 'Промежуточная аттестация',
  marks: [
    { pupil: ANNA, value: 5 },
    { pupil: BORIS, value: 3 },
  ],
}
const opened = given(school, pageOpened)
const received = (resultsReceivedAt: string) => ({ ...exam, resultsReceivedAt })

describe('record-assessment', () => {
  it('records what was held outside the lessons, its column and the marks, on a day without school', () => {
    const assessment = idMadeBy(as, recordAssessment, 'assessment')
    const work = workId(assessment, 'exam')
    const dueAt = '2026-11-08T16:59:59.000Z'
    opened.when(recordAssessment, exam, { as, now }).records(
      {
        type: 'AssessmentHeld',
        data: {
          assessment,
          date: '2026-11-07',
          kind: 'exam',
          name: 'Промежуточная аттестация',
          resultsReceivedAt: null,
        },
      },
      { type: 'WorkHeld', data: { work, lesson: assessment, weight: 2, test: null, dueAt } },
      { type: 'MarkRecorded', data: { work, lesson: assessment, pupil: ANNA, value: 5, dueAt } },
      { type: 'MarkRecorded', data: { pupil: BORIS, value: 3 } },
    )
  })

  it('keeps when the results were received, which is not after now', () => {
    opened
      .when(recordAssessment, received(now), { as, now })
      .records(
        { type: 'AssessmentHeld', data: { resultsReceivedAt: now } },
        'WorkHeld',
        'MarkRecorded',
        'MarkRecorded',
      )
    opened
      .when(recordAssessment, received('2026-11-09T03:50:00.001Z'), { as, now })
      .refuses('assessment-in-future')
  })

  it('refuses a date outside the period of the page, and one that has not come', () => {
    opened
      .when(recordAssessment, { ...exam, date: '2026-11-01' }, { as, now })
      .refuses('date-outside-period', { from: '2026-11-02' })
    opened
      .when(recordAssessment, { ...exam, date: '2026-11-10' }, { as, now })
      .refuses('assessment-in-future')
  })

  it('takes an exam of the summer on the page of the year', () => {
    const page = pageId(ALGEBRA, WHOLE_YEAR)
    const ofYear = past('journalPage', page, {
      type: 'PageOpened',
      data: { journal: ALGEBRA, year: YEAR, period: WHOLE_YEAR, grading: 'g5' },
    })
    const summer = { ...exam, page, date: '2027-06-11', marks: [{ pupil: ANNA, value: 4 }] }
    const year = given(school, ofYear)
    year
      .when(recordAssessment, summer, { as, now: '2027-06-20T03:00:00.000Z' })
      .records('AssessmentHeld', 'WorkHeld', 'MarkRecorded')
    year.when(recordAssessment, { ...summer, date: '2026-07-31' }, { as, now }).refuses('date-outside-period')
  })

  it('refuses kinds and values that the school does not know, strangers and whoever is named twice', () => {
    opened.when(recordAssessment, { ...exam, kind: 'essay' }, { as, now }).refuses('kind-of-work-unknown')
    const control = { ...exam, kind: 'internal-control' }
    opened.when(recordAssessment, control, { as, now }).refuses('test-not-planned')
    const marked = (...marks: object[]) => ({ ...exam, marks: marks as typeof exam.marks })
    opened
      .when(recordAssessment, marked({ pupil: ANNA, value: 7 }), { as, now })
      .refuses('value-outside-grading', { pupil: ANNA })
    opened
      .when(recordAssessment, marked({ pupil: DINA, value: 5 }), { as, now })
      .refuses('pupil-not-member', { pupils: [DINA] })
    opened
      .when(recordAssessment, marked({ pupil: ANNA, value: 5 }, { pupil: ANNA, value: 4 }), { as, now })
      .refuses('pupil-repeated')
    opened
      .and(policyAdopted({ journalTypes: [{ type: 'lesson', marks: false, summary: true }] }))
      .when(recordAssessment, exam, { as, now })
      .refuses('marks-switched-off')
  })

  it('refuses what is recorded already', () => {
    const again = { ...exam, kind: 'project', name: 'Защита проектов' }
    opened
      .and(assessmentHeld)
      .when(recordAssessment, again, { as, now })
      .refuses('assessment-exists', { assessment: ASSESSMENT })
    opened
      .and(assessmentHeld)
      .when(recordAssessment, { ...exam, assessment: ASSESSMENT }, { as, now })
      .refuses('assessment-exists')
  })

  it('lets the teacher of the journal and the deputy', () => {
    opened
      .when(recordAssessment, exam, { as: deputy, now })
      .records('AssessmentHeld', 'WorkHeld', 'MarkRecorded', 'MarkRecorded')
    opened.when(recordAssessment, exam, { as: stranger, now }).refuses('journal-not-taught')
    opened.when(recordAssessment, exam, { as: head, now }).refuses('role-not-permitted')
  })

  it('refuses an input without name, kind or marks', () => {
    expect(malformed(recordAssessment, { ...exam, name: '1' })).toEqual(['name'])
    expect(malformed(recordAssessment, { ...exam, marks: [] })).toEqual(['marks'])
    expect(malformed(recordAssessment, { ...exam, marks: [{ pupil: ANNA }] })).toEqual(['marks.0.value'])
  })
})

describe('an assessment that stands', () => {
  const held = opened.and(assessmentHeld)
  const entry = id('mark/anna/assessment')
  const correction = { page: PAGE, entry, expectedVersion: 3, reason: 'appeal' }

  it('takes the marks of pupils who had none, under its deadline', () => {
    const input = { page: PAGE, assessment: ASSESSMENT, marks: [{ pupil: BORIS, value: 4 }] }
    held
      .when(addAssessmentMarks, input, { as, now })
      .records({ type: 'MarkRecorded', data: { pupil: BORIS, dueAt: '2026-11-14T16:59:59.000Z' } })
    const of = (pupil: string) => ({ ...input, marks: [{ pupil, value: 4 }] })
    held.when(addAssessmentMarks, of(ANNA), { as, now }).refuses('mark-exists', { entry })
    held.when(addAssessmentMarks, of(DINA), { as, now }).refuses('pupil-not-member')
    opened.when(addAssessmentMarks, input, { as, now }).refuses('assessment-unknown')
    held.when(addAssessmentMarks, input, { as: stranger, now }).refuses('journal-not-taught')
  })

  it('has marks that are corrected, withdrawn and commented as any other', () => {
    held.when(correctMark, { ...correction, value: 4 }, { as, now }).records('MarkCorrected')
    held.when(withdrawMark, correction, { as, now }).records('MarkWithdrawn')
    const comment = { page: PAGE, lesson: ASSESSMENT, text: 'Отличная защита' }
    held
      .when(addComment, { ...comment, on: { kind: 'mark', entry } }, { as, now })
      .records({ type: 'CommentMade', data: { lesson: ASSESSMENT, on: { pupil: ANNA } } })
    held.when(addComment, { ...comment, on: { kind: 'lesson' } }, { as, now }).refuses('lesson-unknown')
  })
})
