import { PersonKeyFolder } from '#main/person-key-folder.ts'
import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readConfig } from '#main/config.ts'
import { DEMO_SCHOOL, readDemo, schoolOfDemo } from '#main/demo.ts'
import { type Installation, install, openInstallation } from '#main/installation.ts'
import { seed } from '#main/seed.ts'
import { isSealed } from '#values/personal-text.ts'
import { LocalDate, systemClock } from '#values/time.ts'
import { eachEngine, temporaryFolder, testEngine } from '#support/databases.ts'
import { processes } from '#support/process.ts'

const DEMO = { seed: 'letopis', year: 2025, until: LocalDate.parse('2025-09-02'), done: false } as const
const silent = pino({ level: 'silent' })

async function textOf({ execution }: Installation): Promise<string[]> {
  const text: string[] = []
  for await (const { id, stream, revision, type, data } of execution.store.readAll()) {
    // The same words are sealed otherwise each time.
    const told = JSON.stringify(data, (_name, value: unknown) => (isSealed(value) ? 'sealed' : value))
    text.push(`${stream} ${revision} ${id} ${type} ${told}`)
  }
  return text
}

/** The keys of people in a folder, for an installation that is opened here. */
const keysOf = (folder: { readonly path: string }) => async () => new PersonKeyFolder(folder.path)

describe('a seeding that is killed', () => {
  const letopis = processes()
  const scratch = testEngine('pglite')
  const keys = temporaryFolder()
  afterAll(() => keys.remove())
  let undisturbed: string[]
  beforeAll(async () => {
    // Ids of events rest on the keys of an installation: those of all of them are the same.
    const open = await install(await scratch.open(), systemClock, silent, keysOf(keys))
    await seed(open.execution, DEMO_SCHOOL, [...schoolOfDemo(DEMO).commands()], () => {})
    undisturbed = await textOf(open)
    await open.close()
  }, 240_000)

  eachEngine(
    (engine) => {
      const folder = temporaryFolder()

      it('goes on where it stood, and leaves the very log of one that was not', async () => {
        const data = join(folder.path, 'data')
        mkdirSync(data)
        cpSync(join(keys.path, 'keys'), join(data, 'keys'), { recursive: true })
        writeFileSync(join(data, 'demo.json'), JSON.stringify(DEMO))
        const variables = {
          LETOPIS_DATA: data,
          ...(engine.name === 'postgres' ? { DATABASE_URL: (await engine.open()).at! } : {}),
        }
        // It says every tenth that it has done: once it is killed in the set-up, once among lessons.
        for (const tenth of [/Школа: [1-3]\d\d\//, /Школа: 9\d\d\//]) {
          const seeding = letopis.start(['seed'], variables)
          await seeding.prints(tenth)
          expect(await seeding.end('SIGKILL')).toMatchObject({ code: null })
          expect(readDemo(data)).toEqual(DEMO)
        }
        const last = await letopis.run(['seed', '--json'], variables)
        expect(last).toMatchObject({ code: 0 })
        expect(JSON.parse(last.stdout)).toMatchObject({ ...DEMO, school: 'demo', done: true })
        // The part that was there was passed over.
        expect(last.stderr).not.toMatch(/Школа: [1-8]\d\d\//)

        const open = await openInstallation(readConfig(variables), systemClock, silent)
        expect(await textOf(open)).toEqual(undisturbed)
        await open.close()
        folder.remove()
      }, 240_000)
    },
    ['pglite on disk', 'postgres'],
  )
})
