import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { EventStore } from '#events/store/event-store.ts'
import { SchoolSlug, SchoolYear } from '#values/school.ts'
import { addDays, dateAt, type Instant, LocalDate, TimeZone } from '#values/time.ts'
import { extractPrinter } from './demo-extract.ts'
import { Obstacle } from './explain.ts'
import { makeFolder } from './folder.ts'
import type { Installation } from './installation.ts'
import { seed } from './seed.ts'
import { type SyntheticSchool, synthesize } from './synthetic/synthesize.ts'

export const DEMO_SCHOOL = SchoolSlug.parse('demo')
export const DEMO_PASSWORD = 'letopis-demo'
/** What the operator is told where {@link seedDemo} found another school. */
export const FOREIGN_SCHOOL = 'В установке уже есть другая школа: школа для знакомства к ней не добавлена.'

/** Which school the data folder holds, so that a seeding that was cut short goes on as it began. */
const Demo = z.object({
  seed: z.string(),
  /** Absent where it is the small one. */
  preset: z.string().optional(),
  year: SchoolYear,
  until: LocalDate,
  done: z.boolean(),
})
export type Demo = z.infer<typeof Demo>
/** Which school somebody asks for, in the place of the small one of today. */
export type Wanted = Partial<Pick<Demo, 'seed' | 'preset' | 'year' | 'until'>>

/** The demo school of today: it has lived this school year until yesterday. */
export function demoOf(now: Instant): Demo {
  const yesterday = addDays(dateAt(now, TimeZone.parse('Asia/Tomsk')), -1)
  const year = Number(yesterday.slice(0, 4))
  // In its first days a school year has nothing to show yet: the one before is shown.
  const begins = LocalDate.parse(`${year}-09-08`)
  const shown = yesterday < begins ? year - 1 : year
  const end = LocalDate.parse(`${shown + 1}-05-31`)
  return { seed: 'letopis', year: shown, until: yesterday < end ? yesterday : end, done: false }
}

/** @throws {UnknownPreset} */
export function schoolOfDemo({ seed, preset = 'S', year, until }: Demo): SyntheticSchool {
  return synthesize({ seed, preset, year, until, password: DEMO_PASSWORD })
}

/**
 * Seeds the demo school into an empty installation, or goes on where a seeding was cut short.
 *
 * The database need not be the one of which the data folder tells: `DATABASE_URL` may lead to another one each time. So
 * the log itself is asked, whose first command is that of the demo school or is not; schools are never mixed.
 *
 * @returns `foreign` where the log holds something else: nothing was done
 */
export async function seedDemo(
  installation: Installation,
  folder: string,
  now: Instant,
  progress: (done: number, total: number) => void,
  wanted: Wanted = {},
): Promise<Demo | 'foreign'> {
  const { execution } = installation
  const known = readDemo(folder)
  const first = await firstCommand(execution.store)
  if (first !== null && known === null) return 'foreign'
  const demo = known === null || (known.done && first === null) ? { ...demoOf(now), ...wanted } : known
  expectSame(demo, wanted)
  const { setUp, life, total } = schoolOfDemo(demo)
  if (first !== null && first !== setUp[0]!.id) return 'foreign'
  if (demo.done) return demo
  writeDemo(folder, demo)
  const print = extractPrinter(installation, DEMO_SCHOOL)
  await seed(execution, DEMO_SCHOOL, [...setUp, ...life], (done) => progress(done, total), print)
  const finished = { ...demo, done: true }
  writeDemo(folder, finished)
  return finished
}

/** @throws {Obstacle} when another synthetic school is here than the one that is asked for */
function expectSame(demo: Demo, wanted: Wanted): void {
  const other = Object.entries({ ...demo, ...wanted }).some(
    ([name, value]) => (demo[name as keyof Demo] ?? 'S') !== value,
  )
  if (!other) return
  const { preset = 'S', year, until, seed } = demo
  throw new Obstacle(
    `Здесь уже другая школа: ${preset}, ${year}/${year + 1}, до ${until} (зерно «${seed}»). Возьмите пустую установку.`,
  )
}

/** The command that began the log; null while it is empty. */
async function firstCommand(store: EventStore): Promise<unknown> {
  for await (const { meta } of store.readAll({ limit: 1 })) return meta.cmd
  return null
}

/** The demo school of a data folder; null where there is none. @throws {Obstacle} */
export function readDemo(folder: string): Demo | null {
  const file = fileOf(folder)
  try {
    return Demo.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    if (!(error instanceof SyntaxError || error instanceof z.ZodError)) throw error
    throw new Obstacle(`${file}: не читается. Верните его из копии или запустите без --demo.`, {
      cause: error,
    })
  }
}

function writeDemo(folder: string, demo: Demo): void {
  makeFolder(folder)
  const aside = `${fileOf(folder)}.${process.pid}`
  writeFileSync(aside, `${JSON.stringify(demo)}\n`)
  renameSync(aside, fileOf(folder))
}

const fileOf = (folder: string): string => join(folder, 'demo.json')
