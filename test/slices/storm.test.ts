import { randomInt } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { connect } from '@nats-io/transport-node'
import { pino } from 'pino'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { query } from '#events/store/sql.ts'
import { leafHash } from '#integrity/tlog/leaf-hash.ts'
import { readConfig } from '#main/config.ts'
import { DEMO_SCHOOL, schoolOfDemo } from '#main/demo.ts'
import { catchUp, openInstallation } from '#main/installation.ts'
import { seed } from '#main/seed.ts'
import { logInsOf } from '#main/synthetic/log-ins.ts'
import type { SchoolCommand } from '#main/synthetic/school-command.ts'
import { schoolOf } from '#main/synthetic/school.ts'
import { passing } from '#relay/announcement.ts'
import { LocalDate, systemClock } from '#values/time.ts'
import { type Answer, byPage, chainedLog, logInAll, sendOne, type Tokens } from '#support/burst.ts'
import { temporaryFolder } from '#support/databases.ts'
import { freePort } from '#support/free-port.ts'
import { messagesIn, natsServer, natsServerAbsence } from '#support/nats.ts'
import { ownPostgresAbsence, startOwnPostgres } from '#support/own-postgres.ts'
import { processes, type Running } from '#support/process.ts'

/** How long the storm lasts at least, in seconds, and how many it strikes: `STORM_SECONDS=300` for minutes of it. */
const SECONDS = Number(process.env['STORM_SECONDS'] ?? 20)
const BLOWS = 8

/** What is done between two blows, in commands, before the next one falls. */
const BREATH = 50

const DEMO = { seed: 'letopis', year: 2025, until: LocalDate.parse('2025-10-03'), done: false } as const
const { setUp, life } = schoolOfDemo(DEMO)

/** Between two commands, in milliseconds: the school must have something to write until the storm is over. */
const PACE = (SECONDS * 1_000 * 4) / life.length

const silent = pino({ level: 'silent' })

/** One process of Letopis that is started again whenever it was killed, at the same address. */
class Restarted {
  readonly address: string
  readonly #start: () => Promise<Running>
  #running: Running | null = null

  constructor(port: number, start: () => Promise<Running>) {
    this.address = `http://127.0.0.1:${port}`
    this.#start = start
  }

  async start(): Promise<void> {
    this.#running = await this.#start()
  }

  async kill(): Promise<void> {
    await this.#running?.end('SIGKILL')
    await this.start()
  }

