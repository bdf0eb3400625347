import { z } from 'zod'
import { CriterionScore, GradingSystem, MarkValue } from '#values/grading.ts'
import { personal } from '#values/personal-text.ts'
import { KindId, Weight } from '#values/policy.ts'
import { PeriodId, SchoolYear } from '#values/school.ts'
import { label, meaningfulText, note, webAddress } from '#values/text.ts'
import { Instant, LocalDate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { type EventDefinition, type EventsOf, inClear, sealed, v1 } from './define.ts'
import { Order } from './roster.ts'

export const Topic = meaningfulText(300)
export const Material = meaningfulText(2_000)
export const AssessmentName = meaningfulText(200)
export const CommentText = note(2_000)
export const DisputeText = meaningfulText(2_000)
export const AbsenceCode = label(12)
/** What of a page can be otherwise on paper. */
export const ComparedPlace = z.enum(['mark', 'absence', 'topic', 'homework', 'final'])
export type ComparedPlace = z.infer<typeof ComparedPlace>
/** What stands at a place, as one writes it: `4`, `Н/б`, a topic; null is nothing. */
export const ComparedValue = note(2_000).nullable()

export const Absentee = z.strictObject({ pupil: Uuid, code: AbsenceCode })

/** Homework as п. 2.7 asks for it: content, manner, pages and numbers, practical work (R-2.7a). */
export const HomeworkContent = z.strictObject({
  text: meaningfulText(2_000),
  /** The date for which it is set: by default that of the next lesson of the journal; null when there is none. */
  due: LocalDate.nullable(),
  manner: note(200).nullable(),
  attachments: z.array(z.strictObject({ title: note(200), url: webAddress(1_000) })).max(10),
  /** How long it takes, as the teacher declares; null where nothing is declared (R-7A.10g). */
  minutes: z.int().min(1).max(600).nullable(),
})

/**
 * Homework as it stood before minutes could be declared, where none are: what was signed or packed by then has the same
 * digest for ever.
 */
export function homeworkAsShown<Of extends { readonly minutes: number | null }>({
  minutes,
  ...homework
}: Of): Omit<Of, 'minutes'> & { readonly minutes?: number } {
  return minutes === null ? homework : { ...homework, minutes }
}

type BeforeMinutes = Readonly<Record<'homework' | 'previous', object | null>>
const declaringNone = (homework: object | null) => homework && { ...homework, minutes: null }
/** Before minutes could be declared, homework declared none. */
const minutesUnsaid = (data: Partial<BeforeMinutes>): object => ({
  ...data,
  ...(data.homework !== undefined && { homework: declaringNone(data.homework) }),
  ...(data.previous !== undefined && { previous: declaringNone(data.previous) }),
})

/** Homework in its second version: with the minutes that it takes. */
function withMinutes<Data extends z.ZodType>(data: Data): EventDefinition<Data> {
  return { v: 2, data, upcast: { 1: minutesUnsaid } }
}

/** The same where version 2 sealed what was typed about somebody. */
function sealedWithMinutes<Data extends z.ZodType>(data: Data): EventDefinition<Data> {
  return { v: 3, data, upcast: { 1: inClear, 2: minutesUnsaid } }
}

/** What of homework a reviewer may find unsuitable (п. 7А.10). */
export const HomeworkAspect = z.enum(['age', 'content', 'volume'])
export const HomeworkVerdict = z.enum(['suitable', 'unsuitable'])

/** Why something recorded is no longer so (R-F19); `reason` is a word of the school's dictionary. */
export const Correction = z.strictObject({ reason: KindId.nullable(), note: personal(note()).nullable() })

/** SHA-256 in hexadecimal. */
export const Digest = z.string().regex(/^[0-9a-f]{64}$/, 'SHA-256, 64 hexadecimal digits')
/** A detached CMS signature, DER in base64. */
export const CmsText = z.base64().min(1).max(24_000)
/** Whether a certificate had been revoked when it signed: `not-checked` where no list of its authority says so. */
export const Revocation = z.enum(['not-revoked', 'not-checked'])

const PageSigned = z.strictObject({
  /** The version of the content of which `digest` is. */
  content: z.union([z.literal(1), z.literal(2)]),
  digest: Digest,
  method: z.enum(['password', 'certificate']),
  checked: z.enum(['verified', 'not-checked']),
  /** Null of a simple signature, which has no certificate. */
  revocation: Revocation.nullable(),
  certificate: Digest.nullable(),
  cms: CmsText.nullable(),
  /** The signature as it was given, with its certificates, where nothing here could check it: it can be checked later. */
  given: personal(CmsText).nullable(),
})
/**
 * Version 1 knew one form of the content, and no lists of revoked certificates; before version 3 the certificate stayed
 * with whoever signed.
 */
const pageSigned: EventDefinition<typeof PageSigned> = {
  v: 3,
  data: PageSigned,
  upcast: {
    1: (data: { readonly method: 'password' | 'certificate' }) => ({
      ...data,
      content: 1,
      revocation: data.method === 'certificate' ? 'not-checked' : null,
    }),
    2: (data: object) => ({ ...data, given: null }),
  },
}

/** What a comment speaks of (R-F14). */
export const CommentSubject = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('lesson') }),
  z.strictObject({ kind: z.literal('mark'), entry: Uuid, pupil: Uuid }),
  z.strictObject({ kind: z.literal('homework') }),
])

