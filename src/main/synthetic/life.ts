import { pageId, type PeriodId } from '#values/school.ts'
import { addDays, type LocalDate } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import { administrativeActs } from './administration.ts'
import { Agenda } from './agenda.ts'
import { type Absence, Attendance, LATE, UNKNOWN } from './attendance.ts'
import { BreachStory } from './breach.ts'
import { commentOnLesson, commentOnMark } from './comments.ts'
import { DisputeStory } from './dispute.ts'
import { FinalsBook } from './finals.ts'
import { homeworkFor } from './homework.ts'
import { type Column, Gradebook, type Mark } from './marks.ts'
import { Interruptions } from './interruptions.ts'
import { papersOf } from './outage.ts'
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
export function* lifeOf(
  school: School,
  until: LocalDate,
  password: string,
): Generator<SchoolCommand, void, undefined> {
  const written: SchoolCommand[] = []
  const life = new Life(school, password, (command) => written.push(command))
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

type Away = ReadonlyMap<Pupil, Absence | typeof LATE | null>

/** An absence of which a document will tell the reason. */
interface OpenAbsence {
  readonly pupil: Pupil
  readonly absence: Absence
  readonly known: number
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
  readonly #interruptions: Interruptions
  readonly #breach: BreachStory | null
  readonly #dispute: DisputeStory
  /** The lessons that are noted on paper, and when each is entered from it. */
  readonly #papers: ReadonlyMap<HeldLesson, number>
  readonly #write: (command: SchoolCommand) => void
  /** How many lessons a document has been applied to: one after another, as one clicks. */
  readonly #applied = new Map<Absence, number>()

  constructor(school: School, password: string, writeTo: (command: SchoolCommand) => void) {
    this.#school = school
    this.#openings = openingsOf(school, plannedLessons(school))
    this.#endings = endingsOf(school, this.#openings)
    const write = (command: SchoolCommand) => writeTo(this.#breach?.signed(command) ?? command)
    this.#write = write
    this.#pages = new PageWriter(school, write)
    this.#attendance = new Attendance(school)
    this.#gradebook = new Gradebook(school)
    this.#timeliness = new Timeliness(school)
    this.#interruptions = new Interruptions(school, this.#timeliness)
    this.#finals = new FinalsBook(school)
    this.#ends = new PeriodEnds(school, this.#finals, this.#pages, this.#timeliness, this.#agenda, write)
    const means = {
      pages: this.#pages,
      timeliness: this.#timeliness,
      agenda: this.#agenda,
      finals: this.#finals,
      password,
    }
    this.#breach = BreachStory.of(school, means, write)
    this.#dispute = new DisputeStory(school, means, this.#interruptions)
    this.#papers = papersOf(school, this.#timeliness)
  }

  /** On the last school day of a period its finals are set and its pages closed, but for those that are left open. */
  endPeriods(date: LocalDate, leftOpen: (of: Opening) => boolean): void {
    for (const of of this.#endings.get(date) ?? []) {
      if (!leftOpen(of)) this.#ends.end(of.journal, of.period, date)
    }
    this.#ends.episodes(date)
  }

  administration(date: LocalDate): void {
    this.#breach?.begin(date)
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
    const when = (at: number) => this.#interruptions.possible(giver, at)
    const paper = this.#papers.get(lesson)
    const told = paper === undefined ? this.#breach?.entryOf(lesson) : undefined
    const planned = Math.min(this.#timeliness.lessonEntered(lesson, draws), by(2 * number))
    const entered = paper ?? told?.entered ?? when(planned)
    const seconds = draws.between(4, 40) * SECOND
    const rolled = paper ?? told?.rolled ?? when(entered + seconds)
    const marked = columns.map(({ written }) =>
      when(
        written
          ? Math.min(this.#timeliness.worksMarked(lesson, rolled, draws), by(30 + 2 * number))
          : rolled + draws.between(20, 200) * SECOND,
      ),
    )
    const text = homeworkFor(lesson, topic, this.#school.drawsAt(`${on.path}/homework`))
    const due = Math.min(this.#timeliness.homeworkSet(lesson, last, rolled, draws), by(24 + 2 * number))
    const set = paper ?? told?.set ?? when(due)

    const given = { ...topic, topic: offPlan ?? topic.topic }
    const apart = paper === undefined ? columns : columns.filter(({ written }) => written)
    if (paper === undefined) {
      const recorded = (revision: number) => this.#breach?.recorded(lesson, on.page, revision)
      this.#agenda.note(entered, () => recorded(this.#pages.lesson(entered, on, given)))
      this.#agenda.note(rolled, () => recorded(this.#takeAttendance(rolled, on, away)))
      this.#agenda.note(set, () => recorded(this.#pages.homework(set, on, text)))
      const absent = members.filter((pupil) => !present.includes(pupil))
      this.#breach?.tell(lesson, on, given, absent)
    } else {
      const noted = { away, text, columns: columns.filter(({ written }) => !written) }
      this.#agenda.note(paper, () => this.#enterFromPaper(paper, on, given, noted))
    }
    for (const column of apart) {
      const at = marked[columns.indexOf(column)]!
      this.#agenda.note(at, () => this.#recordMarks(at, on, column))
    }
    if (!journal.graded && draws.chance(0.1)) {
      const commented = when(set + draws.between(20, 90) * SECOND)
      this.#agenda.note(commented, () => this.#pages.comment(commented, on, null, commentOnLesson(draws)))
    }
  }

  endDay(date: LocalDate): void {
    this.#agenda.doUntil(this.#timeliness.at(date, DAY) - SECOND)
  }

  /** @returns the version of the codes */
  #takeAttendance(at: number, on: LessonAddress, away: Away): number {
    const { absentees, open } = this.#rolled(at, on, away)
    const version = this.#pages.attendance(at, on, absentees)
    this.#codeLater(on, open, version)
    return version
  }

  /** What the teacher knows of those who were away, and what documents will tell. */
  #rolled(at: number, on: LessonAddress, away: Away) {
    for (const [pupil, absence] of away)
      this.#finals.lessonHeld(on.page, pupil, absence !== null && absence !== LATE)
    const open: OpenAbsence[] = []
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
    return { absentees, open }
  }

  #codeLater(on: LessonAddress, open: readonly OpenAbsence[], version: number): void {
    for (const { pupil, absence, known } of open) {
      const applied = this.#applied.get(absence) ?? 0
      this.#applied.set(absence, applied + 1)
      const then = this.#interruptions.possible(on.journal.class.teacher, known + applied * 7 * SECOND)
      this.#agenda.note(then, () => this.#pages.absenceCode(then, on, pupil, absence.code, version))
    }
  }

  /** The whole lesson at once, as it stands on the paper page; works that were taken home come in their own time. */
  #enterFromPaper(
    at: number,
    on: LessonAddress,
    topic: PlannedTopic,
    { away, text, columns }: { away: Away; text: string | null; columns: readonly Column[] },
  ): void {
    const { absentees, open } = this.#rolled(at, on, away)
    const written = this.#pages.paper(at, on, topic, { absentees, homework: text, columns })
    this.#codeLater(on, open, written.attendance)
    for (const [i, column] of columns.entries()) this.#followMarks(at, on, column, written.columns[i]!)
  }

  #recordMarks(at: number, on: LessonAddress, column: Column): void {
    this.#followMarks(at, on, column, this.#pages.marks(at, on, column))
  }

  /** What becomes of marks that were recorded. */
  #followMarks(at: number, on: LessonAddress, column: Column, written: readonly Written[]): void {
    for (const [i, mark] of column.marks.entries()) {
      const { draws, value } = mark
      const of = written[i]!
      this.#finals.marked(on.page, of.pupil, of.entry, value, column.kind)
      if (draws.chance(0.035)) {
        const commented = this.#interruptions.possible(on.giver, at + draws.between(15, 120) * SECOND)
        this.#agenda.note(commented, () =>
          this.#pages.comment(commented, on, of, commentOnMark(value, draws)),
        )
      }
      this.#breach?.marked(at, on, of, value)
      if (!this.#correctLater(at, on, of, mark)) this.#dispute.marked(at, on, of, value)
    }
  }

  /**
   * A debt is made up for in ten days by four in five; of the other marks 2.5% are corrected (DOMAIN.md G.6, G.8).
   *
   * @returns whether this mark is one of them
   */
  #correctLater(at: number, on: LessonAddress, of: Written, { value, draws }: Mark): boolean {
    const correct = (planned: number, better: number, reason: string): true => {
      const then = this.#interruptions.possible(on.giver, planned)
      this.#agenda.note(then, () => {
        if (!this.#pages.correction(then, on, of, better, reason)) return
        this.#finals.corrected(of.entry, better)
        this.#breach?.corrected(of.entry)
      })
      return true
    }
    if (value === 'Д') {
      if (!draws.chance(0.8)) return false
      return correct(at + draws.between(1, 10) * DAY * MINUTE, draws.between(3, 5), 'retaken')
    }
    if (!draws.chance(0.025)) return false
    const { at: then, reason } = this.#timeliness.corrected(at, draws)
    const upwards = value === 2 || reason === 'retaken' || reason === 'appeal' || draws.chance(0.5)
    // Nobody retakes a five: where it is corrected, it was a slip of the pen.
    if (value === 5) return correct(then, 4, 'typing-error')
    return correct(then, value + (upwards ? 1 : -1), reason)
  }
}
