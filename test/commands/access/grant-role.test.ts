import { describe, expect, it } from 'vitest'
import { grantRole } from '#commands/access/grant-role.ts'
import { given } from '#support/spec.ts'
import { administrator, date, id, MATHEMATICIAN, past } from '#support/class-7a.ts'

const account = id('account/mathematician')
const opened = past('access', account, { type: 'AccountOpened', data: { account, person: MATHEMATICIAN } })
const granted = past('access', account, {
  type: 'RoleGranted',
  data: { account, role: 'teacher', from: date('2026-09-01'), until: date('2027-06-01'), scope: null },
})
const teacher = { account, role: 'teacher', from: '2026-09-01' } as const
const now = '2026-08-25T03:00:00.000Z'
const as = administrator

describe('grant-role', () => {
  it('grants a role without end, or until a day', () => {
    given(opened)
      .when(grantRole, teacher, { as, now })
      .records({ type: 'RoleGranted', data: { account, role: 'teacher', until: null } })
    given(opened)
      .when(grantRole, { ...teacher, until: '2027-06-01' }, { as, now })
      .records({ type: 'RoleGranted', data: { until: '2027-06-01' } })
  })

  it('grants a second role to the same person', () => {
    given(opened, granted)
      .when(grantRole, { ...teacher, role: 'class-teacher' }, { as, now })
      .records('RoleGranted')
  })

  it('refuses an account that was never opened', () => {
    given().when(grantRole, teacher, { as, now }).refuses('account-unknown', { account })
  })

  it('refuses a role that ends on the day on which it begins', () => {
    given(opened)
      .when(grantRole, { ...teacher, until: '2026-09-01' }, { as, now })
      .refuses('bounds-reversed')
  })

  it('refuses a role that the account has all that time', () => {
    given(opened, granted)
      .when(grantRole, { ...teacher, from: '2026-11-09', until: '2027-06-01' }, { as, now })
      .refuses('role-exists', { role: 'teacher', from: '2026-09-01', until: '2027-06-01' })
  })

  it('grants a role that would begin later from an earlier day', () => {
    given(opened, granted)
      .when(grantRole, { ...teacher, from: '2026-08-31', until: '2027-06-01' }, { as, now })
      .records('RoleGranted')
  })

  it('prolongs a role that would end', () => {
    given(opened, granted)
      .when(grantRole, { ...teacher, until: '2027-06-02' }, { as, now })
      .records('RoleGranted')
    given(opened, granted).when(grantRole, teacher, { as, now }).records('RoleGranted')
  })

  it('knows no grant of the role of the operator', () => {
    expect(grantRole.input.safeParse({ ...teacher, role: 'operator' }).success).toBe(false)
    expect(grantRole.input.safeParse({ ...teacher, role: 'auditor' }).success).toBe(true)
  })
})