const LessonRecorded = z.strictObject({
  lesson: Uuid,
  date: LocalDate,
  number: z.int().min(0).max(14),
  type: KindId,
  topic: Topic,
  material: Material.nullable(),
  /** The member of staff who gave it and records it. */
  teacher: Uuid,
  /** To whom the load gave it on that date. */
  scheduled: z.array(Uuid).max(10),
  /** Given in their place: by an order of the administration, or as the substitute said at the entry. */
  substitution: z.enum(['ordered', 'at-entry']).nullable(),
  /** What the lessons of several journals that were given together have in common (совмещение). */
  combination: Uuid.nullable(),
  /** Where the week of the timetable has it, if it was transferred. */
  transferredFrom: z.strictObject({ date: LocalDate, number: z.int().min(0).max(14) }).nullable(),
  /** By which version of the topic plan, and which item of it; `item` is null off the plan, `plan` without one (R-2.6a). */
  plan: z.strictObject({ version: z.int().min(1), item: z.int().min(1).nullable() }).nullable(),
  dueAt: Instant,
})
/**
 * Before substitutions were known (version 1), only a teacher of the journal could record a lesson; before version 3
 * journals had no topic plans.
 */
const lessonRecorded: EventDefinition<typeof LessonRecorded> = {
  v: 3,
  data: LessonRecorded,
  upcast: {
    1: (data: { readonly teacher: Uuid }) => ({
      ...data,
      scheduled: [data.teacher],
      substitution: null,
      combination: null,
      transferredFrom: null,
    }),
    2: (data: object) => ({ ...data, plan: null }),
  },
}

const WorkHeld = z.strictObject({
  work: Uuid,
  lesson: Uuid,
  kind: KindId,
  weight: Weight,
  /** The test of internal control (ВШК) in the schedule of the school of which this is the column (R-7A.11). */
  test: Uuid.nullable(),
  dueAt: Instant,
})
/** Version 1 knew no schedule of tests. */
const workHeld: EventDefinition<typeof WorkHeld> = {
  v: 2,
  data: WorkHeld,
  upcast: { 1: (data: object) => ({ ...data, test: null }) },
}

/** By what something became known: a certificate, a statement. What it says of a person stays on paper (R-F2). */
export const Document = z.strictObject({ number: label(40).nullable(), date: LocalDate })

const AbsenceCodeCorrected = z.strictObject({
  lesson: Uuid,
  pupil: Uuid,
  previous: AbsenceCode.nullable(),
  code: AbsenceCode.nullable(),
  document: Document.nullable(),
  ...Correction.shape,
})
/** Version 1 named no document. */
const absenceCodeCorrected: EventDefinition<typeof AbsenceCodeCorrected> = {
  v: 3,
  data: AbsenceCodeCorrected,
  upcast: { 1: (data: object) => ({ ...data, document: null }), 2: inClear },
}

/** A word to a pupil: about his conduct or work (замечание), or of what to do (рекомендация, R-7A.6g). */
export const RemarkKind = z.enum(['remark', 'recommendation'])

/** Which mark, of which work, at which lesson, of whom. */
const mark = { entry: Uuid, work: Uuid, lesson: Uuid, pupil: Uuid }
/** The scores from which the value follows, in a grading system of criteria (R-F4). */
const criteria = { criteria: z.array(CriterionScore).min(1).max(20).nullable() }
/** Version 1 knew no criteria. */
const withoutCriteria = { 1: (data: object) => ({ ...data, criteria: null }) }

