import type { Json } from '#integrity/tlog/canonical-json.ts'
import { homeworkAsShown } from '#events/journal-page.ts'
import { type Decoded, type DomainEvent, type EventType, registry } from '#events/registry.ts'
import type { PersonalText } from '#values/personal-text.ts'
import { type Instant, type LocalDate, secondsLate } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import { pageTable, versionOf } from '../cell.ts'
import { put, type ReadModel, table, type Table } from '../read-model.ts'

/** One line of the audit: what an event says of one cell, lesson or person. */
export interface AuditRow {
  readonly revision: number
  /** An event that speaks of several pupils, as attendance does, has a line for each after its own. */
  readonly ordinal: number
  readonly event: Uuid
  readonly type: string
  /** Record time. */
  readonly at: Instant
  readonly account: Uuid
  readonly role: string
  readonly command: Uuid
  /** The request, as the request log knows it, with address and client. */
  readonly request: string | null
  readonly lesson: Uuid | null
  /** The pupil or the member of staff of whom it speaks. */
  readonly person: Uuid | null
  readonly mark: Uuid | null
  readonly before: Json
  readonly after: Json
  readonly reason: string | null
  readonly note: PersonalText | null
  /** Seconds after the deadline; null where there is none. */
  readonly late_by: number | null
}

/** What is particular to a line. */
type Line = Partial<Pick<AuditRow, 'lesson' | 'person' | 'mark' | 'before' | 'after' | 'reason' | 'note'>> & {
  readonly dueAt?: Instant
}

type Lines = {
  readonly [Type in EventType]?: (data: Extract<DomainEvent, { type: Type }>['data']) => readonly Line[]
}

/** Homework before and after: as it was shown before minutes could be declared, where none are. */
const ofHomework = (homework: Homework | null) => ({ homework: homework && homeworkAsShown(homework) })
type Homework = Extract<DomainEvent, { type: 'HomeworkSet' }>['data']['homework']

