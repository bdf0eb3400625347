import { describe, expect, it } from 'vitest'
import { adoptPolicy } from '#commands/policy/adopt-policy.ts'
import { approveMovement } from '#commands/roster/approve-movement.ts'
import { releasePupil } from '#commands/roster/release-pupil.ts'
import { approveServiceToken } from '#commands/service-token/approve-service-token.ts'
import { issueServiceToken } from '#commands/service-token/issue-service-token.ts'
import { approveTeachingLoad } from '#commands/teaching-load/approve-teaching-load.ts'
import { assignTeacher } from '#commands/teaching-load/assign-teacher.ts'
import { STARTING_POLICY } from '#values/policy.ts'
import { accountOf } from '#support/api.ts'
import { type SchoolAtWork, schoolsAtWork } from '#support/at-work.ts'
import { ALGEBRA, BORIS, id, STRANGER, YEAR } from '#support/class-7a.ts'
import { narrowed } from '#support/narrowed.ts'

const schools = schoolsAtWork(3, ['head', 'deputy', 'auditor', 'administrator', 'mathematician', 'english'])

interface Pending {
  readonly through: number
  readonly pending: number
  readonly approved: { readonly account: string; readonly name: string | null } | null
}
interface Approvals {
  readonly load: ReadonlyArray<Pending & { readonly year: number }>
  readonly movements: ReadonlyArray<
    Pending & { readonly order: { readonly number: string }; readonly pupils: number }
  >
  readonly exchange: ReadonlyArray<{ readonly token: string; readonly approved: unknown }>
  readonly exchange_waits: boolean
}
const waiting = (school: SchoolAtWork, query = '') => school.seen<Approvals>('head', `approvals${query}`)

describe('the head approves (Пр2/11, §7А/16, §5/8; DOMAIN.md B.2, rows 18, 20, 45)', () => {
  it('R-7A.6b (approval): the load of the year is in force by its dates, waits for the head, and what is changed later waits anew', async () => {
    const school = schools.next()
    const [load] = (await waiting(school)).load
    expect(load).toMatchObject({ year: YEAR, approved: null })
    expect(load!.pending).toBeGreaterThan(3)
    // It is in force all the same: the teacher works by it.
    await school.recordLesson()

    await school.done('head', approveTeachingLoad, { year: YEAR, through: load!.through })
    expect((await waiting(school)).load).toEqual([])
    expect((await waiting(school, '?show=all')).load).toMatchObject([
      { pending: 0, approved_through: load!.through, approved: { account: accountOf('head'), role: 'head' } },
    ])
    await school.done('deputy', assignTeacher, {
      year: YEAR,
      journal: ALGEBRA,
      staff: STRANGER,
      from: '2026-11-16',
    })
    const [changed] = (await waiting(school)).load
    expect(changed).toMatchObject({ pending: 1, approved_through: load!.through })
    expect(changed!.through).toBeGreaterThan(load!.through)
    // The head approves what he has read, not what came since.
    expect(
      await school.give('head', approveTeachingLoad, { year: YEAR, through: load!.through }),
    ).toMatchObject({ status: 409, body: { reason: 'stale-version' } })
  })

  it('R-7A.16h (approval): an order of movement is entered by the deputy, approved by the head, and known by its number', async () => {
    const school = schools.next()
    const order = { number: '104-у', date: '2026-11-09' }
    await school.done('deputy', releasePupil, {
      pupil: BORIS,
      from: '2026-11-16',
      reason: 'other-school',
      order,
    })
    const find = async (query?: string) =>
      (await waiting(school, query)).movements.find((one) => one.order.number === order.number)
    const found = (await find())!
    expect(found).toMatchObject({ pupils: 1, approved: null })
    for (const login of ['deputy', 'administrator', 'mathematician'] as const)
      expect(await school.give(login, approveMovement, { order, through: found.through })).toMatchObject({
        status: 403,
        body: { reason: 'role-not-permitted' },
      })
    await school.done('head', approveMovement, { order, through: found.through })
    expect(await find()).toBeUndefined()
    expect(await find('?show=all')).toMatchObject({ pending: 0, approved: { account: accountOf('head') } })
    // Whoever answers for a part reads the movements of it, and not what waits for the head of the school.
    await narrowed(school, { grades: [7] })
    expect(await school.ask('deputy', 'approvals')).toMatchObject({
      status: 403,
      body: { reason: 'outside-competence' },
    })
    expect(await school.ask('mathematician', 'approvals')).toMatchObject({ status: 403 })
    expect(await school.ask('auditor', 'approvals')).toMatchObject({ status: 200 })
  })

  it('R-F11 (approval): exchange with an external system waits for the head where the rules of the school say so, and not before', async () => {
    const school = schools.next()
    const token = id('service-token/contingent')
    const input = { token, system: 'АИС «Контингент»', sets: ['rosters'] }
    const { told } = (await school.done('administrator', issueServiceToken, input)) as unknown as {
      told: { serviceToken: string }
    }
    const system = school.api.withToken(told.serviceToken, school.name)
    expect(await waiting(school)).toMatchObject({
      exchange: [{ token, approved: null }],
      exchange_waits: false,
    })
    expect((await system.get('people/pupils')).status).toBe(200)

    const policy = { ...STARTING_POLICY, exchangeApproved: true }
    await school.done('administrator', adoptPolicy, { effectiveFrom: '2026-11-10', policy })
    expect((await system.get('people/pupils')).status).toBe(200)
    school.at('2026-11-10T03:50:00.000Z')
    expect(await system.get('people/pupils')).toMatchObject({
      status: 403,
      body: { reason: 'service-token-unapproved' },
    })
    expect((await waiting(school)).exchange_waits).toBe(true)
    await school.done('head', approveServiceToken, { token })
    expect((await system.get('people/pupils')).status).toBe(200)
    expect((await waiting(school)).exchange).toEqual([])
  })
})
