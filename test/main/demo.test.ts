import { testKeys } from '#support/person-keys.ts'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { execute } from '#commands/execute.ts'
import { isRefusal } from '#commands/refusal.ts'
import { DEMO_SCHOOL, demoOf, readDemo, schoolOfDemo, seedDemo } from '#main/demo.ts'
import { Obstacle } from '#main/explain.ts'
import { type Installation, install } from '#main/installation.ts'
import { seed } from '#main/seed.ts'
import { SchoolSlug } from '#values/school.ts'
import { type Instant, LocalDate, systemClock } from '#values/time.ts'
import { temporaryFolder, testEngine } from '#support/databases.ts'

const at = (text: string): Instant => text as Instant
/** A school that has been set up and has not begun to live: quickest. */
const NEW = { seed: 'letopis', year: 2025, until: LocalDate.parse('2025-08-31'), done: false } as const
const NOW = at('2026-02-10T05:00:00.000Z')

describe('the demo school of a day', () => {
  it.each([
    ['shows the year before until it has a week to show', '2026-09-01', 2025, '2026-05-31'],
    [
      'shows the year before on 8 September, too: yesterday was the seventh',
      '2026-09-08',
      2025,
      '2026-05-31',
    ],
    ['has lived until yesterday from then on', '2026-09-09', 2026, '2026-09-08'],
    ['has lived until the last day of the old year at New Year', '2027-01-01', 2026, '2026-12-31'],
    ['stays in its school year after New Year', '2027-01-12', 2026, '2027-01-11'],
    ['has lived the last school day on 1 June', '2027-06-01', 2026, '2027-05-31'],
    ['shows the whole year in summer', '2027-07-15', 2026, '2027-05-31'],
    ['lives a leap day', '2028-03-01', 2027, '2028-02-29'],
  ])('%s (%s)', (_, today, year, until) => {
    expect(demoOf(at(`${today}T05:00:00.000Z`))).toEqual({ seed: 'letopis', year, until, done: false })
  })

  it('counts days as its school does', () => {
    expect(demoOf(at('2027-01-11T16:59:59.999Z')).until).toBe('2027-01-10')
    expect(demoOf(at('2027-01-11T17:00:00.000Z')).until).toBe('2027-01-11')
  })
})

describe('seeding the demo school', () => {
  const engine = testEngine('pglite')
  let folder: ReturnType<typeof temporaryFolder>
  let open: Installation
  let ticks: number
  beforeEach(async () => {
    folder = temporaryFolder()
    open = await install(await engine.open(), systemClock, pino({ level: 'silent' }), testKeys)
    ticks = 0
  })
  afterEach(async () => {
    await open.close()
    folder.remove()
  })
  const note = (demo: object): void => writeFileSync(join(folder.path, 'demo.json'), JSON.stringify(demo))
  const seeding = () => seedDemo(open, folder.path, NOW, () => void ticks++)
  const schools = async (): Promise<Set<unknown>> => {
    const found = new Set<unknown>()
    for await (const { meta } of open.execution.store.readAll()) found.add(meta['school'])
    return found
  }

  /** Another school takes its first step, as one does by hand. */
  async function otherSchool(): Promise<void> {
    const { command, actor, id, input } = schoolOfDemo({ ...NEW, seed: 'another' }).setUp[0]!
    const school = SchoolSlug.parse('tomsk35')
    expect(isRefusal(await execute(open.execution, command, { school, actor, id, input }))).toBe(false)
  }

  it('is done once, and remembered', async () => {
    note(NEW)
    expect(await seeding()).toEqual({ ...NEW, done: true })
    const { total } = schoolOfDemo(NEW)
    expect(ticks).toBe(total)
    expect(readDemo(folder.path)).toEqual({ ...NEW, done: true })
    expect(await seeding()).toEqual({ ...NEW, done: true })
    expect(ticks).toBe(total)
    expect(await schools()).toEqual(new Set([DEMO_SCHOOL]))
  })

  it('goes on with the school that was begun, though the day is another', async () => {
    note(NEW)
    await seed(open.execution, DEMO_SCHOOL, schoolOfDemo(NEW).setUp.slice(0, 50), () => {})
    expect(await seeding()).toEqual({ ...NEW, done: true })
    expect(ticks).toBe(schoolOfDemo(NEW).total - 50)
  })

  it('leaves a log alone of which the data folder knows nothing', async () => {
    await otherSchool()
    expect(await seeding()).toBe('foreign')
    expect(await schools()).toEqual(new Set(['tomsk35']))
    expect(readDemo(folder.path)).toBeNull()
  })

  it.each([true, false])(
    'leaves another school alone when demo.json is of another database (done: %s)',
    async (done) => {
      note({ ...NEW, done })
      await otherSchool()
      expect(await seeding()).toBe('foreign')
      expect(await schools()).toEqual(new Set(['tomsk35']))
      expect(ticks).toBe(0)
    },
  )

  it('leaves a demo school of another year alone', async () => {
    await seed(open.execution, DEMO_SCHOOL, schoolOfDemo({ ...NEW, year: 2024 }).setUp.slice(0, 5), () => {})
    note(NEW)
    expect(await seeding()).toBe('foreign')
  })

  it('does not take a database for seeded that is empty, because demo.json tells of another', async () => {
    note({ ...NEW, year: 2024, done: true })
    // Only whether it begins is of interest here, and with which school: the first command ends it.
    const begun = seedDemo(open, folder.path, at('2026-09-09T05:00:00.000Z'), () => {
      throw new Error('begun')
    })
    await expect(begun).rejects.toThrow('begun')
    expect(readDemo(folder.path)).toEqual({ seed: 'letopis', year: 2026, until: '2026-09-08', done: false })
  })

  it.each(['', '{"seed":', '{"seed":"letopis"}', '[]'])('says so when demo.json holds %j', async (text) => {
    mkdirSync(folder.path, { recursive: true })
    writeFileSync(join(folder.path, 'demo.json'), text)
    await expect(seeding()).rejects.toThrow(Obstacle)
    expect(readFileSync(join(folder.path, 'demo.json'), 'utf8')).toBe(text)
    expect(await schools()).toEqual(new Set())
  })
})
