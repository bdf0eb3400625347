import type { Decoded, DomainEvent, EventType } from '#events/registry.ts'
import type { Json } from '#integrity/tlog/canonical-json.ts'

/**
 * A read model is a page that somebody looks at, kept as tables that may be thrown away at any time.
 *
 * Each table is a fold by key: an event names the rows that it concerns, and says how each becomes the next. The
 * rows of a batch are read once, folded in memory and written once, so a thousand events cost two statements a table.
 * A row belongs to one stream. Therefore a stream, or a school, can be folded anew without looking at any other.
 */
export interface ReadModel {
  readonly name: string
  /** Grows when the tables or their meaning change; the model is then built anew, in a schema of its own. */
  readonly version: number
  readonly tables: readonly Table[]
  /** It shows the record itself, so that operations without effect stay in it. */
  readonly keepsVoid?: true
}

/** The types that a column may have: those that come back from every engine as they went in. */
export type ColumnType = 'text' | 'uuid' | 'integer' | 'boolean' | 'jsonb'

export interface Table<Row extends object = never> {
  readonly name: string
  readonly columns: Readonly<Record<keyof Row & string, ColumnType>>
  /** The columns that tell the rows of one stream apart. */
  readonly key: ReadonlyArray<keyof Row & string>
  /** What queries look for, besides the key; `school` stands before each. */
  readonly indexes?: ReadonlyArray<ReadonlyArray<keyof Row & string>>
  /** Each row is one event's own: only that event puts it, and its key holds the revision. */
  readonly own?: true
  readonly on: Steps<Row>
}

type Steps<Row extends object> = {
  readonly [Type in EventType]?: Step<Row, Decoded<Extract<DomainEvent, { type: Type }>>>
}

/** The changes that an event makes to the rows of one table. */
type Step<Row extends object, Event> = { changes(event: Event): ReadonlyArray<Change<Row>> }['changes']

/** One row, by its key: what it was (undefined: it was not) and what it becomes. */
export interface Change<Row extends object = never> {
  readonly key: Partial<Row>
  /** What the row was makes no difference. */
  readonly anew?: true
  readonly to: { evolve(row: Readonly<Row> | undefined): Row | undefined }['evolve']
}

/** Gives a table its types. */
export function table<Row extends object>(definition: Table<Row>): Table {
  return definition as unknown as Table
}

/** A row that an event makes, or makes anew. */
export function put<Row extends object, Key extends keyof Row>(
  key: Pick<Row, Key>,
  rest: Omit<Row, Key>,
): Change<Row> {
  return { key: key as unknown as Partial<Row>, anew: true, to: () => ({ ...key, ...rest }) as Row }
}

/** A row that an event changes if it is there: without it (as when its beginning was void) nothing happens. */
export function amend<Row extends object>(
  key: Partial<Row>,
  to: (row: Readonly<Row>) => Partial<Row>,
): Change<Row> {
  return { key, to: (row) => (row === undefined ? undefined : { ...row, ...to(row) }) }
}

/** A row of any table, as the engine of the projections sees it. */
export type AnyRow = Record<string, Json>
export interface AnyTable {
  readonly name: string
  readonly columns: Readonly<Record<string, ColumnType>>
  readonly key: readonly string[]
  readonly indexes?: ReadonlyArray<readonly string[]>
  readonly own?: true
  readonly on: Readonly<Partial<Record<string, (event: Decoded) => ReadonlyArray<AnyChange>>>>
}
interface AnyChange {
  readonly key: Partial<AnyRow>
  readonly anew?: true
  readonly to: (row: AnyRow | undefined) => AnyRow | undefined
}

export function tablesOf(model: ReadModel): readonly AnyTable[] {
  return model.tables as unknown as readonly AnyTable[]
}

const types = new WeakMap<ReadModel, ReadonlySet<string>>()

/** The types of events of which a table of the model makes something. */
export function typesOf(model: ReadModel): ReadonlySet<string> {
  const known = types.get(model)
  if (known !== undefined) return known
  const found = new Set(tablesOf(model).flatMap(({ on }) => Object.keys(on)))
  types.set(model, found)
  return found
}

/**
 * The schema of a model: `class-journal` → `class_journal`, from version 2 on `class_journal_v2`. Each version has its
 * own, so that a release reads the tables that it knows while the next one builds others (docs/decisions/0019).
 */
export function schemaOf({ name, version }: Pick<ReadModel, 'name' | 'version'>): string {
  return `${name.replaceAll('-', '_')}${version === 1 ? '' : `_v${version}`}`
}

/** The columns that every table has besides its own. */
export const PLACE = { school: 'text', stream: 'text' } as const

/** The columns that tell the rows of a table apart. */
export function keyOf(table: AnyTable): string[] {
  return ['stream', ...table.key]
}
