import { addDays, dateAt, type Instant } from '#values/time.ts'
import type { Agenda } from './agenda.ts'
import { ZONE } from './calendar.ts'
import type { FinalsBook } from './finals.ts'
import type { Interruptions } from './interruptions.ts'
import type { LessonAddress, PageWriter, Written } from './page-writer.ts'
import { actorOf, type School } from './school.ts'
import type { Timeliness } from './timeliness.ts'

const TEXT = 'Решены все четыре задачи, а засчитаны три: просим проверить работу ещё раз'

/**
 * Episode 9 of DOMAIN.md G.9: the family of a pupil says in the evening of the next day that a mark is wrong, and the
 * teacher looks again and corrects it the day after.
 */
export class DisputeStory {
  readonly #school: School
  readonly #pages: PageWriter
  readonly #timeliness: Timeliness
  readonly #agenda: Agenda
  readonly #finals: FinalsBook
  readonly #interruptions: Interruptions
  #told = false

  constructor(
    school: School,
    given: { pages: PageWriter; timeliness: Timeliness; agenda: Agenda; finals: FinalsBook },
    interruptions: Interruptions,
  ) {
    this.#school = school
    this.#pages = given.pages
    this.#timeliness = given.timeliness
    this.#agenda = given.agenda
    this.#finals = given.finals
    this.#interruptions = interruptions
  }

  /** Of a mark that nothing else will become of. */
  marked(at: number, on: LessonAddress, of: Written, value: number | 'Д'): void {
    const { pupil, from, until } = this.#school.disputing
    const today = dateAt(new Date(at).toISOString() as Instant, ZONE)
    if (this.#told || of.pupil !== pupil || today < from || until < today) return
    if (typeof value !== 'number' || value === 5) return
    this.#told = true
    const parent = actorOf(this.#school.accountOf(pupil.parents[0]!.id), 'parent')
    const disputed = this.#timeliness.at(addDays(today, 1), 19 * 60 + 20)
    this.#agenda.note(disputed, () => {
      const dispute = this.#pages.dispute(disputed, on, of, parent, TEXT)
      const answer = this.#timeliness.at(addDays(today, 2), 15 * 60 + 40)
      const answered = this.#interruptions.possible(on.giver, answer)
      this.#agenda.note(answered, () => {
        this.#pages.uphold(answered, on, of, value + 1, dispute)
        this.#finals.corrected(of.entry, value + 1)
      })
    })
  }
}
