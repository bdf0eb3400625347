import { describe, expect, it } from 'vitest'
import { blockAccount } from '#commands/access/block-account.ts'
import { disableAccount } from '#commands/access/disable-account.ts'
import { endRole } from '#commands/access/end-role.ts'
import { releaseStaff } from '#commands/roster/release-staff.ts'
import type { DomainEvent } from '#events/registry.ts'
import { Instant } from '#values/time.ts'
import { actor, date, deputy, id, past } from '#support/class-7a.ts'
import { given } from '#support/spec.ts'

const [ONE, OTHER] = [id('account/one'), id('account/other')]
const [PERSON, OTHER_PERSON] = [id('staff/one'), id('staff/other')]
const on = (account: typeof ONE, event: DomainEvent) => past('access', account, event)
const opened = (account: typeof ONE, person: typeof ONE) =>
  on(account, { type: 'AccountOpened', data: { account, person } })
const granted = (account: typeof ONE, from = '2026-09-01', until: string | null = null) =>
  on(account, {
    type: 'RoleGranted',
    data: {
      account,
      role: 'system-administrator',
      from: date(from),
      until: until === null ? null : date(until),
      scope: null,
    },
  })
const staff = [PERSON, OTHER_PERSON].map((person) =>
  past('roster', 'main', { type: 'StaffHired', data: { staff: person, from: date('2026-09-01') } } as never),
)

/** Monday 9 November, 11:00 in Tomsk. */
const now = '2026-11-09T04:00:00.000Z'
const as = actor('system-administrator', PERSON)
const role = 'system-administrator'
const alone = given(...staff, opened(ONE, PERSON), granted(ONE))
const two = alone.and(opened(OTHER, OTHER_PERSON), granted(OTHER))

describe('the last administrator', () => {
  it('keeps the role, now and from a day or an instant on', () => {
    alone
      .when(endRole, { account: ONE, role }, { as, now })
      .refuses('last-administrator', { role, from: now })
    alone
      .when(endRole, { account: ONE, role, from: '2026-12-01' }, { as, now })
      // Midnight in Tomsk.
      .refuses('last-administrator', { from: '2026-11-30T17:00:00.000Z' })
    alone
      .when(endRole, { account: ONE, role, from: '2026-11-10T05:00:00.000Z' }, { as, now })
      .refuses('last-administrator', { from: '2026-11-10T05:00:00.000Z' })
  })

  it('is neither blocked, nor disabled, nor released from the staff', () => {
    alone
      .when(blockAccount, { account: ONE, reason: 'absence' }, { as, now })
      .refuses('last-administrator', { from: now })
    alone
      .when(disableAccount, { account: ONE, reason: 'own-request' }, { as, now })
      .refuses('last-administrator', { from: now })
    alone
      .when(releaseStaff, { staff: PERSON, from: '2026-12-01' }, { as: deputy, now })
      .refuses('last-administrator', { from: '2026-11-30T17:00:00.000Z' })
  })

  it('goes when there is another', () => {
    two.when(endRole, { account: ONE, role }, { as, now }).records('RoleEnded')
    two.when(blockAccount, { account: ONE, reason: 'absence' }, { as, now }).records('AccountBlocked')
    two.when(disableAccount, { account: ONE, reason: 'own-request' }, { as, now }).records('AccountDisabled')
    two
      .when(releaseStaff, { staff: PERSON, from: '2026-12-01' }, { as: deputy, now })
      .records('StaffReleased')
  })

  it('stays where the other is closed, has left, or has the role no more', () => {
    const gone: readonly DomainEvent[] = [
      { type: 'AccountBlocked', data: { account: OTHER, reason: 'absence' } },
      { type: 'AccountDisabled', data: { account: OTHER, reason: 'left-school' } },
      { type: 'CredentialsReportedLost', data: { account: OTHER, reason: 'lost' } },
      { type: 'RoleEnded', data: { account: OTHER, role, from: date('2026-11-01'), at: null } },
    ]
    for (const event of gone)
      two
        .and(on(OTHER, event))
        .when(endRole, { account: ONE, role }, { as, now })
        .refuses('last-administrator', { from: now })
    two
      .and(
        past('roster', 'main', {
          type: 'StaffReleased',
          data: { staff: OTHER_PERSON, from: date('2026-11-01') },
        }),
      )
      .when(endRole, { account: ONE, role }, { as, now })
      .refuses('last-administrator', { from: now })
  })

  it('stays where the other goes later, or comes later, than the role would end', () => {
    const until = alone.and(opened(OTHER, OTHER_PERSON), granted(OTHER, '2026-09-01', '2027-06-01'))
    until
      .when(endRole, { account: ONE, role }, { as, now })
      .refuses('last-administrator', { from: '2027-05-31T17:00:00.000Z' })
    const later = alone.and(opened(OTHER, OTHER_PERSON), granted(OTHER, '2026-12-01'))
    later
      .when(endRole, { account: ONE, role, from: '2026-11-30' }, { as, now })
      .refuses('last-administrator', { from: '2026-11-29T17:00:00.000Z' })
    later.when(endRole, { account: ONE, role, from: '2026-12-01' }, { as, now }).records('RoleEnded')
  })

  it('may hand over to several, one after another', () => {
    const relay = alone.and(
      opened(OTHER, OTHER_PERSON),
      granted(OTHER, '2026-09-01', '2027-06-01'),
      opened(id('account/third'), id('staff/third')),
      granted(id('account/third'), '2027-06-01'),
    )
    relay.when(endRole, { account: ONE, role }, { as, now }).records('RoleEnded')
  })

  it('is not asked for where nothing is taken away', () => {
    // The account is closed already: with its role goes nothing that could be used.
    alone
      .and(on(ONE, { type: 'AccountBlocked', data: { account: ONE, reason: 'breach-suspected' } }))
      .when(endRole, { account: ONE, role }, { as, now })
      .records('RoleEnded')
    alone
      .and(opened(OTHER, OTHER_PERSON))
      .when(blockAccount, { account: OTHER, reason: 'absence' }, { as, now })
      .records('AccountBlocked')
    const ending = Instant.parse('2026-11-09T05:00:00.000Z')
    const decision = two.when(endRole, { account: OTHER, role, from: ending }, { as, now }).decision
    expect(decision).toHaveLength(1)
  })
})
