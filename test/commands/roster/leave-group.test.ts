import { describe, it } from 'vitest'
import { leaveGroup } from '#commands/roster/leave-group.ts'
import { given } from '#support/spec.ts'
import {
  ANNA,
  BORIS,
  CLASS_7A,
  CLASS_7B,
  classTeacher,
  date,
  deputy,
  DINA,
  GROUP_ENGLISH,
  id,
  past,
  school,
  YEAR,
} from '#support/class-7a.ts'

const anna = { group: GROUP_ENGLISH, pupil: ANNA, from: '2026-11-09' } as const
const now = '2026-11-09T03:00:00.000Z'
const as = deputy

describe('leave-group', () => {
  it('takes a pupil out of the group', () => {
    given(school).when(leaveGroup, anna, { as, now }).records({ type: 'PupilLeftGroup', data: anna })
  })

  it('refuses a group that is not there', () => {
    given(school)
      .when(leaveGroup, { ...anna, group: id('group/none') }, { as, now })
      .refuses('group-unknown')
  })

  it('refuses a pupil who is not in the group, or joins it on that day', () => {
    given(school)
      .when(leaveGroup, { ...anna, pupil: BORIS }, { as, now })
      .refuses('pupil-not-in-group', { pupil: BORIS })
    given(school)
      .when(leaveGroup, { ...anna, from: '2026-09-01' }, { as, now })
      .refuses('pupil-not-in-group')
  })

  it('lets the class teacher take out pupils of the class that this person leads, and no others', () => {
    const group = id('group/stream')
    const joined = date('2026-09-01')
    const stream = [
      past('roster', 'main', {
        type: 'GroupFormed',
        data: { kind: 'subgroup', group, year: YEAR, name: '7 технология', classes: [CLASS_7A, CLASS_7B] },
      }),
      ...[ANNA, DINA].map((pupil) =>
        past('roster', 'main', { type: 'PupilJoinedGroup', data: { group, pupil, from: joined } }),
      ),
    ]
    given(school, stream)
      .when(leaveGroup, { ...anna, group }, { as: classTeacher, now })
      .records('PupilLeftGroup')
    given(school, stream)
      .when(leaveGroup, { ...anna, group, pupil: DINA }, { as: classTeacher, now })
      .refuses('class-not-led', { classes: [CLASS_7B] })
  })
})
