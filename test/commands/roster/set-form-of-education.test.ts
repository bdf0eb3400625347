import { describe, it } from 'vitest'
import { setFormOfEducation } from '#commands/roster/set-form-of-education.ts'
import { given } from '#support/spec.ts'
import { ANNA, date, deputy, head, id, past, school } from '#support/class-7a.ts'

const order = { number: '115-у', date: date('2026-11-06') }
const set = { pupil: ANNA, form: 'family', from: date('2026-11-09'), order } as const
const as = { as: deputy, now: '2026-11-09T03:00:00.000Z' }
const family = past('roster', 'main', { type: 'FormOfEducationSet', data: set })

describe('set-form-of-education', () => {
  it('sets the form from a day on, by an order', () => {
    given(school).when(setFormOfEducation, set, as).records({ type: 'FormOfEducationSet', data: set })
    given(school, family)
      .when(setFormOfEducation, { ...set, form: 'full-time', from: date('2027-01-11') }, as)
      .records('FormOfEducationSet')
  })

  it('refuses the form that stands: full-time from the beginning', () => {
    given(school)
      .when(setFormOfEducation, { ...set, form: 'full-time' }, as)
      .refuses('same-value', { form: 'full-time' })
    given(school, family)
      .when(setFormOfEducation, { ...set, from: date('2026-11-10') }, as)
      .refuses('same-value')
  })

  it('refuses a day before the last change, and whom the school does not know', () => {
    given(school, family)
      .when(setFormOfEducation, { ...set, form: 'self' }, as)
      .refuses('bounds-reversed', { last: '2026-11-09' })
    given(school)
      .when(setFormOfEducation, { ...set, pupil: id('nobody') }, as)
      .refuses('pupil-unknown')
    given(school)
      .when(setFormOfEducation, set, { ...as, as: head })
      .refuses('role-not-permitted')
  })
})
