import type { z } from 'zod'
import type { Command, PersonName } from '#commands/command.ts'
import type { Fold } from '#commands/fold.ts'
import type { ReferenceName } from '#commands/references.ts'
import type { Reason, Refusal } from '#commands/refusal.ts'
import type { SchoolSlug } from '#values/school.ts'
import type { Uuid } from '#values/uuid.ts'
import type { Columns, RowOf } from './columns.ts'
import type { Kind } from './ids.ts'

/** A command that rows of a file come to. */
export interface Step {
  readonly command: Command
  /** Has passed the schema of the command. */
  readonly input: Readonly<Record<string, unknown>>
}

/** What is to be done for rows: nothing, because all is so already; commands; or nothing that an import could do. */
export type Plan =
  | { readonly there: true }
  | { readonly steps: readonly Step[]; readonly outcome: 'created' | 'changed' }
  | RowRefused
  | Refusal

export type RowProblem =
  /** The thing stands already, and is something else there: an import changes no name and takes nothing back. */
  | 'row-differs'
  /** A row of a list in which each thing stands once was met again. */
  | 'row-repeated'
  | 'order-incomplete'
  | 'learners-ambiguous'
  /** The rows of one thing do not say the same of it, or are more than it can hold. */
  | 'rows-unfit'

/** Rows cannot come in as they are. Names and log-ins never stand in the facts: a report is kept. */
export interface RowRefused {
  readonly refused: RowProblem
  readonly column: string | null
  readonly detail: Readonly<Record<string, unknown>>
}

/** What rows are looked at against: the school as it stands, with what the rows before have brought in. */
export interface Context {
  readonly school: SchoolSlug
  readonly id: (kind: Kind, external: string) => Uuid
  readonly state: <State>(fold: Fold<State>, id: string | number) => Promise<Readonly<State>>
  /** The name of a person whom {@link List.person} named; undefined where none is kept. */
  readonly nameOf: (person: Uuid) => PersonName | undefined
  /** The log-in of an account that {@link List.account} named; undefined where none is kept. */
  readonly logInOf: (account: Uuid) => string | undefined
}

/** One list of a school that is brought in or given out: a table, and the commands that its rows come to. */
export interface List<Of extends Columns = Columns> {
  readonly name: string
  readonly title: string
  readonly columns: Of
  /** Which commands its rows may come to: who may give all of them may import the list. */
  readonly commands: readonly Command[]
  /** The columns that say what a row is about. Rows alike in these are one thing where the list says so, and a mistake elsewhere. */
  readonly key: readonly string[]
  readonly together?: true
  /** The person whose name a row holds. */
  person?(row: RowOf<Of>, context: Context): Uuid
  /** The account whose log-in a row holds. */
  account?(row: RowOf<Of>, context: Context): Uuid
  plan(rows: readonly [RowOf<Of>, ...RowOf<Of>[]], context: Context): Promise<Plan>
  /** The column that is wrong when a command says no for a reason. */
  readonly blame: Partial<Record<Reason, string>>
}

interface OwnColumns<Of> {
  readonly key: ReadonlyArray<keyof Of & string>
  readonly blame: Partial<Record<Reason, keyof Of & string>>
}

/** Gives a list the types of its rows; the columns that it names are its own. */
export function defineList<const Name extends string, Of extends Columns>(
  list: List<Of> & OwnColumns<Of> & { readonly name: Name },
): List<Of> & { readonly name: Name } {
  return list
}

export const THERE: Plan = { there: true }

export function step<Input extends z.ZodObject, State, Needs extends ReferenceName>(
  command: Command<Input, State, Needs>,
  input: z.input<Input>,
): Step {
  return { command, input: command.input.parse(input) }
}

export const created = (...steps: Step[]): Plan => ({ outcome: 'created', steps })
export const changed = (...steps: Step[]): Plan => ({ outcome: 'changed', steps })

/** @param recorded what stands; left out where it is personal */
export function differs(column: string, recorded?: unknown): RowRefused {
  return { refused: 'row-differs', column, detail: recorded === undefined ? {} : { recorded } }
}

export function rowRefused(refused: RowProblem, column: string | null): RowRefused {
  return { refused, column, detail: {} }
}
