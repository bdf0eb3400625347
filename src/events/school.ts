import { z } from 'zod'
import { personal } from '#values/personal-text.ts'
import { Role } from '#values/role.ts'
import { PeriodId, SchoolYear } from '#values/school.ts'
import { label, meaningfulText } from '#values/text.ts'
import { Instant, LocalDate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { type EventsOf, v1 } from './define.ts'
import { Digest } from './journal-page.ts'
import { Order } from './roster.ts'

/** What of the record of a school was not as it was written, when it was checked. */
const RecordFault = z.strictObject({
  kind: z.enum([
    'malformed',
    'newer-form',
    'not-canonical',
    'wrong-school',
    'out-of-turn',
    'chain-broken',
    'id-repeated',
    /** Another record stands where this one was sealed. */
    'leaf-differs',
    /** Records that were sealed are there no more. */
    'end-missing',
  ]),
  stream: z.string().max(120).nullable(),
  revision: z.int().min(0).nullable(),
})

/** A row of a read model that is not what follows from the record: its table, and its key, which holds ids and dates. */
const RowDifference = z.strictObject({
  readModel: z.string().max(60),
  table: z.string().max(60),
  stream: z.string().max(120),
  /** The columns that tell the row from others of its stream, in canonical JSON; null names the stream as a whole. */
  key: z.string().max(400).nullable(),
  how: z.enum(['missing', 'extra', 'changed']),
})

/** A row of the matrix of rights as it was: the signs of its cells, in the order of the roles beside it. */
const RightsRow = z.strictObject({
  operation: z.string().max(8),
  name: z.string().max(200),
  cells: z.string().max(60),
  bySwitch: z.array(Role).max(12),
})

/** What has to hold before paper is abandoned (§2): journals in full, copies, a restore that was tried, control of corrections. */
export const PAPERLESS_CONDITIONS = ['journals', 'backup', 'drill', 'correction-control'] as const

/** How far those conditions held when it was decided: journals by their lessons from date to date. */
const MeasuredReadiness = z.strictObject({
  from: LocalDate,
  until: LocalDate,
  journals: z.int().min(0),
  full: z.int().min(0),
  /** When the newest whole copy was made, and the last restore was tried with success; null where this is not known here. */
  lastBackup: Instant.nullable(),
  lastDrill: Instant.nullable(),
  correctionControl: z.boolean(),
})

export const OutageText = meaningfulText(500)

/**
 * What a school is to the installation: that it is there, and by which agreement the operator processes its data
 * (152-ФЗ, R-A3.3a), both recorded by the operator; and when it could not work with the journal.
 */
export const schoolEvents = {
  SchoolRegistered: v1(z.strictObject({ name: label(200) })),
  ProcessingAgreementRecorded: v1(z.strictObject({ agreement: label(60), from: LocalDate })),
  /** The journal could not be kept from `from` to before `until`: what was due then is entered later, from paper (R-A2.7). */
  OutageRegistered: v1(
    z.strictObject({
      outage: Uuid,
      from: Instant,
      until: Instant,
      text: OutageText,
      /** On what it rests: an order, the own measuring of the service, or both. */
      order: Order.nullable(),
      measured: z.boolean(),
      /** The last day for entering from paper; null sets none. */
      enterBy: LocalDate.nullable(),
    }),
  ),
  /** It was registered by mistake, and excuses nothing any more. */
  OutageWithdrawn: v1(z.strictObject({ outage: Uuid, text: OutageText })),
  /** The service has held the record of the school, and what is shown of it, against each other (R-F10). */
  RecordChecked: v1(
    z.strictObject({
      /** The day whose appointed time it was, by the calendar of the installation. */
      date: LocalDate,
      /** How many records were followed: all of the school. */
      records: z.int().min(0),
      /** The streams whose rows were folded anew, and whether they are those that the date drew and not all. */
      streams: z.int().min(0),
      part: z.boolean(),
      rows: z.int().min(0),
      /** Read models that could not be compared: they had stopped, or were being built. */
      notCompared: z.array(z.string().max(60)).max(40),
      fault: RecordFault.nullable(),
      /** The log of the installation, of which this school is a part, against its tree and its checkpoints. */
      wholeLog: z.enum(['as-sealed', 'differs', 'not-read']),
      differing: z.int().min(0),
      /** Some of them. */
      differences: z.array(RowDifference).max(20),
    }),
  ),
  /** The operator may see data of the school until then, past the API; why is said (R-7G.5). */
  OperatorReadGranted: v1(z.strictObject({ until: Instant, text: personal(OutageText) })),
  /** He may not any more. */
  OperatorReadWithdrawn: v1(z.strictObject({ text: personal(OutageText) })),
  /**
   * The head decided by an order that some classes, or all (null), have no paper journal from `from` on (R-T1). `accepted`
   * are the conditions that the service did not see fulfilled, and that the head answers for.
   */
  PaperAbandoned: v1(
    z.strictObject({
      decision: Uuid,
      order: Order,
      from: LocalDate,
      classes: z.array(Uuid).min(1).nullable(),
      measured: MeasuredReadiness,
      accepted: z.array(z.enum(PAPERLESS_CONDITIONS)).max(4),
    }),
  ),
  /** From `from` on paper is kept again. */
  PaperResumed: v1(z.strictObject({ decision: Uuid, order: Order, from: LocalDate })),
  /**
   * A file of counts without anybody in them left the school for an authority (R-A2.19): what it was of, below how many
   * people nothing was said, and the digest of its bytes.
   */
  AuthorityReportReleased: v1(
    z.strictObject({
      release: Uuid,
      authority: label(200),
      year: SchoolYear,
      period: PeriodId,
      fewest: z.int().min(2),
      format: z.enum(['json', 'csv']),
      digest: Digest,
      bytes: z.int().min(1),
    }),
  ),
  /** From `from` on the service lets the people of the school in by this edition of the matrix of rights. */
  RightsEditionApplied: v1(
    z.strictObject({
      edition: z.int().min(1),
      digest: Digest,
      from: Instant,
      roles: z.array(Role).max(12),
      rows: z.array(RightsRow).max(500),
    }),
  ),
}
export type SchoolEvent = EventsOf<typeof schoolEvents>