const MarkRecorded = z.strictObject({ ...mark, value: MarkValue, ...criteria, dueAt: Instant })
const markRecorded: EventDefinition<typeof MarkRecorded> = {
  v: 2,
  data: MarkRecorded,
  upcast: withoutCriteria,
}
/** The record of an examination on a missed topic: by it alone the topic is credited (R-2.5c). */
export const Protocol = z.strictObject({ number: label(40), date: LocalDate })

const MarkCorrected = z.strictObject({
  ...mark,
  previous: MarkValue,
  value: MarkValue,
  ...criteria,
  ...Correction.shape,
})
const markCorrected: EventDefinition<typeof MarkCorrected> = {
  v: 3,
  data: MarkCorrected,
  upcast: { ...withoutCriteria, 2: inClear },
}

/**
 * Which final it is: of the period of its page; on the page of the year the mark of the year, of its exam, and the
 * one that goes into the certificate (DOMAIN.md C.4).
 */
export const FinalKind = z.enum(['period', 'year', 'exam', 'final'])
export type FinalKind = z.infer<typeof FinalKind>

const works = z.array(Uuid).max(400)
const PageClosed = z.strictObject({
  postponed: z.array(Uuid).max(400),
  excused: works,
  carried: works,
  into: Uuid.nullable(),
})
/** Version 1 carried nothing into the next period. */
const pageClosed: EventDefinition<typeof PageClosed> = {
  v: 2,
  data: PageClosed,
  upcast: { 1: (data: object) => ({ ...data, carried: [], into: null }) },
}

/** Why a final may be set later (отсрочка, R-5.5b). The document itself stays with the order. */
export const PostponementReason = z.enum(['illness', 'other'])

const final = { pupil: Uuid, kind: FinalKind }

/**
 * One journal (class, group × subject) in one period. `lesson` and `pupil` stand in every event that speaks of
 * a cell, and a correction carries the value that it replaces, so that an event can be read alone.
 * `dueAt` is the instant by which the regulation wanted the entry; it is late when `meta.at` is past it.
 */
/** A difference between paper and journal, and its place: `lesson` is null of a final, `pupil` of what is everybody's. */
const difference = {
  difference: Uuid,
  what: ComparedPlace,
  lesson: Uuid.nullable(),
  pupil: Uuid.nullable(),
}

