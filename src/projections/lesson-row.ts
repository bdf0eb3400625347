import type { JournalPageEvent } from '#events/journal-page.ts'
import type { Decoded } from '#events/registry.ts'
import type { PersonalText } from '#values/personal-text.ts'
import { type Instant, type LocalDate, secondsLate } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import { addComment, type Comment, rewordComment, versionOf } from './cell.ts'
import { amend, type Change, put, table, type Table } from './read-model.ts'

/** One lesson of a page: what stands in the head of its column and on the right side of the paper journal. */
export interface LessonRow {
  readonly lesson: Uuid
  readonly date: LocalDate
  readonly number: number
  readonly type: string
  readonly topic: string
  readonly material: string | null
  readonly teacher: Uuid
  /** To whom the load gave it. */
  readonly scheduled: readonly Uuid[]
  /** Given in their place: `ordered` or `at-entry`; null is by the load. */
  readonly substitution: string | null
  readonly combination: Uuid | null
  readonly transferred_from: { readonly date: LocalDate; readonly number: number } | null
  /** By which version of the topic plan and which item of it; `item` is null off the plan, `plan` without one. */
  readonly plan: { readonly version: number; readonly item: number | null } | null
  readonly version: number
  readonly recorded_at: Instant
  /** Seconds after the deadline; 0 is on time. */
  readonly late_by: number
  readonly corrected: boolean
  readonly attendance: Attendance | null
  readonly homework: LessonHomework | null
  readonly comments: readonly Comment[]
}

interface Attendance {
  readonly takenAt: Instant
  readonly lateBy: number
  readonly version: number
}

/** `content` is null where "не задано" was said. */
export interface LessonHomework {
  readonly content: {
    readonly text: string
    readonly due: LocalDate | null
    readonly manner: string | null
    readonly attachments: ReadonlyArray<{ title: string; url: string }>
    readonly minutes: number | null
  } | null
  readonly version: number
  readonly recordedAt: Instant
  readonly lateBy: number
  readonly corrected: boolean
  readonly comments: readonly Comment[]
}

export const LESSON_COLUMNS = {
  lesson: 'uuid',
  date: 'text',
  number: 'integer',
  type: 'text',
  topic: 'text',
  material: 'text',
  teacher: 'uuid',
  scheduled: 'jsonb',
  substitution: 'text',
  combination: 'uuid',
  transferred_from: 'jsonb',
  plan: 'jsonb',
  version: 'integer',
  recorded_at: 'text',
  late_by: 'integer',
  corrected: 'boolean',
  attendance: 'jsonb',
  homework: 'jsonb',
  comments: 'jsonb',
} as const

export const lessonSteps: Table<LessonRow>['on'] = {
  LessonRecorded: (event) => {
    const { lesson, dueAt, transferredFrom, ...recorded } = event.data
    const rest = {
      ...recorded,
      transferred_from: transferredFrom,
      version: versionOf(event),
      recorded_at: event.meta.at,
      late_by: secondsLate(event.meta.at, dueAt),
      corrected: false,
      attendance: null,
      homework: null,
      comments: [],
    }
    return [put<LessonRow, 'lesson'>({ lesson }, rest)]
  },
  LessonCorrected: (event) => [
    amend<LessonRow>({ lesson: event.data.lesson }, () => ({
      [event.data.field]: event.data.value,
      version: versionOf(event),
      corrected: true,
    })),
  ],
  AttendanceTaken: (event) => [
    amend<LessonRow>({ lesson: event.data.lesson }, () => ({
      attendance: {
        takenAt: event.meta.at,
        lateBy: secondsLate(event.meta.at, event.data.dueAt),
        version: versionOf(event),
      },
    })),
  ],
  HomeworkSet: (event) => [homework(event, event.data.homework, event.data.dueAt)],
  HomeworkDeclined: (event) => [homework(event, null, event.data.dueAt)],
  HomeworkCorrected: (event) => [homework(event, event.data.homework, null)],
  CommentMade: (event) => [comments(event, (was) => addComment(was, event))],
  CommentCorrected: (event) => [comments(event, (was) => rewordComment(was, event))],
}

/** A work outside the lessons: a column of its own in the grid (R-F15). */
export interface AssessmentRow {
  readonly assessment: Uuid
  readonly date: LocalDate
  readonly kind: string
  readonly name: string
  /** When the school had the results; null where they are its own. */
  readonly results_received_at: Instant | null
  readonly recorded_at: Instant
  /** When the results of whom came, with the deadline of their marks; a receipt that was a mistake names nobody. */
  readonly receipts: readonly ReceiptOfResults[]
}

export interface ReceiptOfResults {
  readonly receivedAt: Instant
  readonly dueAt: Instant
  readonly pupils: readonly Uuid[]
  readonly version: number
}

