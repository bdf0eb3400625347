import { describe, expect, it } from 'vitest'
import { requestKeyDestruction } from '#commands/privacy/request-key-destruction.ts'
import { actor, ANNA, BORIS, date, id, past, school, STRANGER } from '#support/class-7a.ts'
import type { Purpose } from '#values/personal-text.ts'
import { given, malformed } from '#support/spec.ts'

const archivist = actor('archivist', id('staff/archivist'))
const order = { number: '179-а', date: date('2052-09-01') }
const left = past('roster', 'main', {
  type: 'PupilReleased',
  data: { pupil: BORIS, from: date('2026-12-01'), reason: 'moved-away', order },
})
const notes = { person: BORIS, purposes: ['notes' as Purpose], order }
const all = { ...notes, purposes: ['notes', 'identity', 'contacts'] as Purpose[] }
/** 00:00 in Tomsk. */
const midnight = (day: string) => ({ as: archivist, now: `${day}T17:00:00.000Z` })
const justBefore = (day: string) => ({ as: archivist, now: `${day}T16:59:59.999Z` })
const MOTHER = id('person/mother')
const mother = past('family', ANNA, {
  type: 'RepresentativeRegistered',
  data: { pupil: ANNA, representative: MOTHER, kinship: 'mother', from: date('2026-09-01') },
})
const motherLeft = past('family', ANNA, {
  type: 'RepresentationEnded',
  data: { pupil: ANNA, representative: MOTHER, from: date('2026-11-09') },
})

describe('request-key-destruction', () => {
  it('R-D8, R-A3.4b: texts are held for five years after the school year of the leaving, to the day', () => {
    const rule = given(school, left)
    rule
      .when(requestKeyDestruction, notes, justBefore('2032-08-31'))
      .refuses('retention-not-lapsed', { person: BORIS, until: '2032-09-01' })
    rule.when(requestKeyDestruction, notes, midnight('2032-08-31')).records('PersonKeyDestructionRequested')
  })

  it('R-D8, R-A3.4b: names are held for twenty-five years, and with them whatever else is asked for', () => {
    const rule = given(school, left)
    rule
      .when(requestKeyDestruction, all, justBefore('2052-08-31'))
      .refuses('retention-not-lapsed', { person: BORIS, until: '2052-09-01' })
    rule.when(requestKeyDestruction, all, midnight('2052-08-31')).records({
      type: 'PersonKeyDestructionRequested',
      data: { person: BORIS, purposes: ['identity', 'contacts', 'notes'], order },
    })
  })

  it('is refused for who is at the school', () => {
    const when = midnight('2052-08-31')
    given(school).when(requestKeyDestruction, notes, when).refuses('person-at-school')
    given(school)
      .when(requestKeyDestruction, { ...notes, person: STRANGER }, when)
      .refuses('person-at-school')
  })

  it('of a representative waits for the end of the representation alone', () => {
    const of = { person: MOTHER, pupil: ANNA, purposes: ['identity' as Purpose], order }
    const when = midnight('2026-11-08')
    given(school, mother).when(requestKeyDestruction, of, when).refuses('person-at-school')
    given(school, mother, motherLeft)
      .when(requestKeyDestruction, of, when)
      .records('PersonKeyDestructionRequested')
  })

  it('is refused for somebody whom the school does not know', () => {
    given(school)
      .when(requestKeyDestruction, { ...notes, person: id('person/nobody') }, midnight('2052-08-31'))
      .refuses('person-unknown')
  })

  it('is refused while one is under way, and of what was destroyed', () => {
    const when = midnight('2052-08-31')
    const requested = past('privacy', BORIS, {
      type: 'PersonKeyDestructionRequested',
      data: { person: BORIS, purposes: ['notes'], order },
    })
    const destroyed = past('privacy', BORIS, {
      type: 'PersonKeyDestroyed',
      data: { person: BORIS, purposes: ['notes'], keys: [id('key')] },
    })
    given(school, left, requested).when(requestKeyDestruction, all, when).refuses('destruction-under-way')
    given(school, left, requested, destroyed).when(requestKeyDestruction, all, when).refuses('person-erased')
    given(school, left, requested, destroyed)
      .when(requestKeyDestruction, { ...all, purposes: ['identity'] }, when)
      .records('PersonKeyDestructionRequested')
  })

  it('names what is to be destroyed, and an order', () => {
    expect(malformed(requestKeyDestruction, { person: BORIS, purposes: [] })).toEqual(['purposes', 'order'])
  })
})
