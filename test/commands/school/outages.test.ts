import { describe, expect, it } from 'vitest'
import { registerOutage } from '#commands/school/register-outage.ts'
import { withdrawOutage } from '#commands/school/withdraw-outage.ts'
import { given, malformed } from '#support/spec.ts'
import { administrator, deputy, head, id, past } from '#support/class-7a.ts'

const now = '2026-11-10T06:00:00.000Z'
const order = { number: '91', date: '2026-11-10' }
const bounds = { from: '2026-11-09T02:00:00.000Z', until: '2026-11-10T05:00:00.000Z' }
const input = { ...bounds, text: 'Не было связи с сервером', order }
const of = id('outage')

const registered = given()
  .when(registerOutage, input, { as: deputy, now })
  .records('OutageRegistered')
  .map((event) => past('school', 'main', event))

describe('register-outage', () => {
  it('records when the journal could not be kept, why, and on what that rests', () => {
    const recorded = {
      ...bounds,
      text: 'Не было связи с сервером',
      order,
      measured: false,
      enterBy: null,
    }
    for (const as of [deputy, head, administrator]) {
      given().when(registerOutage, input, { as, now }).records({ type: 'OutageRegistered', data: recorded })
    }
  })

  it('rests on an order, on what the service measured, or on both, and on nothing less', () => {
    given()
      .when(
        registerOutage,
        { ...input, order: null, measured: true, enterBy: '2026-11-13' },
        { as: head, now },
      )
      .records({ type: 'OutageRegistered', data: { order: null, measured: true, enterBy: '2026-11-13' } })
    expect(malformed(registerOutage, { ...input, order: null })).toEqual(['order'])
    expect(malformed(registerOutage, { ...input, text: '—' })).toEqual(['text'])
  })

  it('refuses an end that is not after the beginning', () => {
    given()
      .when(registerOutage, { ...input, until: bounds.from }, { as: deputy, now })
      .refuses('bounds-reversed')
    given()
      .when(registerOutage, { ...input, enterBy: '2026-11-08' }, { as: deputy, now })
      .refuses('bounds-reversed')
  })

  it('refuses the same outage a second time, but not one that was withdrawn', () => {
    given(registered).when(registerOutage, input, { as: head, now }).refuses('outage-exists')
    const outage = (registered[0]!.event.data as { outage: typeof of }).outage
    const withdrawn = given(registered)
      .when(withdrawOutage, { outage, text: 'Ошиблись днём' }, { as: deputy, now })
      .records('OutageWithdrawn')
      .map((event) => past('school', 'main', event))
    given(registered, withdrawn).when(registerOutage, input, { as: head, now }).records('OutageRegistered')
  })
})

describe('withdraw-outage', () => {
  const { outage } = registered[0]!.event.data as { outage: typeof of }
  const why = { outage, text: 'Связь была, не работал один кабинет' }

  it('says why it excuses nothing any more, once', () => {
    const withdrawn = given(registered)
      .when(withdrawOutage, why, { as: deputy, now })
      .records({ type: 'OutageWithdrawn', data: why })
      .map((event) => past('school', 'main', event))
    given(registered, withdrawn).when(withdrawOutage, why, { as: deputy, now }).records()
  })

  it('refuses an outage that nobody registered', () => {
    given(registered)
      .when(withdrawOutage, { ...why, outage: of }, { as: deputy, now })
      .refuses('outage-unknown')
  })
})
