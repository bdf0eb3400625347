import { describe, expect, it } from 'vitest'
import { evolve } from '#commands/fold.ts'
import { placeInClass } from '#commands/roster/place-in-class.ts'
import { classOf, rosterFold } from '#commands/roster/state.ts'
import { decodedOf, given } from '#support/spec.ts'
import {
  ANNA,
  BORIS,
  CLASS_7A,
  CLASS_7B,
  classTeacher,
  date,
  deputy,
  GLEB,
  id,
  past,
  school,
  STRANGER,
  VERA,
  YEAR,
} from '#support/class-7a.ts'

const ZOYA = id('pupil/zoya')
const EGOR = id('pupil/egor')
const enrolled = [ZOYA, EGOR].map((pupil) =>
  past('roster', 'main', { type: 'PupilEnrolled', data: { pupil, from: date('2026-11-09'), order: null } }),
)
const place = (...pupils: string[]) => ({ class: CLASS_7A, pupils, from: '2026-11-09' })
const now = '2026-11-09T03:00:00.000Z'
const as = deputy

describe('place-in-class', () => {
  it('places several pupils from a day on', () => {
    const order = { number: '120-у', date: '2026-11-06' }
    given(school, enrolled)
      .when(placeInClass, { ...place(ZOYA, EGOR), order }, { as, now })
      .records(
        {
          type: 'PupilPlacedInClass',
          data: { class: CLASS_7A, pupil: ZOYA, from: '2026-11-09', order },
        },
        { type: 'PupilPlacedInClass', data: { pupil: EGOR } },
      )
  })

  it('refuses a class that is not there', () => {
    given(school, enrolled)
      .when(placeInClass, { ...place(ZOYA), class: id('class/none') }, { as, now })
      .refuses('class-unknown')
  })

  it('refuses a pupil whom the school does not know, and all the others with that one', () => {
    given(school).when(placeInClass, place(ZOYA), { as, now }).refuses('pupil-unknown', { pupil: ZOYA })
    given(school, enrolled)
      .when(placeInClass, place(ZOYA, id('pupil/nobody')), { as, now })
      .refuses('pupil-unknown')
  })

  it('refuses a pupil who is named twice', () => {
    given(school, enrolled)
      .when(placeInClass, place(ZOYA, ZOYA), { as, now })
      .refuses('pupil-repeated', { pupil: ZOYA })
  })

  it('refuses a pupil who is in this class or in another one', () => {
    given(school, enrolled)
      .when(placeInClass, place(ZOYA, ANNA), { as, now })
      .refuses('pupil-in-class', { pupil: ANNA, class: CLASS_7A })
    given(school)
      .when(placeInClass, { ...place(BORIS), class: CLASS_7B }, { as, now })
      .refuses('pupil-in-class', { pupil: BORIS, class: CLASS_7A })
  })

  it('refuses a pupil who will be in a class later', () => {
    given(school)
      .when(placeInClass, { ...place(VERA), class: CLASS_7B }, { as, now })
      .refuses('pupil-in-class', { pupil: VERA, class: CLASS_7A, from: '2026-11-16' })
  })

  it('places a pupil who leaves another class from the very day of leaving, and not a day before', () => {
    const left = past('roster', 'main', {
      type: 'PupilRemovedFromClass',
      data: { class: CLASS_7A, pupil: BORIS, from: date('2026-11-09'), order: null },
    })
    given(school, left)
      .when(placeInClass, { ...place(BORIS), class: CLASS_7B }, { as, now })
      .records('PupilPlacedInClass')
    given(school, left)
      .when(placeInClass, { ...place(BORIS), class: CLASS_7B, from: '2026-11-08' }, { as, now })
      .refuses('pupil-in-class', { until: '2026-11-09' })
  })

  it('places the pupils of a year into the class of the next, which is theirs from then on', () => {
    const class8A = id('class/8А')
    const formed = past('roster', 'main', {
      type: 'ClassFormed',
      data: { class: class8A, year: YEAR + 1, grade: 8, name: '8А' },
    })
    const [placed] = given(school, formed)
      .when(placeInClass, { class: class8A, pupils: [ANNA], from: '2027-09-01' }, { as, now })
      .records('PupilPlacedInClass')
    const roster = rosterFold.initial()
    const history = [...school, formed, past('roster', 'main', placed!)]
    for (const event of decodedOf(history)) evolve(rosterFold, roster, event)
    expect(classOf(roster, ANNA, date('2027-08-31'))).toBe(CLASS_7A)
    expect(classOf(roster, ANNA, date('2027-09-01'))).toBe(class8A)
  })

  describe('by a class teacher', () => {
    it('places pupils of the class that this person leads', () => {
      given(school, enrolled)
        .when(placeInClass, place(ZOYA), { as: classTeacher, now })
        .records('PupilPlacedInClass')
    })

    it('refuses another class', () => {
      given(school, enrolled)
        .when(placeInClass, { ...place(ZOYA), class: CLASS_7B }, { as: classTeacher, now })
        .refuses('class-not-led', { classes: [CLASS_7B] })
    })

    it('makes the lists of September in August, but not the September of a class that was given up', () => {
      given(school, enrolled)
        .when(
          placeInClass,
          { ...place(ZOYA), from: '2026-09-01' },
          { as: classTeacher, now: '2026-08-28T03:00:00.000Z' },
        )
        .records('PupilPlacedInClass')
      const successor = past('roster', 'main', {
        type: 'ClassTeacherAppointed',
        data: { class: CLASS_7A, staff: STRANGER, from: date('2026-11-09') },
      })
      given(school, enrolled, successor)
        .when(placeInClass, { ...place(ZOYA), from: '2026-09-01' }, { as: classTeacher, now })
        .refuses('class-not-led')
    })

    it('counts the days by the clock of the school', () => {
      const successor = past('roster', 'main', {
        type: 'ClassTeacherAppointed',
        data: { class: CLASS_7A, staff: STRANGER, from: date('2026-11-10') },
      })
      given(school, enrolled, successor)
        .when(placeInClass, place(ZOYA), { as: classTeacher, now: '2026-11-09T16:59:59.999Z' })
        .records('PupilPlacedInClass')
      given(school, enrolled, successor)
        .when(placeInClass, place(ZOYA), { as: classTeacher, now: '2026-11-09T17:00:00.000Z' })
        .refuses('class-not-led', { date: '2026-11-10' })
    })
  })

  it('keeps a pupil who left in the class until the day before', () => {
    const roster = rosterFold.initial()
    for (const event of decodedOf(school)) evolve(rosterFold, roster, event)
    expect(classOf(roster, GLEB, date('2026-11-15'))).toBe(CLASS_7A)
    expect(classOf(roster, GLEB, date('2026-11-16'))).toBe(CLASS_7B)
  })
})
