import { z } from 'zod'
import type { Learning } from '#values/calendar-for.ts'
import type { Matter } from '#values/competence.ts'
import type { GradingSystem } from '#values/grading.ts'
import { type KindId, type Policy, rulesOfType } from '#values/policy.ts'
import { mayAct } from '#values/rights.ts'
import { pageId, workId } from '#values/school.ts'
import { label, note } from '#values/text.ts'
import { dateAt, endOfDay, type Instant, type LocalDate, plusMinutes, type TimeZone } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import type { Actor, Command, Given } from '../command.ts'
import { policyOn, switchedOn } from '../policy/state.ts'
import type { ReferenceName } from '../references.ts'
import { isRefusal, type Refusal, refuse } from '../refusal.ts'
import { classesOf, isMember, leadsClass, learningOf, membershipsOf } from '../roster/state.ts'
import { type JournalState, matterOfJournal, teaches } from '../teaching-load/state.ts'
import { pageOnDate } from '../pages-of-journal.ts'
import { homeworkDueOn } from './deadlines.ts'
import { differencesFixed } from './paper-difference.ts'
import { type Concern, periodLock } from './period-lock.ts'
import { journalPageFold, type JournalPageState, type LessonState } from './state.ts'

/** What every command on a page looks at. */
export const PAGE_NEEDS = ['schoolYear', 'policy', 'roster', 'teachingLoad', 'timetable'] as const

type PageGiven<Input = unknown> = Given<Input, JournalPageState, (typeof PAGE_NEEDS)[number]>

/** The page of a command's address: `pages/:page`. */
export const onPage = { page: Uuid }
/** The same with the lesson that most commands on a page speak of. */
export const onLesson = { page: Uuid, lesson: Uuid }

/** For a correction: the version that the author saw, and why (R-F19). */
export const correcting = {
  expectedVersion: z.int().min(0),
  reason: label(40).optional(),
  note: note().optional(),
}

type PageInput = z.ZodObject<{ page: typeof Uuid }>
type PageCommand<Input extends PageInput, More extends ReferenceName> = Command<
  Input,
  JournalPageState,
  (typeof PAGE_NEEDS)[number] | More
>

interface PageRule<Input extends PageInput, More extends ReferenceName>
  extends Omit<PageCommand<Input, More>, 'path' | 'fold' | 'stream' | 'needs' | 'year' | 'journal'> {
  /** What this command looks at beside {@link PAGE_NEEDS}. */
  readonly also?: readonly More[]
  /** The pupils whom alone the write touches; without it, it touches the whole page. */
  readonly touches?: (given: PageGiven<z.output<Input>>) => Concern
  /** It is about the closing itself, so that no closing stands in its way. */
  readonly passesLock?: true
}

/** A command on a page: all of them find their stream, their year, their ground and the lock in the same way. */
export function pageCommand<Input extends PageInput, More extends ReferenceName = never>({
  also = [],
  touches,
  passesLock,
  ...command
}: PageRule<Input, More>): PageCommand<Input, More> {
  const lock = (given: PageGiven<z.output<Input>>) =>
    passesLock ? null : periodLock(lockingState(given), touches?.(given) ?? null, given.now, todayOf(given))
  return {
    ...command,
    path: 'pages/:page',
    fold: journalPageFold,
    stream: ({ page }) => page,
    needs: [...PAGE_NEEDS, ...also],
    journal: (_input, { page }) => page?.journal ?? null,
    year: (_input, { page }) => page?.year ?? refuse('page-unknown'),
    pages: (input, state, references) => [
      ...(command.pages?.(input, state, references) ?? []),
      ...(pageElsewhere({ input, state, references }) ?? []),
    ],
    concerns: (given) => matterOf(given, given.state.page?.journal),
    may: (given) =>
      missingGround(given) ?? notSwitchedOn(command, given) ?? command.may?.(given) ?? lock(given),
    decide: (given) => {
      const decision = command.decide(given)
      return isRefusal(decision) ? decision : [...decision, ...differencesFixed(given.state, decision)]
    },
  }
}

/** What a page is about: the grades that learn in its journal, and the subject. */
export function matterOf(
  { references: { roster, teachingLoad } }: Pick<PageGiven, 'references'>,
  journal: Uuid | undefined,
): Matter | null {
  return journal === undefined ? null : matterOfJournal(teachingLoad.journals.get(journal), roster)
}

/** A page outlives its ground where a breach made the school year or the journal void (п. 4.4). */
function missingGround({ state, references }: PageGiven): Refusal | null {
  if (references.schoolYear.year === null) return refuse('school-year-unknown', { year: state.page?.year })
  const journal = state.page?.journal
  if (journal === undefined) return refuse('page-unknown')
  return references.teachingLoad.journals.has(journal) ? null : refuse('journal-unknown', { journal })
}

