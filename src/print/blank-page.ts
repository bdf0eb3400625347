import type { LocalDate } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import { shownDate, weekdayName } from './dates.ts'
import { byName, nameOf, type Names, type PrintDocument } from './document.ts'
import { type PrintedPupil, rowName, schoolYear } from './journal-page.ts'

/**
 * A page to be filled in by hand while the service does not work: the class list of a date and room for everything that
 * is entered afterwards with the reason «сбой» (R-A2.7).
 */
export interface BlankPageContent {
  readonly page: Uuid
  readonly journal: string
  readonly subject: string | null
  readonly learners: string | null
  readonly year: number
  readonly date: LocalDate
  readonly teachers: readonly Uuid[]
  readonly pupils: readonly PrintedPupil[]
  /** The notes of the school, so that the hand writes what will be entered. */
  readonly codes: ReadonlyArray<{ readonly code: string; readonly name: string }>
}

const ROW = 15
/** Lines for whoever is not in the list yet. */
const SPARE = 3

export function layoutBlankPage(content: BlankPageContent, names: Names): PrintDocument {
  const { journal, subject, learners, year, date, teachers, codes } = content
  const listed = byName(names, content.pupils, ({ pupil }) => pupil).map((one) => rowName(one, names))
  return {
    title: 'Страница журнала на время сбоя',
    paper: 'A4',
    orientation: 'portrait',
    head: [
      ['Класс (группа)', learners ?? '—'],
      ['Предмет', subject ?? journal],
      ['Учебный год', schoolYear(year)],
      ['Дата', `${shownDate(date)}, ${weekdayName(date)}`],
      ['Учитель', teachers.map((teacher) => nameOf(names, teacher)).join(', ') || '—'],
    ],
    blocks: [
      {
        kind: 'table',
        columns: [
          { head: 'Номер урока', width: 50 },
          { head: 'Тема, пройденный материал', width: 'rest' },
          { head: 'Домашнее задание, срок', width: 'rest' },
          { head: 'Вид работы', width: 80 },
        ],
        rows: [
          ['', '', '', ''],
          ['', '', '', ''],
        ],
        rowHeight: 44,
      },
      {
        kind: 'table',
        columns: [
          { head: '№', width: 16, align: 'center' },
          { head: 'Фамилия, имя, отчество', width: 190 },
          { head: 'Отсутствие', width: 60 },
          { head: 'Отметка', width: 50 },
          { head: 'Отметка', width: 50 },
          { head: 'Замечание', width: 'rest' },
        ],
        rows: [...listed, ...Array.from({ length: SPARE }, () => '')].map((name, at) => [
          String(at + 1),
          name,
          '',
          '',
          '',
          '',
        ]),
        rowHeight: ROW,
      },
      { kind: 'text', text: codes.map(({ code, name }) => `${code} — ${name}`).join('; ') },
      { kind: 'signatures', of: ['Учитель'], seal: false },
    ],
  }
}
