import type { Kysely } from 'kysely'
import { parseStreamName } from '#events/stream-name.ts'
import { migrate } from '#main/migrations.ts'
import { query } from '#events/store/sql.ts'
import type { Database } from '#main/database.ts'
import { synthesize } from '#main/synthetic/synthesize.ts'
import { SchoolSlug } from '#values/school.ts'
import { LocalDate } from '#values/time.ts'
import { Chronicle, type History } from './chronicle.ts'

export interface ManyEvents {
  readonly schools: number
  /** Of each school. */
  readonly events: number
  /** Told after each statement. */
  readonly progress?: (written: number) => void
}

/** Events of one statement. */
const BATCH = 4_000

/**
 * Fills a log with the year of the synthetic country school, multiplied: a school of more events than it had is made of
 * several such schools under one name, with people, journals and pages of their own. All of them live at the same time.
 * Every record decodes and every read model takes it; the hashes of the chains are those of the original.
 *
 * A store that is open already does not know what was written past it: open it afterwards.
 *
 * @returns the schools
 */
export async function writeSchoolYears(
  { kysely }: Pick<Database, 'kysely'>,
  { schools, events, progress }: ManyEvents,
): Promise<SchoolSlug[]> {
  const slugs = Array.from({ length: schools }, (_, n) => SchoolSlug.parse(`school${n + 1}`))
  await writePastStore(kysely, multiplied(slugs, events), progress)
  return slugs
}

/** Puts records at the end of a log, as its engine keeps them, without asking whether they fit. */
export async function writePastStore(
  database: Kysely<unknown>,
  rows: Iterable<LogRow>,
  progress: (written: number) => void = () => {},
): Promise<void> {
  await migrate(database)
  const text = 'select coalesce(max(position), 0) as head from log.event'
  const [head] = await query<{ head: string }>(database, text)
  let position = Number(head!.head)
  let written = 0
  let batch: object[] = []
  const flush = async (): Promise<void> => {
    await query(database, INSERT, [JSON.stringify(batch)])
    written += batch.length
    batch = []
    progress(written)
  }
  for (const { stream, revision, id, canonical } of rows) {
    batch.push({ position: ++position, stream, revision: Number(revision), id, canonical })
    if (batch.length === BATCH) await flush()
  }
  if (batch.length > 0) await flush()
  await query(database, 'analyze log.event')
}

const INSERT = `insert into log.event (position, stream, revision, id, canonical)
  select * from json_to_recordset($1::json) as r(position bigint, stream text, revision bigint, id uuid, canonical text)`

interface LogRow {
  readonly stream: string
  readonly revision: number | bigint
  readonly id: string
  readonly canonical: string
}

/** These stand once in a school, whatever its size; of the other streams that a school has one of, the parts are joined. */
const ONCE = new Set(['schoolYear', 'policy'])
const JOINED = new Set(['curriculum', 'roster', 'teachingLoad', 'timetable'])

function* multiplied(schools: readonly SchoolSlug[], events: number): Iterable<LogRow> {
  const year = yearOf()
  const once = year.filter(({ stream }) => ONCE.has(categoryOf(stream))).length
  const parts = Math.max(1, Math.ceil((events - once) / (year.length - once)))
  const left = new Map(schools.map((school) => [school, events]))
  for (const event of year) {
    for (const [number, school] of schools.entries()) {
      for (let part = 0; part < (ONCE.has(categoryOf(event.stream)) ? 1 : parts); part++) {
        if (left.get(school) === 0) break
        left.set(school, left.get(school)! - 1)
        yield copied(event, school, number * parts + part, part, parts)
      }
    }
  }
}

function copied(
  { stream, revision, id, canonical }: History[number],
  school: SchoolSlug,
  copy: number,
  part: number,
  parts: number,
): LogRow {
  const category = categoryOf(stream)
  const place = JOINED.has(category) ? Number(revision) * parts + part : Number(revision)
  const own = (text: string): string => text.replaceAll(UUID, (_, start: string) => `${marked(start, copy)}-`)
  return {
    stream: own(stream.replace(ORIGINAL, school)),
    revision: place,
    id: own(id),
    canonical: own(
      canonical
        .replaceAll(`"${ORIGINAL}.`, `"${school}.`)
        .replace(`"school":"${ORIGINAL}"`, `"school":"${school}"`)
        .replace(`"rev":${revision},`, `"rev":${place},`),
    ),
  }
}

const ORIGINAL = SchoolSlug.parse('original')
/** The beginning of a UUID; its version stands further on. */
const UUID = /\b([0-9a-f]{8})-(?=[0-9a-f]{4}-[0-9a-f]{4}-)/g

function marked(start: string, copy: number): string {
  return ((Number.parseInt(start, 16) ^ copy) >>> 0).toString(16).padStart(8, '0')
}

function categoryOf(stream: string): string {
  return parseStreamName(stream)!.category
}

/** What the synthetic school wrote in a whole year, as its rules decided it: about 67,000 events in ten seconds. */
function yearOf(): History {
  const until = LocalDate.parse('2026-06-30')
  const school = synthesize({ seed: 'letopis', preset: 'S', year: 2025, until, password: 'correct horse' })
  const chronicle = new Chronicle(ORIGINAL, [], school.setUp[0]!.at)
  for (const { command, input, actor, at, id } of school.commands()) {
    chronicle.now = at
    chronicle.ask(command, input, actor, id)
  }
  return chronicle.written
}
