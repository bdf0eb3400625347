import { describe, it } from 'vitest'
import { endRepresentation } from '#commands/family/end-representation.ts'
import { registerRepresentative } from '#commands/family/register-representative.ts'
import { given } from '#support/spec.ts'
import { ANNA, classTeacher, date, deputy, DINA, id, past, school } from '#support/class-7a.ts'

const mother = id('mother of anna')
const from = date('2026-12-01')
const as = { as: deputy, now: '2026-11-09T03:00:00.000Z' }
const registered = (pupil = ANNA) =>
  past('family', pupil, {
    type: 'RepresentativeRegistered',
    data: { pupil, representative: mother, kinship: 'mother', from: date('2026-09-01') },
  })
const ending = { pupil: ANNA, representative: mother, from }
const ended = past('family', ANNA, { type: 'RepresentationEnded', data: ending })

describe('end-representation', () => {
  it('ends it from a day on', () => {
    given(school, registered())
      .when(endRepresentation, ending, as)
      .records({ type: 'RepresentationEnded', data: ending })
  })

  it('refuses whoever does not represent the pupil, or no longer', () => {
    given(school).when(endRepresentation, ending, as).refuses('representative-unknown')
    given(school, registered(), ended)
      .when(endRepresentation, ending, as)
      .refuses('representative-unknown', { until: from })
  })

  it('refuses an end before the beginning', () => {
    given(school, registered())
      .when(endRepresentation, { ...ending, from: date('2026-08-31') }, as)
      .refuses('bounds-reversed')
  })

  it('lets the same person be registered again afterwards, not before', () => {
    const again = {
      pupil: ANNA,
      representative: mother,
      name: { family: 'Иванова', given: 'Мария' },
      kinship: 'mother',
      from,
    } as const
    given(school, registered(), ended)
      .when(registerRepresentative, again, as)
      .records('RepresentativeRegistered')
    given(school, registered(), ended)
      .when(registerRepresentative, { ...again, from: date('2026-11-30') }, as)
      .refuses('representative-exists')
  })

  it('is the class teacher’s for the own class alone', () => {
    const own = { ...as, as: classTeacher }
    given(school, registered()).when(endRepresentation, ending, own).records('RepresentationEnded')
    given(school, registered(DINA))
      .when(endRepresentation, { ...ending, pupil: DINA }, own)
      .refuses('class-not-led')
  })
})
