import type { ComparedPlace } from '#events/journal-page.ts'
import type { PersonalText } from '#values/personal-text.ts'
import type { Instant, LocalDate } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import { pageTable } from '../cell.ts'
import { amend, put, type ReadModel, table } from '../read-model.ts'

/** A place at which the paper page said something else than the journal, and what came of it. */
export interface PaperDifferenceRow {
  readonly difference: Uuid
  readonly what: ComparedPlace
  readonly lesson: Uuid | null
  readonly pupil: Uuid | null
  readonly paper: string | null
  /** What the journal said when the difference was registered. */
  readonly electronic: string | null
  readonly found_on: LocalDate
  readonly registered_at: Instant
  readonly account: Uuid
  readonly role: string
  readonly state: 'open' | 'fixed' | 'explained'
  readonly settled_at: Instant | null
  readonly settled_by: Uuid | null
  /** How it was fixed: `correction`, `record`. */
  readonly fixed_by: string | null
  /** Why the journal stays as it is. */
  readonly explanation: PersonalText | null
}

/** The register of differences between paper and journal (R-A1.2i). */
export const paperDifferences: ReadModel = {
  name: 'paper-differences',
  version: 1,
  tables: [
    pageTable,
    table<PaperDifferenceRow>({
      name: 'difference',
      columns: {
        difference: 'uuid',
        what: 'text',
        lesson: 'uuid',
        pupil: 'uuid',
        paper: 'text',
        electronic: 'text',
        found_on: 'text',
        registered_at: 'text',
        account: 'uuid',
        role: 'text',
        state: 'text',
        settled_at: 'text',
        settled_by: 'uuid',
        fixed_by: 'text',
        explanation: 'jsonb',
      },
      key: ['difference'],
      indexes: [['registered_at']],
      on: {
        PaperDifferenceFound: ({ data: { difference, foundOn, ...data }, meta }) => [
          put<PaperDifferenceRow, 'difference'>(
            { difference },
            {
              ...data,
              found_on: foundOn,
              registered_at: meta.at,
              account: meta.by,
              role: meta.role,
              state: 'open',
              settled_at: null,
              settled_by: null,
              fixed_by: null,
              explanation: null,
            },
          ),
        ],
        PaperDifferenceFixed: ({ data: { difference, by }, meta }) => [
          amend<PaperDifferenceRow>({ difference }, () => ({
            state: 'fixed',
            settled_at: meta.at,
            settled_by: meta.by,
            fixed_by: by,
          })),
        ],
        PaperDifferenceExplained: ({ data: { difference, text }, meta }) => [
          amend<PaperDifferenceRow>({ difference }, () => ({
            state: 'explained',
            settled_at: meta.at,
            settled_by: meta.by,
            explanation: text,
          })),
        ],
      },
    }),
  ],
}
