import { describe, expect, it } from 'vitest'
import { openAccount } from '#commands/access/open-account.ts'
import { given } from '#support/spec.ts'
import { actor, administrator, id, MATHEMATICIAN, past } from '#support/class-7a.ts'

const account = id('account/mathematician')
const asked = { account, person: MATHEMATICIAN, login: 'a.petrova', password: 'осенний лист 35' } as const
const now = '2026-08-25T03:00:00.000Z'
const as = administrator

describe('open-account', () => {
  it('opens the account of a person, and says nothing of the log-in', () => {
    const events = given().when(openAccount, asked, { as, now }).records('AccountOpened')
    expect(events[0]!.data).toEqual({ account, person: MATHEMATICIAN })
  })

  it('lets the operator open the first one', () => {
    given()
      .when(openAccount, asked, { as: actor('operator', id('operator')), now })
      .records('AccountOpened')
  })

  it('R-4.1: refuses an account that is open already, for another person as for the same', () => {
    const opened = past('access', account, {
      type: 'AccountOpened',
      data: { account, person: MATHEMATICIAN },
    })
    for (const person of [MATHEMATICIAN, id('person/another')])
      given(opened)
        .when(openAccount, { ...asked, person }, { as, now })
        .refuses('account-exists', { account })
  })

  it('takes no log-in that is short, long or written in other letters, and no short password', () => {
    const wrong = [
      { login: 'ab' },
      { login: 'a'.repeat(65) },
      { login: 'а.петрова' },
      { login: 'a petrova' },
      { password: 'ninechars' },
      { password: 'x'.repeat(201) },
    ]
    for (const part of wrong) {
      expect(openAccount.input.safeParse({ ...asked, ...part }).success, JSON.stringify(part)).toBe(false)
    }
    expect(openAccount.input.safeParse(asked).success).toBe(true)
  })
})
