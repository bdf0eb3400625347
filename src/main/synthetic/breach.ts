import type { z } from 'zod'
import { acceptRules } from '#commands/access/accept-rules.ts'
import { activateAccount } from '#commands/access/activate-account.ts'
import { replacePassword } from '#commands/access/replace-password.ts'
import { issueActivationCode } from '#commands/access/issue-activation-code.ts'
import type { Actor, Command } from '#commands/command.ts'
import { annulSuspectOperations } from '#commands/incident/annul-suspect-operations.ts'
import { confirmSuspectOperations } from '#commands/incident/confirm-suspect-operations.ts'
import { declareCompromise } from '#commands/incident/declare-compromise.ts'
import { receiveBreachAsHead } from '#commands/incident/receive-breach-as-head.ts'
import { receiveBreachAsSupport } from '#commands/incident/receive-breach-as-support.ts'
import { reportBreach } from '#commands/incident/report-breach.ts'
import { restoreAccess } from '#commands/incident/restore-access.ts'
import type { ReferenceName } from '#commands/references.ts'
import { ACCESS_RULES } from '#values/access-rules.ts'
import { pageId } from '#values/school.ts'
import { addDays, type LocalDate, Instant } from '#values/time.ts'
import { type Uuid, uuidV5 } from '#values/uuid.ts'
import type { Agenda } from './agenda.ts'
import { UNKNOWN } from './attendance.ts'
import { type HeldLesson, yearOf } from './departures.ts'
import type { Mark } from './marks.ts'
import type { LessonAddress, PageWriter, Written } from './page-writer.ts'
import type { Pupil } from './people.ts'
import type { PlannedTopic } from './plan.ts'
import type { Journal } from './parts.ts'
import { actorOf, type School } from './school.ts'
import { type EventPlace, lackingCommand, type SchoolCommand, schoolCommand } from './school-command.ts'
import { STAFF } from './staff.ts'
import type { Timeliness } from './timeliness.ts'

const MINUTE = 60_000
/** The marks that are raised, for so many pupils, and those that are spoilt after the notice. */
const [RAISED, PUPILS, SPOILT] = [7, 3, 4]

/** A mark that somebody else can change with the access of its teacher. */
interface Target {
  readonly on: LessonAddress
  readonly of: Written
  readonly value: number
}

interface Means {
  readonly pages: PageWriter
  readonly timeliness: Timeliness
  readonly agenda: Agenda
  /** Which the teacher sets anew. */
  readonly password: string
}

const COMMENT = 'Принести на следующий урок тетради для контрольных работ'

/**
 * Episode 1 of DOMAIN.md G.9: from Monday 17:00 on somebody else has the access of a teacher, who learns of it on Tuesday
 * at 18:40 and tells the head on Wednesday at 08:05 and the support service at 08:30. Eleven operations of before that
 * are suspect, seven of them marks that were raised to 5 for three pupils; six of 08:30 to 09:02 are void, two of them of
 * the teacher, who enters them once more on Thursday.
 */
export class BreachStory {
  readonly #school: School
  readonly #pages: PageWriter
  readonly #timeliness: Timeliness
  readonly #agenda: Agenda
  readonly #write: (command: SchoolCommand) => void
  readonly #password: string
  readonly #journal: Journal
  readonly #monday: LocalDate
  /** The lessons whose entries are told of: those that are suspect, and those that are void. */
  readonly #suspect: HeldLesson | null
  readonly #inVain: HeldLesson | null
  readonly #targets = new Map<Uuid, Target>()
  readonly #raised: EventPlace[] = []
  readonly #own: EventPlace[] = []
  #chosen: { raised: readonly Target[]; spoilt: readonly Target[] } | null = null

  /** Null in a school without a ninth grade. */
  static of(school: School, given: Means, write: (command: SchoolCommand) => void): BreachStory | null {
    return school.breached === null ? null : new BreachStory(school, school.breached, given, write)
  }

  private constructor(
    school: School,
    { journal, monday }: NonNullable<School['breached']>,
    { pages, timeliness, agenda, password }: Means,
    write: (command: SchoolCommand) => void,
  ) {
    this.#school = school
    this.#journal = journal
    this.#monday = monday
    this.#pages = pages
    this.#timeliness = timeliness
    this.#agenda = agenda
    this.#password = password
    this.#write = write
    // Those of Tuesday, and where that day has too few, of Monday, the last ones first.
    const graded = yearOf(school).lessons.filter(
      ({ journal: of, giver }) => giver === journal.teacher && of.teacher === giver && of.graded,
    )
    const on = (day: number) => graded.filter(({ date }) => date === addDays(monday, day))
    const [suspect, inVain] = [...on(1), ...on(0).toReversed()]
    this.#suspect = suspect ?? null
    this.#inVain = inVain ?? null
  }

