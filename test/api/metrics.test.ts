import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { StoreUnavailable } from '#events/store/event-store.ts'
import { streamName } from '#events/stream-name.ts'
import { openMetrics } from '#main/metrics.ts'
import { READ_MODELS } from '#projections/catalogue.ts'
import { runningRebuilds } from '#projections/rebuild-record.ts'
import { Instant } from '#values/time.ts'
import {
  accountOf,
  type Api,
  type Client,
  commandId,
  MORNING,
  openApi,
  PASSWORD,
  PEOPLE,
} from '#support/api.ts'
import { MONDAY, PAGE } from '#support/class-7a.ts'
import { testEngine } from '#support/databases.ts'
import { parseExposition, type Sample, written } from '#support/exposition.ts'
import { SCHOOL } from '#support/spec.ts'

const engine = testEngine('pglite')
const metrics = openMetrics('1.2.3')
const page = `pages/${PAGE}`
const lesson = { date: MONDAY, number: 3, topic: 'Степень с натуральным показателем' }
const NAMES = { family: 'Кузнецова', given: 'Мария' }

let api: Api
const clock = () => api.now()
let teacher: Client
beforeAll(async () => {
  api = await openApi(engine, { watching: { watch: metrics, metrics } })
  const { execution, projectors, database } = api.installation
  metrics.models({ models: projectors, store: execution.store, clock, positionsCount: true })
  metrics.rebuilds(() => runningRebuilds(database.kysely))
  teacher = await api.as('mathematician')
})
afterAll(() => api.close())

/** The page as a scraper reads it. */
async function scrape(): Promise<{ text: string; samples: Sample[] }> {
  const { status, headers, body } = await api.send<string>({ method: 'GET', url: '/metrics' })
  expect(status).toBe(200)
  expect(headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4; charset=utf-8$/)
  return { text: body, samples: parseExposition(body) }
}

async function value(
  name: string,
  labels: Readonly<Record<string, string>> = {},
): Promise<number | undefined> {
  const { samples } = await scrape()
  return samples.find((sample) => sample.name === name && written(sample.labels) === written(labels))?.value
}

/** How many times a lesson was recorded, or was not, with this outcome. */
const outcome = (name: string) => value('letopis_commands_total', { command: 'record-lesson', outcome: name })

