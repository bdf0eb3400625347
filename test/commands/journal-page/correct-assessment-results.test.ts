import { describe, expect, it } from 'vitest'
import { addAssessmentMarks } from '#commands/journal-page/add-assessment-marks.ts'
import { correctAssessmentResults } from '#commands/journal-page/correct-assessment-results.ts'
import { receiveAssessmentResults } from '#commands/journal-page/receive-assessment-results.ts'
import { journalPageFold } from '#commands/journal-page/state.ts'
import { KindId } from '#values/policy.ts'
import { workId } from '#values/school.ts'
import type { Uuid } from '#values/uuid.ts'
import { Instant } from '#values/time.ts'
import {
  ALGEBRA,
  ANNA,
  ASSESSMENT,
  BORIS,
  classTeacher,
  date,
  deputy,
  DINA,
  finalPostponed,
  GLEB,
  mathematician,
  mathematicianReleased,
  onPage,
  PAGE,
  pageClosed,
  pageOpened,
  policyAdopted,
  school,
  stranger,
  without,
} from '#support/class-7a.ts'
import { foldedOf, given, malformed, type Past } from '#support/spec.ts'

const as = mathematician
const now = '2026-11-10T03:00:00.000Z'
const receivedAt = '2026-11-08T03:50:00.000Z'
const laterAt = '2026-11-08T05:00:00.000Z'
const DUE = '2026-11-09T03:50:00.000Z'
const received = (at: string, pupils: Uuid[], dueAt: string) =>
  onPage({
    type: 'AssessmentResultsReceived',
    data: {
      assessment: ASSESSMENT,
      receivedAt: Instant.parse(at),
      pupils,
      dueAt: Instant.parse(dueAt),
    },
  })
const heldAlone = onPage({
  type: 'AssessmentHeld',
  data: {
    assessment: ASSESSMENT,
    date: date('2026-11-07'),
    kind: KindId.parse('exam'),
    name: 'Экзамен по алгебре',
    resultsReceivedAt: null,
  },
})
const page = [pageOpened, heldAlone]
const one = received(receivedAt, [ANNA, GLEB], DUE)
const standing = given(school, page, one)
const corrected = onPage({
  type: 'AssessmentResultsCorrected',
  data: {
    assessment: ASSESSMENT,
    receivedAt: Instant.parse(receivedAt),
    previous: [ANNA, GLEB],
    pupils: [ANNA],
    reason: KindId.parse('typing-error'),
    note: null,
  },
})
const correction = {
  page: PAGE,
  assessment: ASSESSMENT,
  receivedAt,
  expectedVersion: 2,
  reason: 'typing-error',
  pupils: [ANNA, BORIS],
}
const correcting = (more: object) => ({ ...correction, ...more })

const marked = (pupil: string) => ({
  page: PAGE,
  assessment: ASSESSMENT,
  marks: [{ pupil, value: 4 }],
})
/** What the page knows of receipts after these events. */
const receiptsOf = (...events: Past[]) =>
  foldedOf([...page, ...events], journalPageFold, PAGE).assessments.get(ASSESSMENT)?.receipts

