import { describe, expect, it } from 'vitest'
import { registerRepresentative } from '#commands/family/register-representative.ts'
import { given } from '#support/spec.ts'
import { ANNA, classTeacher, deputy, DINA, GLEB, id, past, school, VERA } from '#support/class-7a.ts'

const mother = {
  pupil: ANNA,
  representative: id('mother of anna'),
  name: { family: 'Иванова', given: 'Мария', patronymic: 'Петровна' },
  kinship: 'mother',
  from: '2026-09-01',
} as const
const now = '2026-11-09T03:00:00.000Z'
const as = deputy

describe('register-representative', () => {
  it('registers who represents the pupil, without the name', () => {
    const { name: _, ...data } = mother
    const events = given(school)
      .when(registerRepresentative, mother, { as, now })
      .records('RepresentativeRegistered')
    expect(events[0]!.data).toEqual(data)
  })

  it('refuses a pupil whom the school does not know', () => {
    const pupil = id('pupil/nobody')
    given(school)
      .when(registerRepresentative, { ...mother, pupil }, { as, now })
      .refuses('pupil-unknown', { pupil })
  })

  it('refuses a representative who is registered already', () => {
    const { name: _, ...data } = mother
    const [event] = given(school)
      .when(registerRepresentative, mother, { as, now })
      .records('RepresentativeRegistered')
    given(school, past('family', ANNA, event!))
      .when(registerRepresentative, mother, { as, now })
      .refuses('representative-exists', { representative: data.representative })
  })

  it('lets the class teacher register for the pupils of the class that this person leads', () => {
    given(school)
      .when(registerRepresentative, mother, { as: classTeacher, now })
      .records('RepresentativeRegistered')
    given(school)
      .when(registerRepresentative, { ...mother, pupil: DINA }, { as: classTeacher, now })
      .refuses('class-not-led', { pupil: DINA })
  })

  it('counts the class in which the pupil is now, or will be when it begins', () => {
    const inTime = '2026-11-15T16:59:59.000Z'
    const tooLate = '2026-11-15T17:00:00.000Z'
    given(school)
      .when(registerRepresentative, { ...mother, pupil: GLEB }, { as: classTeacher, now: inTime })
      .records('RepresentativeRegistered')
    given(school)
      .when(registerRepresentative, { ...mother, pupil: GLEB }, { as: classTeacher, now: tooLate })
      .refuses('class-not-led')
    given(school)
      .when(registerRepresentative, { ...mother, pupil: VERA, from: '2026-11-16' }, { as: classTeacher, now })
      .records('RepresentativeRegistered')
  })
})
