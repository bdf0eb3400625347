import { describe, it } from 'vitest'
import { transferPupil } from '#commands/roster/transfer-pupil.ts'
import { given } from '#support/spec.ts'
import {
  ANNA,
  BORIS,
  CLASS_7A,
  CLASS_7B,
  date,
  deputy,
  DINA,
  GROUP_ENGLISH,
  id,
  past,
  school,
  YEAR,
} from '#support/class-7a.ts'

const order = { number: '12-у', date: date('2027-01-29') }
const boris = { pupil: BORIS, class: CLASS_7A, to: CLASS_7B, from: date('2027-02-01'), order }
const as = { as: deputy, now: '2027-01-29T03:00:00.000Z' }
const stream = past('roster', 'main', {
  type: 'GroupFormed',
  data: {
    kind: 'stream',
    group: id('group/stream'),
    year: YEAR,
    name: 'Поток',
    classes: [CLASS_7A, CLASS_7B],
  },
})
const joined = past('roster', 'main', {
  type: 'PupilJoinedGroup',
  data: { group: id('group/stream'), pupil: ANNA, from: date('2026-09-01') },
})

describe('transfer-pupil', () => {
  it('takes a pupil out of one class and into the other on one day, by one order', () => {
    given(school)
      .when(transferPupil, boris, as)
      .records(
        { type: 'PupilRemovedFromClass', data: { class: CLASS_7A, pupil: BORIS, from: boris.from, order } },
        { type: 'PupilPlacedInClass', data: { class: CLASS_7B, pupil: BORIS, from: boris.from, order } },
      )
  })

  it('ends the groups of the old class, and goes on in those that take pupils of both', () => {
    given(school, stream, joined)
      .when(transferPupil, { ...boris, pupil: ANNA }, as)
      .records(
        'PupilRemovedFromClass',
        { type: 'PupilLeftGroup', data: { group: GROUP_ENGLISH, pupil: ANNA } },
        'PupilPlacedInClass',
      )
  })

  it('refuses a pupil who is not in the class, and one whom the school does not know', () => {
    given(school)
      .when(transferPupil, { ...boris, pupil: DINA }, as)
      .refuses('pupil-not-in-class')
    given(school)
      .when(transferPupil, { ...boris, pupil: id('pupil/nobody') }, as)
      .refuses('pupil-unknown')
  })

  it('refuses classes that are not there, or of another year, and the same class', () => {
    const none = id('class/none')
    given(school)
      .when(transferPupil, { ...boris, class: none }, as)
      .refuses('class-unknown', { class: none })
    given(school)
      .when(transferPupil, { ...boris, to: none }, as)
      .refuses('class-unknown', { class: none })
    given(school)
      .when(transferPupil, { ...boris, to: CLASS_7A }, as)
      .refuses('same-value')
    const next = past('roster', 'main', {
      type: 'ClassFormed',
      data: { class: none, year: YEAR + 1, grade: 8, name: '8А' },
    })
    given(school, next)
      .when(transferPupil, { ...boris, to: none }, as)
      .refuses('class-unknown', { year: YEAR })
  })

  it('refuses a pupil who would be in a third class on that day', () => {
    const third = id('class/7В')
    const placed = past('roster', 'main', {
      type: 'PupilPlacedInClass',
      data: { class: third, pupil: BORIS, from: date('2027-03-01'), order: null },
    })
    const formed = past('roster', 'main', {
      type: 'ClassFormed',
      data: { class: third, year: YEAR, grade: 7, name: '7В' },
    })
    given(school, formed, placed)
      .when(transferPupil, boris, as)
      .refuses('pupil-in-class', { class: third, from: '2027-03-01' })
  })
})
