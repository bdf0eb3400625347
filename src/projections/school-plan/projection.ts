import type { CurriculumFor, CurriculumLine } from '#values/curriculum.ts'
import type { LocalDate } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import { put, type ReadModel, table } from '../read-model.ts'

/** One version of a curriculum. */
export interface CurriculumRow {
  readonly curriculum: Uuid
  readonly effective_from: LocalDate
  readonly until: LocalDate | null
  readonly year: number
  readonly name: string
  readonly for: CurriculumFor
  readonly lines: readonly CurriculumLine[]
}

/** What the school means to teach: its curricula by date. */
export const schoolPlan: ReadModel = {
  name: 'school-plan',
  version: 1,
  tables: [
    table<CurriculumRow>({
      name: 'curriculum',
      columns: {
        curriculum: 'uuid',
        effective_from: 'text',
        until: 'text',
        year: 'integer',
        name: 'text',
        for: 'jsonb',
        lines: 'jsonb',
      },
      key: ['curriculum', 'effective_from'],
      on: {
        CurriculumAdopted: ({ data: { curriculum, effectiveFrom, ...data } }) => [
          put<CurriculumRow, 'curriculum' | 'effective_from'>(
            { curriculum, effective_from: effectiveFrom },
            data,
          ),
        ],
      },
    }),
  ],
}
