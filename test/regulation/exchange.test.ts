import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { LISTS } from '#exchange/lists/catalogue.ts'
import { DEMO_SCHOOL } from '#main/demo.ts'
import { seed } from '#main/seed.ts'
import { synthesize } from '#main/synthetic/synthesize.ts'
import { type Api, type Client, openApi, PASSWORD } from '#support/api.ts'
import { testEngine } from '#support/databases.ts'
import { ROLES } from '#values/role.ts'
import { SchoolSlug } from '#values/school.ts'
import { LocalDate } from '#values/time.ts'

/** The first school day: everybody is in the class. */
const ON = LocalDate.parse('2026-09-01')
const EMPTY = SchoolSlug.parse('tomsk99')
/** Another one, for the bundle. */
const BARE = SchoolSlug.parse('tomsk98')
const CSV = { 'content-type': 'text/csv', 'letopis-role': 'system-administrator' }
/** What the mapping lists (docs/spec/oneroster.md); the synthetic school has no orders, which it leaves out. */
const IN_BUNDLE = [
  'subjects',
  'staff',
  'pupils',
  'representatives',
  'classes',
  'class-members',
  'groups',
  'group-members',
  'journals',
  'assignments',
]
const names = LISTS.map(({ name }) => name)

interface Report {
  readonly recorded: boolean
  readonly counts: Readonly<Record<string, number>>
  readonly errors: readonly object[]
}
interface Exported {
  readonly year: number
  readonly rows: ReadonlyArray<Readonly<Record<string, unknown>>>
}

const engine = testEngine('pglite')
let api: Api
let source: Client
let target: Client
const files = new Map<string, string>()

// A whole school that was set up by commands, and one that has an administrator and nothing else.
beforeAll(async () => {
  api = await openApi(engine, { schools: [EMPTY, BARE], people: ['head-and-deputy'], history: [] })
  const school = synthesize({ seed: 'exchange', preset: 'S', year: 2026, until: ON, password: PASSWORD })
  await seed(api.installation.execution, DEMO_SCHOOL, [...school.commands()], () => {})
  await api.shown()
  const payload = { school: DEMO_SCHOOL, login: 'admin', password: PASSWORD }
  const { body } = await api.send<{ token: string }>({ method: 'POST', url: '/v1/log-in', payload })
  source = api.withToken(body.token, DEMO_SCHOOL)
  target = await api.as('head-and-deputy', EMPTY)
  const year = { from: '2026-09-01', until: '2027-05-26' }
  const opened = await target.post('years/2026/open-school-year', year, { 'letopis-role': 'deputy' })
  expect(opened.status).toBe(201)
}, 120_000)
afterAll(() => api.close())

const rowsOf = async (client: Client, name: string): Promise<Exported['rows']> => {
  const headers = { 'letopis-role': 'system-administrator' }
  const { status, body } = await client.get<Exported>(`exports/${name}?format=json&on=${ON}`, headers)
  expect({ name, status, year: body.year }).toEqual({ name, status: 200, year: 2026 })
  // Whoever brings the lists in has an account of the own.
  return body.rows.filter(({ login }) => login !== 'head-and-deputy')
}

/** Every event of the empty school, and the text of each. */
async function recordedIn(school: SchoolSlug): Promise<Array<{ meta: object; canonical: string }>> {
  const found = []
  for await (const event of api.installation.execution.store.readAll({ school })) found.push(event)
  return found
}

