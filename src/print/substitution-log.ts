import type { Instant, LocalDate, TimeZone } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import { shownDate, shownInstant } from './dates.ts'
import { nameOf, type Names, type PrintDocument } from './document.ts'

/** The log of substitutions, transfers, cancellations and combinations (журнал замещения уроков, R-7A.16c). */
export interface SubstitutionLogContent {
  readonly from: LocalDate
  readonly until: LocalDate
  readonly zone: TimeZone
  readonly changes: ReadonlyArray<{
    readonly date: LocalDate
    readonly number: number | null
    /** The journals whose lesson it is, by name. */
    readonly journals: readonly string[]
    /** What was done: «замена», «перенос на 24.11.2026, урок 3». */
    readonly what: string
    /** Who was to give it, and who gives it; empty where that is no matter. */
    readonly scheduled: readonly Uuid[]
    readonly given: Uuid | null
    readonly reason: string | null
    readonly order: string | null
    readonly recordedAt: Instant
    readonly author: Uuid | null
  }>
}

export function layoutSubstitutionLog(content: SubstitutionLogContent, names: Names): PrintDocument {
  const { from, until, zone, changes } = content
  return {
    title: 'Журнал замещения и переноса уроков',
    paper: 'A4',
    orientation: 'landscape',
    head: [
      ['Классы', 'все классы'],
      ['Предмет', 'все предметы'],
      ['Период', `${shownDate(from)} – ${shownDate(until)}`],
    ],
    blocks: [
      {
        kind: 'table',
        columns: [
          { head: 'Дата', width: 44, align: 'center' },
          { head: 'Урок', width: 22, align: 'center' },
          { head: 'Журнал', width: 110 },
          { head: 'Что сделано', width: 'rest' },
          { head: 'По расписанию', width: 100 },
          { head: 'Проводит', width: 100 },
          { head: 'Причина', width: 80 },
          { head: 'Приказ', width: 70 },
          { head: 'Записано', width: 90 },
        ],
        rows: changes.map((one) => [
          shownDate(one.date),
          one.number === null ? '' : String(one.number),
          one.journals.join(', '),
          one.what,
          one.scheduled.map((staff) => nameOf(names, staff)).join(', '),
          one.given === null ? '' : nameOf(names, one.given),
          one.reason ?? '',
          one.order ?? '',
          `${shownInstant(one.recordedAt, zone)}${one.author === null ? '' : `, ${nameOf(names, one.author)}`}`,
        ]),
      },
      { kind: 'signatures', of: ['Заместитель директора'], seal: false },
    ],
  }
}
