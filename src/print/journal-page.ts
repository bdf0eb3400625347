import type { Instant, LocalDate } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import { dayAndMonth, shownDate } from './dates.ts'
import { type Block, byName, type Column, nameOf, type Names, type PrintDocument } from './document.ts'

/** Which final it is: of the period; on the page of the year that of the year, of its exam, and the one of the certificate. */
export type FinalKind = 'period' | 'year' | 'exam' | 'final'

export interface PrintedPeriod {
  readonly period: string
  readonly name: string
  readonly from: LocalDate | null
  readonly until: LocalDate | null
}

export interface PrintedPupil {
  readonly pupil: Uuid
  /** Where somebody came or went within the period: the first day here, the first day no more here. */
  readonly from: LocalDate | null
  readonly until: LocalDate | null
}

export interface PrintedLesson {
  readonly lesson: Uuid
  readonly date: LocalDate
  readonly number: number
  readonly topic: string
  readonly material: string | null
  /** As people read it; null where nothing was said, «не задано» where that was. */
  readonly homework: string | null
  /** The kinds of work for which marks were given, by name. */
  readonly works: readonly string[]
  /** Null of a work outside the lessons, which nobody gives. */
  readonly teacher: Uuid | null
  readonly substitution: boolean
}

/** What stands on a page of a journal: everything that the paper page has (R-1.4, R-7A.16c). */
export interface JournalPageContent {
  readonly page: Uuid
  readonly journal: string
  readonly subject: string | null
  readonly learners: string | null
  readonly year: number
  readonly period: PrintedPeriod
  readonly closedAt: Instant | null
  readonly pupils: readonly PrintedPupil[]
  readonly lessons: readonly PrintedLesson[]
  /** Marks and absences of a pupil at a lesson, as they stand in the cell: «Опз 4», «5/4»; a star is a correction. */
  readonly cells: ReadonlyArray<{ readonly lesson: Uuid; readonly pupil: Uuid; readonly text: string }>
  readonly finals: ReadonlyArray<{
    readonly pupil: Uuid
    readonly kind: FinalKind
    readonly text: string
  }>
  /** Finals that were put off, and until when (R-5.5b). */
  readonly postponed: ReadonlyArray<{ readonly pupil: Uuid; readonly until: LocalDate }>
}

/** Columns of marks on one sheet of A4. */
const COLUMNS = 26
const MARK = 20

export const FINAL_NAMES: Readonly<Record<FinalKind, string>> = {
  period: 'Итог',
  year: 'Год',
  exam: 'Экз.',
  final: 'Аттест.',
}

/**
 * A page as in the paper journal: on the left the pupils with marks and absences by date, and behind the last date
 * the finals; on the right of the same dates what was taught and what was set. A long period takes several spreads.
 */
export function layoutJournalPage(content: JournalPageContent, names: Names): PrintDocument {
  const { journal, subject, learners, year, period } = content
  const teachers = [
    ...new Set(
      content.lessons.flatMap(({ substitution, teacher }) =>
        substitution || teacher === null ? [] : [teacher],
      ),
    ),
  ]
  const pupils = byName(names, content.pupils, ({ pupil }) => pupil)
  return {
    title: 'Страница классного журнала',
    paper: 'A4',
    orientation: 'landscape',
    head: [
      ['Класс (группа)', learners ?? '—'],
      ['Предмет', subject ?? journal],
      ['Учебный год', schoolYear(year)],
      ['Период', shownPeriod(period)],
      ['Учитель', teachers.map((teacher) => nameOf(names, teacher)).join(', ') || '—'],
    ],
    blocks: spreads(content, pupils, names),
  }
}

export function schoolYear(year: number): string {
  return `${year}/${year + 1}`
}

export function shownPeriod({ name, from, until }: PrintedPeriod): string {
  return from === null || until === null ? name : `${name} (${shownDate(from)} – ${shownDate(until)})`
}

/** A column of the left side: of a lesson, or of a kind of final. */
interface MarkColumn {
  readonly head: string
  readonly text: (pupil: Uuid) => string
  readonly lesson: PrintedLesson | null
}

