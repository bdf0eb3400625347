import type { ComparedPlace, FinalKind, JournalPageEvent } from '#events/journal-page.ts'
import type { Decoded } from '#events/registry.ts'
import type { CriterionScore, GradingSystem, MarkValue } from '#values/grading.ts'
import type { PersonalText } from '#values/personal-text.ts'
import type { PeriodId, SchoolYear } from '#values/school.ts'
import type { Instant, LocalDate } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import type { Fold } from '../fold.ts'

/** A value together with the revision of the event that set it: the version that a correction must name (R-F19). */
interface Versioned {
  readonly version: number
  /** When the value was set. */
  readonly at: Instant
}

export interface Homework {
  readonly text: string
  readonly due: LocalDate | null
  readonly manner: string | null
  readonly attachments: ReadonlyArray<{ readonly title: string; readonly url: string }>
  readonly minutes: number | null
}

export interface LessonState extends Versioned {
  readonly date: LocalDate
  readonly number: number
  readonly type: string
  readonly topic: string
  readonly material: string | null
  readonly plan: { readonly version: number; readonly item: number | null } | null
  readonly teacher: Uuid
  /** Whether its teacher gave it by an order, or in the place of another: the right to write on it rests on that. */
  readonly byOrder: boolean
  readonly scheduled: readonly Uuid[]
  readonly substitution: 'ordered' | 'at-entry' | null
  readonly combination: Uuid | null
  readonly transferredFrom: { readonly date: LocalDate; readonly number: number } | null
  attendance: AttendanceState | null
  /** `content` is null where "не задано" was said. */
  homework: (Versioned & { readonly content: Homework | null }) | null
  /** Homework of some pupils alone. */
  readonly individual: Map<Uuid, Versioned & { readonly content: Homework }>
}

interface AttendanceState extends Versioned {
  /** Absence and lateness codes; a pupil who is not here was at the lesson in time. */
  readonly codes: Map<Uuid, Versioned & { readonly code: string | null }>
}

/** A work outside the lessons (R-F15). */
export interface AssessmentState {
  readonly date: LocalDate
  readonly kind: string
  readonly name: string
  /** The receipts of results, by their instant. */
  readonly receipts: Map<Instant, Receipt>
}

interface Receipt extends Versioned {
  readonly pupils: readonly Uuid[]
  readonly dueAt: Instant
}

export interface WorkState {
  readonly lesson: Uuid
  readonly kind: string
  readonly weight: number
  /** The test of internal control whose column this is. */
  readonly test: Uuid | null
  readonly dueAt: Instant
}

export interface MarkState extends Versioned {
  readonly work: Uuid
  readonly lesson: Uuid
  readonly pupil: Uuid
  readonly value: MarkValue
  readonly criteria: readonly CriterionScore[] | null
  /** It credits a topic that the pupil missed, and stands beside the absence. */
  readonly credit: boolean
}

interface RemarkState extends Versioned {
  readonly pupil: Uuid | null
  readonly lesson: Uuid | null
  readonly text: PersonalText
}

interface ExemptionState extends Versioned {
  readonly pupil: Uuid
  readonly from: LocalDate
  readonly until: LocalDate
}

interface CommentState extends Versioned {
  readonly lesson: Uuid
  readonly on: Extract<JournalPageEvent, { type: 'CommentMade' }>['data']['on']
  readonly text: PersonalText
  readonly author: Uuid
}

export interface DisputeState {
  readonly entry: Uuid
  readonly work: Uuid
  readonly lesson: Uuid
  readonly pupil: Uuid
  /** Not answered yet. */
  readonly open: boolean
}

/** A difference between the paper page and this one. */
export interface PaperDifferenceState {
  readonly what: ComparedPlace
  readonly lesson: Uuid | null
  readonly pupil: Uuid | null
  /** Neither fixed nor explained. */
  readonly open: boolean
}

export interface FinalState extends Versioned {
  readonly pupil: Uuid
  readonly kind: FinalKind
  readonly value: MarkValue
}

/** A signature of the page as it stood. */
export interface SignatureState {
  /** The version of the content of which `digest` is. */
  readonly content: 1 | 2
  readonly digest: string
  readonly method: 'password' | 'certificate'
  readonly checked: 'verified' | 'not-checked'
  readonly revocation: 'not-revoked' | 'not-checked' | null
  readonly certificate: string | null
  readonly cms: string | null
  /** As it was given, with its certificates, where it was not checked. */
  readonly given: PersonalText | null
  readonly by: Uuid
  readonly role: string
  readonly at: Instant
}

/** Writing allowed again after the closing; `pupils` is null where it is on the whole page. */
interface Reopening {
  readonly pupils: ReadonlySet<Uuid> | null
  /** The first instant at which the page is locked again. */
  readonly until: Instant
}

