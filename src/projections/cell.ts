import type { JournalPageEvent } from '#events/journal-page.ts'
import type { Decoded } from '#events/registry.ts'
import type { CriterionScore, MarkValue } from '#values/grading.ts'
import type { PersonalText } from '#values/personal-text.ts'
import { type Instant, type LocalDate, secondsLate } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import { amend, type Change, put, type Table, table } from './read-model.ts'

/** What stands in the cell of one pupil at one lesson. */
export interface Cell {
  readonly lesson: Uuid
  readonly pupil: Uuid
  readonly absence: CellAbsence | null
  readonly marks: readonly CellMark[]
  /** Homework of this pupil alone. */
  readonly homework: CellHomework | null
}

interface CellHomework {
  readonly content: Homework
  readonly version: number
  readonly recordedAt: Instant
  readonly lateBy: number
  readonly corrected: boolean
}
type Homework = Of<'IndividualHomeworkSet'>['data']['homework']

export interface CellAbsence {
  readonly code: string | null
  /** What a correction must name as `expectedVersion`. */
  readonly version: number
  readonly corrected: boolean
}

export interface CellMark {
  readonly entry: Uuid
  readonly work: Uuid
  readonly value: MarkValue
  /** The scores from which the value follows, in a grading system of criteria. */
  readonly criteria: readonly CriterionScore[] | null
  readonly version: number
  readonly recordedAt: Instant
  /** Seconds by which it was recorded after its deadline; 0 is on time. */
  readonly lateBy: number
  readonly corrected: boolean
  /** The protocol by which it credits a topic that the pupil missed; null for any other mark (R-2.5c). */
  readonly credit: Credit | null
  readonly comments: readonly Comment[]
}

interface Credit {
  readonly protocol: { readonly number: string; readonly date: LocalDate }
  readonly examiners: readonly Uuid[]
}

export interface Comment {
  readonly comment: Uuid
  readonly text: PersonalText
  readonly author: Uuid
  readonly at: Instant
  readonly version: number
  readonly corrected: boolean
}

export const CELL_COLUMNS = {
  lesson: 'uuid',
  pupil: 'uuid',
  absence: 'jsonb',
  marks: 'jsonb',
  homework: 'jsonb',
} as const

type Of<Type extends JournalPageEvent['type']> = Decoded<Extract<JournalPageEvent, { type: Type }>>

/** The steps by which the events of a page make its cells; the grid and the diary keep them alike. */
export const cellSteps: Table<Cell>['on'] = {
  AttendanceTaken: (event) =>
    event.data.absentees.map(({ pupil, code }) =>
      cell(event.data.lesson, pupil, (was) => ({
        ...was,
        absence: { code, version: versionOf(event), corrected: false },
      })),
    ),
  AbsenceCodeCorrected: (event) => [
    cell(event.data.lesson, event.data.pupil, (was) => ({
      ...was,
      absence: { code: event.data.code, version: versionOf(event), corrected: true },
    })),
  ],
  MarkRecorded: (event) => [
    cell(event.data.lesson, event.data.pupil, (was) => ({ ...was, marks: [...was.marks, markOf(event)] })),
  ],
  MissedTopicCredited: (event) => [
    cell(event.data.lesson, event.data.pupil, (was) => ({ ...was, marks: [...was.marks, creditOf(event)] })),
  ],
  MarkCorrected: (event) => [
    onMark(event.data, (mark) => ({
      ...mark,
      value: event.data.value,
      criteria: event.data.criteria,
      version: versionOf(event),
      corrected: true,
    })),
  ],
  MarkWithdrawn: ({ data }) => [
    cell(data.lesson, data.pupil, (was) => ({
      ...was,
      marks: was.marks.filter(({ entry }) => entry !== data.entry),
    })),
  ],
  IndividualHomeworkSet: (event) =>
    event.data.pupils.map((pupil) =>
      cell(event.data.lesson, pupil, (was) => ({
        ...was,
        homework: {
          content: event.data.homework,
          version: versionOf(event),
          recordedAt: event.meta.at,
          lateBy: secondsLate(event.meta.at, event.data.dueAt),
          corrected: false,
        },
      })),
    ),
  IndividualHomeworkCorrected: (event) => [
    cell(event.data.lesson, event.data.pupil, (was) => ({
      ...was,
      homework:
        event.data.homework === null || was.homework === null
          ? null
          : { ...was.homework, content: event.data.homework, version: versionOf(event), corrected: true },
    })),
  ],
  CommentMade: (event) => {
    const { on } = event.data
    if (on.kind !== 'mark') return []
    return [
      onMark({ ...on, lesson: event.data.lesson }, (mark) => ({
        ...mark,
        comments: addComment(mark.comments, event),
      })),
    ]
  },
  CommentCorrected: (event) => {
    const { on } = event.data
    if (on.kind !== 'mark') return []
    const lesson = event.data.lesson
    return [onMark({ ...on, lesson }, (mark) => ({ ...mark, comments: rewordComment(mark.comments, event) }))]
  },
}

