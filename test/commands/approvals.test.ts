import { describe, expect, it } from 'vitest'
import { approveMovement } from '#commands/roster/approve-movement.ts'
import { orderKey, rosterFold } from '#commands/roster/state.ts'
import { approveServiceToken } from '#commands/service-token/approve-service-token.ts'
import { approveTeachingLoad } from '#commands/teaching-load/approve-teaching-load.ts'
import { Instant } from '#values/time.ts'
import {
  ANNA,
  ALGEBRA,
  CLASS_7A,
  date,
  head,
  id,
  MATHEMATICIAN,
  past,
  STRANGER,
  YEAR,
} from '#support/class-7a.ts'
import { foldedOf, given, type Past } from '#support/spec.ts'

const now = '2026-11-09T04:00:00.000Z'
const as = head

const journal = past('teachingLoad', YEAR, {
  type: 'JournalOpened',
  data: {
    journal: ALGEBRA,
    subject: id('subject/algebra'),
    learners: { kind: 'class', class: CLASS_7A },
    type: 'lesson',
    grading: 'g5',
    name: 'Алгебра, 7А',
  },
})
const assigned = (staff: typeof STRANGER): Past =>
  past('teachingLoad', YEAR, {
    type: 'TeacherAssigned',
    data: { journal: ALGEBRA, staff, from: date('2026-09-01') },
  })
const loadApproved = (through: number): Past =>
  past('teachingLoad', YEAR, { type: 'TeachingLoadApproved', data: { through, order: null } }, now, head)

describe('approve-teaching-load', () => {
  const load = given(journal, assigned(MATHEMATICIAN))

  it('approves the load through the last change', () => {
    const order = { number: '64', date: '2026-08-31' }
    load
      .when(approveTeachingLoad, { year: YEAR, through: 1, order }, { as, now })
      .records({ type: 'TeachingLoadApproved', data: { through: 1, order } })
  })

  it('refuses what the head has not read: a change came since, or there is none such', () => {
    for (const through of [0, 2])
      load
        .when(approveTeachingLoad, { year: YEAR, through }, { as, now })
        .refuses('stale-version', { expected: through, actual: 1 })
  })

  it('refuses where nothing waits, and takes a change after it as new', () => {
    given().when(approveTeachingLoad, { year: YEAR, through: 0 }, { as, now }).refuses('nothing-to-approve')
    const approved = load.and(loadApproved(1))
    approved
      .when(approveTeachingLoad, { year: YEAR, through: 1 }, { as, now })
      .refuses('nothing-to-approve', { through: 1 })
    approved
      .and(assigned(STRANGER))
      .when(approveTeachingLoad, { year: YEAR, through: 3 }, { as, now })
      .records('TeachingLoadApproved')
  })
})

describe('approve-movement', () => {
  const order = { number: '91-у', date: date('2026-11-09') }
  const placed = past('roster', 'main', {
    type: 'PupilPlacedInClass',
    data: { class: CLASS_7A, pupil: ANNA, from: date('2026-11-16'), order },
  })
  const without = past('roster', 'main', {
    type: 'PupilPlacedInClass',
    data: { class: CLASS_7A, pupil: ANNA, from: date('2026-11-16'), order: null },
  })
  const approved = past('roster', 'main', { type: 'MovementApproved', data: { order, through: 1 } })
  const moved = given(without, placed)

  it('approves what was entered by the order', () => {
    moved
      .when(approveMovement, { order, through: 1 }, { as, now })
      .records({ type: 'MovementApproved', data: { order, through: 1 } })
  })

  it('refuses an order by which nothing was entered, and one that was gone on with', () => {
    moved
      .when(approveMovement, { order: { ...order, number: '92-у' }, through: 1 }, { as, now })
      .refuses('order-unknown')
    moved
      .when(approveMovement, { order: { ...order, date: '2026-11-10' }, through: 1 }, { as, now })
      .refuses('order-unknown')
    moved
      .and(placed)
      .when(approveMovement, { order, through: 1 }, { as, now })
      .refuses('stale-version', { expected: 1, actual: 2 })
  })

  it('refuses what is approved already, until something more is entered by it', () => {
    const all = moved.and(approved)
    all.when(approveMovement, { order, through: 1 }, { as, now }).refuses('nothing-to-approve')
    all.and(placed).when(approveMovement, { order, through: 3 }, { as, now }).records('MovementApproved')
  })

  it('knows movements without an order as nobody’s to approve', () => {
    expect([...foldedOf([without, placed], rosterFold, 'main').orders.keys()]).toEqual([orderKey(order)])
  })
})

describe('approve-service-token', () => {
  const token = id('service-token/1')
  const issued = past('serviceToken', token, {
    type: 'ServiceTokenIssued',
    data: {
      token,
      system: 'АИС «Контингент»',
      sets: ['rosters'],
      expires: Instant.parse('2027-11-09T04:00:00.000Z'),
    },
  })
  const revoked = past('serviceToken', token, {
    type: 'ServiceTokenRevoked',
    data: { token, reason: 'replaced' },
  })
  const approved = past('serviceToken', token, { type: 'ServiceTokenApproved', data: { token } })

  it('approves the exchange of a token, once', () => {
    given(issued)
      .when(approveServiceToken, { token }, { as, now })
      .records({ type: 'ServiceTokenApproved', data: { token } })
    given(issued, approved)
      .when(approveServiceToken, { token }, { as, now })
      .refuses('nothing-to-approve', { token })
  })

  it('refuses a token that there is not, or no longer', () => {
    given().when(approveServiceToken, { token }, { as, now }).refuses('service-token-unknown')
    given(issued, revoked).when(approveServiceToken, { token }, { as, now }).refuses('service-token-revoked')
  })
})
