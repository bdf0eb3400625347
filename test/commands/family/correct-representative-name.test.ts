import { describe, it } from 'vitest'
import { correctRepresentativeName } from '#commands/family/correct-representative-name.ts'
import { given } from '#support/spec.ts'
import { ANNA, classTeacher, date, deputy, DINA, id, past, school } from '#support/class-7a.ts'

const mother = id('mother of anna')
const name = { family: 'Белова', given: 'Мария' }
const document = { kind: 'marriage', date: date('2026-10-31') } as const
const changed = { pupil: ANNA, representative: mother, name, reason: 'changed', document } as const
const as = { as: deputy, now: '2026-11-09T03:00:00.000Z' }
const registered = (pupil = ANNA) =>
  past('family', pupil, {
    type: 'RepresentativeRegistered',
    data: { pupil, representative: mother, kinship: 'mother', from: date('2026-09-01') },
  })

describe('correct-representative-name', () => {
  it('says of whom, why and by which document, and no name', () => {
    given(school, registered())
      .when(correctRepresentativeName, changed, as)
      .records({
        type: 'RepresentativeNameCorrected',
        data: { pupil: ANNA, representative: mother, reason: 'changed', document },
      })
  })

  it('refuses whoever never represented the pupil', () => {
    given(school).when(correctRepresentativeName, changed, as).refuses('representative-unknown')
  })

  it('refuses a change without its document, and a document of tomorrow', () => {
    const known = given(school, registered())
    known.when(correctRepresentativeName, { ...changed, document: null }, as).refuses('document-required')
    known
      .when(
        correctRepresentativeName,
        { ...changed, document: { ...document, date: date('2026-11-10') } },
        as,
      )
      .refuses('document-of-future')
  })

  it('is the class teacher’s for the own class alone', () => {
    const own = { ...as, as: classTeacher }
    given(school, registered())
      .when(correctRepresentativeName, changed, own)
      .records('RepresentativeNameCorrected')
    given(school, registered(DINA))
      .when(correctRepresentativeName, { ...changed, pupil: DINA }, own)
      .refuses('class-not-led')
  })
})
