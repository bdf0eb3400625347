import type { z } from 'zod'
import { PlanItem, PlanSection } from '#events/topic-plan.ts'
import type { KindOfWork } from '#values/policy.ts'
import { LocalDate } from '#values/time.ts'
import type { SheetRows } from './sheet-file.ts'

/** What is wrong with one cell, as the person who keeps the file finds it. */
export interface CellError {
  readonly line: number
  readonly column: string
  readonly problem: string
}

export interface PlanOfFile {
  readonly sections: ReadonlyArray<{ readonly title: string | null; readonly items: readonly ItemOfFile[] }>
  readonly errors: readonly CellError[]
  /** Columns of which nothing was taken. */
  readonly ignored: readonly string[]
}
type ItemOfFile = Omit<z.output<typeof PlanItem>, 'number'>

type Column = 'number' | 'section' | 'topic' | 'hours' | 'kinds' | 'plannedOn'

/** How columns are headed, in small letters and without dots. */
const HEADINGS: ReadonlyMap<string, Column> = new Map([
  ['№', 'number'],
  ['номер', 'number'],
  ['№ урока', 'number'],
  ['раздел', 'section'],
  ['тема', 'topic'],
  ['тема урока', 'topic'],
  ['часы', 'hours'],
  ['кол-во часов', 'hours'],
  ['количество часов', 'hours'],
  ['виды работ', 'kinds'],
  ['вид работы', 'kinds'],
  ['дата', 'plannedOn'],
  ['дата по плану', 'plannedOn'],
])

/**
 * The topic plan that a file holds. Nothing is guessed: a cell that does not say what its column wants is an error
 * with its line and column, and all of them are told at once.
 */
export function planOfFile(rows: SheetRows, kindsOfWork: readonly KindOfWork[]): PlanOfFile {
  const [head, ...body] = rows.filter(({ cells }) => cells.some((cell) => cell !== ''))
  if (head === undefined) return { sections: [], errors: [wrong(1, 'Тема', 'файл пуст')], ignored: [] }
  const columns = head.cells.map((title) => HEADINGS.get(title.toLowerCase().replaceAll('.', '').trim()))
  if (!columns.includes('topic')) {
    return { sections: [], errors: [wrong(head.line, 'Тема', 'такого столбца нет')], ignored: [] }
  }
  const errors: CellError[] = []
  const sections: Array<{ title: string | null; items: ItemOfFile[] }> = []
  for (const { line, cells } of body) {
    const at = (column: Column) => {
      const i = columns.indexOf(column)
      return { text: cells[i] ?? '', title: head.cells[i] ?? '' }
    }
    const take = <Value>(column: Column, read: (text: string) => Value | Wrong): Value | undefined => {
      const { text, title } = at(column)
      const value = read(text)
      if (!(value instanceof Wrong)) return value
      errors.push(wrong(line, title, value.problem))
      return undefined
    }
    const { text: title } = at('section')
    if (title !== '' && title !== sections.at(-1)?.title) {
      const read = take('section', (text) => parsed(PlanSection.shape.title, text))
      sections.push({ title: read ?? null, items: [] })
    }
    // A line with a section and nothing else is its heading.
    if (title !== '' && at('topic').text === '' && at('hours').text === '') continue
    if (sections.length === 0) sections.push({ title: null, items: [] })
    const item = {
      topic: take('topic', (text) =>
        text === '' ? new Wrong('нет темы') : parsed(PlanItem.shape.topic, text),
      ),
      hours: take('hours', (text) => hoursOf(text, columns.includes('hours'))),
      kinds: take('kinds', (text) => kindsOf(text, kindsOfWork)),
      plannedOn: take('plannedOn', dateOf),
    }
    sections.at(-1)!.items.push(item as ItemOfFile)
  }
  const written = sections.filter(({ items }) => items.length > 0)
  if (written.length === 0) errors.push(wrong(head.line, 'Тема', 'ни одной темы'))
  return { sections: written, errors, ignored: head.cells.filter((cell, i) => cell !== '' && !columns[i]) }
}

class Wrong {
  readonly problem: string

  constructor(problem: string) {
    this.problem = problem
  }
}

function wrong(line: number, column: string, problem: string): CellError {
  return { line, column, problem }
}

function parsed<Schema extends z.ZodType>(schema: Schema, text: string): z.output<Schema> | Wrong {
  const { data, error } = schema.safeParse(text)
  return error === undefined ? data : new Wrong(error.issues[0]!.message)
}

function hoursOf(text: string, asked: boolean): number | Wrong {
  if (text === '' && !asked) return 1
  const hours = PlanItem.shape.hours.safeParse(/^\d{1,3}$/.test(text) ? Number(text) : undefined)
  return hours.data ?? new Wrong('целое число часов от 1 до 60')
}

/** By name or by word of the dictionary, several with a comma between them. */
function kindsOf(text: string, known: readonly KindOfWork[]): KindOfWork['kind'][] | Wrong {
  const kinds: KindOfWork['kind'][] = []
  for (const name of text.split(',').map((one) => one.trim().toLowerCase())) {
    if (name === '') continue
    const found = known.find((one) => one.kind === name || one.name.toLowerCase() === name)
    if (found === undefined) return new Wrong(`в справочнике школы нет вида работы «${name}»`)
    kinds.push(found.kind)
  }
  return kinds
}

/** `2026-11-09`, or as dates are written in Russian: `09.11.2026`. */
function dateOf(text: string): LocalDate | null | Wrong {
  if (text === '') return null
  const [, day, month, year] = /^(\d{1,2})\.(\d{1,2})\.(\d{4})$/.exec(text) ?? []
  const iso = day === undefined ? text : `${year}-${month!.padStart(2, '0')}-${day.padStart(2, '0')}`
  return LocalDate.safeParse(iso).data ?? new Wrong('дата вида 09.11.2026 или 2026-11-09')
}
