import { decidePromotion } from '#commands/roster/decide-promotion.ts'
import { WHOLE_YEAR } from '#commands/school-year/state.ts'
import { pageId, type PeriodId } from '#values/school.ts'
import { addDays, type LocalDate } from '#values/time.ts'
import { deputyOf } from './administration.ts'
import type { Agenda } from './agenda.ts'
import type { FinalsBook } from './finals.ts'
import type { Final, PageWriter } from './page-writer.ts'
import type { Journal, SchoolClass } from './parts.ts'
import { actorOf, membersOn, pupilsOn, type School } from './school.ts'
import { type SchoolCommand, schoolCommand } from './school-command.ts'
import { STAFF } from './staff.ts'
import type { Timeliness } from './timeliness.ts'

const MINUTE = 60_000

/** How the periods of the school end: finals, closings, the year, and the episodes 3 and 4 of DOMAIN.md G.9. */
export class PeriodEnds {
  readonly #school: School
  readonly #book: FinalsBook
  readonly #pages: PageWriter
  readonly #timeliness: Timeliness
  readonly #agenda: Agenda
  readonly #write: (command: SchoolCommand) => void
  /** The finals of the page that is opened again, with their versions. */
  #ofReopened: ReadonlyArray<Final & { readonly version: number }> = []

  constructor(
    school: School,
    book: FinalsBook,
    pages: PageWriter,
    timeliness: Timeliness,
    agenda: Agenda,
    write: (command: SchoolCommand) => void,
  ) {
    this.#school = school
    this.#book = book
    this.#pages = pages
    this.#timeliness = timeliness
    this.#agenda = agenda
    this.#write = write
  }

  /** Notes when the finals of a page are set and when it is closed. */
  end(journal: Journal, period: PeriodId, lastDay: LocalDate): void {
    const school = this.#school
    const draws = school.drawsAt(`${journal.path}/period/${period}/end`)
    const { set, closed, idle } = this.#timeliness.finalsSet(lastDay, journal.class.grade, draws)
    const waits = this.#isPostponed(journal, period) ? school.postponed!.pupil : null
    const members = membersOn(school, journal, lastDay).filter((pupil) => pupil !== waits)
    this.#agenda.note(set, () => {
      const page = pageId(journal.id, period)
      const finals = members.map((pupil) => ({ pupil, value: this.#book.finalOf(journal, page, pupil) }))
      const versions = this.#pages.finals(set, journal, period, finals)
      if (journal === school.reopened?.journal && period === school.calendar.quarters[0]!.period)
        this.#ofReopened = finals.map((final, i) => ({ ...final, version: versions[i]! }))
    })
    const closer = idle ? deputyOf(school) : undefined
    this.#agenda.note(closed, () => this.#pages.close(closed, journal, period, closer))
    if (lastDay === school.calendar.until) this.#endYear(journal, lastDay, set, closed)
  }

  /** What happens on a day that was fixed beforehand. */
  episodes(date: LocalDate): void {
    const { postponed, reopened, calendar } = this.#school
    const [first, second] = calendar.quarters
    if (date === postponed?.until) this.#postpone(second!.period, date)
    if (date === postponed?.setOn) this.#setPostponed(second!.period, date)
    if (date === reopened?.date) this.#reopen(first!.period, date)
    if (date === calendar.until) for (const of of this.#school.classes) this.#decide(of, date)
  }

  /** The page of the year: the mean of the periods, and nothing is left to be done. */
  #endYear(journal: Journal, lastDay: LocalDate, set: number, closed: number): void {
    const opened = set + 2 * MINUTE
    const marked = set + 3 * MINUTE
    this.#agenda.note(opened, () => this.#pages.open(opened, journal, WHOLE_YEAR))
    this.#agenda.note(marked, () => {
      const members = membersOn(this.#school, journal, lastDay)
      const finals = members.map((pupil) => ({ pupil, value: this.#book.yearOf(journal, pupil) }))
      this.#pages.finals(marked, journal, WHOLE_YEAR, finals)
    })
    const ended = closed + MINUTE
    this.#agenda.note(ended, () => this.#pages.close(ended, journal, WHOLE_YEAR))
  }

  #isPostponed(journal: Journal, period: PeriodId): boolean {
    const { postponed, calendar } = this.#school
    return journal === postponed?.journal && period === calendar.quarters[1]!.period
  }

  #postpone(period: PeriodId, date: LocalDate): void {
    const { pupil, journal, limit } = this.#school.postponed!
    const at = this.#timeliness.at(date, 12 * 60)
    const order = { number: '141', date }
    const deputy = deputyOf(this.#school)
    this.#agenda.note(at, () => this.#pages.postpone(at, journal, period, pupil, limit, deputy, order))
  }

  #setPostponed(period: PeriodId, date: LocalDate): void {
    const { pupil, journal } = this.#school.postponed!
    const at = this.#timeliness.at(date, 15 * 60)
    this.#agenda.note(at, () => {
      const value = this.#book.finalOf(journal, pageId(journal.id, period), pupil)
      this.#pages.finals(at, journal, period, [{ pupil, value }], 'postponed-final')
    })
  }

  #reopen(period: PeriodId, date: LocalDate): void {
    const school = this.#school
    const { journal } = school.reopened!
    const at = this.#timeliness.at(date, 15 * 60)
    const until = this.#timeliness.at(addDays(date, 2), 18 * 60)
    const head = actorOf(school.accountOf(school.id(STAFF.head)), 'head')
    const order = { number: '47', date }
    this.#agenda.note(at, () => this.#pages.reopen(at, journal, period, until, head, order))
    for (const i of [0, 1]) {
      const then = at + (20 + 5 * i) * MINUTE
      this.#agenda.note(then, () => {
        const of = this.#ofReopened[i]!
        const value = of.value === 5 ? 4 : typeof of.value === 'number' ? of.value + 1 : 3
        this.#pages.finalCorrection(then, journal, period, { ...of, value }, deputyOf(school))
      })
    }
  }

  #decide(of: SchoolClass, date: LocalDate): void {
    const { id, grade, name } = of
    const { calendar } = this.#school
    const at = this.#timeliness.at(addDays(date, 1), 10 * 60 + grade)
    const there = pupilsOn(this.#school, of, date).map(({ id }) => id)
    const decision = grade === 11 ? ('admitted' as const) : ('promoted' as const)
    const order = { number: '88', date }
    const command = this.#school.id(`command/year/${calendar.year}/class/${name}/promotion`)
    const input = { class: id, pupils: there, decision, order }
    this.#agenda.note(at, () =>
      this.#write(schoolCommand(at, command, deputyOf(this.#school), decidePromotion, input)),
    )
  }
}