/** The events whose lines say more than "this was recorded": a value before and after, by lesson and pupil. */
const LINES: Lines = {
  // A plan is a document of some hundred topics, and stands whole in the plan of its journal.
  TopicPlanAdopted: ({ sections, ...adopted }) => [
    { after: { ...adopted, topics: sections.reduce((sum, { items }) => sum + items.length, 0) } },
  ],
  LessonRecorded: ({ lesson, topic, material, type, dueAt }) => [
    { lesson, dueAt, after: { topic, material, type } },
  ],
  LessonCorrected: ({ lesson, field, previous, value, ...why }) => [
    { lesson, before: { [field]: previous }, after: { [field]: value }, ...why },
  ],
  // Where a parent is reached is between him and the class teacher (row 26), and no matter of an audit.
  ContactGiven: ({ address: _address, representative, ...given }) => [
    { person: representative, after: given },
  ],
  EntryExplained: ({ lesson, reason, note }) => [{ lesson, reason, note }],
  AttendanceTaken: ({ lesson, absentees, dueAt }) => [
    { lesson, dueAt, after: { absent: absentees.length } },
    ...absentees.map(({ pupil, code }) => ({ lesson, person: pupil, dueAt, after: { code } })),
  ],
  AbsenceCodeCorrected: ({ lesson, pupil, previous, code, document, ...why }) => [
    {
      lesson,
      person: pupil,
      before: { code: previous },
      after: { code, ...(document === null ? {} : { document }) },
      ...why,
    },
  ],
  WorkHeld: ({ lesson, kind, weight, test }) => [
    { lesson, after: { kind, weight, ...(test === null ? {} : { test }) } },
  ],
  MarkRecorded: ({ lesson, pupil, entry, value, dueAt }) => [
    { lesson, person: pupil, mark: entry, dueAt, after: { value } },
  ],
  AssessmentHeld: ({ assessment, kind, name, resultsReceivedAt }) => [
    { lesson: assessment, after: { kind, name, resultsReceivedAt } },
  ],
  AssessmentResultsReceived: ({ assessment, receivedAt, pupils, dueAt }) => [
    { lesson: assessment, dueAt, after: { receivedAt, pupils } },
  ],
  AssessmentResultsCorrected: ({ assessment, receivedAt, previous, pupils, ...why }) => [
    { lesson: assessment, before: { receivedAt, pupils: previous }, after: { receivedAt, pupils }, ...why },
  ],
  MissedTopicCredited: ({ lesson, pupil, entry, value, absence, protocol, examiners }) => [
    { lesson, person: pupil, mark: entry, after: { value, absence, protocol, examiners } },
  ],
  MarkCorrected: ({ lesson, pupil, entry, previous, value, reason, note }) => [
    { lesson, person: pupil, mark: entry, before: { value: previous }, after: { value }, reason, note },
  ],
  MarkWithdrawn: ({ lesson, pupil, entry, previous, reason, note }) => [
    { lesson, person: pupil, mark: entry, before: { value: previous }, reason, note },
  ],
  HomeworkSet: ({ lesson, homework, dueAt }) => [{ lesson, dueAt, after: ofHomework(homework) }],
  HomeworkCorrected: ({ lesson, previous, homework, ...why }) => [
    { lesson, before: ofHomework(previous), after: ofHomework(homework), ...why },
  ],
  HomeworkDeclined: ({ lesson, previous, dueAt, ...why }) => [
    {
      lesson,
      dueAt,
      before: previous === null ? null : ofHomework(previous),
      after: { homework: null },
      ...why,
    },
  ],
  HomeworkReviewed: ({ lesson, version, verdict, aspects, text }) => [
    { lesson, after: { version, verdict, aspects, text } },
  ],
  IndividualHomeworkSet: ({ lesson, pupils, homework, dueAt }) =>
    pupils.map((person) => ({ lesson, person, dueAt, after: ofHomework(homework) })),
  IndividualHomeworkCorrected: ({ lesson, pupil, previous, homework, ...why }) => [
    { lesson, person: pupil, before: ofHomework(previous), after: ofHomework(homework), ...why },
  ],
  RemarkMade: ({ lesson, pupil, kind, text }) => [{ lesson, person: pupil, after: { kind, text } }],
  RemarkWithdrawn: ({ lesson, pupil, text, reason, note }) => [
    { lesson, person: pupil, before: { text }, reason, note },
  ],
  PracticeExempted: ({ pupil, from, until, document }) => [
    { person: pupil, after: { from, until, document } },
  ],
  PracticeExemptionWithdrawn: ({ pupil, from, until, reason, note }) => [
    { person: pupil, before: { from, until }, reason, note },
  ],
  CommentMade: ({ lesson, on, text }) => [{ lesson, ...commented(on), after: { text } }],
  CommentCorrected: ({ lesson, on, previous, text }) => [
    { lesson, ...commented(on), before: { text: previous }, after: { text } },
  ],
  MarkDisputed: ({ lesson, pupil, entry, value, text }) => [
    { lesson, person: pupil, mark: entry, before: { value }, after: { text } },
  ],
  DisputeRefused: ({ lesson, pupil, entry, text }) => [
    { lesson, person: pupil, mark: entry, after: { text } },
  ],
  DisputeUpheld: ({ lesson, pupil, entry, by }) => [{ lesson, person: pupil, mark: entry, after: { by } }],
  PaperDifferenceFound: ({ what, lesson, pupil, paper, electronic, foundOn }) => [
    { lesson, person: pupil, before: { what, electronic }, after: { paper, foundOn } },
  ],
  PaperDifferenceFixed: ({ what, lesson, pupil, by }) => [{ lesson, person: pupil, after: { what, by } }],
  PaperDifferenceExplained: ({ what, lesson, pupil, text }) => [
    { lesson, person: pupil, after: { what, text } },
  ],
  FinalMarkRecorded: ({ pupil, kind, value, dueAt }) => [
    { person: pupil, after: { kind, value }, ...(dueAt === null ? {} : { dueAt }) },
  ],
  FinalMarkCorrected: ({ pupil, kind, previous, value, reason, note }) => [
    { person: pupil, before: { kind, value: previous }, after: { kind, value }, reason, note },
  ],
  FinalMarkWithdrawn: ({ pupil, kind, previous, reason, note }) => [
    { person: pupil, before: { kind, value: previous }, reason, note },
  ],
  FinalPostponed: ({ pupil, previous, until, reason, order }) => [
    {
      person: pupil,
      before: previous === null ? null : { until: previous },
      after: { until, order },
      reason,
    },
  ],
  PageReopened: ({ pupils, until, reason, note, order }) => [
    { after: { pupils, until, order }, reason, note },
  ],
  PageSigned: ({ cms: _kept, given: _given, ...signed }) => [{ after: signed }],
  SnapshotSigned: ({ cms: _kept, ...signed }) => [{ after: signed }],
  PersonNameCorrected: ({ person, reason, document }) => [{ person, reason, after: { document } }],
  RepresentativeNameCorrected: ({ pupil, representative, reason, document }) => [
    { person: representative, reason, after: { pupil, document } },
  ],
  FinalCredited: ({ pupil, previous, value, ...what }) => [
    { person: pupil, before: previous === null ? null : { value: previous }, after: { value, ...what } },
  ],
  AttestationCorrected: ({ attestation, pupil, previous, value, note }) => [
    { person: pupil, before: { value: previous }, after: { attestation, value }, note },
  ],
  PromotionDecided: ({ class: of, pupil, previous, decision, order }) => [
    {
      person: pupil,
      before: previous === null ? null : { decision: previous },
      after: { class: of, decision, order },
    },
  ],
}

