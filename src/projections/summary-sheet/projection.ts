import type { FinalKind, JournalPageEvent } from '#events/journal-page.ts'
import { journalPageEvents } from '#events/journal-page.ts'
import type { Decoded, EventType } from '#events/registry.ts'
import type { MarkValue } from '#values/grading.ts'
import { type Instant, type LocalDate, secondsLate } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import { PAGE_COLUMNS, pageOf, type PageRow, versionOf } from '../cell.ts'
import { amend, put, type ReadModel, table, type Table } from '../read-model.ts'

/** A page with the closings of its period. */
export interface SummaryPageRow extends PageRow {
  /** The revision of the stream up to which this row tells. */
  readonly revision: number
  /** The last closing; null while the page was never closed. */
  readonly closed_at: Instant | null
  /** The revision of the first closing: what stands after it was written after the closing (R-D5). */
  readonly first_closed: number | null
  /** The works that were left without marks at the last closing (R-D6). */
  readonly excused: readonly Uuid[]
  /** The works whose marks belong to the next period, and the page of that period (R-D6). */
  readonly carried: readonly Uuid[]
  readonly carried_into: Uuid | null
  /** The reopenings since the last closing; one whose time has passed opens nothing. */
  readonly reopened: ReadonlyArray<{ readonly pupils: readonly Uuid[] | null; readonly until: Instant }>
}

export interface FinalRow {
  readonly pupil: Uuid
  readonly kind: FinalKind
  readonly value: MarkValue
  /** What a correction must name as `expectedVersion`. */
  readonly version: number
  readonly recorded_at: Instant
  /** Recorded before the last week of the period. */
  readonly early: boolean
  /** Seconds after the deadline; 0 is on time. */
  readonly late_by: number
  readonly corrected: boolean
}

interface PostponementRow {
  readonly pupil: Uuid
  readonly until: LocalDate
  readonly version: number
}

interface DecisionRow {
  readonly class: Uuid
  readonly pupil: Uuid
  readonly decision: string
  readonly order_number: string
  readonly order_date: LocalDate
}

/** A final that a pupil brought from elsewhere, with its source. */
export interface CreditRow {
  readonly pupil: Uuid
  readonly year: number
  readonly subject: Uuid
  readonly period: string
  readonly grading: string
  readonly value: MarkValue
  readonly issued_by: string
  readonly document_number: string
  readonly document_date: LocalDate
}

/** A protocol of attestation. */
export interface AttestationRow {
  readonly attestation: Uuid
  readonly pupil: Uuid
  readonly year: number
  readonly subject: Uuid
  readonly stage: string
  readonly date: LocalDate
  readonly commission: readonly Uuid[]
  readonly protocol_number: string
  readonly protocol_date: LocalDate
  readonly grading: string
  readonly value: MarkValue
  readonly corrected: boolean
}

/** In which form a pupil learns from a date on. */
export interface FormRow {
  readonly pupil: Uuid
  readonly from: LocalDate
  readonly form: string
  readonly order_number: string
  readonly order_date: LocalDate
}

/** Every event of a page moves its revision, whatever else it does. */
const revisionSteps = Object.fromEntries(
  (Object.keys(journalPageEvents) as EventType[]).map((type) => [
    type,
    (event: Decoded<JournalPageEvent>) => [
      amend<SummaryPageRow>({ page: pageOf(event.stream) }, () => ({ revision: versionOf(event) })),
    ],
  ]),
) as Table<SummaryPageRow>['on']

/**
 * The summary sheet (сводная ведомость): the finals of all pages, made from the same events as the journal and from
 * nothing else (R-5.5c, R-2.14a). The journal shows its finals and its closing from here, too.
 */
