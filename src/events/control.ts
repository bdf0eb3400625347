import { z } from 'zod'
import { PeriodId } from '#values/school.ts'
import { personal } from '#values/personal-text.ts'
import { meaningfulText } from '#values/text.ts'
import { Instant, LocalDate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { type EventsOf, v1 } from './define.ts'
import { Digest } from './journal-page.ts'

export const FindingText = meaningfulText(1_000)

/** What the administration looked through: a journal, or the diaries of a class or of one pupil of it. */
export const Inspected = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('journal'), journal: Uuid }),
  z.strictObject({ kind: z.literal('diaries'), class: Uuid, pupil: Uuid.nullable() }),
])
export type Inspected = z.infer<typeof Inspected>

/** The reports by class and pupils that are released to a class teacher (R-7B.6). */
export const RELEASED_REPORTS = [
  'attainment-of-subjects',
  'attainment-of-pupils',
  'missed-lessons',
  'unsatisfactory-marks',
] as const

/**
 * What the administration controls in a school year: checks of journals and diaries, and what came of them (R-7A.7);
 * reports that it released to class teachers (R-7B.6).
 */
export const controlEvents = {
  /** A check (проверка); what was found follows, each as an event of its own. Without any, all was right. */
  JournalInspected: v1(
    z.strictObject({
      inspection: Uuid,
      of: Inspected,
      /** The day of the check. */
      date: LocalDate,
      /** What was looked at, in words. */
      purpose: personal(FindingText).nullable(),
    }),
  ),
  /** Something that is not right. Where it is, as far as it has a place: on a page, in a lesson, of a pupil. */
  FindingMade: v1(
    z.strictObject({
      inspection: Uuid,
      finding: Uuid,
      page: Uuid.nullable(),
      lesson: Uuid.nullable(),
      pupil: Uuid.nullable(),
      text: personal(FindingText),
      /** The last day for putting it right; null sets none. */
      remedyBy: LocalDate.nullable(),
    }),
  ),
  /** Whose journal or class it is says what was done about it, or why not. */
  FindingAnswered: v1(z.strictObject({ finding: Uuid, pupil: Uuid.nullable(), text: personal(FindingText) })),
  /** The administration has seen that it was put right. */
  FindingFixed: v1(z.strictObject({ finding: Uuid, pupil: Uuid.nullable() })),
  /** It was not, or the answer will not do: it is open, until another day where one is named. */
  FindingReopened: v1(
    z.strictObject({
      finding: Uuid,
      pupil: Uuid.nullable(),
      text: personal(FindingText),
      remedyBy: LocalDate.nullable(),
    }),
  ),
  /**
   * A report of a class, or of a pupil of it, for its class teacher: as it was at `asOf`, of a period or from date to date.
   * What it said is not kept but its digest, `content`.
   */
  ReportReleased: v1(
    z.strictObject({
      release: Uuid,
      report: z.enum(RELEASED_REPORTS),
      class: Uuid,
      pupil: Uuid.nullable(),
      period: PeriodId.nullable(),
      from: LocalDate.nullable(),
      until: LocalDate.nullable(),
      asOf: Instant,
      content: Digest,
    }),
  ),
  /** A class teacher of the class has it before his eyes. */
  ReleasedReportOpened: v1(z.strictObject({ release: Uuid })),
}
export type ControlEvent = EventsOf<typeof controlEvents>
