import type { Reason } from '#commands/refusal.ts'
import type { Uuid } from '#values/uuid.ts'
import type { Encoding } from './encoding.ts'
import type { RowProblem } from './list.ts'
import type { CellError } from './rows.ts'

/** What became of a row, or would become of it. */
export const OUTCOMES = [
  'created',
  'changed',
  'there', // all was so already: nothing is recorded
  'partly', // a part was recorded, and then a command was refused
  'refused',
] as const
export type Outcome = (typeof OUTCOMES)[number]

export interface RowError {
  /** The file of a bundle; null where there is one file only. */
  readonly file: string | null
  readonly line: number
  readonly column: number | null
  readonly heading: string | null
  readonly problem: CellError['problem'] | RowProblem | Reason
  /** In Russian; null for the reason of a command, whose wording is that of the command. */
  readonly message: string | null
  readonly facts: Readonly<Record<string, unknown>>
}

/** What an import has found and done. It holds no name, no log-in and no content of a cell. */
export interface ImportReport {
  /** `meta.corr` of every event that it recorded. */
  readonly import: Uuid
  readonly list: string
  readonly dryRun: boolean
  readonly partial: boolean
  readonly encoding: Encoding
  readonly delimiter: ';' | ','
  /** Whether anything was recorded. */
  readonly recorded: boolean
  readonly counts: Readonly<Record<Outcome, number>> & { readonly rows: number }
  /** Each row of the file by its line. */
  readonly rows: ReadonlyArray<{
    readonly file: string | null
    readonly line: number
    readonly outcome: Outcome
  }>
  readonly errors: readonly RowError[]
  /** How many errors are not told one by one. */
  readonly errorsLeftOff: number
}

/** Errors that are told one by one; who has more has another mistake. */
export const MOST_ERRORS = 1_000

export const ROW_PROBLEMS: Readonly<Record<RowProblem, string>> = {
  'row-differs': 'В школе уже записано другое: импорт этого не меняет.',
  'row-repeated': 'Такая строка в файле уже была.',
  'order-incomplete': 'У приказа нужны и номер, и дата.',
  'learners-ambiguous': 'Нужен или класс, или группа: что-то одно.',
  'rows-unfit': 'Строки не складываются в одну запись.',
}