/** One journal in one period. */
export interface JournalPageState {
  page: {
    readonly journal: Uuid
    readonly year: SchoolYear
    readonly period: PeriodId
    readonly grading: GradingSystem
  } | null
  readonly lessons: Map<Uuid, LessonState>
  readonly assessments: Map<Uuid, AssessmentState>
  readonly works: Map<Uuid, WorkState>
  /** The marks that stand, by entry; a withdrawn one is gone from here, never from the log. */
  readonly marks: Map<Uuid, MarkState>
  readonly comments: Map<Uuid, CommentState>
  readonly remarks: Map<Uuid, RemarkState>
  readonly exemptions: Map<Uuid, ExemptionState>
  /** What was said of marks that somebody holds for wrong. */
  readonly disputes: Map<Uuid, DisputeState>
  /** What the paper page says otherwise. */
  readonly paperDifferences: Map<Uuid, PaperDifferenceState>
  /** By {@link finalKey}. */
  readonly finals: Map<string, FinalState>
  /** The last day on which the postponed final of a pupil may be set. */
  readonly postponements: Map<Uuid, LocalDate>
  /** The works that a closing has moved into the next period, with the page of that period (R-D6). */
  readonly carried: Map<Uuid, Uuid>
  /** The last closing, with the reopenings after it; null while the page was never closed. */
  closing: (Versioned & { readonly reopenings: Reopening[] }) | null
  readonly signatures: SignatureState[]
}

/** A pupil has one final of a kind on a page. */
export function finalKey(pupil: Uuid, kind: FinalKind): string {
  return `${pupil}/${kind}`
}

