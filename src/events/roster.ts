import { z } from 'zod'
import { personal } from '#values/personal-text.ts'
import { GradingSystem, MarkValue } from '#values/grading.ts'
import { nameCorrection } from '#values/name-correction.ts'
import { Grade, PeriodId, SchoolYear } from '#values/school.ts'
import { label, note } from '#values/text.ts'
import { LocalDate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { type EventDefinition, type EventsOf, sealed, v1 } from './define.ts'

/** The number and date of the order on which a movement rests (R-7A.16h). */
export const Order = z.strictObject({ number: label(40), date: LocalDate })
export type Order = z.output<typeof Order>

/** SHA-512 of the manifest of tags of a package of an archive: it leads to every byte of it. */
export const PackageDigest = z.string().regex(/^[0-9a-f]{128}$/, 'SHA-512, 128 hexadecimal digits')

const FinalCredited = z.strictObject({
  pupil: Uuid,
  year: SchoolYear,
  subject: Uuid,
  period: PeriodId,
  grading: GradingSystem,
  /** What had been credited before. */
  previous: MarkValue.nullable(),
  value: MarkValue,
  /** The school that issued the document. */
  issuedBy: label(200),
  document: Order,
  /** The digest of the document, where it is the extract of another installation (R-A1.1). */
  extract: PackageDigest.nullable(),
})
/** Version 1 knew documents on paper alone. */
const finalCredited: EventDefinition<typeof FinalCredited> = {
  v: 2,
  data: FinalCredited,
  upcast: { 1: (data: object) => ({ ...data, extract: null }) },
}

/** What pupils are brought together for (R-F5, R-7A.6h, R-7A.6i, R-A4.3). */
export const GroupKind = z.enum([
  'subgroup', // a part of a class for a subject
  'profile',
  'elective',
  'club',
  'project',
  'after-school',
  'stream', // several classes in one room
  'class-set', // classes of several grades that learn together
  'individual-plan', // one pupil with subjects and hours of his own
])

/** Why a pupil leaves the school. */
export const ReleaseReason = z.enum([
  'graduated',
  'other-school',
  'moved-away',
  'other-form-of-education',
  'expelled',
  'other',
])

/** What a school year comes to for a pupil: the decision of the pedagogical council (решение о переводе). */
export const PromotionDecision = z.enum([
  'promoted',
  'promoted-conditionally', // with a debt to make up (условно)
  'repeats',
  'admitted', // to the final attestation
  'graduated',
])

/** In which form a pupil learns (ст. 17 273-ФЗ); whoever learns in the family or alone is attested by the school. */
export const FormOfEducation = z.enum(['full-time', 'part-time', 'family', 'self'])

export const AttestationStage = z.enum(['intermediate', 'final'])

const group = {
  group: Uuid,
  year: SchoolYear,
  name: label(),
  classes: z.array(Uuid).min(1),
}
const GroupFormed = z.strictObject({ ...group, kind: GroupKind })
/** Groups of version 1 did not say what they were for: all of them were parts of classes. */
const groupFormed: EventDefinition<typeof GroupFormed> = {
  v: 2,
  data: GroupFormed,
  upcast: { 1: (data: object) => ({ ...data, kind: 'subgroup' }) },
}

/**
 * The people and the groups of the school, by pseudonymous ids: names stand in the person store only (R-D8).
 * Membership is dated: `from` is the first day in force, and a leaving is `from` the first day no longer in force.
 */
export const rosterEvents = {
  PupilEnrolled: v1(z.strictObject({ pupil: Uuid, from: LocalDate, order: Order.nullable() })),
  /** The head approves all movements of an order, up to that at revision `through`, the last one (R-7A.16h, row 20). */
  MovementApproved: v1(z.strictObject({ order: Order, through: z.int().min(0) })),
  PupilReleased: v1(z.strictObject({ pupil: Uuid, from: LocalDate, reason: ReleaseReason, order: Order })),
  StaffHired: v1(z.strictObject({ staff: Uuid, from: LocalDate })),
  StaffReleased: v1(z.strictObject({ staff: Uuid, from: LocalDate })),
  /** A pupil or a member of staff is called otherwise from now on; neither name stands here (R-D8). */
  PersonNameCorrected: v1(z.strictObject({ person: Uuid, ...nameCorrection })),
  ClassFormed: v1(z.strictObject({ class: Uuid, year: SchoolYear, grade: Grade, name: label(12) })),
  PupilPlacedInClass: v1(
    z.strictObject({ class: Uuid, pupil: Uuid, from: LocalDate, order: Order.nullable() }),
  ),
  PupilRemovedFromClass: v1(
    z.strictObject({ class: Uuid, pupil: Uuid, from: LocalDate, order: Order.nullable() }),
  ),
  ClassTeacherAppointed: v1(z.strictObject({ class: Uuid, staff: Uuid, from: LocalDate })),
  /**
   * From `from` to the day before `until` the class keeps its electronic journal beside the accounting that is in force,
   * to try it (пилотное ведение, R-T4); null is open.
   */
  PilotDeclared: v1(
    z.strictObject({ class: Uuid, from: LocalDate, until: LocalDate.nullable(), order: Order.nullable() }),
  ),
  /** The pilot that began on `from` ends: `until` is the first day without it, `from` itself where it never was. */
  PilotEnded: v1(z.strictObject({ class: Uuid, from: LocalDate, until: LocalDate })),
  PromotionDecided: v1(
    z.strictObject({
      class: Uuid,
      pupil: Uuid,
      previous: PromotionDecision.nullable(),
      decision: PromotionDecision,
      order: Order,
    }),
  ),
  FormOfEducationSet: v1(
    z.strictObject({ pupil: Uuid, form: FormOfEducation, from: LocalDate, order: Order }),
  ),
  /** A final with which a pupil came from elsewhere, by a document: no journal of this school holds it. */
  FinalCredited: finalCredited,
  /** The protocol of an attestation: who was attested by whom, when, in what, and with which result. */
  AttestationRecorded: v1(
    z.strictObject({
      attestation: Uuid,
      pupil: Uuid,
      year: SchoolYear,
      subject: Uuid,
      stage: AttestationStage,
      date: LocalDate,
      commission: z.array(Uuid).min(1).max(20),
      protocol: Order,
      value: MarkValue,
      grading: GradingSystem,
    }),
  ),
  AttestationCorrected: sealed(
    z.strictObject({
      attestation: Uuid,
      pupil: Uuid,
      previous: MarkValue,
      value: MarkValue,
      note: personal(note()),
    }),
  ),
  GroupFormed: groupFormed,
  PupilJoinedGroup: v1(z.strictObject({ group: Uuid, pupil: Uuid, from: LocalDate })),
  PupilLeftGroup: v1(z.strictObject({ group: Uuid, pupil: Uuid, from: LocalDate })),
}
export type RosterEvent = EventsOf<typeof rosterEvents>
