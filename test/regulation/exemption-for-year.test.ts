import { expect, it } from 'vitest'
import { exemptFromPractice } from '#commands/journal-page/exempt-from-practice.ts'
import { type SchoolAtWork, schoolsAtWork } from '#support/at-work.ts'
import type { LogIn } from '#support/api.ts'
import { ALGEBRA, ANNA, DINA, PAGE, Q1, Q2, YEAR } from '#support/class-7a.ts'

const schools = schoolsAtWork(3, ['deputy', 'english', 'stranger', 'head'])
const asked = {
  pupil: ANNA,
  from: '2026-09-07',
  until: '2026-12-11',
  document: { number: '45', date: '2026-09-04' },
}
const KEY = '6a1de0d2-6df0-4a3e-9d7f-3f1f0a9f0b31'

interface Exempted {
  readonly reason?: string
  readonly facts?: Readonly<Record<string, unknown>>
  readonly pages: ReadonlyArray<{
    readonly period: string
    readonly outcome: string
    readonly opened: boolean
    readonly from: string
    readonly until: string
    readonly refused: { readonly reason: string } | null
  }>
}

async function exempt(school: SchoolAtWork, login: LogIn, change: object = {}, journal: string = ALGEBRA) {
  const client = await school.api.as(login, school.name)
  const roles: Partial<Record<LogIn, string>> = { english: 'class-teacher', stranger: 'teacher' }
  const role = roles[login] === undefined ? {} : { 'letopis-role': roles[login] }
  const path = `years/${YEAR}/journals/${journal}/exempt-from-practice-for-year`
  return client.post<Exempted>(path, { ...asked, ...change }, { 'idempotency-key': KEY, ...role })
}
const outcomes = ({ pages }: Exempted) =>
  pages.map(({ period, outcome, opened, refused }) => [period, outcome, opened, refused?.reason ?? null])
const recorded = async (school: SchoolAtWork) =>
  (await school.log()).filter(({ type }) => type === 'PracticeExempted').map(({ data }) => data)

it('R-2.8b (осв for a year): one request exempts a pupil on every page of the journal, with the days of each period, and twice is once', async () => {
  const school = schools.next()
  const first = await exempt(school, 'deputy')
  expect(first.status).toBe(200)
  expect(outcomes(first.body)).toEqual([
    [Q1, 'recorded', true, null],
    [Q2, 'recorded', false, null],
  ])
  expect(first.body.pages.map(({ from, until }) => [from, until])).toEqual([
    ['2026-09-07', '2026-10-23'],
    ['2026-11-02', '2026-12-11'],
  ])
  const again = await exempt(school, 'deputy')
  expect(outcomes(again.body)).toEqual([
    [Q1, 'repeated', false, null],
    [Q2, 'repeated', false, null],
  ])
  expect(await recorded(school)).toMatchObject([
    { pupil: ANNA, from: '2026-09-07', until: '2026-10-23' },
    { pupil: ANNA, from: '2026-11-02', until: '2026-12-11' },
  ])
})

it('R-2.8b (осв for a year, all or nothing): where one page refuses nothing is recorded, nor opened, and the period is named; a part is recorded where it is wanted', async () => {
  const school = schools.next()
  const days = { page: PAGE, pupil: ANNA, from: '2026-12-01', until: '2026-12-04', document: asked.document }
  await school.done('deputy', exemptFromPractice, days)
  const before = (await school.log()).length
  const refused = await exempt(school, 'deputy')
  expect(refused.body).toMatchObject({ reason: 'exemption-exists', facts: { period: Q2 } })
  expect((await school.log()).length).toBe(before)

  const { body } = await exempt(school, 'deputy', { partial: true })
  expect(outcomes(body)).toEqual([
    [Q1, 'recorded', true, null],
    [Q2, 'refused', false, 'exemption-exists'],
  ])
  expect(await recorded(school)).toHaveLength(2)
})

it('R-2.8b (осв for a year, rights): a class teacher exempts on pages that are open, and opens none; strangers and the head do not', async () => {
  const school = schools.next()
  const closed = await exempt(school, 'english')
  expect(closed).toMatchObject({ status: 404, body: { reason: 'page-unknown', facts: { period: Q1 } } })
  expect(await recorded(school)).toEqual([])
  const inQ2 = await exempt(school, 'english', { from: '2026-11-02' })
  expect(outcomes(inQ2.body)).toEqual([[Q2, 'recorded', false, null]])

  expect((await exempt(school, 'stranger')).status).toBe(403)
  expect((await exempt(school, 'head')).status).toBe(403)
  const reasonOf = async (change: object, journal?: string) =>
    (await exempt(school, 'deputy', change, journal)).body.reason
  expect(await reasonOf({ until: '2026-09-01' })).toBe('bounds-reversed')
  expect(await reasonOf({ from: '2026-10-26', until: '2026-10-30' })).toBe('date-outside-period')
  expect(await reasonOf({ pupil: DINA })).toBe('pupil-not-member')
  expect(await reasonOf({}, ANNA)).toBe('journal-unknown')
})