describe('the metrics of the service', () => {
  it('count requests by operation, method and kind of answer, and time them', async () => {
    const count = () =>
      value('letopis_http_requests_total', { operation: 'class-journal-grid', method: 'GET', status: '2xx' })
    const before = (await count()) ?? 0
    expect((await teacher.get(page)).status).toBe(200)
    expect(await count()).toBe(before + 1)
    const [timed, counted] = await Promise.all([
      value('letopis_http_request_seconds_count', { operation: 'class-journal-grid' }),
      count(),
    ])
    expect(timed).toBe(counted)
  })

  it('give an address that nobody knows one name, whatever it is', async () => {
    for (const url of ['/no/such/address', '/v1/schools/Кузнецова', '/%00'])
      await api.send({ method: 'GET', url: encodeURI(url) })
    const { samples, text } = await scrape()
    const unknown = samples.filter(
      ({ name, labels }) => name === 'letopis_http_requests_total' && labels['operation'] === 'unknown',
    )
    expect(unknown).toMatchObject([{ labels: { method: 'GET', status: '4xx' } }])
    expect(text).not.toMatch(/such|Кузнецова|%D0/)
  })

  it('count commands by what became of them', async () => {
    const headers = { 'idempotency-key': commandId('metrics lesson') }
    expect((await teacher.post(`${page}/record-lesson`, lesson, headers)).status).toBe(201)
    expect(await outcome('accepted')).toBe(1)
    expect((await teacher.post(`${page}/record-lesson`, lesson, headers)).status).toBe(200)
    expect(await outcome('repeated')).toBe(1)
    expect((await teacher.post(`${page}/record-lesson`, lesson)).status).toBe(409)
    expect(await outcome('lesson-exists')).toBe(1)
  })

  it('count appends, their events, and the kinds of their failures', async () => {
    const { samples } = await scrape()
    const recorded = samples.find(
      ({ name, labels }) => name === 'letopis_appends_total' && labels['outcome'] === 'recorded',
    )!
    const events = samples.find(({ name }) => name === 'letopis_appended_events_total')!
    const head = samples.find(({ name }) => name === 'letopis_log_position')!
    expect(events.value).toBe(head.value)
    expect(recorded.value).toBeLessThanOrEqual(events.value)

    const { store } = api.installation.execution
    const [last] = (await api.events(streamName(SCHOOL, 'journalPage', PAGE))).toReversed()
    await expect(
      store.append(last!.stream, 'no-stream', [{ ...last!, id: commandId('x') as never }]),
    ).rejects.toThrow()
    expect(await value('letopis_appends_total', { outcome: 'stale-revision' })).toBe(1)
    const lost = metrics.append(last!.stream, [], () => Promise.reject(new StoreUnavailable('away')))
    await expect(lost).rejects.toThrow(StoreUnavailable)
    expect(await value('letopis_appends_total', { outcome: 'unavailable' })).toBe(1)
  })

  it('say of each read model where it stands, and that it waits for nothing', async () => {
    await api.shown()
    for (const { name } of READ_MODELS) {
      const labels = { read_model: name }
      expect(await value('letopis_read_model_position', labels)).toBe(await value('letopis_log_position'))
      expect(await value('letopis_read_model_lag_seconds', labels)).toBe(0)
      expect(await value('letopis_read_model_lag_events', labels)).toBe(0)
      expect(await value('letopis_read_model_stopped', labels)).toBe(0)
      expect(await value('letopis_read_model_applied_events_total', labels)).toBe(
        await value('letopis_log_position'),
      )
    }
  })

  it('R-A3.3a (no analytics over schools): name no person, no school, no log-in and no id', async () => {
    const administrator = await api.as('administrator')
    const opened = { person: accountOf('coming'), login: 'kuznetsova-m', password: 'a-secret-of-one' }
    await administrator.post(`accounts/${commandId('k')}/open-account`, opened)
    const deputy = await api.as('deputy')
    await deputy.post('roster/enrol-pupil', { pupil: commandId('p'), ...NAMES })
    const { text } = await scrape()
    expect(text).toContain('command="open-account"')
    expect(text).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-/)
    for (const secret of [SCHOOL, PASSWORD, PAGE, opened.login, opened.password, ...Object.values(NAMES)])
      expect(text).not.toContain(secret)
    const logIns = Object.keys(PEOPLE).filter(
      (login) => !['head', 'administrator', 'auditor'].includes(login),
    )
    for (const login of logIns) expect(text).not.toMatch(new RegExp(`"${login}"`))
  })

  it('have a bounded number of labels: no request adds a line that another of its kind did not have', async () => {
    await teacher.get(`${page}?x=1`)
    const lines = (await scrape()).samples.length
    for (const id of ['a', 'b', 'c']) await teacher.get(`pages/${commandId(id)}`)
    await teacher.get(`pages/${commandId('d')}`)
    expect((await scrape()).samples.length - lines).toBeLessThanOrEqual(15)
    const again = (await scrape()).samples.length
    for (const id of ['e', 'f', 'g']) await teacher.get(`pages/${commandId(id)}`)
    expect((await scrape()).samples.length).toBe(again)
  })
})

/** Metrics with one source each, as an engine in trouble has them. */
async function read(source: (of: ReturnType<typeof openMetrics>) => void): Promise<Sample[]> {
  const own = openMetrics('1.2.3')
  source(own)
  return parseExposition(await own.text())
}
const of = (samples: readonly Sample[], name: string) => samples.filter((sample) => sample.name === name)

