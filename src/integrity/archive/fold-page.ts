import { homeworkAsShown } from '#events/journal-page.ts'
import type { Decoded, DomainEvent } from '#events/registry.ts'
import type { PersonalText } from '#values/personal-text.ts'
import type { Uuid } from '#values/uuid.ts'
import type { Said } from './disclosures.ts'

type Data<Type extends DomainEvent['type']> = Extract<DomainEvent, { type: Type }>['data']
type Of<Type extends DomainEvent['type']> = Decoded<Extract<DomainEvent, { type: Type }>>

export interface CommentState {
  readonly comment: Uuid
  readonly on: Data<'CommentMade'>['on']
  text: string
  readonly author: Uuid
  readonly at: string
}

export interface LessonState {
  readonly lesson: Uuid
  readonly date: string
  readonly number: number
  type: string
  topic: string
  material: string | null
  readonly teacher: Uuid
  readonly substitution: string | null
  readonly combination: Uuid | null
  readonly transferredFrom: { readonly date: string; readonly number: number } | null
  readonly plan: { readonly version: number; readonly item: number | null } | null
  readonly recordedAt: string
  /** Why the whole lesson was entered later than it was given, if somebody said so. */
  explained: { readonly reason: string; readonly note: string | null; readonly at: string } | null
  /** Absence and lateness by pupil; null while the attendance was not taken. */
  absences: Map<Uuid, string> | null
  /** Whose absence was another before. */
  readonly correctedAbsences: Set<Uuid>
  /** Null while nothing was said of homework; `declined` is «не задано». */
  homework: Homework | 'declined' | null
  /** Of some pupils alone, beside that of all. */
  readonly individual: Map<Uuid, Homework>
  readonly comments: CommentState[]
}

export type Homework = ReturnType<typeof homeworkAsShown<Data<'HomeworkSet'>['homework']>>

/** A work outside the lessons: works and marks name it as their lesson. */
export interface AssessmentState extends Data<'AssessmentHeld'> {
  readonly recordedAt: string
  /** When the results of which pupils came to the school, in the order of the records. */
  receipts: ReadonlyArray<Omit<Data<'AssessmentResultsReceived'>, 'assessment'>>
}

export interface MarkState extends Omit<Data<'MarkRecorded'>, 'dueAt'> {
  readonly recordedAt: string
  /** It was another value before; on paper, a star. */
  readonly corrected: boolean
  /** The topic was missed and made up for: by which protocol, before whom. Null of any other mark. */
  readonly credit: Pick<Data<'MissedTopicCredited'>, 'absence' | 'protocol' | 'examiners'> | null
}

export interface RemarkState extends Omit<Data<'RemarkMade'>, 'text'> {
  readonly text: string
  readonly author: Uuid
  readonly at: string
}

export interface DisputeState extends Omit<Data<'MarkDisputed'>, 'text'> {
  readonly text: string
  readonly at: string
  /** Null while nobody answered. */
  answer: {
    readonly by: 'refusal' | 'correction' | 'withdrawal'
    readonly text: string | null
    readonly at: string
  } | null
}

/** The paper page said something else here. */
export interface DifferenceState extends Data<'PaperDifferenceFound'> {
  readonly at: string
  /** Null while nobody settled it. */
  settled: {
    readonly by: 'correction' | 'record' | 'explanation'
    readonly text: string | null
    readonly at: string
  } | null
}

export interface SignatureState extends Omit<Data<'PageSigned'>, 'cms' | 'given' | 'content' | 'revocation'> {
  readonly by: Uuid
  readonly role: string
  readonly at: string
}

export interface FinalState {
  readonly pupil: Uuid
  readonly kind: string
  readonly value: string | number
  readonly recordedAt: string
  readonly corrected: boolean
}

/** A change of what had been recorded, as history shows it: one line. */
export interface ChangeState {
  readonly event: Uuid
  readonly at: string
  readonly by: Uuid
  readonly role: string
  readonly type: string
  readonly lesson: Uuid | null
  readonly pupil: Uuid | null
  readonly previous: string
  readonly value: string
  readonly reason: string | null
  readonly note: string | null
}

