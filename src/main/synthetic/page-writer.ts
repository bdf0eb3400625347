import type { Actor } from '#commands/command.ts'
import { addComment } from '#commands/journal-page/add-comment.ts'
import { changeAbsenceCode } from '#commands/journal-page/change-absence-code.ts'
import { closePage } from '#commands/journal-page/close-page.ts'
import { correctFinal } from '#commands/journal-page/correct-final.ts'
import { correctMark } from '#commands/journal-page/correct-mark.ts'
import { declineHomework } from '#commands/journal-page/decline-homework.ts'
import { disputeMark } from '#commands/journal-page/dispute-mark.ts'
import { openPage } from '#commands/journal-page/open-page.ts'
import { postponeFinal } from '#commands/journal-page/postpone-final.ts'
import { recordFinals } from '#commands/journal-page/record-finals.ts'
import { recordLesson } from '#commands/journal-page/record-lesson.ts'
import { recordMarks } from '#commands/journal-page/record-marks.ts'
import { recordWholeLesson } from '#commands/journal-page/record-whole-lesson.ts'
import { reopenPage } from '#commands/journal-page/reopen-page.ts'
import { setHomework } from '#commands/journal-page/set-homework.ts'
import { takeAttendance } from '#commands/journal-page/take-attendance.ts'
import type { MarkValue } from '#values/grading.ts'
import { OUTAGE_REASON } from '#values/outage.ts'
import { KindId } from '#values/policy.ts'
import { lessonId, pageId, type PeriodId } from '#values/school.ts'
import { Instant, type LocalDate } from '#values/time.ts'
import { type Uuid, uuidV5 } from '#values/uuid.ts'
import type { Column, Mark } from './marks.ts'
import type { Pupil } from './people.ts'
import type { PlannedTopic } from './plan.ts'
import type { Journal, Teacher } from './parts.ts'
import { actorOf, type School } from './school.ts'
import { type SchoolCommand, schoolCommand } from './school-command.ts'

/** A lesson as its commands address it. */
export interface LessonAddress {
  readonly path: string
  readonly journal: Journal
  readonly page: Uuid
  readonly lesson: Uuid
  readonly date: LocalDate
  readonly number: number
  /** Who gives it: its teacher, or whoever stands in for that one. */
  readonly giver: Teacher
}

/** A value that was written, with the version that a correction must name. */
export interface Written {
  readonly pupil: Pupil
  readonly entry: Uuid
  readonly version: number
}

type Absentees = Array<{ pupil: Uuid; code: string }>

/** What the paper page of a lesson says beside its topic. */
interface OnPaper {
  readonly absentees: Absentees
  readonly homework: string | null
  readonly columns: readonly Column[]
}

/** The version of the codes, and the marks of each column. */
interface WrittenFromPaper {
  readonly attendance: number
  readonly columns: ReadonlyArray<readonly Written[]>
}

/** A final as a teacher sets it. */
export interface Final {
  readonly pupil: Pupil
  readonly value: MarkValue
}

export function lessonPath(journal: Journal, date: LocalDate, number: number): string {
  return `${journal.path}/lesson/${date}#${number}`
}

export function addressOf(
  journal: Journal,
  period: PeriodId,
  date: LocalDate,
  number: number,
  giver: Teacher,
): LessonAddress {
  const path = lessonPath(journal, date, number)
  const page = pageId(journal.id, period)
  return { path, journal, page, lesson: lessonId(journal.id, date, number), date, number, giver }
}

/**
 * Writes the commands on journal pages. A correction must name the revision of the event that set the value, and
 * nobody but us writes here: so the events that each command will record are counted. Must be called in the order
 * in which the commands arrive.
 */
export class PageWriter {
  readonly #school: School
  readonly #write: (command: SchoolCommand) => void
  /** The events on each page so far; the next one has this revision. */
  readonly #events = new Map<Uuid, number>()
  readonly #closed = new Set<Uuid>()

  constructor(school: School, write: (command: SchoolCommand) => void) {
    this.#school = school
    this.#write = write
  }

  open(at: number, journal: Journal, period: PeriodId): void {
    const { year } = this.#school.calendar
    const id = this.#school.id(`command/${journal.path}/period/${period}/open`)
    this.#write(schoolCommand(at, id, teacher(journal), openPage, { year, journal: journal.id, period }))
    this.#count(pageId(journal.id, period), 1)
  }

