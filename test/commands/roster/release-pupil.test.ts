import { describe, it } from 'vitest'
import { enrolPupil } from '#commands/roster/enrol-pupil.ts'
import { joinGroup } from '#commands/roster/join-group.ts'
import { placeInClass } from '#commands/roster/place-in-class.ts'
import { releasePupil } from '#commands/roster/release-pupil.ts'
import { transferPupil } from '#commands/roster/transfer-pupil.ts'
import { given } from '#support/spec.ts'
import { ANNA, CLASS_7A, CLASS_7B, date, deputy, GROUP_ENGLISH, id, past, school } from '#support/class-7a.ts'

const order = { number: '31-у', date: date('2027-03-09') }
const anna = { pupil: ANNA, from: date('2027-03-10'), reason: 'other-school', order } as const
const as = { as: deputy, now: '2027-03-09T03:00:00.000Z' }
const released = past('roster', 'main', { type: 'PupilReleased', data: anna })

describe('release-pupil', () => {
  it('lets a pupil leave the school, the class and its groups, by an order', () => {
    given(school)
      .when(releasePupil, anna, as)
      .records(
        { type: 'PupilReleased', data: anna },
        { type: 'PupilRemovedFromClass', data: { class: CLASS_7A, pupil: ANNA, from: anna.from, order } },
        { type: 'PupilLeftGroup', data: { group: GROUP_ENGLISH, pupil: ANNA, from: anna.from } },
      )
  })

  it('refuses a pupil whom the school does not know, and one who has left or is about to', () => {
    given(school)
      .when(releasePupil, { ...anna, pupil: id('pupil/nobody') }, as)
      .refuses('pupil-unknown')
    given(school, released).when(releasePupil, anna, as).refuses('pupil-released', { from: anna.from })
    given(school, released)
      .when(releasePupil, { ...anna, from: date('2027-02-01') }, as)
      .refuses('pupil-released', { from: anna.from })
  })

  it('refuses a day before the pupil came', () => {
    given(school)
      .when(releasePupil, { ...anna, from: date('2026-09-01') }, as)
      .refuses('bounds-reversed')
  })

  it('lets nobody who has left into a class, a group or another class, until enrolled again', () => {
    const later = date('2027-04-01')
    const gone = given(school, released)
    gone.when(placeInClass, { class: CLASS_7B, pupils: [ANNA], from: later }, as).refuses('pupil-released')
    gone.when(joinGroup, { group: GROUP_ENGLISH, pupils: [ANNA], from: later }, as).refuses('pupil-released')
    gone
      .when(transferPupil, { pupil: ANNA, class: CLASS_7A, to: CLASS_7B, from: later, order }, as)
      .refuses('pupil-released')
    const name = { family: 'Иванова', given: 'Анна' }
    gone.when(enrolPupil, { pupil: ANNA, name, from: date('2027-03-09') }, as).refuses('pupil-exists')
    const [back] = gone.when(enrolPupil, { pupil: ANNA, name, from: later }, as).records('PupilEnrolled')
    given(school, released, past('roster', 'main', back!))
      .when(enrolPupil, { pupil: ANNA, name, from: later }, as)
      .refuses('pupil-exists', { from: later, until: null })
  })
})