/**
 * What the matrix does not give to a class teacher he writes where the rules of the school let him, and only where all
 * who learn are of classes that he leads: in a group of several classes he would mark the pupils of others.
 */
function notSwitchedOn({ operation }: Pick<Command, 'operation'>, given: PageGiven): Refusal | null {
  const { role, person } = given.actor
  const permitted = mayAct(operation)
  if (permitted.includes(role)) return null
  const today = todayOf(given)
  if (!switchedOn(given.references.policy, operation, role, today))
    return refuse('role-not-permitted', { role, permitted })
  const { roster } = given.references
  const own = classesOf(roster, journalOf(given).learners).every((id) =>
    leadsClass(roster, person, id, today),
  )
  return own ? null : refuse('class-not-led', { journal: given.state.page?.journal })
}

/** The journal of the page, as the load knows it: {@link missingGround} has seen that there is one. */
export function journalOf({ state, references }: PageGiven): JournalState {
  const journal = state.page === null ? undefined : references.teachingLoad.journals.get(state.page.journal)
  if (journal === undefined) throw new Error('a page stands without its journal')
  return journal
}

export function zoneOf({ references }: Pick<PageGiven, 'references'>): TimeZone {
  const zone = references.schoolYear.year?.zone
  if (zone === undefined) throw new Error('a page stands without its school year')
  return zone
}

/** Today, as the school's calendar shows it. */
export function todayOf(given: PageGiven): LocalDate {
  return dateAt(given.now, zoneOf(given))
}

/**
 * A teacher writes on the pages of the journals that the load gives to that teacher today, and on a lesson
 * that he gave in the place of another, on that one only; a deputy only corrects, as a command says by its
 * roles (DOMAIN.md B.2, rule 1). A class teacher is let to a page by {@link notSwitchedOn} before.
 */
export function mayWriteOnPage(given: PageGiven): Refusal | null {
  const { actor, state } = given
  if (actor.role !== 'teacher' || teaches(journalOf(given), actor.person, todayOf(given))) return null
  const lesson = lessonMeant(given)
  return lesson?.byOrder === true && lesson.teacher === actor.person
    ? null
    : refuse('journal-not-taught', { journal: state.page?.journal })
}

/** The same, and the class teacher for the pupils of the own class. */
export function mayWriteOnPageOrLeads(given: PageGiven): Refusal | null {
  const { actor } = given
  if (actor.role === 'class-teacher' && !leadsLearners(given, actor)) return refuse('class-not-led')
  return mayWriteOnPage(given)
}

type Named = Partial<Record<'lesson' | 'assessment' | 'kind' | 'entry' | 'comment' | 'dispute', Uuid>>

/** The lesson of which a command speaks: by its id, or by that of a mark, a comment or a dispute of it. */
function lessonMeant({ input, state }: Pick<PageGiven, 'input' | 'state'>): LessonState | undefined {
  const { lesson, entry, comment, dispute } = input as Named
  const of =
    lesson ??
    (dispute === undefined ? undefined : state.disputes.get(dispute)?.lesson) ??
    (entry === undefined ? undefined : state.marks.get(entry)?.lesson) ??
    (comment === undefined ? undefined : state.comments.get(comment)?.lesson)
  return of === undefined ? undefined : state.lessons.get(of)
}

/** The work of which a command speaks: that of a mark, or of a dispute of it, or the column that it names. */
function workMeant({ input, state }: Pick<PageGiven, 'input' | 'state'>): Uuid | undefined {
  const { lesson, assessment, kind, entry, dispute } = input as Named
  const held = assessment === undefined ? undefined : state.assessments.get(assessment)
  if (held !== undefined) return workId(assessment!, held.kind)
  if (lesson !== undefined && kind !== undefined) return workId(lesson, kind)
  return (
    (dispute === undefined ? undefined : state.disputes.get(dispute)?.work) ??
    (entry === undefined ? undefined : state.marks.get(entry)?.work)
  )
}

/**
 * The page of the period to which what a command speaks of belongs, where that is not the page on which it stands: its work
 * was moved into the next period when this one was closed (R-D6, docs/decisions/0083), or it belongs there by the date of
 * its lesson, for the bounds were moved after that was recorded (docs/decisions/0064).
 */
function pageElsewhere(given: Pick<PageGiven, 'input' | 'state' | 'references'>): [Uuid] | undefined {
  const { page, carried } = given.state
  const work = carried.size === 0 ? undefined : workMeant(given)
  const into = work === undefined ? undefined : carried.get(work)
  if (into !== undefined) return [into]
  const lesson = lessonMeant(given)
  if (page === null || lesson === undefined) return undefined
  const other = pageOnDate(page.journal, lesson.date, given.references)
  return other === undefined || other === pageId(page.journal, page.period) ? undefined : [other]
}

