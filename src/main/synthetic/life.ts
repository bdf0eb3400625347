import { pageId, type PeriodId } from '#values/school.ts'
import { addDays, type LocalDate } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import { administrativeActs } from './administration.ts'
import { Agenda } from './agenda.ts'
import { type Absence, Attendance, LATE, UNKNOWN } from './attendance.ts'
import { commentOnLesson, commentOnMark } from './comments.ts'
import { FinalsBook } from './finals.ts'
import { homeworkFor } from './homework.ts'
import { type Column, Gradebook, type Mark } from './marks.ts'
import { addressOf, type LessonAddress, PageWriter, type Written } from './page-writer.ts'
import type { Pupil } from './people.ts'
import { PeriodEnds } from './period-ends.ts'
import { plansOf, type PlannedTopic } from './plan.ts'
import { type HeldLesson, yearOf } from './departures.ts'
import { classesOfJournal } from './journals.ts'
import { plannedLessons, type PlannedLesson } from './lessons.ts'
import type { Journal } from './parts.ts'
import { membersOn, type School } from './school.ts'
import type { SchoolCommand } from './school-command.ts'
import { Timeliness } from './timeliness.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const DAY = 24 * 60

/** A lesson that was held and that nobody has recorded: the visitor may. */
export interface UnrecordedLesson {
  readonly page: Uuid
  readonly journal: Uuid
  readonly class: Uuid
  readonly name: string
  readonly date: LocalDate
  readonly number: number
  /** What the plan has for it. */
  readonly topic: string
}

/** The last school day by `until`, when the demo teacher has recorded nothing. */
export function unrecordedLessons(school: School, until: LocalDate): UnrecordedLesson[] {
  const { lessons } = yearOf(school)
  const plan = plansOf(plannedLessons(school))
  const last = lastDay(lessons, until)
  return lessons
    .filter((lesson) => lesson.date === last && lesson.giver === school.demoTeacher)
    .map((lesson) => ({
      page: pageId(lesson.journal.id, lesson.period),
      journal: lesson.journal.id,
      class: lesson.journal.class.id,
      name: lesson.journal.name,
      date: lesson.date,
      number: lesson.number,
      topic: plan(lesson).topic,
    }))
}

function lastDay(lessons: readonly PlannedLesson[], until: LocalDate): LocalDate | undefined {
  return lessons.findLast(({ date }) => date <= until)?.date
}

/**
 * The commands of everyday life from 1 September to the end of `until`, in order of time. Up to an earlier day a
 * longer life has the same commands, but for the day that the demo teacher leaves unrecorded.
 */
export function* lifeOf(school: School, until: LocalDate): Generator<SchoolCommand, void, undefined> {
  const written: SchoolCommand[] = []
  const life = new Life(school, (command) => written.push(command))
  const { lessons } = yearOf(school)
  const plan = plansOf(plannedLessons(school))
  const demoDay = lastDay(lessons, until)
  const byDay = Map.groupBy(lessons, ({ date }) => date)
  for (let date = school.calendar.from; date <= until; date = addDays(date, 1)) {
    life.administration(date)
    const today = byDay.get(date) ?? []
    life.openPages(date)
    for (const lesson of today) {
      if (!(date === demoDay && lesson.giver === school.demoTeacher))
        life.lesson(lesson, plan(lesson), lastNumber(today, lesson))
    }
    life.endPeriods(date, ({ journal }) => date === demoDay && journal.teacher === school.demoTeacher)
    life.endDay(date)
    yield* written.splice(0)
  }
}

/** What comes after the lessons, such as an elective, does not make the day of the class longer. */
function lastNumber(today: readonly PlannedLesson[], lesson: PlannedLesson): number {
  const ofClass = today.filter(
    ({ journal }) => journal.type === 'lesson' && classesOfJournal(journal).includes(lesson.journal.class),
  )
  return Math.max(lesson.number, ...ofClass.map(({ number }) => number))
}

interface Opening {
  readonly journal: Journal
  readonly period: PeriodId
}

