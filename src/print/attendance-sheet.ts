import type { LocalDate } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import { dayAndMonth, shownDate } from './dates.ts'
import { byName, type Names, type PrintDocument, type TableBlock } from './document.ts'
import { type PrintedPupil, rowName, schoolYear } from './journal-page.ts'

/** Lessons that the pupils of a class missed on each day (R-7A.16c). */
export interface AttendanceSheetContent {
  readonly unit: Uuid
  readonly name: string
  readonly year: number
  readonly from: LocalDate
  readonly until: LocalDate
  /** The days on which the class had lessons. */
  readonly dates: readonly LocalDate[]
  readonly pupils: readonly PrintedPupil[]
  /** What somebody missed on a day, by code: a line for each code. */
  readonly missed: ReadonlyArray<{
    readonly pupil: Uuid
    readonly date: LocalDate
    readonly code: string
    readonly lessons: number
  }>
  /** What the codes mean, in the words of the school; lateness is no absence, and not here. */
  readonly codes: ReadonlyArray<{ readonly code: string; readonly name: string }>
}

/** Columns of days on one sheet of A4. */
const DAYS = 24

/** A table of days for each sheet, with what each pupil missed in all; below it what the codes mean. */
export function layoutAttendanceSheet(content: AttendanceSheetContent, names: Names): PrintDocument {
  const { name, year, from, until, dates, codes } = content
  const sheets = Math.max(1, Math.ceil(dates.length / DAYS))
  return {
    title: 'Ведомость посещаемости',
    paper: 'A4',
    orientation: 'landscape',
    head: [
      ['Класс (группа)', name],
      ['Предмет', 'все предметы'],
      ['Учебный год', schoolYear(year)],
      ['Период', `${shownDate(from)} – ${shownDate(until)}`],
    ],
    blocks: [
      ...Array.from({ length: sheets }, (_, sheet) => [
        { kind: 'heading', text: `Лист ${sheet + 1} из ${sheets}`, newSheet: sheet > 0 } as const,
        tableOf(content, dates.slice(sheet * DAYS, (sheet + 1) * DAYS), names),
      ]).flat(),
      {
        kind: 'text',
        text: `В клетке — пропущенные уроки: обозначение и их число. ${codes.map((of) => `${of.code} — ${of.name}`).join('; ')}.`,
      },
      { kind: 'signatures', of: ['Классный руководитель'], seal: false },
    ],
  }
}

function tableOf(
  { pupils, missed, codes }: AttendanceSheetContent,
  dates: readonly LocalDate[],
  names: Names,
): TableBlock {
  const of = Map.groupBy(missed, ({ pupil }) => pupil)
  const total = (pupil: Uuid, code: string | null): string => {
    const lines = (of.get(pupil) ?? []).filter((line) => code === null || line.code === code)
    const lessons = lines.reduce((sum, line) => sum + line.lessons, 0)
    return lessons === 0 ? '' : String(lessons)
  }
  return {
    kind: 'table',
    columns: [
      { head: '№', width: 14, align: 'center' },
      { head: 'Фамилия, имя, отчество', width: 110 },
      ...dates.map((date) => ({ head: dayAndMonth(date), width: 20, align: 'center' }) as const),
      { head: 'Всего', width: 'rest', align: 'center' },
      ...codes.map(({ code }) => ({ head: code, width: 'rest', align: 'center' }) as const),
    ],
    rows: byName(names, pupils, ({ pupil }) => pupil).map((one, at) => [
      String(at + 1),
      rowName(one, names),
      ...dates.map((date) =>
        (of.get(one.pupil) ?? [])
          .filter((line) => line.date === date)
          .map(({ code, lessons }) => `${code} ${lessons}`)
          .join('\n'),
      ),
      total(one.pupil, null),
      ...codes.map(({ code }) => total(one.pupil, code)),
    ]),
  }
}
