import { randomInt } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
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
import { LocalDate, systemClock } from '#values/time.ts'
import { type Answer, byPage, chainedLog, logInAll, sendOne, type Tokens } from '#support/burst.ts'
import { temporaryFolder } from '#support/databases.ts'
import { freePort, ownPostgresAbsence, startOwnPostgres } from '#support/own-postgres.ts'
import { processes, type Running } from '#support/process.ts'

/** How long the storm lasts, in seconds: `STORM_SECONDS=300` for minutes of it. */
const SECONDS = Number(process.env['STORM_SECONDS'] ?? 25)

const DEMO = { seed: 'letopis', year: 2025, until: LocalDate.parse('2025-09-30'), done: false } as const
const { setUp, life } = schoolOfDemo(DEMO)
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

  async duties(): Promise<Record<string, boolean>> {
    const { duties } = (await (await fetch(`${this.address}/health/ready`)).json()) as {
      duties: ReadonlyArray<{ duty: string; leads: boolean }>
    }
    return Object.fromEntries(duties.map(({ duty, leads }) => [duty, leads]))
  }
}

describe.skipIf(ownPostgresAbsence !== null)(
  'processes and a database that are killed while many write',
  () => {
    const letopis = processes()
    const folder = temporaryFolder()
    afterAll(() => folder.remove())

    it(
      'R-A3.2c: cost no acknowledged command, double none, and go on without a hand',
      async () => {
        const postgres = await startOwnPostgres()
        const variables = { LETOPIS_DATA: folder.path, DATABASE_URL: postgres.url }
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
        const all = [...apis, ...projectors]
        for (const one of all) await one.start()
        await vi.waitFor(async () => expect(await leadersOf(projectors)).toBe(1), { timeout: 20_000 })

        const tokens = await logInAll(apis[0]!.address, logInsOf(schoolOf(DEMO.seed, DEMO.year)))
        const acknowledged = new Map<string, Answer>()
        const over = new AbortController()
        const killed: string[] = []
        const storm = async (): Promise<void> => {
          const end = Date.now() + SECONDS * 1_000
          while (Date.now() < end && acknowledged.size < life.length) {
            const victim = randomInt(5)
            killed.push(['api', 'api', 'projector', 'projector', 'postgres'][victim]!)
            await (all[victim]?.kill() ?? postgres.killAndStart())
            // Between two blows people must get something done.
            const before = acknowledged.size
            const stalled = Date.now() + 60_000
            while (acknowledged.size < Math.min(before + 50, life.length)) {
              if (Date.now() > stalled) expect.fail(`nothing goes on after ${killed.at(-1)} was killed`)
              await setTimeout(20)
            }
          }
          over.abort()
        }
        await Promise.all([storm(), write(apis, tokens, acknowledged, over.signal)])
        expect(killed.length).toBeGreaterThan(2)

        // Whatever stands is shown, without anybody having done anything.
        const audit = await openInstallation(readConfig(variables), systemClock, silent)
        const { log, recorded } = await chainedLog(audit.execution.store)
        const shown = () =>
          query<{ event: string }>(
            audit.database.kysely,
            'select distinct on (stream, revision) event from audit_trail.line',
          )
        await vi.waitFor(async () => expect((await shown()).length).toBe(log.length), {
          timeout: 60_000,
          interval: 200,
        })
        expect((await shown()).map(({ event }) => event).toSorted()).toEqual(
          log.map(({ id }) => id).toSorted(),
        )
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
        for (const one of all) await one.stop()
        await postgres.remove()
      },
      SECONDS * 1_000 + 240_000,
    )
  },
)

async function leadersOf(projectors: readonly Restarted[]): Promise<number> {
  const duties = await Promise.all(projectors.map((one) => one.duties()))
  return duties.filter(({ projector }) => projector === true).length
}

/** Sends the commands as clients do who ask again, the other service if need be, until each has its answer. */
async function write(
  apis: readonly Restarted[],
  tokens: Tokens,
  acknowledged: Map<string, Answer>,
  over: AbortSignal,
): Promise<void> {
  const answered = async (command: SchoolCommand): Promise<Answer> => {
    for (let attempt = randomInt(2); ; attempt++) {
      const answer = await sendOne(apis[attempt % apis.length]!.address, tokens, command)
      if (answer !== null && answer !== 503) return answer
      await setTimeout(50)
    }
  }
  await Promise.all(
    byPage(life).map(async (ofPage) => {
      for (const command of ofPage) {
        if (over.aborted) return
        acknowledged.set(command.id, await answered(command))
      }
    }),
  )
}