function commented(on: Extract<DomainEvent, { type: 'CommentMade' }>['data']['on']): Line {
  return on.kind === 'mark' ? { person: on.pupil, mark: on.entry } : {}
}

/** Of any other event: all that it says, and the person of whom it speaks. */
function plain(data: Readonly<Record<string, unknown>>): Line[] {
  const person = (data.pupil ?? data.staff ?? data.person ?? null) as Uuid | null
  return [{ person, after: data as Json }]
}

function linesOf(event: Decoded): readonly Line[] {
  const lines = LINES[event.type] as ((data: DomainEvent['data']) => readonly Line[]) | undefined
  return (lines ?? plain)(event.data)
}

function rows(event: Decoded) {
  const { id, type, meta } = event
  return linesOf(event).map(({ dueAt, ...line }, ordinal) =>
    put<AuditRow, 'revision' | 'ordinal'>(
      { revision: versionOf(event), ordinal },
      {
        event: id,
        type,
        at: meta.at,
        account: meta.by,
        role: meta.role,
        command: meta.cmd,
        request: meta.corr,
        lesson: null,
        person: null,
        mark: null,
        before: null,
        after: null,
        reason: null,
        note: null,
        late_by: dueAt === undefined ? null : secondsLate(meta.at, dueAt),
        ...line,
      },
    ),
  )
}

interface LessonDateRow {
  readonly lesson: Uuid
  readonly date: LocalDate
}

/** Every event of the school, by cell, page, person and author: the record itself, made searchable (R-F8, R-D2). */
export const auditTrail: ReadModel = {
  name: 'audit-trail',
  version: 2,
  keepsVoid: true,
  tables: [
    table<AuditRow>({
      name: 'line',
      columns: {
        revision: 'integer',
        ordinal: 'integer',
        event: 'uuid',
        type: 'text',
        at: 'text',
        account: 'uuid',
        role: 'text',
        command: 'uuid',
        request: 'text',
        lesson: 'uuid',
        person: 'uuid',
        mark: 'uuid',
        before: 'jsonb',
        after: 'jsonb',
        reason: 'text',
        note: 'jsonb',
        late_by: 'integer',
      },
      key: ['revision', 'ordinal'],
      own: true,
      indexes: [['lesson', 'person'], ['person', 'at'], ['account', 'at'], ['at']],
      on: Object.fromEntries(Object.keys(registry).map((type) => [type, rows])) as Table<AuditRow>['on'],
    }),
    table<LessonDateRow>({
      name: 'lesson',
      columns: { lesson: 'uuid', date: 'text' },
      key: ['lesson'],
      on: {
        LessonRecorded: ({ data: { lesson, date } }) => [put<LessonDateRow, 'lesson'>({ lesson }, { date })],
        AssessmentHeld: ({ data: { assessment, date } }) => [
          put<LessonDateRow, 'lesson'>({ lesson: assessment }, { date }),
        ],
      },
    }),
    pageTable,
  ],
}