export interface PageState {
  readonly page: Uuid
  readonly journal: Uuid
  readonly year: number
  readonly period: string
  grading: string
  readonly lessons: Map<Uuid, LessonState>
  readonly assessments: Map<Uuid, AssessmentState>
  readonly works: Map<Uuid, Omit<Data<'WorkHeld'>, 'dueAt'>>
  readonly marks: Map<Uuid, MarkState>
  readonly finals: Map<string, FinalState>
  readonly postponements: Map<Uuid, string>
  readonly remarks: Map<Uuid, RemarkState>
  readonly exemptions: Map<Uuid, Data<'PracticeExempted'>>
  readonly disputes: Map<Uuid, DisputeState>
  readonly differences: Map<Uuid, DifferenceState>
  readonly signatures: SignatureState[]
  closedAt: string | null
  /** Until when writing is allowed again after the last closing. */
  reopenedUntil: string | null
  readonly history: ChangeState[]
}

export function newPage(page: Uuid, { journal, year, period, grading }: Data<'PageOpened'>): PageState {
  return {
    page,
    journal,
    year,
    period,
    grading,
    lessons: new Map(),
    assessments: new Map(),
    works: new Map(),
    marks: new Map(),
    finals: new Map(),
    postponements: new Map(),
    remarks: new Map(),
    exemptions: new Map(),
    disputes: new Map(),
    differences: new Map(),
    signatures: [],
    closedAt: null,
    reopenedUntil: null,
    history: [],
  }
}