  /**
   * @param once tells the entry of a lesson from another one that lost its effect
   * @returns the revision of the event
   */
  lesson(at: number, on: LessonAddress, { topic, type }: PlannedTopic, once = 'record'): number {
    const { page, date, number, giver } = on
    const input = { page, date, number, topic, type }
    this.#write(schoolCommand(at, this.#id(on, once), by(giver), recordLesson, input))
    return this.#count(page, 1)
  }

  /** @returns the version of every code in it */
  attendance(at: number, on: LessonAddress, absentees: Absentees, once = 'attendance'): number {
    const { page, lesson, giver } = on
    const input = { page, lesson, absentees }
    this.#write(schoolCommand(at, this.#id(on, once), by(giver), takeAttendance, input))
    return this.#count(page, 1)
  }

  /** A lesson as a whole, as it was noted on paper while the journal was down (R-A2.7). */
  paper(at: number, on: LessonAddress, { topic, type }: PlannedTopic, noted: OnPaper): WrittenFromPaper {
    const { page, date, number, giver } = on
    const { absentees, homework, columns } = noted
    const id = this.#id(on, 'paper')
    const input = {
      page,
      date,
      number,
      topic,
      type,
      absentees,
      homework: homework === null ? null : { text: homework },
      delay: { reason: KindId.parse(OUTAGE_REASON), note: 'Внесено с бумажной страницы' },
      columns: columns.map(({ kind, marks }) => ({ kind, marks: marks.map(markInput) })),
    }
    this.#write(schoolCommand(at, id, by(giver), recordWholeLesson, input))
    const parts = 3
    const attendance = this.#count(page, parts) + 1
    const written = columns.map(({ kind, marks }) => {
      const first = this.#count(page, 1 + marks.length) + 1
      return marks.map(({ pupil }, i): Written => {
        const entry = uuidV5(id, `marks ${kind} mark ${pupil.id}`)
        return { pupil, entry, version: first + i }
      })
    })
    this.#count(page, 1)
    return { attendance, columns: written }
  }