  async stop(): Promise<void> {
    expect(await this.#running?.end('SIGTERM')).toMatchObject({ code: 0 })
  }

  async leads(duty: string): Promise<boolean> {
    const { duties } = (await (await fetch(`${this.address}/health/ready`)).json()) as {
      duties: ReadonlyArray<{ duty: string; leads: boolean }>
    }
    return duties.some((own) => own.duty === duty && own.leads)
  }
}

const absence = ownPostgresAbsence ?? natsServerAbsence
const title = 'processes, a database and a bus that are killed while many write'

describe.skipIf(absence !== null)(absence === null ? title : `${title}: ${absence}`, () => {
  const letopis = processes()
  const folder = temporaryFolder()
  afterAll(() => folder.remove())

  it(
    'R-A3.2c, R-F7 (part: nothing is lost while all pages of a school write at once; its times are measured by the benchmark): cost no acknowledged command, double none, and go on without a hand',
    async () => {
      const postgres = await startOwnPostgres()
      const nats = await natsServer()
      const variables = { LETOPIS_DATA: folder.path, DATABASE_URL: postgres.url, NATS_URL: nats.url }
      const open = await openInstallation(readConfig(variables), systemClock, silent)
      await seed(open.execution, DEMO_SCHOOL, setUp, () => {})
      await catchUp(open)
      await open.close()

      const process = async (role: string): Promise<Restarted> => {
        const port = await freePort()
        return new Restarted(port, async () => {
          const running = letopis.start(['serve', '--role', role], {
            ...variables,
            LETOPIS_PORT: String(port),
          })
          await running.prints(/Летопись работает/)
          return running
        })
      }
      const apis = [await process('api'), await process('api')]
      const projectors = [await process('projector'), await process('projector')]
      const relays = [await process('relay'), await process('relay')]
      const all = [...apis, ...projectors, ...relays]
      for (const one of all) await one.start()
      await oneLeads(projectors, 'projector')
      await oneLeads(relays, 'relay')

      const tokens = await logInAll(apis[0]!.address, logInsOf(schoolOf(DEMO.seed, DEMO.year)))
      const acknowledged = new Map<string, Answer>()
      const over = new AbortController()
      const strikes: ReadonlyArray<() => Promise<void>> = [
        ...all.map((one) => () => one.kill()),
        () => postgres.killAndStart(),
        async () => {
          await nats.end('SIGKILL')
          await nats.start()
        },
      ]
      let blows = 0
      const storm = async (): Promise<void> => {
        const end = Date.now() + SECONDS * 1_000
        while ((Date.now() < end || blows < BLOWS) && acknowledged.size < life.length) {
          // Everybody once, and then whomever it hits.
          const victim = blows < strikes.length ? blows : randomInt(strikes.length)
          await strikes[victim]!()
          blows++
          const enough = Math.min(acknowledged.size + BREATH, life.length)
          const stalled = Date.now() + 60_000
          while (acknowledged.size < enough) {
            if (Date.now() > stalled) expect.fail(`nothing goes on after blow ${blows}, of ${victim}`)
            await setTimeout(20)
          }
        }
        over.abort()
      }
      // However slowly the blows fall, each still has something to fall upon, and something to be written after it.
      const held = (): number => Math.max(0, BLOWS - blows) * BREATH
      await Promise.all([storm(), write(apis, tokens, acknowledged, held, over.signal)])
      expect(blows).toBeGreaterThanOrEqual(BLOWS)

      // Whatever stands is shown, without anybody having done anything.
      const audit = await openInstallation(readConfig(variables), systemClock, silent)
      const { log, recorded } = await chainedLog(audit.execution.store)
      const shown = () =>
        query<{ event: string }>(
          audit.database.kysely,
          'select distinct on (stream, revision) event from audit_trail_v2.line',
        )
      await vi.waitFor(async () => expect((await shown()).length).toBe(log.length), LONG)
      expect((await shown()).map(({ event }) => event).toSorted()).toEqual(log.map(({ id }) => id).toSorted())
      expect(new Set(log.map(({ id }) => id)).size).toBe(log.length)
      const hashes = new Map(log.map(({ id, canonical }) => [id as string, leafHash(canonical)]))
      for (const [command, { events }] of acknowledged) {
        expect(
          events.map(({ id }) => id),
          command,
        ).toEqual(recorded.get(command) ?? [])
        for (const { id, hash } of events) expect(hashes.get(id)).toBe(hash)
      }
      await audit.close()

      // The bus holds what others may know of each of them, each once, in the order of the log.
      const told = log.flatMap((event) => passing(event).announcement?.message.id ?? [])
      await vi.waitFor(async () => expect((await messagesOf(nats.url)).length).toBe(told.length), LONG)
      expect(await messagesOf(nats.url)).toEqual(told)
      for (const one of all) await one.stop()
      await postgres.remove()
    },
    SECONDS * 1_000 + 480_000,
  )
})

const LONG = { timeout: 120_000, interval: 500 }

function oneLeads(standing: readonly Restarted[], duty: string): Promise<void> {
  return vi.waitFor(async () => {
    const leading = await Promise.all(standing.map((one) => one.leads(duty)))
    expect(leading.filter(Boolean)).toHaveLength(1)
  }, LONG)
}

/** The ids of the messages of the bus, in order. */
async function messagesOf(url: string): Promise<string[]> {
  const connection = await connect({ servers: url })
  try {
    return (await messagesIn(connection, 'LETOPIS')).map(({ message }) => message.id)
  } finally {
    await connection.close()
  }
}

/**
 * Sends the commands as clients do who ask again, the other service if need be, until each has its answer; as many as
 * `held` says stay behind as long as it says so.
 */
async function write(
  apis: readonly Restarted[],
  tokens: Tokens,
  acknowledged: Map<string, Answer>,
  held: () => number,
  over: AbortSignal,
): Promise<void> {
  const answered = async (command: SchoolCommand): Promise<Answer> => {
    for (let attempt = randomInt(2); ; attempt++) {
      const answer = await sendOne(apis[attempt % apis.length]!.address, tokens, command)
      if (answer !== null && answer !== 503) return answer
      await setTimeout(50)
    }
  }
  const began = Date.now()
  let given = 0
  // What departs from the timetable comes before the lessons that it moves, as it did in life.
  const ofSchool = life.filter(({ command }) => command.fold.category !== 'journalPage')
  for (const command of ofSchool) {
    if (over.aborted) return
    acknowledged.set(command.id, await answered(command))
    given++
  }
  await Promise.all(
    byPage(life.filter(({ command }) => command.fold.category === 'journalPage')).map(async (ofPage) => {
      for (const command of ofPage) {
        while (!over.aborted && life.length - given <= held()) await setTimeout(20)
        await setTimeout(began + PACE * given++ - Date.now())
        if (over.aborted) return
        acknowledged.set(command.id, await answered(command))
      }
    }),
  )
}
