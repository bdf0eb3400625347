import { describe, expect, it } from 'vitest'
import { recordFinals } from '#commands/journal-page/record-finals.ts'
import { pageId, PeriodId } from '#values/school.ts'
import {
  ALGEBRA,
  ANNA,
  BORIS,
  deputy,
  DINA,
  finalPostponed,
  finalRecorded,
  FINALS_DUE,
  GLEB,
  head,
  LAST_AFTERNOON,
  mathematician,
  OPENS_AT,
  PAGE,
  pageClosed,
  pageOpened,
  pageOpenedWith,
  past,
  policyAdopted,
  school,
  stranger,
  VERA,
  without,
  YEAR,
} from '#support/class-7a.ts'
import { given, malformed } from '#support/spec.ts'

const as = mathematician
const now = LAST_AFTERNOON
const page = given(school, pageOpened)
const column = (...finals: ReadonlyArray<{ pupil: string; value: number | string }>) =>
  ({ page: PAGE, finals }) as never
const ofAnna = column({ pupil: ANNA, value: 5 })

const YEAR_PAGE = pageId(ALGEBRA, PeriodId.parse('year'))
const yearPage = given(
  school,
  past(
    'journalPage',
    YEAR_PAGE,
    {
      type: 'PageOpened',
      data: { journal: ALGEBRA, year: YEAR, period: PeriodId.parse('year'), grading: 'g5' },
    },
    '2027-05-20T02:00:00.000Z',
  ),
)

