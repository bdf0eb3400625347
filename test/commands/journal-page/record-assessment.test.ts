import { describe, expect, it } from 'vitest'
import { addAssessmentMarks } from '#commands/journal-page/add-assessment-marks.ts'
import { addComment } from '#commands/journal-page/add-comment.ts'
import { awaitAssessmentResults } from '#commands/journal-page/await-assessment-results.ts'
import { correctMark } from '#commands/journal-page/correct-mark.ts'
import { receiveAssessmentResults } from '#commands/journal-page/receive-assessment-results.ts'
import { recordAssessment } from '#commands/journal-page/record-assessment.ts'
import { withdrawMark } from '#commands/journal-page/withdraw-mark.ts'
import { KindId } from '#values/policy.ts'
import { Instant } from '#values/time.ts'
import { pageId, workId } from '#values/school.ts'
import { WHOLE_YEAR } from '#commands/school-year/state.ts'
import {
  ALGEBRA,
  ANNA,
  ASSESSMENT,
  assessmentHeld,
  BORIS,
  date,
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

const FIRST_RECEIPT = [
  past('journalPage', PAGE, {
    type: 'AssessmentResultsReceived',
    data: {
      assessment: ASSESSMENT,
      receivedAt: Instant.parse('2026-11-08T03:50:00.000Z'),
      pupils: [ANNA],
      dueAt: Instant.parse('2026-11-09T03:50:00.000Z'),
    },
  }),
  past('journalPage', PAGE, {
    type: 'WorkHeld',
    data: {
      work: workId(ASSESSMENT, 'exam'),
      lesson: ASSESSMENT,
      kind: KindId.parse('exam'),
      weight: 2,
      test: null,
      dueAt: Instant.parse('2026-11-09T03:50:00.000Z'),
    },
  }),
]

describe('results that others send', () => {
  const { marks: _marks, ...bare } = exam
  const held = opened.and(
    past('journalPage', PAGE, {
      type: 'AssessmentHeld',
      data: {
        assessment: ASSESSMENT,
        date: date('2026-11-07'),
        kind: KindId.parse('exam'),
        name: exam.name,
        resultsReceivedAt: null,
      },
    }),
  )
  const work = workId(ASSESSMENT, 'exam')
  const receivedAt = '2026-11-08T03:50:00.000Z'
  const dueAt = '2026-11-09T03:50:00.000Z'
  const receipt = { page: PAGE, assessment: ASSESSMENT, receivedAt, pupils: [ANNA] }
  const receiving = (more: object = {}) => ({ ...receipt, ...more })

  it('are awaited without column and deadline, on the day of the exam or later', () => {
    const data = { date: '2026-11-07', kind: 'exam', resultsReceivedAt: null }
    opened.when(awaitAssessmentResults, bare, { as, now }).records({ type: 'AssessmentHeld', data })
    opened
      .when(awaitAssessmentResults, { ...bare, date: '2026-11-10' }, { as, now })
      .refuses('assessment-in-future')
    opened
      .when(awaitAssessmentResults, { ...bare, kind: 'essay' }, { as, now })
      .refuses('kind-of-work-unknown')
    held.when(awaitAssessmentResults, bare, { as, now }).refuses('assessment-exists')
    opened.when(awaitAssessmentResults, bare, { as: stranger, now }).refuses('journal-not-taught')
    opened.when(awaitAssessmentResults, bare, { as: head, now }).refuses('role-not-permitted')
  })

  it('open the column when they come, with 24 hours for each receipt', () => {
    held
      .when(receiveAssessmentResults, receipt, { as: deputy, now })
      .records(
        { type: 'AssessmentResultsReceived', data: { receivedAt, pupils: [ANNA], dueAt } },
        { type: 'WorkHeld', data: { work, lesson: ASSESSMENT, weight: 2, test: null, dueAt } },
      )
    const first = held.and(FIRST_RECEIPT)
    first
      .when(
        receiveAssessmentResults,
        receiving({ receivedAt: '2026-11-08T05:00:00.000Z', pupils: [BORIS] }),
        { as, now },
      )
      .records({ type: 'AssessmentResultsReceived', data: { dueAt: '2026-11-09T05:00:00.000Z' } })
    first.when(receiveAssessmentResults, receipt, { as, now }).records()
    first
      .when(receiveAssessmentResults, receiving({ receivedAt: '2026-11-08T05:00:00.000Z' }), { as, now })
      .refuses('assessment-results-received', { pupils: [ANNA], receivedAt })
  })

  it('are refused before the exam, in the future, for strangers, and for an exam that is not there', () => {
    held
      .when(receiveAssessmentResults, receiving({ receivedAt: '2026-11-06T16:59:59.000Z' }), { as, now })
      .refuses('assessment-results-before')
    held
      .when(receiveAssessmentResults, receiving({ receivedAt: '2026-11-09T03:50:00.001Z' }), { as, now })
      .refuses('assessment-in-future')
    held
      .when(receiveAssessmentResults, receiving({ pupils: [DINA] }), { as, now })
      .refuses('pupil-not-member')
    held
      .when(receiveAssessmentResults, receiving({ pupils: [ANNA, ANNA] }), { as, now })
      .refuses('pupil-repeated')
    opened.when(receiveAssessmentResults, receipt, { as, now }).refuses('assessment-unknown')
    held.when(receiveAssessmentResults, receipt, { as: stranger, now }).refuses('journal-not-taught')
  })

  it('are never said anew without a reason: the same list again is nothing, another one is refused', () => {
    const first = held.and(FIRST_RECEIPT)
    first
      .when(receiveAssessmentResults, receiving({ pupils: [BORIS] }), { as, now })
      .refuses('assessment-results-received', { pupils: [ANNA], receivedAt })
    first
      .when(receiveAssessmentResults, receiving({ pupils: [ANNA, BORIS] }), { as, now })
      .refuses('assessment-results-received', { pupils: [ANNA], receivedAt })
    expect(malformed(receiveAssessmentResults, receiving({ pupils: [] }))).toEqual(['pupils'])
  })

  it('are recorded after their receipt alone', () => {
    const marks = { page: PAGE, assessment: ASSESSMENT, marks: [{ pupil: ANNA, value: 4 }] }
    held.when(addAssessmentMarks, marks, { as, now }).refuses('assessment-results-not-received')
    held
      .and(FIRST_RECEIPT)
      .when(addAssessmentMarks, marks, { as, now })
      .records({ type: 'MarkRecorded', data: { pupil: ANNA, dueAt } })
  })
})
