import type { MarkValue } from '#values/grading.ts'
import type { Instant } from '#values/time.ts'
import type { PersonalText } from '#values/personal-text.ts'
import type { Uuid } from '#values/uuid.ts'
import { pageTable } from '../cell.ts'
import { amend, put, type ReadModel, table } from '../read-model.ts'

/** What somebody said of a mark that he holds for wrong, and what came of it. */
export interface DisputeRow {
  readonly dispute: Uuid
  readonly entry: Uuid
  readonly work: Uuid
  readonly lesson: Uuid
  readonly pupil: Uuid
  /** The mark as it stood when it was disputed. */
  readonly value: MarkValue
  readonly text: PersonalText
  readonly filed_at: Instant
  /** The account of the author, and in which role: a class teacher speaks for a family. */
  readonly account: Uuid
  readonly role: string
  readonly state: 'open' | 'refused' | 'upheld'
  readonly answered_at: Instant | null
  readonly answered_by: Uuid | null
  /** Why it was refused. */
  readonly answer: PersonalText | null
  /** How it was upheld: `correction`, `withdrawal`. */
  readonly upheld_by: string | null
}

/** The disputes about marks (R-A1.p1): a register, because a mark that was withdrawn is no longer in the journal. */
export const markDisputes: ReadModel = {
  name: 'mark-disputes',
  version: 2,
  tables: [
    pageTable,
    table<DisputeRow>({
      name: 'dispute',
      columns: {
        dispute: 'uuid',
        entry: 'uuid',
        work: 'uuid',
        lesson: 'uuid',
        pupil: 'uuid',
        value: 'jsonb',
        text: 'jsonb',
        filed_at: 'text',
        account: 'uuid',
        role: 'text',
        state: 'text',
        answered_at: 'text',
        answered_by: 'uuid',
        answer: 'jsonb',
        upheld_by: 'text',
      },
      key: ['dispute'],
      indexes: [['filed_at'], ['pupil']],
      on: {
        MarkDisputed: ({ data: { dispute, ...data }, meta }) => [
          put<DisputeRow, 'dispute'>(
            { dispute },
            {
              ...data,
              filed_at: meta.at,
              account: meta.by,
              role: meta.role,
              state: 'open',
              answered_at: null,
              answered_by: null,
              answer: null,
              upheld_by: null,
            },
          ),
        ],
        DisputeRefused: ({ data: { dispute, text }, meta }) => [
          amend<DisputeRow>({ dispute }, () => ({
            state: 'refused',
            answered_at: meta.at,
            answered_by: meta.by,
            answer: text,
          })),
        ],
        DisputeUpheld: ({ data: { dispute, by }, meta }) => [
          amend<DisputeRow>({ dispute }, () => ({
            state: 'upheld',
            answered_at: meta.at,
            answered_by: meta.by,
            upheld_by: by,
          })),
        ],
      },
    }),
  ],
}