export const assessmentTable = table<AssessmentRow>({
  name: 'assessment',
  columns: {
    assessment: 'uuid',
    date: 'text',
    kind: 'text',
    name: 'text',
    results_received_at: 'text',
    recorded_at: 'text',
    receipts: 'jsonb',
  },
  key: ['assessment'],
  indexes: [['date']],
  on: {
    AssessmentHeld: ({ data: { assessment, resultsReceivedAt, ...data }, meta }) => [
      put<AssessmentRow, 'assessment'>(
        { assessment },
        { ...data, results_received_at: resultsReceivedAt, recorded_at: meta.at, receipts: [] },
      ),
    ],
    AssessmentResultsReceived: (event) => {
      const { assessment, receivedAt, ...said } = event.data
      const receipt = { receivedAt, ...said, version: versionOf(event) }
      return [
        amend<AssessmentRow>({ assessment }, ({ receipts }) => ({
          receipts: [...receipts.filter((one) => one.receivedAt !== receivedAt), receipt],
        })),
      ]
    },
    AssessmentResultsCorrected: (event) => {
      const { assessment, receivedAt, pupils } = event.data
      return [
        amend<AssessmentRow>({ assessment }, ({ receipts }) => ({
          receipts: receipts.map((one) =>
            one.receivedAt === receivedAt ? { ...one, pupils, version: versionOf(event) } : one,
          ),
        })),
      ]
    },
  },
})

/** A remark or a recommendation; `pupil` is null where it is to all who learn here. */
export interface RemarkRow {
  readonly remark: Uuid
  readonly kind: string
  readonly pupil: Uuid | null
  readonly lesson: Uuid | null
  readonly date: LocalDate
  readonly text: PersonalText
  /** The account of who said it. */
  readonly author: Uuid
  readonly at: Instant
  readonly version: number
}

export const remarkTable = table<RemarkRow>({
  name: 'remark',
  columns: {
    remark: 'uuid',
    kind: 'text',
    pupil: 'uuid',
    lesson: 'uuid',
    date: 'text',
    text: 'jsonb',
    author: 'uuid',
    at: 'text',
    version: 'integer',
  },
  key: ['remark'],
  indexes: [['date']],
  on: {
    RemarkMade: (event) => {
      const { remark, ...data } = event.data
      const { by: author, at } = event.meta
      return [put<RemarkRow, 'remark'>({ remark }, { ...data, author, at, version: versionOf(event) })]
    },
    RemarkWithdrawn: ({ data: { remark } }) => [{ key: { remark }, to: () => undefined }],
  },
})

/** From `since` to `until`, both included, a pupil takes no part in practice (осв). */
export interface ExemptionRow {
  readonly exemption: Uuid
  readonly pupil: Uuid
  readonly since: LocalDate
  readonly until: LocalDate
  readonly version: number
}

export const exemptionTable = table<ExemptionRow>({
  name: 'exemption',
  columns: { exemption: 'uuid', pupil: 'uuid', since: 'text', until: 'text', version: 'integer' },
  key: ['exemption'],
  on: {
    PracticeExempted: (event) => {
      const { exemption, pupil, from: since, until } = event.data
      return [
        put<ExemptionRow, 'exemption'>({ exemption }, { pupil, since, until, version: versionOf(event) }),
      ]
    },
    PracticeExemptionWithdrawn: ({ data: { exemption } }) => [{ key: { exemption }, to: () => undefined }],
  },
})

type HomeworkEvent = Decoded<
  Extract<JournalPageEvent, { type: 'HomeworkSet' | 'HomeworkDeclined' | 'HomeworkCorrected' }>
>

/** A first entry is late by its own deadline; a later one keeps what the first one earned. */
function homework(
  event: HomeworkEvent,
  content: LessonHomework['content'],
  dueAt: Instant | null,
): Change<LessonRow> {
  return amend<LessonRow>({ lesson: event.data.lesson }, ({ homework: was }) => ({
    homework: {
      content,
      version: versionOf(event),
      recordedAt: was?.recordedAt ?? event.meta.at,
      lateBy: was?.lateBy ?? (dueAt === null ? 0 : secondsLate(event.meta.at, dueAt)),
      corrected: was !== null,
      comments: was?.comments ?? [],
    },
  }))
}

type CommentEvent = Decoded<Extract<JournalPageEvent, { type: 'CommentMade' | 'CommentCorrected' }>>

function comments(event: CommentEvent, to: (was: readonly Comment[]) => Comment[]): Change<LessonRow> {
  const { on, lesson } = event.data
  return amend<LessonRow>({ lesson }, (row) => {
    if (on.kind === 'lesson') return { comments: to(row.comments) }
    if (on.kind === 'homework' && row.homework !== null) {
      return { homework: { ...row.homework, comments: to(row.homework.comments) } }
    }
    return {}
  })
}