describe('record-finals', () => {
  it('records a mark or a code for each pupil of the column, with the window of the last week', () => {
    const finals = column(
      { pupil: ANNA, value: 5 },
      { pupil: BORIS, value: 'н/а' },
      { pupil: VERA, value: 'осв' },
    )
    const window = { opensAt: OPENS_AT, dueAt: FINALS_DUE }
    page
      .when(recordFinals, finals, { as, now })
      .records(
        { type: 'FinalMarkRecorded', data: { pupil: ANNA, kind: 'period', value: 5, ...window } },
        { type: 'FinalMarkRecorded', data: { pupil: BORIS, kind: 'period', value: 'н/а', ...window } },
        { type: 'FinalMarkRecorded', data: { pupil: VERA, kind: 'period', value: 'осв', ...window } },
      )
  })

  it('takes those that come early, from the first day of the period on, and those that come late', () => {
    for (const at of ['2026-11-02T03:00:00.000Z', '2026-12-30T03:00:00.000Z'])
      page.when(recordFinals, ofAnna, { as, now: at }).records('FinalMarkRecorded')
    page
      .when(recordFinals, ofAnna, { as, now: '2026-11-01T16:59:59.999Z' })
      .refuses('period-not-begun', { from: '2026-11-02', today: '2026-11-01' })
  })

  it('takes what the grading system has, and no more', () => {
    for (const value of [1, 6, 'Зач', 'Д', 'Н/б', 'отсрочка'])
      page.when(recordFinals, column({ pupil: ANNA, value }), { as, now }).refuses('value-outside-grading', {
        value,
        pupil: ANNA,
        points: [2, 5],
        codes: ['осв', 'н/а', 'безотм'],
      })
    const pass = given(school, pageOpenedWith('pass'))
    for (const value of ['Зач', 'Незач', 'осв'])
      pass.when(recordFinals, column({ pupil: ANNA, value }), { as, now }).records('FinalMarkRecorded')
    pass.when(recordFinals, ofAnna, { as, now }).refuses('value-outside-grading', { points: null })
    const none = given(school, pageOpenedWith('none'))
    none.when(recordFinals, ofAnna, { as, now }).refuses('value-outside-grading')
    none
      .when(recordFinals, column({ pupil: ANNA, value: 'Зач' }), { as, now })
      .refuses('value-outside-grading')
    none
      .when(recordFinals, column({ pupil: ANNA, value: 'безотм' }), { as, now })
      .records('FinalMarkRecorded')
  })

  it('refuses early ones where the rules of the school say so, to the second, but for whoever leaves before the end', () => {
    const strict = page.and(policyAdopted({ earlyFinals: false }))
    const before = { as, now: '2026-12-22T16:59:59.999Z' }
    strict
      .when(recordFinals, ofAnna, before)
      .refuses('final-too-early', { opensAt: OPENS_AT, pupils: [ANNA] })
    strict.when(recordFinals, ofAnna, { as, now: OPENS_AT }).records('FinalMarkRecorded')
    strict
      .when(recordFinals, column({ pupil: GLEB, value: 4 }), { as, now: '2026-11-13T03:00:00.000Z' })
      .records('FinalMarkRecorded')
  })

  it('refuses a second one, and records nothing of the column', () => {
    page
      .and(finalRecorded(BORIS, 4))
      .when(recordFinals, column({ pupil: ANNA, value: 5 }, { pupil: BORIS, value: 5 }), { as, now })
      .refuses('final-exists', { pupil: BORIS, kind: 'period', value: 4, version: 1 })
  })

  it('refuses who does not learn here: on the last day, or, while the period lasts, today', () => {
    page.when(recordFinals, column({ pupil: DINA, value: 4 }), { as, now }).refuses('pupil-not-member')
    const left = column({ pupil: GLEB, value: 4 })
    page
      .when(recordFinals, left, { as, now: '2026-11-16T03:00:00.000Z' })
      .refuses('pupil-not-member', { pupils: [GLEB], date: '2026-11-16' })
    page.when(recordFinals, left, { as, now: '2026-11-13T03:00:00.000Z' }).records('FinalMarkRecorded')
    page
      .when(recordFinals, column({ pupil: ANNA, value: 5 }, { pupil: ANNA, value: 4 }), { as, now })
      .refuses('pupil-repeated')
  })

  it('after the closing is for the postponed pupil alone, and to the last second of the day', () => {
    const closed = page.and(finalRecorded(ANNA, 5), finalPostponed(BORIS, '2027-01-19'), pageClosed([BORIS]))
    const ofBoris = column({ pupil: BORIS, value: 4 })
    closed.when(recordFinals, ofBoris, { as, now: '2027-01-19T16:59:59.999Z' }).records('FinalMarkRecorded')
    closed.when(recordFinals, ofBoris, { as, now: '2027-01-19T17:00:00.000Z' }).refuses('period-locked')
    closed
      .when(recordFinals, column({ pupil: VERA, value: 4 }, { pupil: BORIS, value: 4 }), { as, now })
      .refuses('period-locked')
  })

  it('on the page of the year sets the mark of the year, of the exam, and the final one', () => {
    const at = '2027-05-25T03:00:00.000Z'
    const marks = { page: YEAR_PAGE, finals: [{ pupil: ANNA, value: 4 }] }
    const window = { opensAt: '2027-05-19T17:00:00.000Z', dueAt: '2027-05-26T16:59:59.000Z' }
    yearPage
      .when(recordFinals, marks, { as, now: at })
      .records({ type: 'FinalMarkRecorded', data: { kind: 'year', ...window } })
    for (const kind of ['exam', 'final'] as const)
      yearPage
        .when(recordFinals, { ...marks, kind }, { as, now: at })
        .records({ type: 'FinalMarkRecorded', data: { kind, opensAt: null, dueAt: null } })
    yearPage.when(recordFinals, { ...marks, kind: 'period' }, { as, now: at }).refuses('final-kind-not-here')
    page
      .when(recordFinals, { page: PAGE, kind: 'year', finals: [{ pupil: ANNA, value: 4 }] }, { as, now })
      .refuses('final-kind-not-here', { kind: 'year', kinds: ['period'] })
  })

  it('refuses a page, its ground and rules that are not there', () => {
    given(school).when(recordFinals, ofAnna, { as, now }).refuses('page-unknown')
    given(without(school, 'PolicyAdopted'), pageOpened)
      .when(recordFinals, ofAnna, { as, now })
      .refuses('policy-missing', { date: '2026-12-29' })
    given(without(school, 'PeriodsPlanned'), pageOpened)
      .when(recordFinals, ofAnna, { as, now })
      .refuses('period-unknown', { period: 'q2' })
  })

  it('is for the teacher of the journal and for nobody else', () => {
    page.when(recordFinals, ofAnna, { as: stranger, now }).refuses('journal-not-taught')
    for (const other of [deputy, head])
      page.when(recordFinals, ofAnna, { as: other, now }).refuses('role-not-permitted')
  })

  it('refuses a column that names nobody or holds no value', () => {
    expect(malformed(recordFinals, { page: PAGE, finals: [] })).toEqual(['finals'])
    expect(malformed(recordFinals, { page: PAGE, finals: [{ pupil: ANNA, value: 4.5 }] })).toEqual([
      'finals.0.value',
    ])
  })
})
