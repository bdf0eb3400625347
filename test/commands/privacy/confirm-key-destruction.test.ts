import { describe, it } from 'vitest'
import { confirmKeyDestruction } from '#commands/privacy/confirm-key-destruction.ts'
import { actor, BORIS, date, head, id, past, school } from '#support/class-7a.ts'
import { given } from '#support/spec.ts'

const archivist = actor('archivist', id('staff/archivist'))
const now = '2053-01-10T03:00:00.000Z'
const requested = (by: typeof head) =>
  past(
    'privacy',
    BORIS,
    {
      type: 'PersonKeyDestructionRequested',
      data: { person: BORIS, purposes: ['notes'], order: { number: '179-а', date: date('2053-01-09') } },
    },
    now,
    by,
  )
const person = { person: BORIS }

describe('confirm-key-destruction', () => {
  it('begins a quarantine of thirty days, by a second person', () => {
    // A past event of a spec is by a teacher; who requested it counts by the account alone.
    given(school, requested(archivist))
      .when(confirmKeyDestruction, person, { as: head, now })
      .records({
        type: 'PersonKeyDestructionConfirmed',
        data: { ...person, purposes: ['notes'], destroyAt: '2053-02-09T03:00:00.000Z' },
      })
  })

  it('is refused to whoever asked for it', () => {
    given(school, requested(head))
      .when(confirmKeyDestruction, person, { as: head, now })
      .refuses('second-person-required')
  })

  it('is refused where nothing was asked for, and a second time', () => {
    given(school).when(confirmKeyDestruction, person, { as: head, now }).refuses('destruction-unknown')
    const confirmed = past('privacy', BORIS, {
      type: 'PersonKeyDestructionConfirmed',
      data: { person: BORIS, purposes: ['notes'], destroyAt: now as never },
    })
    given(school, requested(archivist), confirmed)
      .when(confirmKeyDestruction, person, { as: head, now })
      .refuses('destruction-under-way')
  })
})