  absenceCode(at: number, on: LessonAddress, pupil: Pupil, code: string, expectedVersion: number): void {
    const { page, lesson, journal } = on
    if (this.#closed.has(page)) return
    // A document comes to the class teacher, who may change the reason in every journal of the class.
    const actor = actorOf(journal.class.teacher, 'class-teacher')
    const input = { page, lesson, pupil: pupil.id, code, expectedVersion, reason: 'absence-document' }
    this.#write(schoolCommand(at, this.#id(on, `document/${pupil.path}`), actor, changeAbsenceCode, input))
    this.#count(page, 1)
  }

  marks(at: number, on: LessonAddress, { kind, marks }: Column): Written[] {
    const { page, lesson, giver } = on
    const id = this.#id(on, `marks/${kind}`)
    const values = marks.map(markInput)
    this.#write(schoolCommand(at, id, by(giver), recordMarks, { page, lesson, kind, marks: values }))
    // A kind of work stands once in a lesson, so the first event is always WorkHeld.
    const first = this.#count(page, 1 + marks.length) + 1
    return marks.map(({ pupil }, i) => ({ pupil, entry: uuidV5(id, `mark ${pupil.id}`), version: first + i }))
  }

  /** Whoever comes with a correction after the closing comes too late: false is not written (R-7V.1). */
  correction(at: number, on: LessonAddress, of: Written, value: number, reason: string): boolean {
    const { page, giver } = on
    if (this.#closed.has(page)) return false
    const input = { page, entry: of.entry, value, expectedVersion: of.version, reason }
    this.#write(schoolCommand(at, this.#id(on, `correct/${of.entry}`), by(giver), correctMark, input))
    this.#count(page, 1)
    return true
  }

  /** A change by somebody who has the teacher's access. @returns the revision of its event */
  intrusion(at: number, on: LessonAddress, of: Written, value: number): number {
    const { page, giver } = on
    const input = { page, entry: of.entry, value, expectedVersion: of.version, reason: 'typing-error' }
    const id = this.#id(on, `intrusion/${of.entry}`)
    this.#write(schoolCommand(at, id, by(giver), correctMark, input))
    return this.#count(page, 1)
  }

  /** Says that a mark is wrong. @returns the id of the dispute */
  dispute(at: number, on: LessonAddress, of: Written, actor: Actor, text: string): Uuid {
    const { page } = on
    const id = this.#id(on, `dispute/${of.entry}`)
    const input = { page, pupil: of.pupil.id, entry: of.entry, text }
    this.#write(schoolCommand(at, id, actor, disputeMark, input))
    this.#count(page, 1)
    return uuidV5(id, 'dispute')
  }

  /** Satisfies a dispute by a correction. */
  uphold(at: number, on: LessonAddress, of: Written, value: number, dispute: Uuid): void {
    const { page, giver } = on
    const corrected = { entry: of.entry, value, expectedVersion: of.version, reason: 'appeal' }
    const id = this.#id(on, `uphold/${of.entry}`)
    this.#write(schoolCommand(at, id, by(giver), correctMark, { page, ...corrected, dispute }))
    this.#count(page, 2)
  }

  /** @returns the revision of the event */
  homework(at: number, on: LessonAddress, text: string | null): number {
    const { page, lesson, giver } = on
    const id = this.#id(on, 'homework')
    this.#write(
      text === null
        ? schoolCommand(at, id, by(giver), declineHomework, { page, lesson })
        : schoolCommand(at, id, by(giver), setHomework, { page, lesson, text }),
    )
    return this.#count(page, 1)
  }

  /** @returns the revision of the event */
  comment(at: number, on: LessonAddress, about: Written | null, text: string): number {
    const { page, lesson, giver } = on
    const id = this.#id(on, `comment/${about?.entry ?? 'lesson'}`)
    const subject =
      about === null ? { kind: 'lesson' as const } : { kind: 'mark' as const, entry: about.entry }
    this.#write(schoolCommand(at, id, by(giver), addComment, { page, lesson, on: subject, text }))
    return this.#count(page, 1)
  }

  /** @returns the version of each final, in order */
  finals(
    at: number,
    journal: Journal,
    period: PeriodId,
    finals: readonly Final[],
    what = 'finals',
  ): number[] {
    if (finals.length === 0) return []
    const page = pageId(journal.id, period)
    const input = { page, finals: finals.map(({ pupil, value }) => ({ pupil: pupil.id, value })) }
    this.#write(schoolCommand(at, this.#pageId(journal, period, what), teacher(journal), recordFinals, input))
    const first = this.#count(page, finals.length)
    return finals.map((_, i) => first + i)
  }

  close(at: number, journal: Journal, period: PeriodId, actor: Actor = teacher(journal)): void {
    const page = pageId(journal.id, period)
    this.#write(schoolCommand(at, this.#pageId(journal, period, 'close'), actor, closePage, { page }))
    this.#closed.add(page)
    this.#count(page, 1)
  }

  postpone(
    at: number,
    journal: Journal,
    period: PeriodId,
    pupil: Pupil,
    until: LocalDate,
    actor: Actor,
    order: { number: string; date: LocalDate },
  ): void {
    const page = pageId(journal.id, period)
    const input = { page, pupil: pupil.id, until, reason: 'illness' as const, order }
    this.#write(schoolCommand(at, this.#pageId(journal, period, 'postpone'), actor, postponeFinal, input))
    this.#count(page, 1)
  }

  reopen(
    at: number,
    journal: Journal,
    period: PeriodId,
    until: number,
    actor: Actor,
    order: { number: string; date: LocalDate },
  ): void {
    const page = pageId(journal.id, period)
    const reason = KindId.parse('head-order')
    const input = { page, until: Instant.parse(new Date(until).toISOString()), reason, order }
    this.#write(schoolCommand(at, this.#pageId(journal, period, 'reopen'), actor, reopenPage, input))
    this.#count(page, 1)
  }

  finalCorrection(
    at: number,
    journal: Journal,
    period: PeriodId,
    of: { pupil: Pupil; value: MarkValue; version: number },
    actor: Actor,
  ): void {
    const page = pageId(journal.id, period)
    const id = this.#pageId(journal, period, `correct/${of.pupil.path}`)
    const correction = { value: of.value, expectedVersion: of.version, reason: 'head-order' }
    this.#write(schoolCommand(at, id, actor, correctFinal, { page, pupil: of.pupil.id, ...correction }))
    this.#count(page, 1)
  }

  #pageId({ path }: Journal, period: PeriodId, what: string): Uuid {
    return this.#school.id(`command/${path}/period/${period}/${what}`)
  }

  #id({ path }: LessonAddress, what: string): Uuid {
    return this.#school.id(`command/${path}/${what}`)
  }

  /** @returns the revision of the first of `events` */
  #count(page: Uuid, events: number): number {
    const revision = this.#events.get(page) ?? 0
    this.#events.set(page, revision + events)
    return revision
  }
}

const markInput = ({ pupil, value }: Mark) => ({ pupil: pupil.id, value })
const by = (giver: Teacher): Actor => actorOf(giver, 'teacher')
const teacher = ({ teacher }: Journal): Actor => by(teacher)
