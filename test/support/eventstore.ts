import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { GenericContainer, type StartedTestContainer, Wait } from 'testcontainers'
import { afterAll, beforeAll, describe } from 'vitest'
import type { EventStoreJournal } from '#events/store/eventstore-options.ts'
import { EventStoreServer } from './eventstore-server/server.ts'

/** EventStoreDB for the tests of one `describe`. Its address is known when they run, and not before. */
export interface TestEventStore {
  readonly name: string
  readonly url: string
}

const IMAGE = 'eventstore/eventstore:24.2.0-bookworm-slim'

/** Why there is no EventStoreDB to test on; null when there is one, or Docker to run it. */
const absence = await whyAbsent()

/**
 * The same tests on the server that speaks the protocol, and on a real one: that at `EVENTSTORE_URL`, or one in a
 * container where a Docker engine answers. Without both that part is skipped and says so; `REQUIRE_EVENTSTORE=1` lets
 * it fail instead.
 */
export function eachEventStore(suite: (eventStore: TestEventStore) => void): void {
  describe('on the protocol server', () => {
    let server: EventStoreServer
    beforeAll(async () => {
      server = await EventStoreServer.start()
    })
    afterAll(() => server.stop())
    suite({
      name: 'protocol server',
      get url() {
        return server.url
      },
    })
  })
  const title = 'on a real EventStoreDB'
  describe.skipIf(absence !== null)(absence === null ? title : `${title}: ${absence}`, () => {
    let container: StartedTestContainer | undefined
    let url = process.env['EVENTSTORE_URL']
    beforeAll(async () => {
      if (url !== undefined) return
      container = await startContainer()
      url = `esdb://${container.getHost()}:${container.getMappedPort(2113)}?tls=false`
    }, 300_000)
    afterAll(() => container?.stop())
    suite({
      name: 'EventStoreDB',
      get url() {
        return url!
      },
    })
  })
}

/** A journal that tests can look into. */
export function keptJournal() {
  const lines: Array<{ level: 'info' | 'warn' | 'error'; facts: object; message: string }> = []
  const at = (level: 'info' | 'warn' | 'error') => (facts: object, message: string) => {
    lines.push({ level, facts, message })
  }
  const journal: EventStoreJournal = { info: at('info'), warn: at('warn'), error: at('error') }
  return { lines, journal, says: (message: string) => lines.some((line) => line.message === message) }
}

/** Waits for a condition, within a bound. */
export async function until(condition: () => boolean): Promise<void> {
  for (const end = performance.now() + 20_000; !condition(); ) {
    if (performance.now() > end) throw new Error(`it did not come to be: ${String(condition)}`)
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
}

function startContainer(): Promise<StartedTestContainer> {
  return new GenericContainer(IMAGE)
    .withEnvironment({
      EVENTSTORE_INSECURE: 'true',
      EVENTSTORE_CLUSTER_SIZE: '1',
      EVENTSTORE_RUN_PROJECTIONS: 'None',
      EVENTSTORE_MEM_DB: 'true',
      EVENTSTORE_TELEMETRY_OPTOUT: 'true',
    })
    .withExposedPorts(2113)
    .withWaitStrategy(Wait.forHttp('/health/live', 2113).forStatusCode(204))
    .start()
}

async function whyAbsent(): Promise<string | null> {
  if (process.env['EVENTSTORE_URL'] !== undefined || process.env['REQUIRE_EVENTSTORE'] === '1') return null
  try {
    await promisify(execFile)('docker', ['info', '--format', '{{.ServerVersion}}'], { timeout: 5_000 })
    return null
  } catch {
    const reason = 'no EVENTSTORE_URL, and no Docker engine answers'
    console.warn(`skipped: EventStoreDB: ${reason}`)
    return reason
  }
}
