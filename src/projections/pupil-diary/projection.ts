import type { Uuid } from '#values/uuid.ts'
import { CELL_COLUMNS, type Cell, cellSteps, pageTable } from '../cell.ts'
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

/** The diary: what a pupil did, by lesson and date; a copy of its own, so that one can be rebuilt without the other. */
export const pupilDiary: ReadModel = {
  name: 'pupil-diary',
  version: 8,
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
    table<Cell>({
      name: 'entry',
      columns: CELL_COLUMNS,
      key: ['lesson', 'pupil'],
      indexes: [['pupil']],
      on: cellSteps,
    }),
  ],
}
