import { describe, it } from 'vitest'
import { cancelKeyDestruction } from '#commands/privacy/cancel-key-destruction.ts'
import { destroyPersonKeys } from '#commands/privacy/destroy-person-keys.ts'
import { actor, BORIS, date, head, id, past, school } from '#support/class-7a.ts'
import { given } from '#support/spec.ts'

const operator = actor('operator', id('person/operator'))
const DUE = '2053-02-09T03:00:00.000Z'
const BEFORE = '2053-02-09T02:59:59.999Z'
const requested = past('privacy', BORIS, {
  type: 'PersonKeyDestructionRequested',
  data: { person: BORIS, purposes: ['notes'], order: { number: '179-а', date: date('2053-01-09') } },
})
const confirmed = past('privacy', BORIS, {
  type: 'PersonKeyDestructionConfirmed',
  data: { person: BORIS, purposes: ['notes'], destroyAt: DUE as never },
})
const person = { person: BORIS }
const keys = { ...person, keys: [id('key/1')] }

describe('destroy-person-keys', () => {
  it('is recorded when the quarantine is over, and not a millisecond earlier', () => {
    const rule = given(school, requested, confirmed)
    rule.when(destroyPersonKeys, keys, { as: operator, now: BEFORE }).refuses('retention-not-lapsed')
    rule.when(destroyPersonKeys, keys, { as: operator, now: DUE }).records({
      type: 'PersonKeyDestroyed',
      data: { ...person, purposes: ['notes'], keys: [id('key/1')] },
    })
  })

  it('is refused without a confirmation', () => {
    given(school, requested)
      .when(destroyPersonKeys, keys, { as: operator, now: DUE })
      .refuses('destruction-unknown')
  })

  it('is nothing for people of the school', () => {
    given(school, requested, confirmed)
      .when(destroyPersonKeys, keys, { as: head, now: DUE })
      .refuses('role-not-permitted')
  })
})

describe('cancel-key-destruction', () => {
  it('takes back what was asked for, also in quarantine until its last millisecond', () => {
    given(school, requested)
      .when(cancelKeyDestruction, person, { as: head, now: BEFORE })
      .records('PersonKeyDestructionCancelled')
    const rule = given(school, requested, confirmed)
    rule
      .when(cancelKeyDestruction, person, { as: head, now: BEFORE })
      .records('PersonKeyDestructionCancelled')
    rule.when(cancelKeyDestruction, person, { as: head, now: DUE }).refuses('destruction-due')
  })

  it('is refused where nothing is under way', () => {
    given(school).when(cancelKeyDestruction, person, { as: head, now: DUE }).refuses('destruction-unknown')
  })
})
