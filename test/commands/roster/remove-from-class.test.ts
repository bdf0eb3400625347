import { describe, it } from 'vitest'
import { placeInClass } from '#commands/roster/place-in-class.ts'
import { removeFromClass } from '#commands/roster/remove-from-class.ts'
import { given } from '#support/spec.ts'
import {
  ANNA,
  BORIS,
  CLASS_7A,
  CLASS_7B,
  deputy,
  DINA,
  GROUP_ENGLISH,
  id,
  past,
  school,
  VERA,
} from '#support/class-7a.ts'

const boris = { class: CLASS_7A, pupil: BORIS, from: '2026-11-09' } as const
const now = '2026-11-09T03:00:00.000Z'
const as = deputy

describe('remove-from-class', () => {
  it('takes a pupil out of the class by an order', () => {
    const order = { number: '121-у', date: '2026-11-06' }
    given(school)
      .when(removeFromClass, { ...boris, order }, { as, now })
      .records({ type: 'PupilRemovedFromClass', data: { ...boris, order } })
  })

  it('takes the pupil out of the groups of the class as well', () => {
    given(school)
      .when(removeFromClass, { ...boris, pupil: ANNA }, { as, now })
      .records('PupilRemovedFromClass', {
        type: 'PupilLeftGroup',
        data: { group: GROUP_ENGLISH, pupil: ANNA, from: '2026-11-09' },
      })
  })

  it('lets the pupil go to another class on the same day', () => {
    const [removed] = given(school).when(removeFromClass, boris, { as, now }).records('PupilRemovedFromClass')
    given(school, past('roster', 'main', removed!))
      .when(placeInClass, { class: CLASS_7B, pupils: [BORIS], from: boris.from }, { as, now })
      .records('PupilPlacedInClass')
  })

  it('refuses a class that is not there', () => {
    given(school)
      .when(removeFromClass, { ...boris, class: id('class/none') }, { as, now })
      .refuses('class-unknown')
  })

  it('refuses a pupil who is not in the class', () => {
    given(school)
      .when(removeFromClass, { ...boris, pupil: DINA }, { as, now })
      .refuses('pupil-not-in-class', { pupil: DINA })
  })

  it('refuses a second removal', () => {
    const [removed] = given(school).when(removeFromClass, boris, { as, now }).records('PupilRemovedFromClass')
    given(school, past('roster', 'main', removed!))
      .when(removeFromClass, { ...boris, from: '2026-11-10' }, { as, now })
      .refuses('pupil-not-in-class')
  })

  it('refuses a removal from the day on which the pupil came', () => {
    const vera = { ...boris, pupil: VERA }
    given(school)
      .when(removeFromClass, { ...vera, from: '2026-11-16' }, { as, now })
      .refuses('pupil-not-in-class')
    given(school)
      .when(removeFromClass, { ...vera, from: '2026-11-17' }, { as, now })
      .records('PupilRemovedFromClass')
  })
})
