import { describe, expect, it } from 'vitest'
import { enrolPupil } from '#commands/roster/enrol-pupil.ts'
import { given } from '#support/spec.ts'
import { ANNA, deputy, id, school } from '#support/class-7a.ts'

const name = { family: 'Ким', given: 'Зоя', patronymic: 'Андреевна' }
const now = '2026-11-09T03:00:00.000Z'
const as = deputy

describe('enrol-pupil', () => {
  it('takes a pupil into the school by an order, without the name', () => {
    const pupil = id('pupil/zoya')
    const order = { number: '120-у', date: '2026-11-06' }
    const events = given(school)
      .when(enrolPupil, { pupil, name, from: '2026-11-09', order }, { as, now })
      .records('PupilEnrolled')
    expect(events[0]!.data).toEqual({ pupil, from: '2026-11-09', order })
  })

  it('makes an id for a pupil who comes with none', () => {
    const [event] = given(school)
      .when(enrolPupil, { name, from: '2026-11-09' }, { as, now })
      .records({ type: 'PupilEnrolled', data: { order: null } })
    expect(event).toMatchObject({ data: { pupil: expect.stringMatching(/^[0-9a-f-]{36}$/) } })
  })

  it('refuses an id that another pupil has', () => {
    given(school)
      .when(enrolPupil, { pupil: ANNA, name, from: '2026-11-09' }, { as, now })
      .refuses('pupil-exists', { pupil: ANNA })
  })
})
