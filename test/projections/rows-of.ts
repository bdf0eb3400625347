import type { Kysely } from 'kysely'
import type { PositionedEvent } from '#events/store/event-store.ts'
import { query } from '#events/store/sql.ts'
import { foldingsAnew, type Readable } from '#projections/anew.ts'
import { apply, createTables } from '#projections/apply.ts'
import { READ_MODELS } from '#projections/catalogue.ts'
import { type ReadModel, schemaOf, tablesOf } from '#projections/read-model.ts'
import { Chronicle } from '#support/chronicle.ts'
import { type Past, SCHOOL } from '#support/spec.ts'
import { NOW } from './placements.ts'

/** Rows as text, in one order, by model and table: `class-journal.cell`. */
export type Rows = Readonly<Record<string, readonly string[]>>

/** Every row of a model. */
export async function rowsOf(
  database: Kysely<unknown>,
  model: ReadModel,
  { schema = schemaOf(model), where = 'true', columns = 'to_jsonb(r)::text' } = {},
): Promise<Rows> {
  const tables: Record<string, string[]> = {}
  for (const { name } of tablesOf(model)) {
    const text = `select ${columns} as row from ${schema}.${name} r where ${where} order by 1`
    tables[`${model.name}.${name}`] = (await query<{ row: string }>(database, text)).map(({ row }) => row)
  }
  return tables
}

/** The rows that each read model makes of events, folded in batches into tables that are empty at first. */
export class Folding {
  readonly #database: Kysely<unknown>
  readonly #prefix: string

  private constructor(database: Kysely<unknown>, prefix: string) {
    this.#database = database
    this.#prefix = prefix
  }

  static async open(database: Kysely<unknown>, prefix: string): Promise<Folding> {
    const folding = new Folding(database, prefix)
    for (const model of READ_MODELS) await createTables(database, model, folding.#schema(model))
    return folding
  }

  /** @param log the log in which the batches stand, for events by which streams are folded anew */
  async fold(batches: ReadonlyArray<readonly PositionedEvent[]>, log?: Readable): Promise<Rows> {
    // In one transaction, because a flush to disk for each statement would be most of the time.
    return this.#database.transaction().execute(async (transaction) => {
      const models: Rows[] = []
      for (const model of READ_MODELS) {
        const schema = this.#schema(model)
        for (const { name } of tablesOf(model)) await query(transaction, `delete from ${schema}.${name}`)
        for (const batch of batches) {
          const anew = log === undefined ? new Map() : await foldingsAnew(model, log, batch)
          await apply(transaction, model, schema, batch, anew)
        }
        models.push(await rowsOf(transaction, model, { schema }))
      }
      return Object.assign({}, ...models)
    })
  }

  /** The rows of one table (`class_journal.cell`) after a history, each of its events folded by itself. */
  async rowsAfter(
    table: string,
    history: ReadonlyArray<Past | readonly Past[]>,
    order = '1',
  ): Promise<unknown[]> {
    await this.fold(new Chronicle(SCHOOL, history.flat(), NOW).written.map((event) => [event]))
    const text = `select to_jsonb(r) - 'school' - 'stream' as row from ${this.#prefix}_${table} r order by ${order}`
    return (await query<{ row: unknown }>(this.#database, text)).map(({ row }) => row)
  }

  #schema(model: ReadModel): string {
    return `${this.#prefix}_${schemaOf(model)}`
  }
}