describe('a source of metrics', () => {
  const [model] = READ_MODELS
  const failure = { at: MORNING, stream: 's', revision: 1, type: 'T', problem: 'p' }

  it('of a read model that is behind tells since when the first event waits, not the last', async () => {
    const { store } = api.installation.execution
    const positions: bigint[] = []
    let first: string | null = null
    for await (const { position, meta } of store.readAll({ limit: 3 })) {
      positions.push(position.commit)
      if (positions.length === 2) first = meta['at'] as string
    }
    const now = Instant.parse(new Date(Date.parse(first!) + 90_500).toISOString())
    const position = { commit: positions[0]!, prepare: positions[0]! }
    const samples = await read((metrics) =>
      metrics.models({
        models: [{ model: model!, position, failure }],
        store,
        clock: () => now,
        positionsCount: true,
      }),
    )
    expect(of(samples, 'letopis_read_model_lag_seconds')).toMatchObject([{ value: 90.5 }])
    expect(of(samples, 'letopis_read_model_stopped')).toMatchObject([{ value: 1 }])
    const head = (await store.head())!.commit
    expect(of(samples, 'letopis_read_model_lag_events')).toMatchObject([
      { value: Number(head - positions[0]!) },
    ])
  })

  it('that does not answer has no numbers, is counted, and holds nothing back', async () => {
    const away = {
      head: () => Promise.reject(new StoreUnavailable('away')),
      readAll: () => api.installation.execution.store.readAll(),
    }
    const samples = await read((metrics) => {
      metrics.models({
        models: [{ model: model!, position: null, failure: null }],
        store: away,
        clock,
        positionsCount: true,
      })
      metrics.leadership('projector', () => true)
    })
    expect(of(samples, 'letopis_log_position')).toEqual([])
    expect(of(samples, 'letopis_read_model_lag_seconds')).toEqual([])
    expect(of(samples, 'letopis_metric_source_failures_total')).toMatchObject([
      { labels: { source: 'read-models' }, value: 1 },
    ])
    expect(of(samples, 'letopis_leader')).toMatchObject([{ labels: { role: 'projector' }, value: 1 }])
  })

  it('of the relay, of copies, of a pool and of rebuilds says what they say', async () => {
    const { store } = api.installation.execution
    const head = await store.head()
    const samples = await read((metrics) => {
      metrics.relay(
        { position: head, published: 17, failingSince: Instant.parse(MORNING) },
        { store, clock },
        () => true,
      )
      metrics.copies({
        lastCopy: async () => ({ at: Instant.parse('2026-11-09T00:00:00.000Z') }),
        lastDrill: async () => ({ at: Instant.parse('2026-11-01T00:00:00.000Z'), passed: true }),
      })
      metrics.pool('database', { totalCount: 7, idleCount: 3, waitingCount: 2 })
      metrics.rebuilds(async () => [{ readModel: 'audit-trail', events: 1_000 }])
    })
    const values = Object.fromEntries(
      samples
        .filter(({ name }) => /relay|backup|drill|pool|rebuild/.test(name))
        .map(({ name, labels, value }) => [`${name} ${Object.values(labels).join(' ')}`.trim(), value]),
    )
    expect(values).toEqual({
      letopis_relay_published_total: 17,
      letopis_relay_failing: 1,
      letopis_relay_lag_seconds: 0,
      letopis_backup_last_copy_timestamp_seconds: Date.parse('2026-11-09T00:00:00.000Z') / 1_000,
      letopis_restore_drill_last_timestamp_seconds: Date.parse('2026-11-01T00:00:00.000Z') / 1_000,
      letopis_restore_drill_passed: 1,
      'letopis_pool_connections database idle': 3,
      'letopis_pool_connections database busy': 4,
      'letopis_pool_waiting database': 2,
      'letopis_rebuild_running audit-trail': 1,
      'letopis_rebuild_events audit-trail': 1_000,
    })
  })
})