/** The page whose closing stands in the way of a command: that of the period to which its entry belongs. */
function lockingState(given: PageGiven): Readonly<JournalPageState> {
  const [other] = pageElsewhere(given) ?? []
  const state = other === undefined ? undefined : given.pages.get(other)
  return (state as JournalPageState | undefined) ?? given.state
}

/** Whether the person leads, today, a class that learns in this journal. */
function leadsLearners(given: PageGiven, actor: Actor): boolean {
  const { roster } = given.references
  const classes = classesOf(roster, journalOf(given).learners)
  return classes.some((id) => leadsClass(roster, actor.person, id, todayOf(given)))
}

export function lessonOf(given: PageGiven<{ lesson: Uuid }>): LessonState | Refusal {
  return (
    given.state.lessons.get(given.input.lesson) ?? refuse('lesson-unknown', { lesson: given.input.lesson })
  )
}

/** The rules that govern a date; a school adopts its first ones before it opens a page. */
export function policyFor({ references }: PageGiven, date: LocalDate): Policy | Refusal {
  return policyOn(references.policy, date) ?? refuse('policy-missing', { date })
}

/** The grading system of the page under some rules: no marks are given where they have none for journals of its type. */
export function gradingUnder(policy: Policy, given: PageGiven): GradingSystem {
  const grading = given.state.page?.grading ?? 'none'
  return rulesOfType(policy, journalOf(given).type).marks ? grading : 'none'
}

/** The lesson of a command together with the rules that govern its date. */
export function lessonAndPolicy(
  given: PageGiven<{ lesson: Uuid }>,
): { lesson: LessonState; policy: Policy } | Refusal {
  const lesson = lessonOf(given)
  if (isRefusal(lesson)) return lesson
  const policy = policyFor(given, lesson.date)
  return isRefusal(policy) ? policy : { lesson, policy }
}

/** Refuses the pupils who do not learn here on that date, and those who are named twice. */
export function checkMembers(given: PageGiven, date: LocalDate, pupils: readonly Uuid[]): Refusal | null {
  const repeated = pupils.find((pupil, i) => pupils.indexOf(pupil) !== i)
  if (repeated !== undefined) return refuse('pupil-repeated', { pupil: repeated })
  const { roster } = given.references
  for (const pupil of pupils) if (!roster.pupils.has(pupil)) return refuse('pupil-unknown', { pupil })
  const members = membershipsOf(roster, journalOf(given).learners)
  const strangers = pupils.filter((pupil) => !isMember(members, pupil, date))
  return strangers.length === 0 ? null : refuse('pupil-not-member', { pupils: strangers, date })
}

/**
 * Whether the correction is well founded: it names the version that stands, and a reason of the school's dictionary
 * wherever the value is older than the grace time or somebody other than the teacher corrects it (R-F19).
 */
export function checkCorrection(
  given: PageGiven<{ expectedVersion: number; reason?: string | undefined }>,
  standing: { readonly version: number; readonly at: Instant },
  value: unknown,
  policy: Policy,
): Refusal | null {
  const { input, actor, now } = given
  if (input.expectedVersion !== standing.version) {
    return refuse('stale-version', { expected: input.expectedVersion, actual: standing.version, value })
  }
  if (input.reason === undefined) {
    const grace =
      actor.role === 'teacher' &&
      now <= plusMinutes(standing.at, policy.graceMinutes) &&
      policy.graceMinutes > 0
    return grace ? null : refuse('reason-required', { reasons: policy.correctionReasons })
  }
  return checkReason(input.reason, policy)
}

/** Refuses a reason that the school's dictionary does not have. */
export function checkReason(reason: string, { correctionReasons }: Policy): Refusal | null {
  const known = correctionReasons.some((of) => of.reason === reason)
  return known ? null : refuse('reason-unknown', { reason, reasons: correctionReasons })
}

/** Why something is corrected, as its event keeps it. */
export function whyOf(input: { reason?: string | undefined; note?: string | undefined }): {
  reason: KindId | null
  note: string | null
} {
  return { reason: (input.reason as KindId | undefined) ?? null, note: input.note ?? null }
}

/** The deadline "within the same day" (R-2.5a, R-2.9). */
export function dueSameDay(given: PageGiven, date: LocalDate): Instant {
  return endOfDay(date, zoneOf(given))
}

/** The deadline of homework (R-2.7b); the end of the day where the school has set no bells for it. */
export function homeworkDue(given: PageGiven, lesson: LessonState, policy: Policy): Instant {
  const due = homeworkDueOn(given.references, journalOf(given).learners, lesson, policy)
  return due ?? dueSameDay(given, lesson.date)
}

/** Who learns in the journal of the page. */
export function learningOfPage(given: PageGiven): Learning {
  return learningOf(given.references.roster, journalOf(given).learners)
}
