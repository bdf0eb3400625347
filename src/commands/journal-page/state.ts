import type { FinalKind, JournalPageEvent } from '#events/journal-page.ts'
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
  attendance: AttendanceState | null
  /** `content` is null where "не задано" was said. */
  homework: (Versioned & { readonly content: Homework | null }) | null
}

interface AttendanceState extends Versioned {
  /** Absence and lateness codes; a pupil who is not here was at the lesson in time. */
  readonly codes: Map<Uuid, Versioned & { readonly code: string | null }>
}

export interface WorkState {
  readonly lesson: Uuid
  readonly kind: string
  readonly weight: number
  readonly dueAt: Instant
}

export interface MarkState extends Versioned {
  readonly work: Uuid
  readonly lesson: Uuid
  readonly pupil: Uuid
  readonly value: MarkValue
  readonly criteria: readonly CriterionScore[] | null
}

interface CommentState extends Versioned {
  readonly lesson: Uuid
  readonly on: Extract<JournalPageEvent, { type: 'CommentMade' }>['data']['on']
  readonly text: PersonalText
  readonly author: Uuid
}

export interface FinalState extends Versioned {
  readonly pupil: Uuid
  readonly kind: FinalKind
  readonly value: MarkValue
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
  readonly works: Map<Uuid, WorkState>
  /** The marks that stand, by entry; a withdrawn one is gone from here, never from the log. */
  readonly marks: Map<Uuid, MarkState>
  readonly comments: Map<Uuid, CommentState>
  /** By {@link finalKey}. */
  readonly finals: Map<string, FinalState>
  /** The last day on which the postponed final of a pupil may be set. */
  readonly postponements: Map<Uuid, LocalDate>
  /** The last closing, with the reopenings after it; null while the page was never closed. */
  closing: (Versioned & { readonly reopenings: Reopening[] }) | null
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
    works: new Map(),
    marks: new Map(),
    comments: new Map(),
    finals: new Map(),
    postponements: new Map(),
    closing: null,
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
    WorkHeld: (state, { data }) => {
      state.works.set(data.work, data)
    },
    MarkRecorded: (state, event) => {
      state.marks.set(event.data.entry, { ...event.data, ...versionOf(event) })
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

function versionOf({ revision, meta }: Decoded): Versioned {
  return { version: Number(revision), at: meta.at }
}