export const summarySheet: ReadModel = {
  name: 'summary-sheet',
  version: 3,
  tables: [
    table<SummaryPageRow>({
      name: 'page',
      columns: {
        ...PAGE_COLUMNS,
        revision: 'integer',
        closed_at: 'text',
        first_closed: 'integer',
        excused: 'jsonb',
        carried: 'jsonb',
        carried_into: 'uuid',
        reopened: 'jsonb',
      },
      key: ['page'],
      indexes: [['journal'], ['carried_into']],
      on: {
        ...revisionSteps,
        PageOpened: (event) => [
          put<SummaryPageRow, 'page'>(
            { page: pageOf(event.stream) },
            {
              ...event.data,
              revision: versionOf(event),
              closed_at: null,
              first_closed: null,
              excused: [],
              carried: [],
              carried_into: null,
              reopened: [],
            },
          ),
        ],
        PageGradingChanged: (event) => [
          amend<SummaryPageRow>({ page: pageOf(event.stream) }, () => ({
            revision: versionOf(event),
            grading: event.data.grading,
          })),
        ],
        PageClosed: (event) => [
          amend<SummaryPageRow>(
            { page: pageOf(event.stream) },
            ({ first_closed, carried, carried_into }) => ({
              revision: versionOf(event),
              closed_at: event.meta.at,
              first_closed: first_closed ?? versionOf(event),
              excused: event.data.excused,
              carried: [...carried, ...event.data.carried],
              carried_into: event.data.into ?? carried_into,
              reopened: [],
            }),
          ),
        ],
        PageReopened: (event) => [
          amend<SummaryPageRow>({ page: pageOf(event.stream) }, ({ closed_at, reopened }) => {
            const { pupils, until } = event.data
            return {
              revision: versionOf(event),
              // A reopening whose closing was void opens what was never closed.
              reopened: closed_at === null ? reopened : [...reopened, { pupils, until }],
            }
          }),
        ],
      },
    }),
    table<FinalRow>({
      name: 'final',
      columns: {
        pupil: 'uuid',
        kind: 'text',
        value: 'jsonb',
        version: 'integer',
        recorded_at: 'text',
        early: 'boolean',
        late_by: 'integer',
        corrected: 'boolean',
      },
      key: ['pupil', 'kind'],
      indexes: [['pupil']],
      on: {
        FinalMarkRecorded: (event) => {
          const { pupil, kind, value, opensAt, dueAt } = event.data
          const { at } = event.meta
          const rest = {
            value,
            version: versionOf(event),
            recorded_at: at,
            early: opensAt !== null && at < opensAt,
            late_by: dueAt === null ? 0 : secondsLate(at, dueAt),
            corrected: false,
          }
          return [put<FinalRow, 'pupil' | 'kind'>({ pupil, kind }, rest)]
        },
        FinalMarkCorrected: (event) => {
          const { pupil, kind, value } = event.data
          return [
            amend<FinalRow>({ pupil, kind }, () => ({ value, version: versionOf(event), corrected: true })),
          ]
        },
        FinalMarkWithdrawn: ({ data: { pupil, kind } }) => [{ key: { pupil, kind }, to: () => undefined }],
      },
    }),
    table<PostponementRow>({
      name: 'postponement',
      columns: { pupil: 'uuid', until: 'text', version: 'integer' },
      key: ['pupil'],
      indexes: [['pupil']],
      on: {
        FinalPostponed: (event) => {
          const { pupil, until } = event.data
          return [put<PostponementRow, 'pupil'>({ pupil }, { until, version: versionOf(event) })]
        },
      },
    }),
    table<DecisionRow>({
      name: 'decision',
      columns: { class: 'uuid', pupil: 'uuid', decision: 'text', order_number: 'text', order_date: 'text' },
      key: ['class', 'pupil'],
      indexes: [['class'], ['pupil']],
      on: {
        PromotionDecided: ({ data: { class: of, pupil, decision, order } }) => [
          put<DecisionRow, 'class' | 'pupil'>(
            { class: of, pupil },
            { decision, order_number: order.number, order_date: order.date },
          ),
        ],
      },
    }),
    table<CreditRow>({
      name: 'credit',
      columns: {
        pupil: 'uuid',
        year: 'integer',
        subject: 'uuid',
        period: 'text',
        grading: 'text',
        value: 'jsonb',
        issued_by: 'text',
        document_number: 'text',
        document_date: 'text',
      },
      key: ['pupil', 'year', 'subject', 'period'],
      indexes: [['pupil']],
      on: {
        FinalCredited: ({ data: { pupil, year, subject, period, grading, value, issuedBy, document } }) => [
          put<CreditRow, 'pupil' | 'year' | 'subject' | 'period'>(
            { pupil, year, subject, period },
            {
              grading,
              value,
              issued_by: issuedBy,
              document_number: document.number,
              document_date: document.date,
            },
          ),
        ],
      },
    }),
    table<AttestationRow>({
      name: 'attestation',
      columns: {
        attestation: 'uuid',
        pupil: 'uuid',
        year: 'integer',
        subject: 'uuid',
        stage: 'text',
        date: 'text',
        commission: 'jsonb',
        protocol_number: 'text',
        protocol_date: 'text',
        grading: 'text',
        value: 'jsonb',
        corrected: 'boolean',
      },
      key: ['attestation'],
      indexes: [['pupil']],
      on: {
        AttestationRecorded: ({ data: { attestation, protocol, ...data } }) => [
          put<AttestationRow, 'attestation'>(
            { attestation },
            {
              ...data,
              protocol_number: protocol.number,
              protocol_date: protocol.date,
              corrected: false,
            },
          ),
        ],
        AttestationCorrected: ({ data: { attestation, value } }) => [
          amend<AttestationRow>({ attestation }, () => ({ value, corrected: true })),
        ],
      },
    }),
    table<FormRow>({
      name: 'form_of_education',
      columns: { pupil: 'uuid', from: 'text', form: 'text', order_number: 'text', order_date: 'text' },
      key: ['pupil', 'from'],
      indexes: [['pupil']],
      on: {
        FormOfEducationSet: ({ data: { pupil, from, form, order } }) => [
          put<FormRow, 'pupil' | 'from'>(
            { pupil, from },
            { form, order_number: order.number, order_date: order.date },
          ),
        ],
      },
    }),
  ],
}
