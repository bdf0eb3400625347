import type { SchoolEvent } from '#events/school.ts'
import type { Instant, LocalDate } from '#values/time.ts'
import { put, type ReadModel, table } from '../read-model.ts'

type Checked = Extract<SchoolEvent, { type: 'RecordChecked' }>['data']

/** How one nightly check of a school ended. */
export interface RecordCheckRow {
  readonly date: LocalDate
  readonly at: Instant
  readonly records: number
  readonly streams: number
  readonly part: boolean
  readonly rows: number
  readonly not_compared: Checked['notCompared']
  readonly fault: Checked['fault']
  readonly whole_log: Checked['wholeLog']
  readonly differing: number
  readonly differences: Checked['differences']
}

/** The checks of a school: whether its record is as it was written, and what is shown as it follows from it (R-F10). */
export const recordChecks: ReadModel = {
  name: 'record-checks',
  version: 1,
  tables: [
    table<RecordCheckRow>({
      name: 'record_check',
      columns: {
        date: 'text',
        at: 'text',
        records: 'integer',
        streams: 'integer',
        part: 'boolean',
        rows: 'integer',
        not_compared: 'jsonb',
        fault: 'jsonb',
        whole_log: 'text',
        differing: 'integer',
        differences: 'jsonb',
      },
      key: ['date'],
      on: {
        RecordChecked: ({ data: { date, notCompared, wholeLog, ...rest }, meta: { at } }) => [
          put<RecordCheckRow, 'date'>(
            { date },
            { ...rest, at, not_compared: notCompared, whole_log: wholeLog },
          ),
        ],
      },
    }),
  ],
}