/** The pages that have lessons at all, by the first school day of their period. */
function openingsOf(school: School, lessons: readonly PlannedLesson[]): Map<LocalDate, Opening[]> {
  const first = lessons.filter(({ indexInPeriod }) => indexInPeriod === 0)
  return Map.groupBy(first, ({ journal, period }) => {
    const { from } = school.calendar.periodsOf(journal.class.grade).find((known) => known.period === period)!
    return school.calendar.daysOf(journal.class.grade).find((date) => from <= date)!
  })
}

/** The same pages, by the last school day of their period. */
function endingsOf(
  school: School,
  openings: ReadonlyMap<LocalDate, readonly Opening[]>,
): Map<LocalDate, Opening[]> {
  return Map.groupBy([...openings.values()].flat(), ({ journal, period }) =>
    lastDayOf(school, journal.class.grade, period),
  )
}

function lastDayOf({ calendar }: School, grade: number, period: PeriodId): LocalDate {
  const { from, until } = calendar.periodsOf(grade).find((known) => known.period === period)!
  return calendar.daysOf(grade).findLast((date) => from <= date && date <= until)!
}

class Life {
  readonly #school: School
  readonly #openings: ReadonlyMap<LocalDate, readonly Opening[]>
  readonly #endings: ReadonlyMap<LocalDate, readonly Opening[]>
  readonly #finals: FinalsBook
  readonly #ends: PeriodEnds
  readonly #agenda = new Agenda()
  readonly #pages: PageWriter
  readonly #attendance: Attendance
  readonly #gradebook: Gradebook
  readonly #timeliness: Timeliness
  readonly #write: (command: SchoolCommand) => void
  /** How many lessons a document has been applied to: one after another, as one clicks. */
  readonly #applied = new Map<Absence, number>()

  constructor(school: School, write: (command: SchoolCommand) => void) {
    this.#school = school
    this.#openings = openingsOf(school, plannedLessons(school))
    this.#endings = endingsOf(school, this.#openings)
    this.#write = write
    this.#pages = new PageWriter(school, write)
    this.#attendance = new Attendance(school)
    this.#gradebook = new Gradebook(school)
    this.#timeliness = new Timeliness(school)
    this.#finals = new FinalsBook(school)
    this.#ends = new PeriodEnds(school, this.#finals, this.#pages, this.#timeliness, this.#agenda, write)
  }

  /** On the last school day of a period its finals are set and its pages closed, but for those that are left open. */
  endPeriods(date: LocalDate, leftOpen: (of: Opening) => boolean): void {
    for (const of of this.#endings.get(date) ?? []) {
      if (!leftOpen(of)) this.#ends.end(of.journal, of.period, date)
    }
    this.#ends.episodes(date)
  }