/** Applies one record of a page. Of a type that this version of the fold does not know, nothing follows. */
export function foldPage(page: PageState, event: Decoded, said: Said): void {
  const note = (on: PageState, by: Decoded, change: Change): void =>
    void on.history.push(changeBy(by, change, said))
  switch (event.type) {
    case 'PageGradingChanged':
      page.grading = event.data.grading
      return note(page, event, { previous: event.data.previous, value: event.data.grading })
    case 'LessonRecorded': {
      const { dueAt: _dueAt, scheduled: _scheduled, ...recorded } = event.data
      const empty = { explained: null, absences: null, homework: null, comments: [] }
      const none = { correctedAbsences: new Set<Uuid>(), individual: new Map<Uuid, Homework>() }
      page.lessons.set(recorded.lesson, { ...recorded, recordedAt: event.meta.at, ...empty, ...none })
      return
    }
    case 'EntryExplained': {
      const lesson = page.lessons.get(event.data.lesson)
      const { reason, note: typed } = event.data
      if (lesson === undefined) return
      lesson.explained = { reason, note: typed === null ? null : said(typed), at: event.meta.at }
      return
    }
    case 'LessonCorrected': {
      const lesson = page.lessons.get(event.data.lesson)
      if (lesson !== undefined) Object.assign(lesson, { [event.data.field]: event.data.value })
      return note(page, event, event.data)
    }
    case 'AttendanceTaken': {
      const lesson = page.lessons.get(event.data.lesson)
      if (lesson !== undefined) {
        lesson.absences = new Map(event.data.absentees.map(({ pupil, code }) => [pupil, code]))
      }
      return
    }
    case 'AbsenceCodeCorrected': {
      const { lesson, pupil, previous, code } = event.data
      const absences = page.lessons.get(lesson)?.absences
      if (code === null) absences?.delete(pupil)
      else absences?.set(pupil, code)
      page.lessons.get(lesson)?.correctedAbsences.add(pupil)
      return note(page, event, { ...event.data, previous, value: code })
    }
    case 'WorkHeld': {
      const { work, lesson, kind, weight, test } = event.data
      page.works.set(work, { work, lesson, kind, weight, test })
      return
    }
    case 'AssessmentHeld':
      page.assessments.set(event.data.assessment, {
        ...event.data,
        recordedAt: event.meta.at,
        receipts: [],
      })
      return
    case 'AssessmentResultsReceived': {
      const { assessment, ...receipt } = event.data
      const held = page.assessments.get(assessment)
      if (held === undefined) return
      const others = held.receipts.filter(({ receivedAt }) => receivedAt !== receipt.receivedAt)
      held.receipts = [...others, receipt]
      return
    }
    case 'AssessmentResultsCorrected': {
      const { assessment, receivedAt, previous, pupils, reason, note: words } = event.data
      const held = page.assessments.get(assessment)
      if (held !== undefined)
        held.receipts = held.receipts.map((one) => (one.receivedAt === receivedAt ? { ...one, pupils } : one))
      return note(page, event, {
        lesson: assessment,
        previous: previous.join(' '),
        value: pupils.join(' '),
        reason,
        note: words,
      })
    }
    case 'MarkRecorded': {
      const { entry, work, lesson, pupil, value, criteria } = event.data
      const recordedAt = event.meta.at
      page.marks.set(entry, {
        entry,
        work,
        lesson,
        pupil,
        value,
        criteria,
        recordedAt,
        corrected: false,
        credit: null,
      })
      return
    }
    case 'MissedTopicCredited': {
      const { absence, protocol, examiners, ...mark } = event.data
      const credit = { absence, protocol, examiners }
      page.marks.set(mark.entry, { ...mark, recordedAt: event.meta.at, corrected: false, credit })
      return
    }
    case 'MarkCorrected': {
      const mark = page.marks.get(event.data.entry)
      const { entry, value, criteria } = event.data
      if (mark !== undefined) page.marks.set(entry, { ...mark, value, criteria, corrected: true })
      return note(page, event, event.data)
    }
    case 'MarkWithdrawn':
      page.marks.delete(event.data.entry)
      return note(page, event, { ...event.data, value: null })
    case 'HomeworkSet':
      return setHomework(page, event.data.lesson, homeworkAsShown(event.data.homework))
    case 'HomeworkCorrected':
      setHomework(page, event.data.lesson, homeworkAsShown(event.data.homework))
      return note(page, event, {
        ...event.data,
        previous: event.data.previous?.text ?? null,
        value: event.data.homework.text,
      })
    case 'HomeworkDeclined':
      setHomework(page, event.data.lesson, 'declined')
      if (event.data.previous === null) return
      return note(page, event, { ...event.data, previous: event.data.previous.text, value: null })
    case 'HomeworkReviewed': {
      const { lesson, verdict, aspects, text } = event.data
      return note(page, event, { lesson, previous: null, value: [verdict, ...aspects].join(' '), note: text })
    }
    case 'IndividualHomeworkSet': {
      const { lesson, pupils, homework } = event.data
      for (const pupil of pupils) page.lessons.get(lesson)?.individual.set(pupil, homeworkAsShown(homework))
      return
    }
    case 'IndividualHomeworkCorrected': {
      const { lesson, pupil, previous, homework } = event.data
      const individual = page.lessons.get(lesson)?.individual
      if (homework === null) individual?.delete(pupil)
      else individual?.set(pupil, homeworkAsShown(homework))
      return note(page, event, { ...event.data, previous: previous.text, value: homework?.text ?? null })
    }
    case 'RemarkMade': {
      const { by: author, at } = event.meta
      page.remarks.set(event.data.remark, { ...event.data, text: said(event.data.text), author, at })
      return
    }
    case 'RemarkWithdrawn': {
      const { remark, lesson, pupil, text, ...correction } = event.data
      page.remarks.delete(remark)
      return note(page, event, { ...correction, ...of(lesson, pupil), previous: said(text), value: null })
    }
    case 'PracticeExempted':
      page.exemptions.set(event.data.exemption, event.data)
      return
    case 'PracticeExemptionWithdrawn': {
      const { exemption, from, until } = event.data
      page.exemptions.delete(exemption)
      return note(page, event, { ...event.data, previous: `${from} – ${until}`, value: null })
    }
    case 'MarkDisputed':
      page.disputes.set(event.data.dispute, {
        ...event.data,
        text: said(event.data.text),
        at: event.meta.at,
        answer: null,
      })
      return
    case 'DisputeRefused':
      return answer(page, event.data.dispute, {
        by: 'refusal',
        text: said(event.data.text),
        at: event.meta.at,
      })
    case 'DisputeUpheld':
      return answer(page, event.data.dispute, { by: event.data.by, text: null, at: event.meta.at })
    case 'PaperDifferenceFound':
      page.differences.set(event.data.difference, { ...event.data, at: event.meta.at, settled: null })
      return
    case 'PaperDifferenceFixed':
      return settle(page, event.data.difference, { by: event.data.by, text: null, at: event.meta.at })
    case 'PaperDifferenceExplained':
      return settle(page, event.data.difference, {
        by: 'explanation',
        text: said(event.data.text),
        at: event.meta.at,
      })
    case 'CommentMade': {
      const { comment, lesson, on, text } = event.data
      const { by: author, at } = event.meta
      page.lessons.get(lesson)?.comments.push({ comment, on, text: said(text), author, at })
      return
    }
    case 'CommentCorrected': {
      const { comment, lesson, text } = event.data
      const known = page.lessons.get(lesson)?.comments.find((one) => one.comment === comment)
      if (known !== undefined) known.text = said(text)
      return note(page, event, { ...event.data, previous: said(event.data.previous), value: said(text) })
    }
    case 'FinalMarkRecorded': {
      const { pupil, kind, value } = event.data
      page.finals.set(`${pupil}/${kind}`, { pupil, kind, value, recordedAt: event.meta.at, corrected: false })
      return
    }
    case 'FinalMarkCorrected': {
      const { pupil, kind, value } = event.data
      const final = page.finals.get(`${pupil}/${kind}`)
      if (final !== undefined) page.finals.set(`${pupil}/${kind}`, { ...final, value, corrected: true })
      return note(page, event, event.data)
    }
    case 'FinalMarkWithdrawn':
      page.finals.delete(`${event.data.pupil}/${event.data.kind}`)
      return note(page, event, { ...event.data, value: null })
    case 'FinalPostponed': {
      const { pupil, previous, until, reason, order } = event.data
      page.postponements.set(pupil, until)
      const by = `${order.number}, ${order.date}`
      return note(page, event, { pupil, previous, value: until, reason, note: by })
    }
    case 'PageClosed':
      page.closedAt = event.meta.at
      page.reopenedUntil = null
      return
    case 'PageSigned': {
      // The signature itself stands in the record: whoever checks it needs those very bytes.
      // So do the version of what is signed and what was found of revocation: the form is one of version 1 of packages.
      const { cms: _cms, given: _given, content: _content, revocation: _revocation, ...signed } = event.data
      const { by, role, at } = event.meta
      page.signatures.push({ ...signed, by, role, at })
      return
    }
    case 'PageReopened': {
      const { until, reason, order, note: typed } = event.data
      if (page.closedAt !== null && (page.reopenedUntil ?? '') < until) page.reopenedUntil = until
      const by = `${order.number}, ${order.date}`
      return note(page, event, {
        previous: null,
        value: until,
        reason,
        note: typed === null ? by : `${by}; ${said(typed)}`,
      })
    }
    default:
  }
}