  /**
   * When a lesson of which is told is entered with its effect: on Tuesday the one whose entries are suspect, and on
   * Thursday, once more, the one whose entries of Wednesday are void. Undefined of any other.
   */
  entryOf(lesson: HeldLesson): { entered: number; rolled: number; set: number } | undefined {
    if (lesson !== this.#suspect && lesson !== this.#inVain) return undefined
    const [day, minute] = lesson === this.#suspect ? [1, 15 * 60 + 10] : [3, 13 * 60 + 30]
    const at = (later: number) => this.#at(day, minute + later)
    return { entered: at(0), rolled: at(1), set: at(3) }
  }

  /** Tells what the teacher enters beside the everyday: a comment before the notice, and a lesson in vain after it. */
  tell(lesson: HeldLesson, on: LessonAddress, topic: PlannedTopic, absent: readonly Pupil[]): void {
    if (lesson === this.#suspect) {
      const at = this.#at(1, 15 * 60 + 15)
      this.#agenda.note(at, () => this.recorded(lesson, on.page, this.#pages.comment(at, on, null, COMMENT)))
    }
    if (lesson !== this.#inVain) return
    const [recorded, rolled] = [this.#at(2, 8 * 60 + 32), this.#at(2, 8 * 60 + 36)]
    this.#agenda.note(recorded, () => this.#pages.lesson(recorded, on, topic, 'in-vain/record'))
    const absentees = absent.map(({ id }) => ({ pupil: id, code: UNKNOWN }))
    this.#agenda.note(rolled, () => this.#pages.attendance(rolled, on, absentees, 'in-vain/attendance'))
  }

  /** Keeps the teacher's own operations of the time in which somebody else had the access, too. */
  recorded(lesson: HeldLesson, page: Uuid, revision: number): void {
    if (lesson === this.#suspect) this.#own.push({ page, revision })
  }

  marked(at: number, on: LessonAddress, of: Written, value: Mark['value']): void {
    if (on.journal === this.#journal && typeof value === 'number' && at < this.#at(0, 17 * 60))
      this.#targets.set(of.entry, { on, of, value })
  }

  corrected(entry: Uuid): void {
    this.#targets.delete(entry)
  }

  /** A command of the teacher once the new credentials are there. */
  signed(command: SchoolCommand): SchoolCommand {
    const renewed =
      command.actor.account === this.#journal.teacher.account && Date.parse(command.at) > this.#activated
    return renewed ? { ...command, actor: { ...command.actor, cred: 2 } } : command
  }

  /** What happens on the Monday of the week, and what comes of it until Thursday. */
  begin(date: LocalDate): void {
    if (date !== this.#monday) return
    for (const at of [0, 1, 2, 3]) this.#raiseLater(at, this.#at(0, 21 * 60 + 14 + 2 * at))
    for (const at of [4, 5, 6]) this.#raiseLater(at, this.#at(1, 22 * 60 + 5 + at))
    for (const [i, minute] of [41, 45, 50, 58].entries()) {
      const at = this.#at(2, 8 * 60 + minute)
      this.#agenda.note(at, () => this.#spoil(at, i))
    }
    this.#report()
    this.#restore()
  }

  get #activated(): number {
    return this.#at(3, 8 * 60 + 20)
  }

  #raiseLater(nth: number, at: number): void {
    this.#agenda.note(at, () => {
      const target = this.#choice().raised[nth]
      if (target !== undefined) this.#raised.push(this.#change(at, target, 5))
    })
  }

  #spoil(at: number, nth: number): void {
    const target = this.#choice().spoilt[nth]
    if (target !== undefined) this.#change(at, target, 2)
  }

  #change(at: number, { on, of }: Target, value: number): EventPlace {
    const revision = this.#pages.intrusion(at, on, of, value)
    return { page: on.page, revision }
  }

