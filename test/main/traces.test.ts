import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { StaleRevision } from '#events/store/event-store.ts'
import type { ServiceWatch } from '#main/service-watch.ts'
import { VERSION } from '#main/software.ts'
import { openWatching, type Watching } from '#main/watching.ts'
import { READ_MODELS } from '#projections/catalogue.ts'
import { type Api, commandId, openApi, PASSWORD } from '#support/api.ts'
import { MONDAY, PAGE } from '#support/class-7a.ts'
import { testEngine } from '#support/databases.ts'
import { type OtlpReceiver, otlpReceiver, type ReceivedSpan } from '#support/otlp-receiver.ts'
import { SCHOOL } from '#support/spec.ts'

const engine = testEngine('pglite')
const page = `pages/${PAGE}`
const TOPIC = 'Тема, которую никто не должен видеть'
const lesson = { date: MONDAY, number: 3, topic: TOPIC }
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
const CALLER = '00f067aa0ba902b7'

const complaints: string[] = []
const log = { warn: (_facts: object, message: string) => void complaints.push(message) }

let collector: OtlpReceiver
let watching: Watching
let api: Api
/** How many of the next appends meet a writer who was faster. */
let conflicts = 0

/** As if another process wrote to the stream just before this one. */
function withConflicts({ watch, metrics }: Watching): Pick<Watching, 'watch' | 'metrics'> {
  const append: ServiceWatch['append'] = (stream, events, carryOut) =>
    watch.append(stream, events, async () => {
      if (conflicts-- > 0) throw new StaleRevision(stream, 'no-stream', 0n)
      return carryOut()
    })
  return { watch: { ...watch, append }, metrics }
}

beforeAll(async () => {
  collector = await otlpReceiver()
  watching = await openWatching({ traces: `${collector.endpoint}/` }, log, ['api', 'projector'])
  api = await openApi(engine, { watching: withConflicts(watching) })
  const teacher = await api.as('mathematician')
  const headers = { 'idempotency-key': commandId('traced') }
  const traceparent = `00-${TRACE}-${CALLER}-01`
  await teacher.post(`${page}/record-lesson`, lesson, { ...headers, traceparent })
  await teacher.post(`${page}/record-lesson`, lesson, headers)
  await teacher.post(`${page}/record-lesson`, lesson)
  conflicts = 2
  await teacher.post(`${page}/add-comment`, {
    lesson: (await api.events(`${SCHOOL}.journalPage-${PAGE}`)).at(-1)!.data['lesson'],
    on: { kind: 'lesson' },
    text: TOPIC,
  })
  for (const bad of ['', '00-xyz', `00-${'0'.repeat(32)}-${CALLER}-01`, `ff-${TRACE}-${CALLER}-01`])
    await teacher.get(`lessons?from=${MONDAY}&until=${MONDAY}`, {
      traceparent: bad,
      'letopis-role': 'teacher',
    })
  await api.shown()
  await api.close()
  // Nothing was waited for: what is on its way is sent at the end.
  await watching.close()
})
afterAll(() => collector.close())

const named = (name: string): ReceivedSpan[] => collector.spans.filter((span) => span.name === name)
const within = (parent: ReceivedSpan): ReceivedSpan[] =>
  collector.spans.filter(
    ({ parentSpanId, traceId }) => parentSpanId === parent.spanId && traceId === parent.traceId,
  )

