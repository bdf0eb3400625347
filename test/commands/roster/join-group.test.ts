import { describe, expect, it } from 'vitest'
import { isRefusal } from '#commands/refusal.ts'
import { joinGroup } from '#commands/roster/join-group.ts'
import { removeFromClass } from '#commands/roster/remove-from-class.ts'
import { isMember, rosterFold } from '#commands/roster/state.ts'
import { foldedOf, given } from '#support/spec.ts'
import {
  ANNA,
  BORIS,
  CLASS_7A,
  CLASS_7B,
  classTeacher,
  date,
  deputy,
  DINA,
  GLEB,
  GROUP_ENGLISH,
  id,
  past,
  school,
  VERA,
  YEAR,
} from '#support/class-7a.ts'

const STREAM = id('group/stream')
const stream = past('roster', 'main', {
  type: 'GroupFormed',
  data: { kind: 'subgroup', group: STREAM, year: YEAR, name: '7 технология', classes: [CLASS_7A, CLASS_7B] },
})
const join = (...pupils: string[]) => ({ group: GROUP_ENGLISH, pupils, from: '2026-11-09' })
const now = '2026-11-09T03:00:00.000Z'
const as = deputy

const joins = (from: string) => given(school).when(joinGroup, { ...join(BORIS), from }, { as, now })

describe('join-group', () => {
  it('puts pupils of the class into its group', () => {
    given(school)
      .when(joinGroup, join(BORIS, GLEB), { as, now })
      .records(
        { type: 'PupilJoinedGroup', data: { group: GROUP_ENGLISH, pupil: BORIS, from: '2026-11-09' } },
        { type: 'PupilJoinedGroup', data: { pupil: GLEB } },
      )
  })

  it('puts pupils of several classes into their stream', () => {
    given(school, stream)
      .when(joinGroup, { ...join(ANNA, DINA), group: STREAM }, { as, now })
      .records('PupilJoinedGroup', 'PupilJoinedGroup')
  })

  it('refuses a group that is not there', () => {
    given(school)
      .when(joinGroup, { ...join(BORIS), group: id('group/none') }, { as, now })
      .refuses('group-unknown')
  })

  it('refuses a pupil whom the school does not know, or who is named twice', () => {
    given(school)
      .when(joinGroup, join(id('pupil/nobody')), { as, now })
      .refuses('pupil-unknown')
    given(school).when(joinGroup, join(BORIS, BORIS), { as, now }).refuses('pupil-repeated')
  })

  it('refuses a pupil who is not in a class of the group on that day', () => {
    given(school)
      .when(joinGroup, join(BORIS, DINA), { as, now })
      .refuses('pupil-not-in-class', { pupil: DINA, classes: [CLASS_7A] })
    given(school).when(joinGroup, join(VERA), { as, now }).refuses('pupil-not-in-class')
    given(school)
      .when(joinGroup, { ...join(VERA), from: '2026-11-16' }, { as, now })
      .records('PupilJoinedGroup')
  })

  it('refuses a group whose class is over: by its year, or because nobody is left in it', () => {
    joins('2027-05-26').records('PupilJoinedGroup')
    joins('2027-05-27').refuses('date-outside-year', { date: '2027-05-27', until: '2027-05-26' })

    const pupils = [ANNA, BORIS]
    const left = pupils.flatMap((pupil) => {
      const leaving = { class: CLASS_7A, pupil, from: '2026-11-09' }
      const { decision } = given(school).when(removeFromClass, leaving, { as, now })
      return isRefusal(decision) ? expect.fail(decision.refused) : decision
    })
    const emptied = [...school, ...left.map((event) => past('roster', 'main', event))]
    const { members } = foldedOf(emptied, rosterFold, 'main').groups.get(GROUP_ENGLISH)!
    const in7A = (day: string) => pupils.filter((pupil) => isMember(members, pupil, date(day)))
    expect([in7A('2026-11-08'), in7A('2026-11-09')]).toEqual([[ANNA], []])
    for (const pupil of pupils)
      given(emptied).when(joinGroup, join(pupil), { as, now }).refuses('pupil-not-in-class')
  })

  it('holds one pupil of an individual plan at a time', () => {
    const plan = past('roster', 'main', {
      type: 'GroupFormed',
      data: { kind: 'individual-plan', group: STREAM, year: YEAR, name: 'ИУП', classes: [CLASS_7A] },
    })
    const taken = past('roster', 'main', {
      type: 'PupilJoinedGroup',
      data: { group: STREAM, pupil: ANNA, from: date('2026-09-01') },
    })
    const own = (...pupils: string[]) => ({ ...join(...pupils), group: STREAM })
    given(school, plan).when(joinGroup, own(ANNA), { as, now }).records('PupilJoinedGroup')
    given(school, plan)
      .when(joinGroup, own(ANNA, BORIS), { as, now })
      .refuses('individual-plan-taken', { pupil: BORIS })
    given(school, plan, taken)
      .when(joinGroup, own(BORIS), { as, now })
      .refuses('individual-plan-taken', { pupil: ANNA })
    given(school, plan, taken).when(joinGroup, own(ANNA), { as, now }).refuses('pupil-in-group')
    const left = past('roster', 'main', {
      type: 'PupilLeftGroup',
      data: { group: STREAM, pupil: ANNA, from: date('2026-11-09') },
    })
    given(school, plan, taken, left).when(joinGroup, own(BORIS), { as, now }).records('PupilJoinedGroup')
  })

  it('refuses a pupil who is in the group already', () => {
    given(school)
      .when(joinGroup, join(BORIS, ANNA), { as, now })
      .refuses('pupil-in-group', { pupil: ANNA, from: '2026-09-01', until: null })
  })

  it('takes a pupil back from the very day of leaving', () => {
    const left = past('roster', 'main', {
      type: 'PupilLeftGroup',
      data: { group: GROUP_ENGLISH, pupil: ANNA, from: date('2026-11-09') },
    })
    given(school, left).when(joinGroup, join(ANNA), { as, now }).records('PupilJoinedGroup')
    given(school, left)
      .when(joinGroup, { ...join(ANNA), from: '2026-11-08' }, { as, now })
      .refuses('pupil-in-group', { until: '2026-11-09' })
  })

  it('lets the class teacher put pupils of the class that this person leads, and no others', () => {
    given(school, stream)
      .when(joinGroup, { ...join(ANNA), group: STREAM }, { as: classTeacher, now })
      .records('PupilJoinedGroup')
    given(school, stream)
      .when(joinGroup, { ...join(ANNA, DINA), group: STREAM }, { as: classTeacher, now })
      .refuses('class-not-led', { classes: [CLASS_7B] })
  })
})
