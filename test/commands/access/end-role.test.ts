import { describe, expect, it } from 'vitest'
import { endRole } from '#commands/access/end-role.ts'
import { grantRole } from '#commands/access/grant-role.ts'
import { accessFold, competenceAt, nextEnding, rolesAt } from '#commands/access/state.ts'
import { evolve, NOTHING_VOID } from '#commands/fold.ts'
import type { Scope } from '#values/competence.ts'
import type { Role } from '#values/role.ts'
import { Instant, type LocalDate } from '#values/time.ts'
import { administrator, date, id, MATHEMATICIAN, past, ZONE } from '#support/class-7a.ts'
import { decodedOf, given, type Past } from '#support/spec.ts'

const account = id('account/mathematician')
const opened = past('access', account, { type: 'AccountOpened', data: { account, person: MATHEMATICIAN } })
const granted = (role: Role, from = '2026-09-01', until: string | null = null, scope: Scope | null = null) =>
  past('access', account, {
    type: 'RoleGranted',
    data: { account, role, from: date(from), until: until === null ? null : date(until), scope },
  })
const ended = (role: Role, ending: { from?: LocalDate; at?: Instant }) =>
  past('access', account, {
    type: 'RoleEnded',
    data: { account, role, from: ending.from ?? null, at: ending.at ?? null },
  })
const deputy = { account, role: 'deputy' } as const
/** Monday 9 November, 11:00 in Tomsk; noon there is 05:00 UTC. */
const now = '2026-11-09T04:00:00.000Z'
const NOON = Instant.parse('2026-11-09T05:00:00.000Z')
const as = administrator

describe('end-role', () => {
  it('ends a role at once, from an instant, or from a day', () => {
    const school = given(opened, granted('deputy'))
    school
      .when(endRole, deputy, { as, now })
      .records({ type: 'RoleEnded', data: { ...deputy, from: null, at: now } })
    school
      .when(endRole, { ...deputy, from: NOON }, { as, now })
      .records({ type: 'RoleEnded', data: { from: null, at: NOON } })
    school
      .when(endRole, { ...deputy, from: '2026-12-01' }, { as, now })
      .records({ type: 'RoleEnded', data: { from: '2026-12-01', at: null } })
  })

  it('ends earlier what was to end later', () => {
    given(opened, granted('deputy', '2026-09-01', '2027-06-01'))
      .when(endRole, { ...deputy, from: '2026-12-01' }, { as, now })
      .records('RoleEnded')
  })

  it('refuses an account that was never opened', () => {
    given().when(endRole, deputy, { as, now }).refuses('account-unknown', { account })
  })

  it('refuses a role that the account never had, or that has ended by then', () => {
    given(opened, granted('teacher')).when(endRole, deputy, { as, now }).refuses('role-not-granted')
    given(opened, granted('deputy', '2026-09-01', '2026-11-01'))
      .when(endRole, deputy, { as, now })
      .refuses('role-not-granted', { role: 'deputy' })
    const atNoon = given(opened, granted('deputy'), ended('deputy', { at: NOON }))
    atNoon.when(endRole, { ...deputy, from: NOON }, { as, now }).refuses('role-not-granted')
    atNoon.when(endRole, { ...deputy, from: '2026-11-10' }, { as, now }).refuses('role-not-granted')
    atNoon.when(endRole, { ...deputy, from: '2026-11-09T04:59:59.000Z' }, { as, now }).records('RoleEnded')
  })

  it('knows no end of the role of the operator', () => {
    expect(endRole.input.safeParse({ account, role: 'operator' }).success).toBe(false)
    expect(endRole.input.safeParse({ ...deputy, from: 'noon' }).success).toBe(false)
  })

  it('lets the role be granted anew', () => {
    given(opened, granted('deputy'), ended('deputy', { from: date('2026-11-01') }))
      .when(grantRole, { ...deputy, from: '2026-11-09' }, { as, now })
      .records('RoleGranted')
    given(opened, granted('deputy'), ended('deputy', { at: NOON }))
      .when(grantRole, { ...deputy, from: '2026-11-09' }, { as, now })
      .records('RoleGranted')
  })
})

/** The roles at an instant, after a history. */
function heldAt(instant: string, ...history: readonly Past[]): Role[] {
  return rolesAt(stateAfter(history), Instant.parse(instant), ZONE)
}

function stateAfter(history: readonly Past[]) {
  const state = accessFold.initial()
  for (const event of decodedOf(history)) evolve(accessFold, state, event, NOTHING_VOID)
  return state
}

