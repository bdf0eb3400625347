import type { PrintoutEvent } from '#events/printout.ts'
import type { Instant, LocalDate } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import { amend, put, type ReadModel, table } from '../read-model.ts'

/** A paper that left the service as a document. */
export interface PrintoutRow {
  readonly printout: Uuid
  readonly template: string
  readonly of: Extract<PrintoutEvent, { type: 'PrintoutIssued' }>['data']['of']
  readonly from: LocalDate | null
  readonly until: LocalDate | null
  readonly snapshot: string
  readonly content: string
  readonly digest: string
  readonly bytes: number
  readonly recipient: Uuid | null
  readonly issued_at: Instant
  /** The account that issued it, and the one that certified it. */
  readonly issued_by: Uuid
  readonly certified_at: Instant | null
  readonly certified_by: Uuid | null
}

/** The register of extracts and certified prints (R-3.1, R-5.2c). */
export const printouts: ReadModel = {
  name: 'printouts',
  version: 1,
  tables: [
    table<PrintoutRow>({
      name: 'printout',
      columns: {
        printout: 'uuid',
        template: 'text',
        of: 'jsonb',
        from: 'text',
        until: 'text',
        snapshot: 'text',
        content: 'text',
        digest: 'text',
        bytes: 'integer',
        recipient: 'uuid',
        issued_at: 'text',
        issued_by: 'uuid',
        certified_at: 'text',
        certified_by: 'uuid',
      },
      key: ['printout'],
      indexes: [['issued_at']],
      on: {
        PrintoutIssued: ({ data: { printout, ...said }, meta }) => [
          put<PrintoutRow, 'printout'>(
            { printout },
            { ...said, issued_at: meta.at, issued_by: meta.by, certified_at: null, certified_by: null },
          ),
        ],
        PrintoutCertified: ({ data: { printout }, meta }) => [
          amend<PrintoutRow>({ printout }, () => ({ certified_at: meta.at, certified_by: meta.by })),
        ],
      },
    }),
  ],
}
