import { z } from 'zod'
import type { GradingSystem } from '#values/grading.ts'
import { label } from '#values/text.ts'
import { LocalDate, LocalTime } from '#values/time.ts'

/** A column of a list: its name in files and JSON, its Russian heading, and how a cell becomes a value and back. */
export interface Column<Value = unknown> {
  /** The Russian heading. The English one is the key of the column. */
  readonly title: string
  /** Makes the value of the text of a cell that is not empty; what it says is wrong is read by people. */
  readonly schema: z.ZodType<unknown, string>
  /** An empty cell is a null, and the column may be missing altogether. */
  readonly optional: boolean
  /** The text of a cell that becomes this value. */
  write(value: Value): string
}

export type Columns = Readonly<Record<string, Column>>
export type ValueOf<Of> = Of extends Column<infer Value> ? Value : never
export type RowOf<Of extends Columns> = { readonly [Name in keyof Of]: ValueOf<Of[Name]> }

/** How another system calls a thing; case matters. */
const External = label(100)

export function text<Value extends string = string>(
  title: string,
  schema: z.ZodType<Value, string> = label() as z.ZodType<string, string> as z.ZodType<Value, string>,
): Column<Value> {
  return { title, schema, optional: false, write: String }
}

export const external = (title: string): Column<string> => text(title, External)

/** Several names of things in one cell, with a bar between them. */
export function externals(title: string): Column<readonly string[]> {
  const schema = z
    .string()
    .transform((cell) => cell.split('|').map((part) => part.trim()))
    .pipe(z.array(External).min(1).max(60))
  return { title, schema, optional: false, write: (value) => value.join('|') }
}

/** `2026-09-01`, or as Excel shows it in Russia, `01.09.2026`. */
export function date(title: string): Column<LocalDate> {
  const schema = z
    .string()
    .transform((cell) => cell.trim().replace(/^(\d\d)\.(\d\d)\.(\d{4})$/, '$3-$2-$1'))
    .pipe(LocalDate)
  return { title, schema, optional: false, write: String }
}

/** `08:30`; a table program may leave out the zero. */
export function time(title: string): Column<LocalTime> {
  const schema = z
    .string()
    .transform((cell) => cell.trim().replace(/^(\d:\d\d)$/, '0$1'))
    .pipe(LocalTime)
  return { title, schema, optional: false, write: String }
}

export function number(title: string, schema: z.ZodType<number, number>): Column<number> {
  return { title, schema: whole.pipe(schema), optional: false, write: String }
}

const whole = z
  .string()
  .trim()
  .regex(/^\d{1,6}$/, 'нужно целое число')
  .transform(Number)

export function numbers(title: string, schema: z.ZodType<number, number>): Column<readonly number[]> {
  const cell = z
    .string()
    .transform((text) => text.split('|'))
    .pipe(z.array(whole.pipe(schema)).min(1).max(60))
  return { title, schema: cell, optional: false, write: (value) => value.join('|') }
}

/** One of a closed set, by its code or its Russian word; it is written in Russian. */
export function choice<Code extends string>(
  title: string,
  words: Readonly<Record<Code, string>>,
): Column<Code> {
  const entries = Object.entries(words) as Array<[Code, string]>
  const byText = new Map(
    entries.flatMap(([code, word]) => [[code, code] as const, [folded(word), code] as const]),
  )
  const known = entries.map(([, word]) => word).join(', ')
  const schema = z.string().transform((cell, context): Code => {
    const found = byText.get(cell.trim()) ?? byText.get(folded(cell))
    if (found !== undefined) return found
    context.addIssue({ code: 'custom', message: `можно: ${known}` })
    return z.NEVER
  })
  return { title, schema, optional: false, write: (value) => words[value] }
}

export function optional<Value>(column: Column<Value>): Column<Value | null> {
  return { ...column, optional: true, write: (value) => (value === null ? '' : column.write(value)) }
}

/** Headings and words as people type them: case, ё and spaces at will. */
export const folded = (text: string): string =>
  text.normalize('NFC').trim().toLowerCase().replaceAll('ё', 'е').replaceAll(/\s+/g, ' ')

/** The columns of a name: it goes to the person store, and to no event (R-D8). */
export const NAME = {
  family: text('Фамилия'),
  given: text('Имя'),
  patronymic: optional(text('Отчество')),
}

/** The columns of an order. */
export const ORDER = {
  orderNumber: optional(text('Номер приказа', label(40))),
  orderDate: optional(date('Дата приказа')),
}

export const GRADING = choice<GradingSystem>('Система оценивания', {
  g5: 'пятибалльная',
  g10: 'десятибалльная',
  g12: 'двенадцатибалльная',
  g100: 'стобалльная',
  pass: 'зачётная',
  level: 'уровневая',
  crit: 'критериальная',
  none: 'безотметочная',
})
