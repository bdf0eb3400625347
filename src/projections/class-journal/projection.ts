import type { JournalPageEvent } from '#events/journal-page.ts'
import type { Decoded, EventType } from '#events/registry.ts'
import { journalPageEvents } from '#events/journal-page.ts'
import type { Instant } from '#values/time.ts'
import type { PersonalText } from '#values/personal-text.ts'
import type { Uuid } from '#values/uuid.ts'
import { CELL_COLUMNS, type Cell, cellSteps, PAGE_COLUMNS, pageOf, type PageRow, versionOf } from '../cell.ts'
import {
  assessmentTable,
  exemptionTable,
  remarkTable,
  LESSON_COLUMNS,
  type LessonRow,
  lessonSteps,
} from '../lesson-row.ts'
import { amend, put, type ReadModel, table, type Table } from '../read-model.ts'

interface WorkRow {
  readonly work: Uuid
  readonly lesson: Uuid
  readonly kind: string
  readonly weight: number
  /** The test of internal control (ВШК) whose column this is. */
  readonly test: Uuid | null
  readonly due_at: Instant
}

/** What a reviewer found of the homework of a lesson; the last word stands. */
export interface HomeworkReviewRow {
  readonly lesson: Uuid
  /** The version of the homework that was read. */
  readonly reviewed: number
  readonly verdict: 'suitable' | 'unsuitable'
  readonly aspects: ReadonlyArray<'age' | 'content' | 'volume'>
  readonly text: PersonalText | null
  readonly account: Uuid
  readonly at: Instant
}

interface GridPageRow extends PageRow {
  /** The revision of the stream: the `ETag` of the page. */
  readonly revision: number
}

/** Every event of a page moves its revision, whatever else it does. */
const revisionSteps = Object.fromEntries(
  (Object.keys(journalPageEvents) as EventType[]).map((type) => [
    type,
    (event: Decoded<JournalPageEvent>) => [
      amend<GridPageRow>({ page: pageOf(event.stream) }, () => ({ revision: versionOf(event) })),
    ],
  ]),
) as Table<GridPageRow>['on']

/** The class journal: pages, their lessons, their columns of marks and their cells. */
export const classJournal: ReadModel = {
  name: 'class-journal',
  version: 8,
  tables: [
    table<GridPageRow>({
      name: 'page',
      columns: { ...PAGE_COLUMNS, revision: 'integer' },
      key: ['page'],
      indexes: [['page'], ['journal']],
      on: {
        ...revisionSteps,
        PageOpened: (event) => [
          put<GridPageRow, 'page'>(
            { page: pageOf(event.stream) },
            { ...event.data, revision: versionOf(event) },
          ),
        ],
        PageGradingChanged: (event) => [
          amend<GridPageRow>({ page: pageOf(event.stream) }, () => ({
            grading: event.data.grading,
            revision: versionOf(event),
          })),
        ],
      },
    }),
    table<LessonRow>({
      name: 'lesson',
      columns: LESSON_COLUMNS,
      key: ['lesson'],
      indexes: [['date'], ['teacher', 'date']],
      on: lessonSteps,
    }),
    assessmentTable,
    remarkTable,
    exemptionTable,
    table<WorkRow>({
      name: 'work',
      columns: {
        work: 'uuid',
        lesson: 'uuid',
        kind: 'text',
        weight: 'integer',
        test: 'uuid',
        due_at: 'text',
      },
      key: ['work'],
      on: {
        WorkHeld: ({ data: { work, dueAt, ...data } }) => [
          put<WorkRow, 'work'>({ work }, { ...data, due_at: dueAt }),
        ],
      },
    }),
    table<HomeworkReviewRow>({
      name: 'homework_review',
      columns: {
        lesson: 'uuid',
        reviewed: 'integer',
        verdict: 'text',
        aspects: 'jsonb',
        text: 'jsonb',
        account: 'uuid',
        at: 'text',
      },
      key: ['lesson'],
      on: {
        HomeworkReviewed: ({ data: { lesson, version, ...data }, meta }) => [
          put<HomeworkReviewRow, 'lesson'>(
            { lesson },
            { ...data, reviewed: version, account: meta.by, at: meta.at },
          ),
        ],
      },
    }),
    table<Cell>({ name: 'cell', columns: CELL_COLUMNS, key: ['lesson', 'pupil'], on: cellSteps }),
  ],
}