function setHomework(page: PageState, of: Uuid, homework: LessonState['homework']): void {
  const lesson = page.lessons.get(of)
  if (lesson !== undefined) lesson.homework = homework
}

function answer(page: PageState, of: Uuid, answered: DisputeState['answer']): void {
  const dispute = page.disputes.get(of)
  if (dispute !== undefined) dispute.answer = answered
}

function settle(page: PageState, of: Uuid, settled: DifferenceState['settled']): void {
  const difference = page.differences.get(of)
  if (difference !== undefined) difference.settled = settled
}

/** A remark may be to everybody, and on no lesson. */
function of(lesson: Uuid | null, pupil: Uuid | null): Pick<Change, 'lesson' | 'pupil'> {
  return { ...(lesson !== null && { lesson }), ...(pupil !== null && { pupil }) }
}

interface Change {
  readonly lesson?: Uuid
  readonly pupil?: Uuid
  readonly previous: string | number | null
  readonly value: string | number | null
  readonly reason?: string | null
  readonly note?: PersonalText | null
}

/** A line of history. */
export function changeBy(
  { id, type, meta }: Pick<Of<'PageOpened'>, 'id' | 'meta'> & { type: string },
  change: Change,
  said: Said,
): ChangeState {
  const { lesson = null, pupil = null, previous, value, reason = null, note = null } = change
  return {
    event: id,
    at: meta.at,
    by: meta.by,
    role: meta.role,
    type,
    lesson,
    pupil,
    previous: String(previous ?? ''),
    value: String(value ?? ''),
    reason,
    note: note === null ? null : said(note),
  }
}