describe('lists of a school in and out (п. 7Г, §1)', () => {
  it('R-7G.1 (part: lists): each list is exported in CSV and JSON', async () => {
    for (const name of names) {
      const rows = await rowsOf(source, name)
      expect(rows.length, name).toBeGreaterThan(0)
      const { status, headers, body } = await source.get<string>(`exports/${name}?on=${ON}`)
      expect({ name, status }).toEqual({ name, status: 200 })
      expect(headers['content-type']).toBe('text/csv; charset=utf-8')
      expect(headers['content-disposition']).toBe(`attachment; filename="${name}-${ON}.csv"`)
      expect(body.split('\r\n').length - 2, name).toBe(rows.length)
      files.set(name, body)
    }
  })

  it('R-7G.1 (part: lists): an import has a dry run, and changes nothing in it', async () => {
    const before = (await recordedIn(EMPTY)).length
    const { status, body } = await target.post<{ report: Report }>(
      'imports/staff?dryRun',
      files.get('staff'),
      CSV,
    )
    expect(status).toBe(200)
    expect(body.report).toMatchObject({ recorded: false, errors: [] })
    expect(body.report.counts['created']).toBe(body.report.counts['rows'])
    expect(await recordedIn(EMPTY)).toHaveLength(before)
  })

  it('R-F11 (part: CSV and JSON), R-7G.1 (part: lists): what was exported sets up an empty school with the same lists', async () => {
    for (const name of names) {
      const { status, body } = await target.post<{ import: string; report: Report }>(
        `imports/${name}`,
        files.get(name),
        CSV,
      )
      expect({ name, status, body }).toMatchObject({
        name,
        status: 200,
        body: { report: { recorded: true, errors: [] } },
      })
      const events = (await recordedIn(EMPTY)).filter(
        ({ meta }) => (meta as { corr: string | null }).corr === body.import,
      )
      expect(events.length, name).toBeGreaterThan(0)
    }
    await api.shown()
    for (const name of names) expect(await rowsOf(target, name), name).toEqual(await rowsOf(source, name))
  }, 120_000)

  it('R-7G.1 (part: lists): an import is idempotent by the external id: the second one records nothing', async () => {
    const before = (await recordedIn(EMPTY)).length
    for (const name of names) {
      const { body } = await target.post<{ report: Report }>(`imports/${name}`, files.get(name), CSV)
      const { rows, there } = body.report.counts
      expect({ name, recorded: body.report.recorded, there }).toEqual({ name, recorded: false, there: rows })
    }
    expect(await recordedIn(EMPTY)).toHaveLength(before)
  }, 120_000)

  it('R-F11 (part: OneRoster 1.2): a bundle of a school sets up an empty one with the same lists, and changes nothing the second time', async () => {
    const { rawPayload, headers } = await api.app.inject({
      url: `/v1/schools/${DEMO_SCHOOL}/exports/oneroster?on=${ON}`,
      headers: { authorization: `Bearer ${source.token}` },
    })
    expect(headers['content-type']).toBe('application/zip')
    const bare = await api.as('head-and-deputy', BARE)
    const zip = { 'content-type': 'application/zip', 'letopis-role': 'deputy' }
    const bring = () => bare.post<{ import: string; report: Report }>('imports/oneroster', rawPayload, zip)
    const first = await bring()
    expect(first).toMatchObject({ status: 200, body: { report: { recorded: true, errors: [] } } })
    const before = await recordedIn(BARE)
    for (const { meta } of before.slice(4)) expect((meta as { corr: string }).corr).toBe(first.body.import)
    await api.shown()
    for (const name of IN_BUNDLE) expect(await rowsOf(bare, name), name).toEqual(await rowsOf(source, name))
    const again = await bring()
    const { rows, there } = again.body.report.counts
    expect(again.body.report).toMatchObject({ recorded: false, errors: [] })
    expect(there).toBe(rows)
    expect(await recordedIn(BARE)).toHaveLength(before.length)
  }, 120_000)

  it('R-D8 (part: import): nobody who was imported stands in an event by name or log-in', async () => {
    const people = [...(await rowsOf(source, 'pupils')), ...(await rowsOf(source, 'staff'))]
    const families = new Set(people.map(({ family }) => String(family)))
    // A log-in that is the word of a role stands in every record of that role.
    const words = new Set<unknown>(ROLES)
    const logIns = (await rowsOf(source, 'accounts'))
      .map(({ login }) => login)
      .filter((one) => !words.has(one))
    expect(logIns.length).toBeGreaterThan(20)
    const log = (await recordedIn(EMPTY)).map(({ canonical }) => canonical).join('\n')
    for (const family of families) expect(log).not.toContain(family)
    for (const login of logIns) expect(log).not.toContain(`"${String(login)}"`)
  })
})
