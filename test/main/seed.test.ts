import { testKeys } from '#support/person-keys.ts'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Installation, install } from '#main/installation.ts'
import { seed, SeedRefused } from '#main/seed.ts'
import { synthesize } from '#main/synthetic/synthesize.ts'
import { SchoolSlug } from '#values/school.ts'
import { LocalDate, systemClock } from '#values/time.ts'
import { testEngine } from '#support/databases.ts'

const commands = synthesize({
  seed: 'letopis',
  preset: 'S',
  year: 2025,
  until: LocalDate.parse('2025-08-31'),
  password: 'correct horse',
}).setUp.slice(0, 60)

/** The numbers after `from`, up to `to`. */
const upTo = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i + 1)

describe('a seeding', () => {
  const engine = testEngine('pglite')
  let open: Installation
  beforeAll(async () => {
    open = await install(await engine.open(), systemClock, pino({ level: 'silent' }), testKeys)
  })
  afterAll(() => open.close())

  /** Carries them out for a school, and tells after which number of commands it ticked. */
  async function seeded(school: SchoolSlug, given = commands): Promise<number[]> {
    const ticks: number[] = []
    await seed(open.execution, school, given, (done) => ticks.push(done))
    return ticks
  }
  async function log(school: SchoolSlug): Promise<Array<{ at: unknown; cmd: unknown }>> {
    const found: Array<{ at: unknown; cmd: unknown }> = []
    for await (const { meta } of open.execution.store.readAll({ school })) {
      found.push({ at: meta['at'], cmd: meta['cmd'] })
    }
    return found
  }
  it('carries out every command once, in order, at its own time', async () => {
    const school = SchoolSlug.parse('whole')
    expect(await seeded(school)).toEqual(upTo(0, commands.length))
    const recorded = await log(school)
    expect([...new Set(recorded.map(({ cmd }) => cmd))]).toEqual(commands.map(({ id }) => id))
    const times = new Map(commands.map(({ id, at }) => [id as string, at]))
    for (const { at, cmd } of recorded) expect(at).toBe(times.get(cmd as string))
  })

  it.each([0, 1, 2, 31, 58, 59, 60])('goes on after the %d commands that are there', async (there) => {
    const school = SchoolSlug.parse(`after${there}`)
    await seeded(school, commands.slice(0, there))
    expect(await seeded(school)).toEqual(upTo(there, commands.length))
    expect(new Set((await log(school)).map(({ cmd }) => cmd)).size).toBe(commands.length)
  })

  it('stops at a command that a rule refuses, names it, and keeps what stood before it', async () => {
    const school = SchoolSlug.parse('refused')
    const [first, second] = [commands[0]!, commands[1]!]
    // What opens the school year, asked for once more under another id.
    const twice = { ...first, id: second.id }
    const refused = seeded(school, [first, twice])
    await expect(refused).rejects.toThrow(SeedRefused)
    await expect(refused).rejects.toThrow(`${first.command.name} `)
    expect((await log(school)).map(({ cmd }) => cmd)).toEqual([first.id])
  })
})