describe('traces', () => {
  it('say which service they are of', () => {
    expect(collector.resource).toMatchObject({
      'service.name': 'letopis',
      'service.version': VERSION,
      'letopis.roles': 'api,projector',
    })
    expect(complaints).toEqual([])
  })

  it('lead from the request through the command to the append, in the trace of the caller', () => {
    const [request, repeated, refused] = named('POST record-lesson')
    expect(request).toMatchObject({
      traceId: TRACE,
      parentSpanId: CALLER,
      failed: false,
      attributes: {
        'http.request.method': 'POST',
        'http.route': 'record-lesson',
        'http.response.status_code': 201,
        'letopis.request': expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      },
    })
    const [command, ...others] = within(request!)
    expect(others).toEqual([])
    expect(command).toMatchObject({
      name: 'command record-lesson',
      attributes: {
        'letopis.school': SCHOOL,
        'letopis.stream.category': 'journalPage',
        'letopis.outcome': 'accepted',
        'letopis.attempts': 1,
        'letopis.events': 1,
      },
    })
    expect(within(command!)).toMatchObject([
      { name: 'append', attributes: { 'letopis.events': 1, 'letopis.fresh': true }, failed: false },
    ])
    expect(within(repeated!)).toMatchObject([{ attributes: { 'letopis.outcome': 'repeated' } }])
    expect(repeated!.traceId).not.toBe(TRACE)
    expect(within(refused!)).toMatchObject([
      { attributes: { 'letopis.outcome': 'lesson-exists', 'letopis.attempts': 1 } },
    ])
    expect(refused!.attributes).toMatchObject({
      'http.response.status_code': 409,
      'letopis.problem': 'lesson-exists',
    })
  })

  it('show each attempt of a command that met other writers', () => {
    const [command] = named('command add-comment')
    expect(command!.attributes).toMatchObject({ 'letopis.outcome': 'accepted', 'letopis.attempts': 3 })
    expect(within(command!).map(({ attributes, failed }) => [failed, attributes['error.type']])).toEqual([
      [true, 'stale-revision'],
      [true, 'stale-revision'],
      [false, undefined],
    ])
  })

  it('begin anew where the caller names no trace that there could be', () => {
    const lists = named('GET lesson-list')
    expect(lists).toHaveLength(4)
    for (const { parentSpanId, traceId } of lists) {
      expect(parentSpanId).toBeFalsy()
      expect([TRACE, '0'.repeat(32)]).not.toContain(traceId)
    }
  })

  it('have a span for every batch of every read model, as long as it took', () => {
    const batches = named('read model batch')
    expect(new Set(batches.map(({ attributes }) => attributes['letopis.read_model']))).toEqual(
      new Set(READ_MODELS.map(({ name }) => name)),
    )
    for (const { startTimeUnixNano, endTimeUnixNano } of batches)
      expect(BigInt(endTimeUnixNano)).toBeGreaterThan(BigInt(startTimeUnixNano))
  })

  it('hold nothing that was written, and nobody', () => {
    for (const secret of [TOPIC, PASSWORD, 'mathematician', PAGE, 'Bearer'])
      expect(collector.text).not.toContain(secret)
  })
})

describe('a collector that is away', () => {
  it('costs no request anything, is told of in the log, and does not hold the end back', async () => {
    const gone = await otlpReceiver()
    await gone.close()
    const lonely = await openWatching({ traces: gone.endpoint }, log)
    const answered = lonely.watch.request({
      id: 'r',
      method: 'GET',
      operation: 'live',
      traceparent: undefined,
    })
    answered({ status: 200, problem: null, seconds: 0.001 })
    const began = performance.now()
    await lonely.close()
    expect(performance.now() - began).toBeLessThan(15_000)
    expect(complaints).not.toEqual([])
  })
})

describe('without an endpoint', () => {
  it('nothing of the OpenTelemetry SDK is loaded', async () => {
    const script = `
      import { Module } from 'node:module'
      const { openWatching } = await import('./src/main/watching.ts')
      await openWatching({ traces: process.argv[1] }, { warn() {} })
      console.log(Object.keys(Module._cache).filter((file) => /@opentelemetry.(sdk|exporter)/.test(file)).length)
      process.exit(0)`
    const run = async (...endpoint: string[]): Promise<number> => {
      const args = ['--input-type=module', '--eval', script, ...endpoint]
      const { stdout } = await promisify(execFile)(process.execPath, args, {
        cwd: join(import.meta.dirname, '../..'),
      })
      return Number(stdout)
    }
    expect(await run()).toBe(0)
    expect(await run('http://127.0.0.1:4318')).toBeGreaterThan(0)
  })
})