export const journalPageEvents = {
  PageOpened: v1(
    z.strictObject({ journal: Uuid, year: SchoolYear, period: PeriodId, grading: GradingSystem }),
  ),

  /** From here on values are of another system; the marks that stand keep theirs (R-F4). */
  PageGradingChanged: v1(z.strictObject({ previous: GradingSystem, grading: GradingSystem })),

  LessonRecorded: lessonRecorded,
  /** Why a whole lesson was entered later than it was given: an outage, a device that others use, too (R-T4). */
  EntryExplained: sealed(z.strictObject({ lesson: Uuid, reason: KindId, note: personal(note()).nullable() })),
  LessonCorrected: sealed(
    z.discriminatedUnion('field', [
      z.strictObject({
        lesson: Uuid,
        field: z.literal('topic'),
        previous: Topic,
        value: Topic,
        ...Correction.shape,
      }),
      z.strictObject({
        lesson: Uuid,
        field: z.literal('material'),
        previous: Material.nullable(),
        value: Material.nullable(),
        ...Correction.shape,
      }),
      z.strictObject({
        lesson: Uuid,
        field: z.literal('type'),
        previous: KindId,
        value: KindId,
        ...Correction.shape,
      }),
    ]),
  ),

  /** Taken for the whole lesson at once; nobody absent is an empty list, which is not "not taken". */
  AttendanceTaken: v1(
    z.strictObject({ lesson: Uuid, absentees: z.array(Absentee).max(400), dueAt: Instant }),
  ),
  /** `previous` or `code` is null where the pupil was, or turned out to be, at the lesson and in time. */
  AbsenceCodeCorrected: absenceCodeCorrected,
  /**
   * A pupil takes no part in practice from `from` to `until`, both included (осв, as in physical education): present,
   * and marked for what is no practice (DOMAIN.md C.2).
   */
  PracticeExempted: v1(
    z.strictObject({
      exemption: Uuid,
      pupil: Uuid,
      from: LocalDate,
      until: LocalDate,
      document: Document,
    }),
  ),
  PracticeExemptionWithdrawn: sealed(
    z.strictObject({
      exemption: Uuid,
      pupil: Uuid,
      from: LocalDate,
      until: LocalDate,
      ...Correction.shape,
    }),
  ),

  /**
   * A work outside the lessons: an exam, a project, a final test (R-F15). Its column of marks is like that of a lesson:
   * WorkHeld and the events of its marks name it as their `lesson`. `resultsReceivedAt` is when the school had the
   * results of others, from which their availability is counted.
   */
  AssessmentHeld: v1(
    z.strictObject({
      assessment: Uuid,
      date: LocalDate,
      kind: KindId,
      name: AssessmentName,
      resultsReceivedAt: Instant.nullable(),
    }),
  ),

  /**
   * The results of these pupils came to the school: their marks are due 24 hours later. Before there were
   * corrections of it, it was said again with the same `receivedAt`, and the pupils took the place of those named before.
   */
  AssessmentResultsReceived: v1(
    z.strictObject({ assessment: Uuid, receivedAt: Instant, pupils: z.array(Uuid).max(200), dueAt: Instant }),
  ),
  /** Whose results came at `receivedAt`, said anew; nobody's, where it was a mistake. The deadline stays as recorded. */
  AssessmentResultsCorrected: v1(
    z.strictObject({
      assessment: Uuid,
      receivedAt: Instant,
      previous: z.array(Uuid).max(200),
      pupils: z.array(Uuid).max(200),
      ...Correction.shape,
    }),
  ),

  /** A column of marks: one kind of work at one lesson, or an assessment. Its deadline is fixed here for good (R-2.5b). */
  WorkHeld: workHeld,
  MarkRecorded: markRecorded,
  /**
   * A topic that was missed for a valid reason is credited by a protocol (зачёт пропущенной темы, R-2.5c): the mark
   * stands beside `absence`, which stays. It has no deadline, and is corrected and withdrawn as any other mark.
   */
  MissedTopicCredited: v1(
    z.strictObject({
      ...mark,
      value: MarkValue,
      ...criteria,
      absence: AbsenceCode,
      protocol: Protocol,
      examiners: z.array(Uuid).min(1).max(10),
    }),
  ),
  MarkCorrected: markCorrected,
  MarkWithdrawn: sealed(z.strictObject({ ...mark, previous: MarkValue, ...Correction.shape })),

  HomeworkSet: withMinutes(z.strictObject({ lesson: Uuid, homework: HomeworkContent, dueAt: Instant })),
  HomeworkCorrected: sealedWithMinutes(
    z.strictObject({
      lesson: Uuid,
      /** Null where homework had been declined. */
      previous: HomeworkContent.nullable(),
      homework: HomeworkContent,
      ...Correction.shape,
    }),
  ),
  /** "Не задано", said explicitly; `previous` is the homework that is taken back, if there was any (R-2.7a). */
  HomeworkDeclined: sealedWithMinutes(
    z.strictObject({
      lesson: Uuid,
      previous: HomeworkContent.nullable(),
      dueAt: Instant,
      ...Correction.shape,
    }),
  ),

  /** Whether the homework of a lesson suits age, content and volume, as a reviewer found it (п. 7А.10); a later one stands. */
  HomeworkReviewed: v1(
    z.strictObject({
      lesson: Uuid,
      /** The version of the homework that was read: a corrected one is not what was reviewed. */
      version: z.int().min(0),
      verdict: HomeworkVerdict,
      /** In what it is unsuitable; nothing where it is suitable. */
      aspects: z.array(HomeworkAspect).max(3),
      text: personal(CommentText).nullable(),
    }),
  ),

  /** Homework for some pupils alone, beside that of all (R-F1: nobody else sees it). */
  IndividualHomeworkSet: withMinutes(
    z.strictObject({
      lesson: Uuid,
      pupils: z.array(Uuid).min(1).max(200),
      homework: HomeworkContent,
      dueAt: Instant,
    }),
  ),
  /** `homework` is null where it was taken back. */
  IndividualHomeworkCorrected: sealedWithMinutes(
    z.strictObject({
      lesson: Uuid,
      pupil: Uuid,
      previous: HomeworkContent,
      homework: HomeworkContent.nullable(),
      ...Correction.shape,
    }),
  ),

  /** To a pupil, or to all who learn here where `pupil` is null; nobody else sees it (R-7A.6g, R-F1). */
  RemarkMade: sealed(
    z.strictObject({
      remark: Uuid,
      kind: RemarkKind,
      pupil: Uuid.nullable(),
      lesson: Uuid.nullable(),
      date: LocalDate,
      text: personal(CommentText),
    }),
  ),
  /** `text` is what is taken back. */
  RemarkWithdrawn: sealed(
    z.strictObject({
      remark: Uuid,
      pupil: Uuid.nullable(),
      lesson: Uuid.nullable(),
      text: personal(CommentText),
      ...Correction.shape,
    }),
  ),

  CommentMade: sealed(
    z.strictObject({ comment: Uuid, lesson: Uuid, on: CommentSubject, text: personal(CommentText) }),
  ),
  CommentCorrected: sealed(
    z.strictObject({
      comment: Uuid,
      lesson: Uuid,
      on: CommentSubject,
      previous: personal(CommentText),
      text: personal(CommentText),
    }),
  ),

  /**
   * The pupil or the family says that a mark is wrong, or the class teacher for them; the author is whose record it is.
   * The mark stays as it is (R-A1.p1).
   */
  MarkDisputed: sealed(
    z.strictObject({ dispute: Uuid, ...mark, value: MarkValue, text: personal(DisputeText) }),
  ),
  /** The teacher leaves the mark as it is, and says why. */
  DisputeRefused: sealed(z.strictObject({ dispute: Uuid, ...mark, text: personal(DisputeText) })),
  /** The mark was corrected or withdrawn for the dispute, by the event before this one. */
  DisputeUpheld: v1(z.strictObject({ dispute: Uuid, ...mark, by: z.enum(['correction', 'withdrawal']) })),

  /** The paper page says at a place something else than the electronic one (R-A1.2i). */
  PaperDifferenceFound: v1(
    z.strictObject({
      ...difference,
      paper: ComparedValue,
      /** As it stood when the difference was registered. */
      electronic: ComparedValue,
      foundOn: LocalDate,
    }),
  ),
  /** The place was corrected with the reason «сверка», or what was missing was recorded, by the event before this one. */
  PaperDifferenceFixed: v1(z.strictObject({ ...difference, by: z.enum(['correction', 'record']) })),
  /** The electronic page stays as it is, and why: the paper was wrong, or says the same in other words. */
  PaperDifferenceExplained: v1(z.strictObject({ ...difference, text: personal(DisputeText) })),

  /**
   * A final mark, or a code in its place: осв, н/а, безотм (R-2.8a). It is early before `opensAt` and late after
   * `dueAt`; both are null for an exam and what follows from it, whose days the calendar does not know.
   */
  FinalMarkRecorded: v1(
    z.strictObject({
      ...final,
      value: MarkValue,
      opensAt: Instant.nullable(),
      dueAt: Instant.nullable(),
    }),
  ),
  FinalMarkCorrected: sealed(
    z.strictObject({ ...final, previous: MarkValue, value: MarkValue, ...Correction.shape }),
  ),
  FinalMarkWithdrawn: sealed(z.strictObject({ ...final, previous: MarkValue, ...Correction.shape })),
  /** The final of a pupil may be set until the end of `until`; `previous` is the date that it replaces (R-5.5b). */
  FinalPostponed: v1(
    z.strictObject({
      pupil: Uuid,
      previous: LocalDate.nullable(),
      until: LocalDate,
      reason: PostponementReason,
      order: Order,
    }),
  ),
  /**
   * From here on nothing on the page is written but by a postponement or a reopening (R-7V.1). `postponed` are the
   * pupils without a final, `excused` the works whose deadline was still ahead and that stay without marks, `carried`
   * those whose marks are written on here as long as the page `into` of the next period is open, and count there (R-D6).
   */
  PageClosed: pageClosed,
  /**
   * A closed page as it stood was signed by the author (R-7V.2; docs/spec/page-signature.md): by giving the own password
   * again, or by a certificate. `checked` says whether the signature was verified here, or could not be. A certificate
   * names a person, so that its SHA-256 stands for it, and the signature is kept without it.
   */
  PageSigned: pageSigned,
  /** Writing is allowed again until the instant `until`, on the whole page or for some pupils alone (R-D5). */
  PageReopened: sealed(
    z.strictObject({
      pupils: z.array(Uuid).min(1).max(400).nullable(),
      until: Instant,
      reason: KindId,
      note: personal(note()).nullable(),
      order: Order,
    }),
  ),
}
export type JournalPageEvent = EventsOf<typeof journalPageEvents>