  administration(date: LocalDate): void {
    for (const { minute, command } of administrativeActs(this.#school, date)) {
      const at = this.#timeliness.at(date, minute)
      this.#agenda.note(at, () => this.#write(command(at)))
    }
  }

  /** On the first school day of a period its pages are opened, before the lessons. */
  openPages(date: LocalDate): void {
    const opening = this.#openings.get(date) ?? []
    for (const [i, { journal, period }] of opening.entries()) {
      const at = this.#timeliness.at(date, 7 * 60 + 30) + i * SECOND
      this.#agenda.note(at, () => this.#pages.open(at, journal, period))
    }
  }

  lesson(lesson: HeldLesson, topic: PlannedTopic, last: number): void {
    const { journal, period, date, number, giver, offPlan } = lesson
    const on = addressOf(journal, period, date, number, giver)
    const members = membersOn(this.#school, journal, date)
    const away = new Map(members.map((pupil) => [pupil, this.#attendance.at(pupil, { ...on, last })]))
    const present = members.filter((pupil) => away.get(pupil) === null || away.get(pupil) === LATE)
    const columns = this.#gradebook.columnsOf(lesson, topic, on.path, members, present)

    const draws = this.#school.drawsAt(`${on.path}/entry`)
    // Before the finals everything is entered, whoever else is late during the period.
    const lastDay = lastDayOf(this.#school, journal.class.grade, period)
    const by = (minutes: number) => this.#timeliness.lastEntry(lastDay, journal.class.grade, minutes)
    const entered = Math.min(this.#timeliness.lessonEntered(lesson, draws), by(2 * number))
    const rolled = entered + draws.between(4, 40) * SECOND
    this.#agenda.note(entered, () =>
      this.#pages.lesson(entered, on, { ...topic, topic: offPlan ?? topic.topic }),
    )
    this.#agenda.note(rolled, () => this.#takeAttendance(rolled, on, away))
    for (const column of columns) {
      const marked = column.written
        ? Math.min(this.#timeliness.worksMarked(lesson, rolled, draws), by(30 + 2 * number))
        : rolled + draws.between(20, 200) * SECOND
      this.#agenda.note(marked, () => this.#recordMarks(marked, on, column))
    }
    const text = homeworkFor(lesson, topic, this.#school.drawsAt(`${on.path}/homework`))
    const set = Math.min(this.#timeliness.homeworkSet(lesson, last, rolled, draws), by(24 + 2 * number))
    this.#agenda.note(set, () => this.#pages.homework(set, on, text))
    if (!journal.graded && draws.chance(0.1)) {
      const commented = set + draws.between(20, 90) * SECOND
      this.#agenda.note(commented, () => this.#pages.comment(commented, on, null, commentOnLesson(draws)))
    }
  }

  endDay(date: LocalDate): void {
    this.#agenda.doUntil(this.#timeliness.at(date, DAY) - SECOND)
  }

  #takeAttendance(
    at: number,
    on: LessonAddress,
    away: ReadonlyMap<Pupil, Absence | typeof LATE | null>,
  ): void {
    for (const [pupil, absence] of away)
      this.#finals.lessonHeld(on.page, pupil, absence !== null && absence !== LATE)
    const open: Array<{ pupil: Pupil; absence: Absence; known: number }> = []
    const absentees = [...away].flatMap(([pupil, absence]) => {
      if (absence === null) return []
      if (absence === LATE) return [{ pupil: pupil.id, code: LATE }]
      const known =
        absence.document && this.#timeliness.at(absence.document.date, absence.document.second / 60)
      if (absence.announced || (known !== null && known <= at))
        return [{ pupil: pupil.id, code: absence.code }]
      if (known !== null) open.push({ pupil, absence, known })
      return [{ pupil: pupil.id, code: UNKNOWN }]
    })
    const version = this.#pages.attendance(at, on, absentees)
    for (const { pupil, absence, known } of open) {
      const applied = this.#applied.get(absence) ?? 0
      this.#applied.set(absence, applied + 1)
      const then = known + applied * 7 * SECOND
      this.#agenda.note(then, () => this.#pages.absenceCode(then, on, pupil, absence.code, version))
    }
  }

  #recordMarks(at: number, on: LessonAddress, column: Column): void {
    const written = this.#pages.marks(at, on, column)
    for (const [i, mark] of column.marks.entries()) {
      const { draws, value } = mark
      const of = written[i]!
      this.#finals.marked(on.page, of.pupil, of.entry, value, column.kind)
      if (draws.chance(0.035)) {
        const commented = at + draws.between(15, 120) * SECOND
        this.#agenda.note(commented, () =>
          this.#pages.comment(commented, on, of, commentOnMark(value, draws)),
        )
      }
      this.#correctLater(at, on, of, mark)
    }
  }

  /** A debt is made up for in ten days by four in five; of the other marks 2.5% are corrected (DOMAIN.md G.6, G.8). */
  #correctLater(at: number, on: LessonAddress, of: Written, { value, draws }: Mark): void {
    const correct = (then: number, better: number, reason: string) =>
      this.#agenda.note(then, () => {
        if (this.#pages.correction(then, on, of, better, reason)) this.#finals.corrected(of.entry, better)
      })
    if (value === 'Д') {
      if (draws.chance(0.8)) correct(at + draws.between(1, 10) * DAY * MINUTE, draws.between(3, 5), 'retaken')
      return
    }
    if (!draws.chance(0.025)) return
    const { at: then, reason } = this.#timeliness.corrected(at, draws)
    const upwards = value === 2 || reason === 'retaken' || reason === 'appeal' || draws.chance(0.5)
    // Nobody retakes a five: where it is corrected, it was a slip of the pen.
    if (value === 5) correct(then, 4, 'typing-error')
    else correct(then, value + (upwards ? 1 : -1), reason)
  }
}
