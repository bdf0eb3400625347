import { randomUUID } from 'node:crypto'
import type { Kysely } from 'kysely'
import type { EventStore, PositionedEvent } from '#events/store/event-store.ts'
import { comparePositions, type Position } from '#events/store/position.ts'
import { query } from '#events/store/sql.ts'
import type { SchoolSlug } from '#values/school.ts'
import type { Clock, Instant } from '#values/time.ts'
import { apply, createTables } from './apply.ts'
import { hold, readCheckpoint, release, writeCheckpoint } from './checkpoint.ts'
import { type AnyTable, type ReadModel, schemaOf, tablesOf } from './read-model.ts'

/** What a rebuild found: the same rows, or how many differ and where. */
export interface RebuildReport {
  readonly id: string
  readonly readModel: string
  /** Null for all schools. */
  readonly school: SchoolSlug | null
  readonly started: Instant
  readonly finished: Instant
  readonly events: number
  readonly tables: readonly TableReport[]
}

export interface TableReport {
  readonly table: string
  readonly rows: { readonly live: number; readonly rebuilt: number }
  /** SHA-256 over the rows in order of their keys; equal digests, equal rows. */
  readonly digest: { readonly live: string; readonly rebuilt: string }
  /** Rows that stand on one side only; a row that changed counts on both. */
  readonly differing: number
  /** Some of them. */
  readonly examples: ReadonlyArray<{ readonly side: 'live' | 'rebuilt'; readonly row: unknown }>
}

export interface RebuildParts {
  readonly store: EventStore
  readonly database: Kysely<unknown>
  readonly clock: Clock
  /** Told after each batch. */
  readonly progress?: (events: number) => void
}

const BATCH = 1_000

/** How long the live model is held while the last events are folded and both are compared, in seconds. */
const HOLD = 600

/**
 * Builds a read model anew from the log, beside the live one, compares the two and puts the new one in its place in one
 * transaction. Reads go on all the while; only for the comparison the live model is held where it is, because two
 * models can be compared at one event only (docs/decisions/0013).
 *
 * @param school only the rows of this school; null for all
 */
export async function rebuild(
  model: ReadModel,
  school: SchoolSlug | null,
  { store, database, clock, progress }: RebuildParts,
): Promise<RebuildReport> {
  const id = randomUUID()
  const started = clock()
  const beside = `${schemaOf(model)}_${id.slice(0, 8)}`
  await record(database, model, school, id, started)
  await createTables(database, model, beside)
  try {
    const built = new Build(model, beside, school, store)
    await built.catchUp(database, await store.head(), progress)
    await hold(database, model, HOLD)
    const held = (await readCheckpoint(database, model))?.position ?? null
    await built.catchUp(database, held, progress)
    const tables = await database.transaction().execute(async (transaction) => {
      const live = (await readCheckpoint(transaction, model, 'lock'))?.position ?? null
      if (comparePositions(live, held) !== 0) throw new Error(`${model.name} moved on while it was held`)
      const compared = await compare(transaction, model, beside, school)
      await swap(transaction, model, beside, school)
      if (school === null) await writeCheckpoint(transaction, model, live)
      return compared
    })
    const report = {
      id,
      readModel: model.name,
      school,
      started,
      finished: clock(),
      events: built.events,
      tables,
    }
    await finish(database, report)
    return report
  } finally {
    await release(database, model)
    await query(database, `drop schema if exists ${beside} cascade`)
  }
}

class Build {
  readonly #model: ReadModel
  readonly #schema: string
  readonly #school: SchoolSlug | null
  readonly #store: EventStore
  #position: Position | null = null
  events = 0

  constructor(model: ReadModel, schema: string, school: SchoolSlug | null, store: EventStore) {
    this.#model = model
    this.#schema = schema
    this.#school = school
    this.#store = store
  }