describe('a role that ends', () => {
  const both = [opened, granted('deputy'), granted('teacher')]

  it('at noon is held until the last millisecond before it, and other roles go on', () => {
    const history = [...both, ended('deputy', { at: NOON })]
    expect(heldAt('2026-11-09T04:59:59.999Z', ...history)).toEqual(['deputy', 'teacher'])
    expect(heldAt('2026-11-09T05:00:00.000Z', ...history)).toEqual(['teacher'])
    expect(nextEnding(stateAfter(history), Instant.parse(now))).toBe(NOON)
    expect(nextEnding(stateAfter(history), NOON)).toBeNull()
  })

  it('from a day is held until midnight on the wall of the school', () => {
    const history = [...both, ended('deputy', { from: date('2026-11-10') })]
    expect(heldAt('2026-11-09T16:59:59.999Z', ...history)).toEqual(['deputy', 'teacher'])
    expect(heldAt('2026-11-09T17:00:00.000Z', ...history)).toEqual(['teacher'])
  })

  it('does not begin where it was to begin later, and begins again where it was granted after', () => {
    const later = [opened, granted('deputy', '2026-12-01'), ended('deputy', { from: date('2026-11-10') })]
    expect(heldAt('2026-12-02T03:00:00.000Z', ...later)).toEqual([])
    expect(heldAt('2026-12-02T03:00:00.000Z', ...later, granted('deputy', '2026-12-02'))).toEqual(['deputy'])
  })

  it('does not come back by an ending that is later than the one before', () => {
    const history = [...both, ended('deputy', { at: NOON }), ended('deputy', { from: date('2026-12-01') })]
    expect(heldAt('2026-11-09T05:00:00.000Z', ...history)).toEqual(['teacher'])
    const dates = [
      ...both,
      ended('deputy', { from: date('2026-11-01') }),
      ended('deputy', { from: date('2026-12-01') }),
    ]
    expect(heldAt(now, ...dates)).toEqual(['teacher'])
  })
})

const at = (instant: string, ...history: readonly Past[]) =>
  competenceAt(stateAfter([opened, ...history]), Instant.parse(instant), ZONE)

describe('the competence of a deputy', () => {
  const primary = { grades: [1, 2, 3, 4], subjects: null }
  const science = { grades: null, subjects: [id('subject/algebra')] }

  it('is the sum of what was granted, and the whole school where one grant says so', () => {
    const parts = [
      granted('deputy', '2026-09-01', null, primary),
      granted('deputy', '2026-09-01', null, science),
    ]
    expect(at(now, ...parts)).toEqual([primary, science])
    expect(at(now, ...parts, granted('deputy'))).toBeNull()
    expect(at(now, granted('deputy'))).toBeNull()
  })

  it('ends with its grant', () => {
    const parts = [
      granted('deputy', '2026-09-01', '2026-11-09', primary),
      granted('deputy', '2026-09-01', null, science),
    ]
    expect(at('2026-11-08T16:59:59.999Z', ...parts)).toEqual([primary, science])
    expect(at('2026-11-08T17:00:00.000Z', ...parts)).toEqual([science])
  })

  it('is granted to a deputy alone, and says grades or subjects', () => {
    const scope = { grades: [1, 2] }
    given(opened)
      .when(grantRole, { ...deputy, from: '2026-09-01', scope }, { as, now })
      .records({ type: 'RoleGranted', data: { scope: { grades: [1, 2], subjects: null } } })
    given(opened)
      .when(grantRole, { account, role: 'head', from: '2026-09-01', scope }, { as, now })
      .refuses('scope-not-of-role', { role: 'head' })
    for (const empty of [{}, { grades: [] }, { grades: null, subjects: null }, { grades: [13] }])
      expect(grantRole.input.safeParse({ ...deputy, from: '2026-09-01', scope: empty }).success).toBe(false)
  })

  it('grows beside what is held, and is not granted within it', () => {
    const asked = { ...deputy, from: '2026-09-01' }
    const part = given(opened, granted('deputy', '2026-09-01', null, primary))
    part.when(grantRole, { ...asked, scope: { grades: [5] } }, { as, now }).records('RoleGranted')
    part.when(grantRole, asked, { as, now }).records('RoleGranted')
    part.when(grantRole, { ...asked, scope: { grades: [1, 2, 3, 4] } }, { as, now }).refuses('role-exists')
    given(opened, granted('deputy'))
      .when(grantRole, { ...asked, scope: { grades: [5] } }, { as, now })
      .refuses('role-exists')
  })
})