describe('correct-assessment-results', () => {
  it('R-F19: records whose results came, whose were said to have come before, and why', () => {
    standing.when(correctAssessmentResults, correcting({ note: 'не тот список' }), { as, now }).records({
      type: 'AssessmentResultsCorrected',
      data: {
        assessment: ASSESSMENT,
        receivedAt,
        previous: [ANNA, GLEB],
        pupils: [ANNA, BORIS],
        reason: 'typing-error',
        note: 'не тот список',
      },
    })
  })

  it('R-5.6: keeps the 24 hours of the receipt as they were recorded, for those who are named late, too', () => {
    const named = standing.and(
      onPage({
        type: 'WorkHeld',
        data: {
          work: workId(ASSESSMENT, 'exam'),
          lesson: ASSESSMENT,
          kind: KindId.parse('exam'),
          weight: 2,
          test: null,
          dueAt: Instant.parse(DUE),
        },
      }),
      onPage({
        type: 'AssessmentResultsCorrected',
        data: { ...corrected.event.data, pupils: [ANNA, BORIS] } as never,
      }),
    )
    named
      .when(addAssessmentMarks, marked(BORIS), { as, now })
      .records({ type: 'MarkRecorded', data: { pupil: BORIS, dueAt: DUE } })
    named
      .when(addAssessmentMarks, marked(GLEB), { as, now })
      .refuses('assessment-results-not-received', { pupils: [GLEB] })
  })

  it('takes everybody off a receipt that was a mistake, and puts them on one again', () => {
    standing
      .when(correctAssessmentResults, correcting({ pupils: [] }), { as, now })
      .records({ type: 'AssessmentResultsCorrected', data: { pupils: [] } })
    const emptied = standing.and({
      ...corrected,
      event: { ...corrected.event, data: { ...corrected.event.data, pupils: [] } } as never,
    })
    emptied
      .when(correctAssessmentResults, correcting({ expectedVersion: 3 }), { as, now })
      .records({ type: 'AssessmentResultsCorrected', data: { previous: [], pupils: [ANNA, BORIS] } })
    const again = { page: PAGE, assessment: ASSESSMENT, receivedAt, pupils: [ANNA] }
    emptied.when(receiveAssessmentResults, again, { as, now }).refuses('assessment-results-received')
  })

  it('corrects what was corrected, by the version of the correction', () => {
    const twice = standing.and(corrected)
    twice
      .when(correctAssessmentResults, correction, { as, now })
      .refuses('stale-version', { expected: 2, actual: 3, value: [ANNA] })
    twice
      .when(correctAssessmentResults, correcting({ expectedVersion: 3 }), { as, now })
      .records({ type: 'AssessmentResultsCorrected', data: { previous: [ANNA] } })
  })

  it('refuses the list that stands, in whatever order', () => {
    standing
      .when(correctAssessmentResults, correcting({ pupils: [GLEB, ANNA] }), { as, now })
      .refuses('same-value')
  })

  it('needs a reason of the school', () => {
    standing
      .when(correctAssessmentResults, correcting({ reason: undefined }), { as, now })
      .refuses('reason-required')
    standing
      .when(correctAssessmentResults, correcting({ reason: 'because' }), { as, now })
      .refuses('reason-unknown')
  })

  it('needs no reason of the teacher within the grace time, but of the deputy', () => {
    const grace = standing.and(policyAdopted({ graceMinutes: 10 }))
    const bare = correcting({ reason: undefined })
    const within = '2026-11-09T03:59:00.000Z'
    grace.when(correctAssessmentResults, bare, { as, now: within }).records('AssessmentResultsCorrected')
    grace.when(correctAssessmentResults, bare, { as, now }).refuses('reason-required')
    grace.when(correctAssessmentResults, bare, { as: deputy, now: within }).refuses('reason-required')
  })

  it('refuses strangers, whoever is named twice, and whose results came at another time', () => {
    standing
      .when(correctAssessmentResults, correcting({ pupils: [DINA] }), { as, now })
      .refuses('pupil-not-member')
    standing
      .when(correctAssessmentResults, correcting({ pupils: [ANNA, ANNA] }), { as, now })
      .refuses('pupil-repeated')
    standing
      .and(received(laterAt, [BORIS], '2026-11-09T05:00:00.000Z'))
      .when(correctAssessmentResults, correction, { as, now })
      .refuses('assessment-results-received', { pupils: [BORIS], receivedAt: laterAt })
  })

  it('refuses a page, its ground, an assessment, a receipt and rules that are not there', () => {
    given(school).when(correctAssessmentResults, correction, { as, now }).refuses('page-unknown')
    given(school, pageOpened)
      .when(correctAssessmentResults, correction, { as, now })
      .refuses('assessment-unknown', { assessment: ASSESSMENT })
    given(school, page)
      .when(correctAssessmentResults, correction, { as, now })
      .refuses('assessment-results-not-received', { receivedAt })
    standing
      .when(correctAssessmentResults, correcting({ receivedAt: laterAt }), { as, now })
      .refuses('assessment-results-not-received', { receivedAt: laterAt })
    given(without(school, 'JournalOpened'), page, one)
      .when(correctAssessmentResults, correction, { as, now })
      .refuses('journal-unknown', { journal: ALGEBRA })
    given(without(school, 'PolicyAdopted'), page, one)
      .when(correctAssessmentResults, correction, { as, now })
      .refuses('policy-missing')
  })

  it('touches, on a closed page, those alone who come on the list or off it', () => {
    const closed = standing.and(finalPostponed(BORIS, '2027-01-22'), pageClosed([BORIS]))
    const inJanuary = '2027-01-14T03:00:00.000Z'
    closed
      .when(correctAssessmentResults, correcting({ pupils: [ANNA, GLEB, BORIS] }), { as, now: inJanuary })
      .records('AssessmentResultsCorrected')
    closed
      .when(correctAssessmentResults, correcting({ pupils: [ANNA, BORIS] }), { as, now: inJanuary })
      .refuses('period-locked')
  })

  it('lets the deputy correct, and refuses another teacher, one released yesterday and the class teacher', () => {
    standing
      .when(correctAssessmentResults, correction, { as: deputy, now })
      .records('AssessmentResultsCorrected')
    standing.when(correctAssessmentResults, correction, { as: stranger, now }).refuses('journal-not-taught')
    standing
      .and(mathematicianReleased('2026-11-10'))
      .when(correctAssessmentResults, correction, { as, now })
      .refuses('journal-not-taught')
    standing
      .when(correctAssessmentResults, correction, { as: classTeacher, now })
      .refuses('role-not-permitted')
  })

  it('refuses a correction without a version', () => {
    const { expectedVersion: _, ...unversioned } = correction
    expect(malformed(correctAssessmentResults, unversioned)).toEqual(['expectedVersion'])
  })
})

describe('an old log', () => {
  it('has receipts that took the place of those before: the last one stands, with its version', () => {
    const again = received(receivedAt, [BORIS], DUE)
    expect(receiptsOf(one, again)).toEqual(
      new Map([[receivedAt, { pupils: [BORIS], dueAt: DUE, version: 3, at: expect.any(String) }]]),
    )
    given(school, page, one, again)
      .when(correctAssessmentResults, correcting({ expectedVersion: 3 }), { as, now })
      .records({ type: 'AssessmentResultsCorrected', data: { previous: [BORIS] } })
  })

  it('a correction of a receipt that is without effect makes none', () => {
    expect(receiptsOf(corrected)).toEqual(new Map())
  })
})