  /** Folds every event up to `until`, that one included. */
  async catchUp(
    database: Kysely<unknown>,
    until: Position | null,
    progress?: (events: number) => void,
  ): Promise<void> {
    let batch: PositionedEvent[] = []
    const flush = async (): Promise<void> => {
      await apply(database, this.#model, this.#schema, batch)
      this.events += batch.length
      this.#position = batch.at(-1)?.position ?? this.#position
      batch = []
      progress?.(this.events)
    }
    const school = this.#school === null ? {} : { school: this.#school }
    for await (const event of this.#store.readAll({ after: this.#position, ...school })) {
      if (comparePositions(event.position, until) > 0) break
      batch.push(event)
      if (batch.length === BATCH) await flush()
    }
    if (batch.length > 0) await flush()
  }
}

async function compare(
  database: Kysely<unknown>,
  model: ReadModel,
  beside: string,
  school: SchoolSlug | null,
): Promise<TableReport[]> {
  const reports: TableReport[] = []
  for (const table of tablesOf(model)) {
    const live = selection(schemaOf(model), table, school)
    const rebuilt = selection(beside, table, school)
    const examples = await query<{ side: 'live' | 'rebuilt'; row: unknown; of: string }>(
      database,
      `with only_live as (select * from ${live} l except select * from ${rebuilt} n),
            only_rebuilt as (select * from ${rebuilt} n except select * from ${live} l),
            found as (select 'live' as side, to_jsonb(a) as row from only_live a
                      union all select 'rebuilt', to_jsonb(b) from only_rebuilt b)
       select side, row, (select count(*) from found)::text as of from found limit 20`,
    )
    const one = await summary(database, table, live)
    const other = await summary(database, table, rebuilt)
    reports.push({
      table: table.name,
      rows: { live: one.rows, rebuilt: other.rows },
      digest: { live: one.digest, rebuilt: other.digest },
      differing: Number(examples[0]?.of ?? 0),
      examples: examples.map(({ side, row }) => ({ side, row })),
    })
  }
  return reports
}

async function summary(
  database: Kysely<unknown>,
  table: AnyTable,
  rows: string,
): Promise<{ rows: number; digest: string }> {
  const order = ['stream', ...table.key].map((name) => `r."${name}"`).join(', ')
  const [row] = await query<{ rows: string; digest: string }>(
    database,
    `select count(*)::text as rows,
       encode(sha256(convert_to(coalesce(string_agg(to_jsonb(r)::text, e'\\n' order by ${order}), ''), 'UTF8')), 'hex') as digest
     from ${rows} r`,
  )
  return { rows: Number(row!.rows), digest: row!.digest }
}

async function swap(
  database: Kysely<unknown>,
  model: ReadModel,
  beside: string,
  school: SchoolSlug | null,
): Promise<void> {
  const live = schemaOf(model)
  if (school === null) {
    await query(database, `drop schema ${live} cascade`)
    await query(database, `alter schema ${beside} rename to ${live}`)
    return
  }
  for (const { name } of tablesOf(model)) {
    await query(database, `delete from ${live}.${name} where school = $1`, [school])
    await query(database, `insert into ${live}.${name} select * from ${beside}.${name}`)
  }
}

/** A table, or the rows of one school in it. The slug is checked by its type, and holds letters and digits only. */
function selection(schema: string, { name }: AnyTable, school: SchoolSlug | null): string {
  const where = school === null ? '' : ` where school = '${school}'`
  return `(select * from ${schema}.${name}${where})`
}

async function record(
  database: Kysely<unknown>,
  model: ReadModel,
  school: SchoolSlug | null,
  id: string,
  started: Instant,
): Promise<void> {
  const text = 'insert into projection.rebuild (id, read_model, school, started) values ($1, $2, $3, $4)'
  await query(database, text, [id, model.name, school, started])
}

async function finish(database: Kysely<unknown>, report: RebuildReport): Promise<void> {
  const text = 'update projection.rebuild set finished = $2, report = $3::jsonb where id = $1'
  await query(database, text, [report.id, report.finished, JSON.stringify(report)])
}