export const journalPageFold: Fold<JournalPageState, JournalPageEvent> = {
  category: 'journalPage',
  initial: () => ({
    page: null,
    lessons: new Map(),
    assessments: new Map(),
    works: new Map(),
    marks: new Map(),
    comments: new Map(),
    remarks: new Map(),
    exemptions: new Map(),
    disputes: new Map(),
    paperDifferences: new Map(),
    finals: new Map(),
    postponements: new Map(),
    carried: new Map(),
    closing: null,
    signatures: [],
  }),
  on: {
    PageOpened: (state, { data }) => {
      state.page = data
    },
    PageGradingChanged: (state, { data }) => {
      if (state.page) state.page = { ...state.page, grading: data.grading }
    },
    LessonRecorded: (state, event) => {
      state.lessons.set(event.data.lesson, {
        ...event.data,
        ...versionOf(event),
        byOrder: event.data.substitution !== null || event.data.combination !== null,
        attendance: null,
        homework: null,
        individual: new Map(),
      })
    },
    LessonCorrected: (state, event) => {
      const lesson = state.lessons.get(event.data.lesson)
      const { field, value } = event.data
      if (lesson) state.lessons.set(event.data.lesson, { ...lesson, [field]: value, ...versionOf(event) })
    },
    AttendanceTaken: (state, event) => {
      const lesson = state.lessons.get(event.data.lesson)
      if (!lesson) return
      const codes = event.data.absentees.map(
        ({ pupil, code }) => [pupil, { code, ...versionOf(event) }] as const,
      )
      lesson.attendance = { codes: new Map(codes), ...versionOf(event) }
    },
    AbsenceCodeCorrected: (state, event) => {
      const { lesson, pupil, code } = event.data
      state.lessons.get(lesson)?.attendance?.codes.set(pupil, { code, ...versionOf(event) })
    },
    AssessmentHeld: (state, { data }) => {
      state.assessments.set(data.assessment, { ...data, receipts: new Map() })
    },
    AssessmentResultsReceived: (state, event) => {
      const { assessment, receivedAt, pupils, dueAt } = event.data
      state.assessments.get(assessment)?.receipts.set(receivedAt, { pupils, dueAt, ...versionOf(event) })
    },
    AssessmentResultsCorrected: (state, event) => {
      const { assessment, receivedAt, pupils } = event.data
      const receipts = state.assessments.get(assessment)?.receipts
      const receipt = receipts?.get(receivedAt)
      if (receipt) receipts?.set(receivedAt, { ...receipt, pupils, ...versionOf(event) })
    },
    WorkHeld: (state, { data }) => {
      state.works.set(data.work, data)
    },
    MarkRecorded: (state, event) => {
      state.marks.set(event.data.entry, { ...event.data, credit: false, ...versionOf(event) })
    },
    MissedTopicCredited: (state, event) => {
      state.marks.set(event.data.entry, { ...event.data, credit: true, ...versionOf(event) })
    },
    MarkCorrected: (state, event) => {
      const mark = state.marks.get(event.data.entry)
      const { entry, value, criteria } = event.data
      if (mark) state.marks.set(entry, { ...mark, value, criteria, ...versionOf(event) })
    },
    MarkWithdrawn: (state, { data }) => {
      state.marks.delete(data.entry)
    },
    HomeworkSet: (state, event) => setHomework(state, event, event.data.homework),
    HomeworkCorrected: (state, event) => setHomework(state, event, event.data.homework),
    HomeworkDeclined: (state, event) => setHomework(state, event, null),
    CommentMade: (state, event) => {
      state.comments.set(event.data.comment, { ...event.data, ...versionOf(event), author: event.meta.by })
    },
    CommentCorrected: (state, event) => {
      const comment = state.comments.get(event.data.comment)
      if (comment)
        state.comments.set(event.data.comment, { ...comment, text: event.data.text, ...versionOf(event) })
    },
    IndividualHomeworkSet: (state, event) => {
      const { lesson, pupils, homework: content } = event.data
      for (const pupil of pupils)
        state.lessons.get(lesson)?.individual.set(pupil, { content, ...versionOf(event) })
    },
    IndividualHomeworkCorrected: (state, event) => {
      const { lesson, pupil, homework: content } = event.data
      const individual = state.lessons.get(lesson)?.individual
      if (content === null) individual?.delete(pupil)
      else individual?.set(pupil, { content, ...versionOf(event) })
    },
    RemarkMade: (state, event) => {
      state.remarks.set(event.data.remark, { ...event.data, ...versionOf(event) })
    },
    RemarkWithdrawn: (state, { data }) => {
      state.remarks.delete(data.remark)
    },
    PracticeExempted: (state, event) => {
      state.exemptions.set(event.data.exemption, { ...event.data, ...versionOf(event) })
    },
    PracticeExemptionWithdrawn: (state, { data }) => {
      state.exemptions.delete(data.exemption)
    },
    MarkDisputed: (state, { data }) => {
      state.disputes.set(data.dispute, { ...data, open: true })
    },
    DisputeRefused: (state, { data }) => answer(state, data.dispute),
    DisputeUpheld: (state, { data }) => answer(state, data.dispute),
    PaperDifferenceFound: (state, { data: { difference, what, lesson, pupil } }) => {
      state.paperDifferences.set(difference, { what, lesson, pupil, open: true })
    },
    PaperDifferenceFixed: (state, { data }) => settle(state, data.difference),
    PaperDifferenceExplained: (state, { data }) => settle(state, data.difference),
    FinalMarkRecorded: (state, event) => {
      const { pupil, kind, value } = event.data
      state.finals.set(finalKey(pupil, kind), { pupil, kind, value, ...versionOf(event) })
    },
    FinalMarkCorrected: (state, event) => {
      const { pupil, kind, value } = event.data
      const final = state.finals.get(finalKey(pupil, kind))
      if (final) state.finals.set(finalKey(pupil, kind), { ...final, value, ...versionOf(event) })
    },
    FinalMarkWithdrawn: (state, { data: { pupil, kind } }) => {
      state.finals.delete(finalKey(pupil, kind))
    },
    FinalPostponed: (state, { data }) => {
      state.postponements.set(data.pupil, data.until)
    },
    PageClosed: (state, event) => {
      state.closing = { ...versionOf(event), reopenings: [] }
      const { carried, into } = event.data
      for (const work of carried) state.carried.set(work, into!)
    },
    PageSigned: (state, { data, meta: { by, role, at } }) => {
      state.signatures.push({ ...data, by, role, at })
    },
    PageReopened: (state, { data: { pupils, until } }) => {
      state.closing?.reopenings.push({ pupils: pupils === null ? null : new Set(pupils), until })
    },
  },
}

type HomeworkEvent = Extract<
  JournalPageEvent,
  { type: 'HomeworkSet' | 'HomeworkCorrected' | 'HomeworkDeclined' }
>

function setHomework(state: JournalPageState, event: Decoded<HomeworkEvent>, content: Homework | null): void {
  const lesson = state.lessons.get(event.data.lesson)
  if (lesson) lesson.homework = { content, ...versionOf(event) }
}

function answer(state: JournalPageState, id: Uuid): void {
  const dispute = state.disputes.get(id)
  if (dispute) state.disputes.set(id, { ...dispute, open: false })
}

function settle(state: JournalPageState, id: Uuid): void {
  const difference = state.paperDifferences.get(id)
  if (difference) state.paperDifferences.set(id, { ...difference, open: false })
}

function versionOf({ revision, meta }: Decoded): Versioned {
  return { version: Number(revision), at: meta.at }
}

/** When a work was held, and what attendance there says: at a lesson, or at an assessment, which takes none. */
export function occasionOf(
  { lessons, assessments }: Readonly<JournalPageState>,
  id: Uuid,
): Pick<LessonState, 'date' | 'attendance'> | undefined {
  const assessment = assessments.get(id)
  return lessons.get(id) ?? (assessment && { date: assessment.date, attendance: null })
}