  /** Three pupils with the most to gain, and marks of whoever comes then. */
  #choice(): { raised: readonly Target[]; spoilt: readonly Target[] } {
    if (this.#chosen !== null) return this.#chosen
    const page = pageId(this.#journal.id, this.#school.calendar.quarters[0]!.period)
    const targets = [...this.#targets.values()].filter(({ on }) => on.page === page)
    const below = Map.groupBy(
      targets.filter(({ value }) => value < 5),
      ({ of }) => of.pupil,
    )
    const most = [...below.values()].toSorted((a, b) => b.length - a.length).slice(0, PUPILS)
    // One of each in turn, so that all three gain.
    const raised = Array.from({ length: Math.max(0, ...most.map((of) => of.length)) }, (_, i) =>
      most.flatMap((of) => of[i] ?? []),
    )
      .flat()
      .slice(0, RAISED)
    const spoilt = targets.filter((one) => !raised.includes(one) && one.value > 2).slice(-SPOILT)
    this.#chosen = { raised, spoilt }
    return this.#chosen
  }

  #report(): void {
    const [head, support] = [this.#officer('head'), this.#officer('admin')]
    const report = this.#at(2, 9 * 60 + 2)
    this.#give(report, head, reportBreach, {
      account: this.#journal.teacher.account,
      learnedAt: this.#instant(1, 18 * 60 + 40),
      compromisedFrom: this.#instant(0, 17 * 60),
      text: 'Пароль подсмотрен на общем компьютере, в журнале чужие исправления',
    })
    const incident = this.#incident
    const received = { incident, receivedAt: this.#instant(2, 8 * 60 + 5) }
    this.#give(report + MINUTE, head, receiveBreachAsHead, received)
    const supported = { incident, receivedAt: this.#instant(2, 8 * 60 + 30) }
    this.#give(report + 4 * MINUTE, support, receiveBreachAsSupport, supported)
    this.#give(report + 13 * MINUTE, head, declareCompromise, { incident })
  }

  /** The teacher has access again, says which of the suspect operations were his own, and the head annuls the others. */
  #restore(): void {
    const [head, support] = [this.#officer('head'), this.#officer('admin')]
    const { teacher } = this.#journal
    const { account } = teacher
    const incident = this.#incident
    const order = (number: string, day: number) => ({ number, date: addDays(this.#monday, day) })
    this.#give(this.#at(2, 16 * 60), head, restoreAccess, { incident, order: order('61', 2) })
    const issued = this.#at(3, 8 * 60 + 10)
    this.#give(issued, support, issueActivationCode, { account, reason: 'lost' })
    const code = uuidV5(this.#id(issueActivationCode.name), 'code')
    const self: Actor = actorOf(teacher, 'teacher')
    // The password of before was in a stranger's hands, and opens nothing by a code.
    const password = `${this.#password}-2`
    this.#give(this.#activated, self, activateAccount, { account, code, password })
    // Whoever comes in by a code accepts the rules before anything else.
    this.#give(this.#at(3, 8 * 60 + 21), self, acceptRules, { account, version: ACCESS_RULES.version })
    // Everybody of the synthetic school has one password in the end, so that a visitor can be anybody.
    const replaced = { account, old: password, new: this.#password }
    this.#give(this.#at(3, 8 * 60 + 22), self, replacePassword, replaced)
    const annulled = this.#at(3, 10 * 60)
    this.#agenda.note(annulled, () =>
      this.#write(
        lackingCommand(
          annulled,
          this.#id(annulSuspectOperations.name),
          head,
          annulSuspectOperations,
          { incident, order: order('63', 3), text: 'Отметки повышены не учителем' },
          { kind: 'operations', incident, of: this.#raised },
        ),
      ),
    )
    const confirmed = this.#at(3, 13 * 60)
    this.#agenda.note(confirmed, () =>
      this.#write(
        lackingCommand(
          confirmed,
          this.#id(confirmSuspectOperations.name),
          self,
          confirmSuspectOperations,
          { incident },
          { kind: 'operations', incident, of: this.#own },
        ),
      ),
    )
  }

  get #incident(): Uuid {
    return uuidV5(this.#id(reportBreach.name), 'incident')
  }

  #officer(office: 'head' | 'admin'): Actor {
    const role = office === 'head' ? 'head' : 'system-administrator'
    return actorOf(this.#school.accountOf(this.#school.id(STAFF[office])), role)
  }

  #give<Input extends z.ZodObject, State, Needs extends ReferenceName>(
    at: number,
    actor: Actor,
    command: Command<Input, State, Needs>,
    input: z.input<Input>,
  ): void {
    const id = this.#id(command.name)
    this.#agenda.note(at, () => this.#write(schoolCommand(at, id, actor, command, input)))
  }

  #id(what: string): Uuid {
    return this.#school.id(`command/year/${this.#school.calendar.year}/breach/${what}`)
  }

  #at(day: number, minute: number): number {
    return this.#timeliness.at(addDays(this.#monday, day), minute)
  }

  #instant(day: number, minute: number): Instant {
    return Instant.parse(new Date(this.#at(day, minute)).toISOString())
  }
}
