import { describe, it } from 'vitest'
import { closePage } from '#commands/journal-page/close-page.ts'
import { creditFinals } from '#commands/roster/credit-finals.ts'
import { given } from '#support/spec.ts'
import {
  ANNA,
  BORIS,
  date,
  deputy,
  finalRecorded,
  id,
  LAST_AFTERNOON,
  mathematician,
  PAGE,
  pageOpened,
  past,
  Q2,
  school,
  VERA,
  without,
  YEAR,
} from '#support/class-7a.ts'

const subject = id('subject/algebra')
const document = { number: '41', date: date('2026-11-13') }
const credit = (period: string, value: number | string, pupil = VERA) => ({
  pupil,
  year: YEAR,
  issuedBy: 'МАОУ СОШ № 5 г. Омска',
  document,
  finals: [{ subject, period, value }],
})
const as = { as: deputy, now: '2026-11-16T03:00:00.000Z' }
const credited = (period: typeof Q2, value: number) =>
  past('roster', 'main', {
    type: 'FinalCredited',
    data: {
      pupil: VERA,
      year: YEAR,
      subject,
      period,
      grading: 'g5',
      previous: null,
      value,
      issuedBy: 'МАОУ СОШ № 5 г. Омска',
      document,
      extract: null,
    },
  })

describe('credit-finals', () => {
  it('keeps the finals of periods before with the document that says so', () => {
    given(school)
      .when(creditFinals, credit('q1', 4), as)
      .records({
        type: 'FinalCredited',
        data: { pupil: VERA, subject, period: 'q1', value: 4, previous: null, document },
      })
  })

  it('takes another document later, with what was credited before', () => {
    given(school, credited(Q2, 4))
      .when(creditFinals, credit('q2', 5), as)
      .records({ type: 'FinalCredited', data: { previous: 4, value: 5 } })
  })

  it('refuses a value that no final has, a subject and a period that are not there, and one twice', () => {
    for (const value of [1, 6, 'Д'])
      given(school).when(creditFinals, credit('q1', value), as).refuses('value-outside-grading')
    given(school).when(creditFinals, credit('q1', 'осв'), as).records('FinalCredited')
    given(school).when(creditFinals, credit('q9', 4), as).refuses('period-unknown')
    const of = { subject: id('subject/none'), period: 'q1', value: 4 }
    given(school)
      .when(creditFinals, { ...credit('q1', 4), finals: [of] }, as)
      .refuses('subject-unknown')
    const twice = [...credit('q1', 4).finals, ...credit('q1', 5).finals]
    given(school)
      .when(creditFinals, { ...credit('q1', 4), finals: twice }, as)
      .refuses('subject-repeated')
  })

  it('refuses whom the school does not know, a document of tomorrow, a year and rules that are not there', () => {
    given(school)
      .when(creditFinals, credit('q1', 4, id('nobody')), as)
      .refuses('pupil-unknown')
    const tomorrow = { number: '1', date: date('2026-11-17') }
    given(school)
      .when(creditFinals, { ...credit('q1', 4), document: tomorrow }, as)
      .refuses('document-of-future')
    given().when(creditFinals, credit('q1', 4), as).refuses('school-year-unknown')
    given(without(school, 'PolicyAdopted')).when(creditFinals, credit('q1', 4), as).refuses('policy-missing')
  })

  it('counts at the closing: who came with the final of the period needs no other', () => {
    const now = { as: mathematician, now: LAST_AFTERNOON }
    const others = given(school, pageOpened, finalRecorded(ANNA, 4), finalRecorded(BORIS, 4))
    others.when(closePage, { page: PAGE }, now).refuses('closing-incomplete', { finals: [VERA] })
    others.and(credited(Q2, 4)).when(closePage, { page: PAGE }, now).records('PageClosed')
  })
})
