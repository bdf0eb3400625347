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
  readonly recordedAt: string
  /** Absence and lateness by pupil; null while the attendance was not taken. */
  absences: Map<Uuid, string> | null
  /** Null while nothing was said of homework; `declined` is «не задано». */
  homework: Data<'HomeworkSet'>['homework'] | 'declined' | null
  readonly comments: CommentState[]
}

export interface MarkState extends Omit<Data<'MarkRecorded'>, 'dueAt'> {
  readonly recordedAt: string
}

export interface FinalState {
  readonly pupil: Uuid
  readonly kind: string
  readonly value: string | number
  readonly recordedAt: string
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
  readonly works: Map<Uuid, Pick<Data<'WorkHeld'>, 'work' | 'lesson' | 'kind' | 'weight'>>
  readonly marks: Map<Uuid, MarkState>
  readonly finals: Map<string, FinalState>
  readonly postponements: Map<Uuid, string>
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
    works: new Map(),
    marks: new Map(),
    finals: new Map(),
    postponements: new Map(),
    closedAt: null,
    reopenedUntil: null,
    history: [],
  }
}

/** Applies one record of a page. Of a type that this version of the fold does not know, nothing follows. */
export function foldPage(page: PageState, event: Decoded, said: Said): void {
  const note = (of: PageState, at: Decoded, change: Change): void => noted(of, at, change, said)
  switch (event.type) {
    case 'PageGradingChanged':
      page.grading = event.data.grading
      return note(page, event, { previous: event.data.previous, value: event.data.grading })
    case 'LessonRecorded': {
      const { lesson, date, number, type, topic, material, teacher, substitution } = event.data
      const recorded = { lesson, date, number, type, topic, material, teacher, substitution }
      const empty = { absences: null, homework: null, comments: [] }
      page.lessons.set(lesson, { ...recorded, recordedAt: event.meta.at, ...empty })
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
      return note(page, event, { ...event.data, previous, value: code })
    }
    case 'WorkHeld': {
      const { work, lesson, kind, weight } = event.data
      page.works.set(work, { work, lesson, kind, weight })
      return
    }
    case 'MarkRecorded': {
      const { entry, work, lesson, pupil, value, criteria } = event.data
      const recordedAt = event.meta.at
      page.marks.set(entry, { entry, work, lesson, pupil, value, criteria, recordedAt })
      return
    }
    case 'MarkCorrected': {
      const mark = page.marks.get(event.data.entry)
      const { entry, value, criteria } = event.data
      if (mark !== undefined) page.marks.set(entry, { ...mark, value, criteria })
      return note(page, event, event.data)
    }
    case 'MarkWithdrawn':
      page.marks.delete(event.data.entry)
      return note(page, event, { ...event.data, value: null })
    case 'HomeworkSet':
      return setHomework(page, event.data.lesson, event.data.homework)
    case 'HomeworkCorrected':
      setHomework(page, event.data.lesson, event.data.homework)
      return note(page, event, {
        ...event.data,
        previous: event.data.previous?.text ?? null,
        value: event.data.homework.text,
      })
    case 'HomeworkDeclined':
      setHomework(page, event.data.lesson, 'declined')
      if (event.data.previous === null) return
      return note(page, event, { ...event.data, previous: event.data.previous.text, value: null })
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
      page.finals.set(`${pupil}/${kind}`, { pupil, kind, value, recordedAt: event.meta.at })
      return
    }
    case 'FinalMarkCorrected': {
      const { pupil, kind, value } = event.data
      const final = page.finals.get(`${pupil}/${kind}`)
      if (final !== undefined) page.finals.set(`${pupil}/${kind}`, { ...final, value })
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

interface Change {
  readonly lesson?: Uuid
  readonly pupil?: Uuid
  readonly previous: string | number | null
  readonly value: string | number | null
  readonly reason?: string | null
  readonly note?: PersonalText | null
}

function noted(
  page: PageState,
  { id, type, meta }: Pick<Of<'PageOpened'>, 'id' | 'meta'> & { type: string },
  change: Change,
  said: Said,
): void {
  const { lesson = null, pupil = null, previous, value, reason = null, note = null } = change
  page.history.push({
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
  })
}