function cell(lesson: Uuid, pupil: Uuid, to: (was: Cell) => Cell): Change<Cell> {
  return {
    key: { lesson, pupil },
    to: (row) => to(row ?? { lesson, pupil, absence: null, marks: [], homework: null }),
  }
}

function onMark(
  { lesson, pupil, entry }: { lesson: Uuid; pupil: Uuid; entry: Uuid },
  to: (mark: CellMark) => CellMark,
): Change<Cell> {
  return cell(lesson, pupil, (was) => ({
    ...was,
    marks: was.marks.map((mark) => (mark.entry === entry ? to(mark) : mark)),
  }))
}

function markOf(event: Of<'MarkRecorded'>): CellMark {
  return { ...newMark(event), lateBy: secondsLate(event.meta.at, event.data.dueAt), credit: null }
}

/** Nobody can be late with a credit: it is set whenever the pupil has passed. */
function creditOf(event: Of<'MissedTopicCredited'>): CellMark {
  const { protocol, examiners } = event.data
  return { ...newMark(event), lateBy: 0, credit: { protocol, examiners } }
}

function newMark(event: Of<'MarkRecorded' | 'MissedTopicCredited'>) {
  const { entry, work, value, criteria } = event.data
  const set = { version: versionOf(event), recordedAt: event.meta.at, corrected: false, comments: [] }
  return { entry, work, value, criteria, ...set }
}

export function addComment(comments: readonly Comment[], event: Of<'CommentMade'>): Comment[] {
  const { comment, text } = event.data
  const { by, at } = event.meta
  return [...comments, { comment, text, author: by, at, version: versionOf(event), corrected: false }]
}

export function rewordComment(comments: readonly Comment[], event: Of<'CommentCorrected'>): Comment[] {
  return comments.map((known) =>
    known.comment === event.data.comment
      ? { ...known, text: event.data.text, version: versionOf(event), corrected: true }
      : known,
  )
}

export function versionOf({ revision }: { revision: bigint }): number {
  return Number(revision)
}

/** The page that a stream is: what its readers need to find it by journal and period. */
export interface PageRow {
  readonly page: Uuid
  readonly journal: Uuid
  readonly year: number
  readonly period: string
  readonly grading: string
}

export const PAGE_COLUMNS = {
  page: 'uuid',
  journal: 'uuid',
  year: 'integer',
  period: 'text',
  grading: 'text',
} as const

/** The pages, for models that only look them up. */
export const pageTable = table<PageRow>({
  name: 'page',
  columns: PAGE_COLUMNS,
  key: ['page'],
  indexes: [['journal']],
  on: {
    PageOpened: ({ stream, data }) => [put<PageRow, 'page'>({ page: pageOf(stream) }, data)],
    PageGradingChanged: ({ stream, data }) => [
      amend<PageRow>({ page: pageOf(stream) }, () => ({ grading: data.grading })),
    ],
  },
})

/** The id of the page whose stream this is. */
export function pageOf(stream: string): Uuid {
  return stream.slice(stream.indexOf('-') + 1) as Uuid
}
