import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { PersonKeyFolder } from '#main/person-key-folder.ts'
import { randomInt } from 'node:crypto'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { PositionedEvent } from '#events/store/event-store.ts'
import { comparePositions } from '#events/store/position.ts'
import { query } from '#events/store/sql.ts'
import { leafHash } from '#integrity/tlog/leaf-hash.ts'
import { readConfig } from '#main/config.ts'
import { DEMO_SCHOOL, schoolOfDemo } from '#main/demo.ts'
import { catchUp, type Installation, install, openInstallation } from '#main/installation.ts'
import { seed } from '#main/seed.ts'
import { logInsOf } from '#main/synthetic/log-ins.ts'
import type { SchoolCommand } from '#main/synthetic/school-command.ts'
import { schoolOf } from '#main/synthetic/school.ts'
import { READ_MODELS } from '#projections/catalogue.ts'
import { readCheckpoint } from '#projections/checkpoint.ts'
import { rebuild } from '#projections/rebuild.ts'
import { LocalDate, systemClock } from '#values/time.ts'
import { eachEngine, temporaryFolder, terminateConnections, testEngine } from '#support/databases.ts'
import {
  type Answer,
  byPage,
  chainedLog,
  logInAll,
  type RecordedCommands,
  sendOne,
  type Tokens,
} from '#support/burst.ts'
import { processes, type Service, type Variables } from '#support/process.ts'

const DEMO = { seed: 'letopis', year: 2025, until: LocalDate.parse('2025-09-03'), done: false } as const
const { setUp, life } = schoolOfDemo(DEMO)
const before = life.filter(({ at }) => at < '2025-09-01T18:00:00.000Z')
/** Two days on some hundred pages, as the teachers of the school would send them. */
const burst = life.slice(before.length)
const silent = pino({ level: 'silent' })

/** Sends commands over HTTP, those of one page one after another and the pages at once, until the service is gone. */
async function send(
  { address }: Service,
  tokens: Tokens,
  commands: readonly SchoolCommand[],
  answered: (command: SchoolCommand, answer: Answer) => void,
): Promise<void> {
  await Promise.all(
    byPage(commands).map(async (ofPage) => {
      for (const command of ofPage) {
        const answer = await sendOne(address, tokens, command)
        if (answer === null) return
        if (answer === 503) throw new Error(`${command.command.name} was not answered`)
        answered(command, answer)
      }
    }),
  )
}

const logOf = ({ execution }: Installation) => chainedLog(execution.store)

/** Each read model shows what the log held at its checkpoint, goes on from there, and equals one that is built anew. */
async function expectReadModels(open: Installation, log: readonly PositionedEvent[]): Promise<void> {
  const { database, execution } = open
  const { kysely } = database
  const lines = () =>
    query<{ event: string }>(kysely, 'select distinct on (stream, revision) event from audit_trail_v2.line')
  const checkpoints = new Map<string, PositionedEvent['position'] | null>()
  for (const model of READ_MODELS) {
    checkpoints.set(model.name, (await readCheckpoint(kysely, model))!.position)
  }
  const reached = checkpoints.get('audit-trail')!
  const shown = log.filter(({ position }) => comparePositions(position, reached) <= 0).map(({ id }) => id)
  expect(shown.length).toBeGreaterThan(0)
  expect((await lines()).map(({ event }) => event).toSorted()).toEqual(shown.toSorted())

  const subscribe = vi.spyOn(execution.store, 'subscribe')
  await catchUp(open)
  // They read the log together where they stand together; none begins anywhere but at a checkpoint.
  const begun = subscribe.mock.calls.map(([{ after }]) => after)
  expect(begun.length).toBeGreaterThan(0)
  expect([...checkpoints.values()]).toEqual(expect.arrayContaining(begun))
  expect((await lines()).map(({ event }) => event).toSorted()).toEqual(log.map(({ id }) => id).toSorted())
  for (const model of READ_MODELS) {
    const { store } = execution
    const { tables } = await rebuild(model, null, { store, database: kysely, clock: systemClock })
    for (const { table, differing } of tables) expect(differing, `${model.name}.${table}`).toBe(0)
  }
}

