import type { LocalDate } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import { dayAndMonth, shownDate, weekdayName } from './dates.ts'
import { nameOf, type Names, type PrintDocument, type TableBlock } from './document.ts'
import { FINAL_NAMES, type FinalKind } from './journal-page.ts'

/** What a paper about one pupil says of a lesson. */
export interface LessonOfPupil {
  readonly date: LocalDate
  readonly number: number
  readonly subject: string
  readonly topic: string
  readonly homework: string | null
  /** The code of absence or lateness; null is present in time. */
  readonly absence: string | null
  readonly marks: ReadonlyArray<{ readonly kind: string; readonly text: string }>
  readonly comments: readonly string[]
  readonly teacher: Uuid
}

interface OfPupil {
  readonly pupil: Uuid
  readonly learners: string | null
  readonly from: LocalDate
  readonly until: LocalDate
  readonly lessons: readonly LessonOfPupil[]
}

/** For a family without computers, or that refused the electronic form (R-5.2c). */
export interface PupilExtractContent extends OfPupil {
  readonly finals: ReadonlyArray<{
    readonly subject: string
    readonly period: string
    readonly kind: FinalKind
    readonly text: string
  }>
}

export type DiaryWeekContent = OfPupil

/** Marks, finals, absences with topics, and homework of a period. */
export function layoutPupilExtract(content: PupilExtractContent, names: Names): PrintDocument {
  return {
    title: 'Выписка из электронного журнала',
    paper: 'A4',
    orientation: 'portrait',
    head: headOf(content, names),
    blocks: [
      { kind: 'heading', text: 'Текущие отметки' },
      marksOf(content),
      { kind: 'heading', text: 'Итоговые отметки' },
      finalsOf(content),
      { kind: 'heading', text: 'Пропущенные уроки' },
      absencesOf(content),
      { kind: 'heading', text: 'Домашние задания' },
      homeworkOf(content),
      { kind: 'signatures', of: ['Выдал(а)', 'Получил(а)'], seal: false },
    ],
  }
}

/** A week as the paper diary shows it, with a place for the signature of a parent. */
export function layoutDiaryWeek(content: DiaryWeekContent, names: Names): PrintDocument {
  const days = [...Map.groupBy(content.lessons, ({ date }) => date)]
  return {
    title: 'Дневник',
    paper: 'A4',
    orientation: 'portrait',
    head: headOf(content, names),
    blocks: [
      ...days.flatMap(([date, lessons]) => [
        { kind: 'heading', text: `${weekdayName(date)}, ${shownDate(date)}` } as const,
        dayOf(lessons, names),
      ]),
      ...(days.length === 0 ? [{ kind: 'text', text: 'Уроков за эти дни в журнале нет.' } as const] : []),
      { kind: 'signatures', of: ['Классный руководитель', 'Родитель (законный представитель)'], seal: false },
    ],
  }
}

function headOf({ pupil, learners, from, until }: OfPupil, names: Names): PrintDocument['head'] {
  return [
    ['Обучающийся', nameOf(names, pupil)],
    ['Класс', learners ?? '—'],
    ['Период', `${shownDate(from)} – ${shownDate(until)}`],
  ]
}

function marksOf({ lessons }: OfPupil): TableBlock {
  const marked = lessons.filter(({ marks }) => marks.length > 0)
  const bySubject = [...Map.groupBy(marked, ({ subject }) => subject)].toSorted(([a], [b]) =>
    a.localeCompare(b, 'ru'),
  )
  return {
    kind: 'table',
    columns: [
      { head: 'Предмет', width: 110 },
      { head: 'Дата', width: 40, align: 'center' },
      { head: 'Вид работы', width: 110 },
      { head: 'Отметка', width: 40, align: 'center' },
      { head: 'Тема урока', width: 'rest' },
    ],
    rows: bySubject.flatMap(([subject, all]) =>
      all.flatMap(({ date, topic, marks }) =>
        marks.map(({ kind, text }) => [subject, dayAndMonth(date), kind, text, topic]),
      ),
    ),
  }
}

function finalsOf({ finals }: PupilExtractContent): TableBlock {
  return {
    kind: 'table',
    columns: [
      { head: 'Предмет', width: 'rest' },
      { head: 'Период', width: 120 },
      { head: 'Отметка', width: 80, align: 'center' },
    ],
    rows: finals.map(({ subject, period, kind, text }) => [
      subject,
      kind === 'period' ? period : `${period}: ${FINAL_NAMES[kind]}`,
      text,
    ]),
  }
}

function absencesOf({ lessons }: OfPupil): TableBlock {
  return {
    kind: 'table',
    columns: [
      { head: 'Дата', width: 50, align: 'center' },
      { head: 'Урок', width: 24, align: 'center' },
      { head: 'Предмет', width: 110 },
      { head: 'Обозначение', width: 50, align: 'center' },
      { head: 'Тема урока', width: 'rest' },
    ],
    rows: lessons.flatMap(({ date, number, subject, absence, topic }) =>
      absence === null ? [] : [[shownDate(date), String(number), subject, absence, topic]],
    ),
  }
}

function homeworkOf({ lessons }: OfPupil): TableBlock {
  return {
    kind: 'table',
    columns: [
      { head: 'Дата', width: 50, align: 'center' },
      { head: 'Предмет', width: 110 },
      { head: 'Задание', width: 'rest' },
    ],
    rows: lessons.flatMap(({ date, subject, homework }) =>
      homework === null ? [] : [[shownDate(date), subject, homework]],
    ),
  }
}

function dayOf(lessons: readonly LessonOfPupil[], names: Names): TableBlock {
  return {
    kind: 'table',
    columns: [
      { head: '№', width: 14, align: 'center' },
      { head: 'Предмет', width: 90 },
      { head: 'Тема', width: 'rest' },
      { head: 'Домашнее задание', width: 'rest' },
      { head: 'Отметка', width: 45, align: 'center' },
      { head: 'Замечания', width: 80 },
      { head: 'Учитель', width: 70 },
    ],
    rows: lessons.map(({ number, subject, topic, homework, absence, marks, comments, teacher }) => [
      String(number),
      subject,
      topic,
      homework ?? '',
      [...(absence === null ? [] : [absence]), ...marks.map(({ text }) => text)].join(' '),
      comments.join('; '),
      nameOf(names, teacher),
    ]),
  }
}
