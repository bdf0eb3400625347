import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { EventStoreDBClient, jsonEvent, NO_STREAM, START } from '@eventstore/db-client'
import type { EventStore } from '#events/store/event-store.ts'
import { streamName } from '#events/stream-name.ts'
import type { Given } from '../append/contestant.ts'
import { marks } from '../append/events.ts'
import { SCHOOL, toRecords } from '../append/ours.ts'
import { started } from '../http/service.ts'
import { inTurns, keepBusy, medianRate, ratio, type Sample, sampleOf } from '../measure.ts'
import { figure } from '../report.ts'
import { type Run, type Scenario, skipped } from '../scenario.ts'

const ROOT = join(import.meta.dirname, '../..')
const ADAPTER = join(ROOT, 'src/events/store/eventstore-log.ts')
const SERVER = join(ROOT, 'test/support/eventstore-server/main.ts')

interface Adapter {
  readonly EventStoreLog: { open(url: string, options: { log: object }): Promise<EventStore> }
}

interface Contestant {
  readonly name: string
  append(id: string, events: readonly Given[]): Promise<unknown>
  /** Reads the first `count` events of the log by a subscription. */
  catchUp(count: number): Promise<void>
}

const W = 16
const LOADS = [1, 25]

/** Our adapter beside the client that it stands on, against the same server: what the promises of the port cost. */
export const eventstore: Scenario = {
  name: 'eventstore',
  about: 'the EventStoreDB adapter: against the bare client on the same server',
  async run(run) {
    const missing = [ADAPTER, SERVER].filter((file) => !existsSync(file))
    if (missing.length > 0) return skipped(`there is no ${missing.join(' and no ')}`)
    const real = process.env['EVENTSTORE_URL']
    const url = real ?? (await started(run.scratch, [SERVER], {}, /esdb:\S+/)).address
    const { EventStoreLog } = (await import(ADAPTER)) as Adapter
    const journal = { info() {}, warn() {}, error() {} }
    const store = await EventStoreLog.open(url, { log: journal })
    const client = EventStoreDBClient.connectionString(url)
    try {
      return await measured(run, [ours(store), bare(client)], real !== undefined)
    } finally {
      await store.close()
      await client.dispose()
    }
  },
}

function ours(store: EventStore): Contestant {
  return {
    name: 'Letopis',
    append: (id, events) => {
      const stream = streamName(SCHOOL, 'journalPage', id)
      return store.append(stream, 'no-stream', toRecords(stream, 0, events))
    },
    async catchUp(count) {
      const enough = new AbortController()
      let read = 0
      for await (const events of store.subscribe({ after: null, signal: enough.signal })) {
        read += events.length
        if (read >= count) enough.abort()
      }
    },
  }
}

/** Classic appends, as ours are: credentials of a call keep it out of the one long-lived batch. */
function bare(client: EventStoreDBClient): Contestant {
  const credentials = { username: 'admin', password: 'changeit' }
  return {
    name: 'bare client',
    append: (id, events) =>
      client.appendToStream(
        `${SCHOOL}.journalPage-${id}`,
        events.map(({ id, type, data, meta }) => jsonEvent({ id, type, data, metadata: meta })),
        { expectedRevision: NO_STREAM, credentials },
      ),
    async catchUp(count) {
      const subscription = client.subscribeToAll({ fromPosition: START })
      let read = 0
      for await (const { event } of subscription) {
        if (event !== undefined && !event.type.startsWith('$') && ++read >= count) break
      }
      await subscription.unsubscribe()
    },
  }
}

async function measured(run: Run, contestants: readonly [Contestant, Contestant], real: boolean) {
  const [mine, theirs] = contestants
  const rounds = run.mode === 'quick' ? 5 : 9
  const samples = new Map<string, ReadonlyMap<string, readonly Sample[]>>()
  for (const k of LOADS) {
    run.say(`k=${k} w=${W}`)
    const append = (milliseconds: number) => (contestant: Contestant) =>
      keepBusy(W, milliseconds, k, () => contestant.append(randomUUID(), marks(k)))
    await inTurns(contestants, 1, append(300))
    samples.set(`append, k=${k} w=${W}`, await inTurns(contestants, rounds, append(1_000)))
  }
  run.say('catch-up')
  const count = 20_000
  const catchUp = async (contestant: Contestant): Promise<Sample> => {
    const began = performance.now()
    await contestant.catchUp(count)
    const milliseconds = performance.now() - began
    return sampleOf([milliseconds], count, milliseconds / 1_000)
  }
  await inTurns(contestants, 1, catchUp)
  samples.set('catch-up', await inTurns(contestants, rounds, catchUp))
  const to = (name: string): number =>
    ratio(samples.get(name)!.get(mine.name)!, samples.get(name)!.get(theirs.name)!)
  const check = (name: string, least: number) => {
    return {
      what: `${name}, Letopis to the bare client`,
      value: to(name),
      unit: '×',
      target: { least },
    } as const
  }
  return {
    tables: [
      {
        title: 'Events a second; medians',
        columns: ['', ...contestants.map(({ name }) => name), 'ratio'],
        rows: [...samples].map(([name, of]) => {
          const rates = contestants.map((contestant) => figure(medianRate(of.get(contestant.name)!)))
          return [name, ...rates, figure(to(name))] as const
        }),
      },
    ],
    checks: [check(`append, k=1 w=${W}`, 0.87), check(`append, k=25 w=${W}`, 0.95), check('catch-up', 0.8)],
    notes: [
      real ? 'on the server at EVENTSTORE_URL' : 'on the protocol server of the tests, on the same cores',
    ],
    samples: Object.fromEntries([...samples].map(([name, of]) => [name, Object.fromEntries(of)])),
  }
}