function spreads(content: JournalPageContent, pupils: readonly PrintedPupil[], names: Names): Block[] {
  const columns = [...lessonColumns(content), ...finalColumns(content)]
  const sheets = Math.max(1, Math.ceil(columns.length / COLUMNS))
  return Array.from({ length: sheets }, (_, sheet) => {
    const shown = columns.slice(sheet * COLUMNS, (sheet + 1) * COLUMNS)
    const lessons = shown.flatMap(({ lesson }) => (lesson === null ? [] : [lesson]))
    const numbered = `разворот ${sheet + 1} из ${sheets}`
    const right: Block[] =
      lessons.length === 0 && sheet > 0
        ? []
        : [
            { kind: 'heading', text: `Правая сторона, ${numbered}`, newSheet: true },
            taughtTable(lessons, names),
          ]
    return [
      { kind: 'heading', text: `Левая сторона, ${numbered}`, newSheet: sheet > 0 },
      marksTable(shown, pupils, names),
      ...(pupils.length === 0 ? [{ kind: 'text', text: 'Обучающихся на странице нет.' } as const] : []),
      ...right,
    ] satisfies Block[]
  }).flat()
}

function lessonColumns({ lessons, cells }: JournalPageContent): MarkColumn[] {
  const texts = new Map(cells.map(({ lesson, pupil, text }) => [`${lesson} ${pupil}`, text]))
  return lessons.map((lesson, at) => {
    const sameDay = [lessons[at - 1], lessons[at + 1]].some((near) => near?.date === lesson.date)
    return {
      head: dayAndMonth(lesson.date) + (sameDay ? `\nур.${lesson.number}` : ''),
      text: (pupil) => texts.get(`${lesson.lesson} ${pupil}`) ?? '',
      lesson,
    }
  })
}

/** A column for each kind of final that somebody has; on a page without any that of the period, empty. */
function finalColumns({ period, finals, postponed }: JournalPageContent): MarkColumn[] {
  const usual: FinalKind = period.period === 'year' ? 'year' : 'period'
  const kinds = (Object.keys(FINAL_NAMES) as FinalKind[]).filter(
    (kind) => kind === usual || finals.some((final) => final.kind === kind),
  )
  const texts = new Map(finals.map(({ pupil, kind, text }) => [`${pupil} ${kind}`, text]))
  const until = new Map(postponed.map((one) => [one.pupil, one.until]))
  return kinds.map((kind) => ({
    head: FINAL_NAMES[kind],
    text: (pupil) => {
      const later = kind === usual ? until.get(pupil) : undefined
      return texts.get(`${pupil} ${kind}`) ?? (later === undefined ? '' : `отср. до ${dayAndMonth(later)}`)
    },
    lesson: null,
  }))
}

function marksTable(columns: readonly MarkColumn[], pupils: readonly PrintedPupil[], names: Names): Block {
  const marks = columns.map(({ head }): Column => ({ head, width: MARK, align: 'center' }))
  return {
    kind: 'table',
    columns: [
      { head: '№', width: 14, align: 'center' },
      { head: 'Фамилия, имя, отчество', width: 110 },
      ...marks,
    ],
    rows: pupils.map((one, at) => [
      String(at + 1),
      rowName(one, names),
      ...columns.map(({ text }) => text(one.pupil)),
    ]),
  }
}

/** The name, with the days of coming and going. */
export function rowName({ pupil, from, until }: PrintedPupil, names: Names): string {
  const came = from === null ? '' : ` (с ${shownDate(from)})`
  const gone = until === null ? '' : ` (выбыл(а) ${shownDate(until)})`
  return `${nameOf(names, pupil)}${came}${gone}`
}

function taughtTable(lessons: readonly PrintedLesson[], names: Names): Block {
  return {
    kind: 'table',
    columns: [
      { head: 'Дата', width: 42, align: 'center' },
      { head: 'Урок', width: 20, align: 'center' },
      { head: 'Тема, пройденный материал', width: 'rest' },
      { head: 'Домашнее задание', width: 'rest' },
      { head: 'Виды работ', width: 90 },
      { head: 'Провёл урок', width: 110 },
    ],
    rows: lessons.map(({ date, number, topic, material, homework, works, teacher, substitution }) => [
      shownDate(date),
      String(number),
      material === null ? topic : `${topic}. ${material}`,
      homework ?? '',
      works.join(', '),
      teacher === null ? '' : `${nameOf(names, teacher)}${substitution ? ' (замена)' : ''}`,
    ]),
  }
}
