import { expect, it } from 'vitest'
import { openPage } from '#commands/journal-page/open-page.ts'
import type { Grid } from '#projections/class-journal/queries.ts'
import { pageId } from '#values/school.ts'
import { type SchoolAtWork, schoolsAtWork } from '#support/at-work.ts'
import { ALGEBRA, ANNA, BORIS, id, PAGE, Q1, Q2, YEAR } from '#support/class-7a.ts'

const schools = schoolsAtWork(4, ['mathematician', 'english', 'deputy', 'mother'])
const FIRST = pageId(ALGEBRA, Q1)
const path = `years/${YEAR}/journals/${ALGEBRA}/exempt-from-practice-for-year`
const document = { number: '17', date: '2026-09-01' }
const forYear = { pupil: ANNA, from: '2026-09-10', until: '2026-12-29', document }

interface Outcome {
  readonly pages: ReadonlyArray<{
    readonly period: string
    readonly from: string
    readonly until: string
    readonly outcome: string
    readonly opened: boolean
    readonly refused: { readonly reason: string } | null
  }>
  readonly reason?: string
  readonly facts?: object
}

/** `key` stands for the request; a repetition has the same. */
async function exempt(
  school: SchoolAtWork,
  key: string,
  change: object = {},
  login = 'mathematician' as const,
) {
  const client = await school.api.as(login, school.name)
  return client.post<Outcome>(path, { ...forYear, ...change }, { 'idempotency-key': id(`exempts/${key}`) })
}

async function exemptions(school: SchoolAtWork, page = PAGE): Promise<unknown[]> {
  await school.api.shown()
  const { exemptions } = await school.seen<Grid & { exemptions: unknown[] }>('deputy', `pages/${page}`)
  return exemptions
}

it('C.2 (осв): one document exempts on the pages of all periods that it touches, each with its own days; sent twice it is recorded once', async () => {
  const school = schools.next()
  await school.done('mathematician', openPage, { year: YEAR, journal: ALGEBRA, period: Q1 })
  const first = await exempt(school, 'once')
  expect(first.status).toBe(200)
  expect(first.body.pages).toMatchObject([
    { period: Q1, from: '2026-09-10', until: '2026-10-23', outcome: 'recorded', refused: null },
    { period: Q2, from: '2026-11-02', until: '2026-12-29', outcome: 'recorded', refused: null },
  ])
  const { body: again } = await exempt(school, 'once')
  expect(again.pages.map(({ outcome }) => outcome)).toEqual(['repeated', 'repeated'])
  expect(await exemptions(school)).toMatchObject([{ pupil: ANNA, since: '2026-11-02', until: '2026-12-29' }])
  expect(await exemptions(school, FIRST)).toMatchObject([
    { pupil: ANNA, since: '2026-09-10', until: '2026-10-23' },
  ])
})

it('C.2 (осв): where one page refuses nothing is recorded on any; where a part is wanted, the answer says which', async () => {
  const school = schools.next()
  await school.done('mathematician', openPage, { year: YEAR, journal: ALGEBRA, period: Q1 })
  const only = { until: '2026-09-20' }
  expect((await exempt(school, 'before', only)).status).toBe(200)
  expect(await exempt(school, 'whole')).toMatchObject({
    status: 409,
    body: { reason: 'exemption-exists', facts: { period: Q1 } },
  })
  expect(await exemptions(school)).toEqual([])
  const { status, body } = await exempt(school, 'part', { partial: true })
  expect(status).toBe(200)
  expect(body.pages).toMatchObject([
    { period: Q1, outcome: 'refused', refused: { reason: 'exemption-exists' } },
    { period: Q2, outcome: 'recorded', refused: null },
  ])
  expect(await exemptions(school)).toHaveLength(1)
})

it('C.2 (осв): dates without a period, an order of dates and a journal that there is not are refused by name', async () => {
  const school = schools.next()
  expect(await exempt(school, 'holidays', { from: '2026-10-26', until: '2026-10-30' })).toMatchObject({
    status: 422,
    body: { reason: 'date-outside-period' },
  })
  expect(await exempt(school, 'reversed', { until: '2026-09-01' })).toMatchObject({
    body: { reason: 'bounds-reversed' },
  })
  const client = await school.api.as('mathematician', school.name)
  const unknown = `years/${YEAR}/journals/${id('no journal')}/exempt-from-practice-for-year`
  expect(await client.post(unknown, forYear)).toMatchObject({ body: { reason: 'journal-unknown' } })
})

it('C.2 (осв): is for whoever writes in the journal, and not for a parent or another teacher', async () => {
  const school = schools.next()
  for (const login of ['mother', 'english'] as const) {
    const client = await school.api.as(login, school.name)
    const { status } = await client.post(
      path,
      { ...forYear, pupil: BORIS },
      { 'letopis-role': login === 'mother' ? 'parent' : 'teacher' },
    )
    expect(status, login).toBe(403)
  }
})