/** The keys of people in a folder, for an installation that is opened here. */
const keysOf = (folder: { readonly path: string }) => async () => new PersonKeyFolder(folder.path)

describe('a service that is killed while many write', () => {
  const letopis = processes()
  const scratch = testEngine('pglite')
  const keys = temporaryFolder()
  afterAll(() => keys.remove())
  /** What the commands record where nothing is ever killed. */
  let undisturbed: RecordedCommands
  beforeAll(async () => {
    // Ids of events rest on the keys of an installation: those of all of them are the same.
    const open = await install(await scratch.open(), systemClock, silent, keysOf(keys))
    await seed(open.execution, DEMO_SCHOOL, [...setUp, ...life], () => {})
    undisturbed = (await logOf(open)).recorded
    await open.close()
    expect([...undisturbed.values()].some((ids) => ids.length > 5)).toBe(true)
  }, 240_000)

  eachEngine(
    (engine) => {
      const folder = temporaryFolder()

      it('has every command that it acknowledged, none by half, and takes each of them again once', async () => {
        const variables: Variables =
          engine.name === 'postgres'
            ? { LETOPIS_DATA: folder.path, DATABASE_URL: (await engine.open()).at! }
            : { LETOPIS_DATA: folder.path }
        cpSync(join(keys.path, 'keys'), join(folder.path, 'keys'), { recursive: true })
        const inspect = async (look: (open: Installation) => Promise<void>): Promise<void> => {
          // A server may still be at the last statement of the dead process: look when that is over.
          if (variables['DATABASE_URL'] !== undefined) await terminateConnections(variables['DATABASE_URL'])
          const open = await openInstallation(readConfig(variables), systemClock, silent)
          try {
            await look(open)
          } finally {
            await open.close()
          }
        }
        await inspect(async (open) => {
          await seed(open.execution, DEMO_SCHOOL, [...setUp, ...before], () => {})
          await catchUp(open)
        })

        const answers = new Map<string, Answer>()
        let tokens: Tokens | null = null
        for (const part of [burst.slice(0, 250), burst]) {
          const service = await letopis.serve(variables)
          // Those of before a restart are good after it.
          tokens ??= await logInAll(service.address, logInsOf(schoolOf(DEMO.seed, DEMO.year)))
          let left = randomInt(20, Math.floor((part.length - answers.size) / 2))
          await send(service, tokens, part, ({ id }, answer) => {
            const first = answers.get(id)
            if (first === undefined) answers.set(id, answer)
            else expect(answer).toEqual({ ...first, repeated: true })
            left -= first === undefined ? 1 : 0
            if (left === 0) void service.end('SIGKILL')
          })
          await service.end('SIGKILL')
          expect(answers.size).toBeLessThan(burst.length)
        }

        await inspect(async (open) => {
          const { log, recorded } = await logOf(open)
          for (const [command, ids] of recorded) expect(ids, command).toEqual(undisturbed.get(command))
          const hashes = new Map(log.map(({ id, canonical }) => [id as string, leafHash(canonical)]))
          for (const { events } of answers.values()) {
            for (const { id, hash } of events) expect(hashes.get(id)).toBe(hash)
          }
          await expectReadModels(open, log)
        })

        const service = await letopis.serve(variables)
        const again = new Set<string>()
        await send(service, tokens!, burst, ({ id }, answer) => {
          again.add(id)
          const first = answers.get(id)
          if (first !== undefined) expect(answer).toEqual({ ...first, repeated: true })
          expect(answer.events.map(({ id }) => id)).toEqual(undisturbed.get(id))
        })
        expect(again.size).toBe(burst.length)
        expect(await service.end('SIGTERM')).toMatchObject({ code: 0 })

        await inspect(async (open) => {
          const { log, recorded } = await logOf(open)
          expect(recorded).toEqual(undisturbed)
          await expectReadModels(open, log)
        })
        folder.remove()
      }, 240_000)
    },
    ['pglite on disk', 'postgres'],
  )
})
