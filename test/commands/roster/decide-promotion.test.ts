import { describe, expect, it } from 'vitest'
import { decidePromotion } from '#commands/roster/decide-promotion.ts'
import { ANNA, BORIS, CLASS_7A, date, deputy, GLEB, head, id, past, school } from '#support/class-7a.ts'
import { given, malformed } from '#support/spec.ts'

const order = { number: '88', date: date('2027-05-27') }
const decided = { class: CLASS_7A, pupils: [ANNA, BORIS], decision: 'promoted' as const, order }
const as = { as: deputy, now: '2027-05-27T03:00:00.000Z' }
const conditionally = past('roster', 'main', {
  type: 'PromotionDecided',
  data: { class: CLASS_7A, pupil: BORIS, previous: null, decision: 'promoted-conditionally', order },
})

describe('decide-promotion', () => {
  it('records the decision for each of the pupils, with its order', () => {
    given(school)
      .when(decidePromotion, decided, as)
      .records(
        {
          type: 'PromotionDecided',
          data: { class: CLASS_7A, pupil: ANNA, previous: null, decision: 'promoted', order },
        },
        { type: 'PromotionDecided', data: { pupil: BORIS } },
      )
  })

  it('carries the decision that it replaces, and refuses the one that stands', () => {
    const of = given(school, conditionally)
    of.when(decidePromotion, { ...decided, pupils: [BORIS] }, as).records({
      type: 'PromotionDecided',
      data: { previous: 'promoted-conditionally', decision: 'promoted' },
    })
    of.when(decidePromotion, { ...decided, decision: 'promoted-conditionally' }, as).refuses('same-value', {
      pupil: BORIS,
    })
  })

  it('is about those who are in the class on the last day of the year, or today while it lasts', () => {
    const left = { ...decided, pupils: [GLEB] }
    given(school)
      .when(decidePromotion, left, as)
      .refuses('pupil-not-in-class', { pupil: GLEB, from: '2027-05-26' })
    given(school)
      .when(decidePromotion, left, { ...as, now: '2026-11-15T16:59:59.000Z' })
      .records('PromotionDecided')
    given(school)
      .when(decidePromotion, left, { ...as, now: '2026-11-15T17:00:00.000Z' })
      .refuses('pupil-not-in-class')
  })

  it('refuses pupils and classes that are not there, and one who is named twice', () => {
    const nobody = id('pupil/nobody')
    given(school)
      .when(decidePromotion, { ...decided, pupils: [nobody] }, as)
      .refuses('pupil-unknown')
    given(school)
      .when(decidePromotion, { ...decided, pupils: [ANNA, ANNA] }, as)
      .refuses('pupil-repeated')
    given(school)
      .when(decidePromotion, { ...decided, class: id('class/none') }, as)
      .refuses('class-unknown')
  })

  it('is for the deputy, and needs an order', () => {
    given(school)
      .when(decidePromotion, decided, { ...as, as: head })
      .refuses('role-not-permitted')
    expect(malformed(decidePromotion, { ...decided, order: undefined })).toEqual(['order'])
  })
})
