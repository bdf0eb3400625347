import type { Instant, LocalDate } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import { CELL_COLUMNS, type Cell, cellSteps, pageTable, versionOf } from '../cell.ts'
import {
  assessmentTable,
  exemptionTable,
  remarkTable,
  LESSON_COLUMNS,
  type LessonRow,
  lessonSteps,
} from '../lesson-row.ts'
import { put, type ReadModel, table } from '../read-model.ts'

interface WorkRow {
  readonly work: Uuid
  readonly kind: string
  readonly weight: number
}

/** A parent got acquainted with a week of the diary (R-7A.15). */
export interface AcknowledgementRow {
  readonly revision: number
  readonly pupil: Uuid
  readonly representative: Uuid
  /** Its Monday. */
  readonly week: LocalDate
  /** The one thing that was acknowledged; null is the whole week. */
  readonly item: Uuid | null
  readonly seen: string
  readonly at: Instant
  /** The token of the external system that said it for the parent; null where he said it himself. */
  readonly through: Uuid | null
}

/** The diary: what a pupil did, by lesson and date; a copy of its own, so that one can be rebuilt without the other. */
export const pupilDiary: ReadModel = {
  name: 'pupil-diary',
  version: 9,
  tables: [
    pageTable,
    table<LessonRow>({
      name: 'lesson',
      columns: LESSON_COLUMNS,
      key: ['lesson'],
      indexes: [['date']],
      on: lessonSteps,
    }),
    assessmentTable,
    remarkTable,
    exemptionTable,
    table<WorkRow>({
      name: 'work',
      columns: { work: 'uuid', kind: 'text', weight: 'integer' },
      key: ['work'],
      on: {
        WorkHeld: ({ data: { work, kind, weight } }) => [put<WorkRow, 'work'>({ work }, { kind, weight })],
      },
    }),
    table<AcknowledgementRow>({
      name: 'acknowledgement',
      columns: {
        revision: 'integer',
        pupil: 'uuid',
        representative: 'uuid',
        week: 'text',
        item: 'uuid',
        seen: 'text',
        at: 'text',
        through: 'uuid',
      },
      key: ['revision'],
      own: true,
      indexes: [['pupil', 'week']],
      on: {
        DiaryAcknowledged: (event) => [
          put<AcknowledgementRow, 'revision'>(
            { revision: versionOf(event) },
            {
              ...event.data,
              at: event.meta.at,
              through: event.meta.role === 'external-system' ? event.meta.by : null,
            },
          ),
        ],
      },
    }),
    table<Cell>({
      name: 'entry',
      columns: CELL_COLUMNS,
      key: ['lesson', 'pupil'],
      indexes: [['pupil']],
      on: cellSteps,
    }),
  ],
}
