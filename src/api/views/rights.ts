import { consentsTo, diaryClosedTo, familyFold, represents } from '#commands/family/state.ts'
import { journalPageFold } from '#commands/journal-page/state.ts'
import { referenceStream } from '#commands/references.ts'
import type { Actor } from '#commands/command.ts'
import { type Reason, type Refusal, refuse } from '#commands/refusal.ts'
import {
  classesOf,
  classOf,
  isMember,
  leadsClass,
  type LearnersOf,
  membershipsOf,
  type RosterState,
} from '#commands/roster/state.ts'
import { schoolYearFold } from '#commands/school-year/state.ts'
import { matterOfJournal, teaches } from '#commands/teaching-load/state.ts'
import { givesByOrder, timetableFold } from '#commands/timetable/state.ts'
import { streamName } from '#events/stream-name.ts'
import { type Competence, touches, touchesGrades } from '#values/competence.ts'
import { seesWhole } from '#values/rights.ts'
import type { Role } from '#values/role.ts'
import { pageId } from '#values/school.ts'
import { addDays, type LocalDate } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import { childrenOf, yearOf } from '#projections/school-directory/queries.ts'
import { ProblemError } from '../problems.ts'
import type { ApiParts } from '../parts.ts'
import { referenceOf } from './reference-of.ts'
import type { Asked } from './view.ts'

/** Who sees every page of the school, and with it everything of the pupils. */
export const WHOLE_SCHOOL_READERS: readonly Role[] = seesWhole('9')

type Any = Asked<unknown>
type OnLog = Pick<ApiParts, 'execution'>

/** Rights are decided on the log, as those of commands are: a right that was taken away a moment ago is gone. */
const roster = (asked: Asked<unknown, OnLog>) => referenceOf(asked, 'roster')
const load = (asked: Any, year: number) => referenceOf(asked, 'teachingLoad', year)

/**
 * A journal is open to its teachers as long as the load gives it to them, to the class teachers of those who
 * learn in it, and to whoever sees the whole school.
 */
export async function mayReadJournal(asked: Any, journalId: Uuid, year: number): Promise<Refusal | null> {
  const own = await ownJournals(asked, year)
  if (own === null || own.has(journalId)) return null
  if (asked.actor.role === 'teacher' && (await substituted(asked, journalId, year))) return null
  return refuse(notOwn(asked.actor.role), { journal: journalId })
}

/**
 * The journals of a year that the person sees in the role of the request, those of a deputy's competence among them;
 * null is all of them.
 */
export async function ownJournals(asked: Any, year: number): Promise<ReadonlySet<Uuid> | null> {
  const { actor, school, parts, today } = asked
  if (seesAllUnits(actor)) return null
  const journals = [...(await load(asked, year)).journals]
  if (actor.role === 'teacher') {
    const { state: timetable } = await parts.execution.streams.load(
      timetableFold,
      referenceStream(school, 'timetable', year),
    )
    const { from, until } = aboutNow(today)
    return setOf(
      journals,
      (journal, id) =>
        teaches(journal, actor.person, today) || givesByOrder(timetable, id, actor.person, from, until),
    )
  }
  const people = await roster(asked)
  if (actor.role === 'deputy') {
    return setOf(journals, (journal) => touches(competenceOf(actor), matterOfJournal(journal, people)!))
  }
  const led = ledBy(people, asked, year)
  return setOf(journals, ({ learners }) => classesOf(people, learners).some((id) => led.has(id)))
}

/**
 * The pupils whom a class teacher sees in a journal or a group that several classes share: those who are or were in the
 * classes that he leads. Null is everybody in it.
 */
export async function pupilsSeenIn(
  asked: Any,
  learners: LearnersOf | undefined,
  year: number,
): Promise<ReadonlySet<Uuid> | null> {
  const own = await classesSeenIn(asked, learners, year)
  return own === null ? null : pupilsOfClasses(asked, own)
}

/** The classes of a journal or a group beyond which a class teacher sees nobody in it; null where he sees everybody. */
export async function classesSeenIn(
  asked: Any,
  learners: LearnersOf | undefined,
  year: number,
): Promise<readonly Uuid[] | null> {
  if (asked.actor.role !== 'class-teacher' || learners === undefined) return null
  const people = await roster(asked)
  const led = ledBy(people, asked, year)
  const shared = classesOf(people, learners)
  return shared.every((id) => led.has(id)) ? null : shared.filter((id) => led.has(id))
}

/** Everybody who is or was in some classes. */
export async function pupilsOfClasses(asked: Any, classes: readonly Uuid[]): Promise<ReadonlySet<Uuid>> {
  const people = await roster(asked)
  return new Set(classes.flatMap((id) => (people.classes.get(id)?.members ?? []).map(({ pupil }) => pupil)))
}

/** The same of a journal by its id. */
export async function pupilsSeenOn(
  asked: Any,
  journalId: Uuid,
  year: number,
): Promise<ReadonlySet<Uuid> | null> {
  const own = await classesSeenOn(asked, journalId, year)
  return own === null ? null : pupilsOfClasses(asked, own)
}

export async function classesSeenOn(
  asked: Any,
  journalId: Uuid,
  year: number,
): Promise<readonly Uuid[] | null> {
  if (asked.actor.role !== 'class-teacher') return null
  return classesSeenIn(asked, (await load(asked, year)).journals.get(journalId)?.learners, year)
}

/** Classes and groups that are somebody's own. */
interface OwnUnits {
  /** Those whose lists this person may see. */
  readonly units: ReadonlySet<Uuid>
  /** The classes whose lessons he may look for: a group is taught in the hours of its classes. */
  readonly classes: ReadonlySet<Uuid>
}

/**
 * The classes and groups of a year that are one's own in the role of the request: of a teacher those who learn in the
 * journals that he teaches; of a class teacher the classes that he leads and the groups that take pupils of them
 * (R-2.4, R-7B.8); of a deputy those of the grades that he answers for. Null is every one.
 */
export async function ownUnits(asked: Any, year: number): Promise<OwnUnits | null> {
  const { actor } = asked
  if (seesAllUnits(actor)) return null
  const people = await roster(asked)
  if (actor.role === 'class-teacher' || actor.role === 'deputy') {
    const led = actor.role === 'deputy' ? inCompetence(people, actor, year) : ledBy(people, asked, year)
    const groups = setOf([...people.groups], ({ classes }) => classes.some((id) => led.has(id)))
    return { units: new Set([...led, ...groups]), classes: led }
  }
  const own = await ownJournals(asked, year)
  const taught = [...(await load(asked, year)).journals]
    .filter(([id]) => own?.has(id))
    .map(([, { learners }]) => learners)
  return {
    units: new Set(taught.map((of) => (of.kind === 'class' ? of.class : of.group))),
    classes: new Set(taught.flatMap((of) => classesOf(people, of))),
  }
}

/** Those who learn in a part of the school in a school year. */
export interface PupilsOfYear {
  readonly year: number
  readonly pupils: ReadonlySet<Uuid>
}

/**
 * The pupils who are or were in the classes of a deputy's grades in some school years, each with the year: somebody of
 * the sixth grade is another's matter when he comes to the seventh. Null is every pupil of the school.
 */
export async function pupilsAnsweredFor(
  asked: Any,
  years: readonly number[],
): Promise<readonly PupilsOfYear[] | null> {
  if (competenceOf(asked.actor) === null) return null
  const people = await roster(asked)
  return years.map((year) => {
    const classes = [...inCompetence(people, asked.actor, year)]
    const members = classes.flatMap((id) => people.classes.get(id)?.members ?? [])
    return { year, pupils: new Set(members.map(({ pupil }) => pupil)) }
  })
}

/** Whether somebody sees everything of the school in this role: a deputy does, unless he answers for a part of it. */
export function seesWholeSchool(actor: Pick<Actor, 'role' | 'competence'>): boolean {
  return WHOLE_SCHOOL_READERS.includes(actor.role) && competenceOf(actor) === null
}

const seesAllUnits = (actor: Actor): boolean =>
  seesWholeSchool(actor) || actor.role === 'system-administrator' || actor.role === 'external-system'

const competenceOf = ({ competence = null }: Pick<Actor, 'competence'>): Competence => competence

/** What is of no single grade or subject is closed to a deputy of a part of the school. */
export function mayReadWhole({ actor }: Pick<Any, 'actor'>): Refusal | null {
  const competence = competenceOf(actor)
  return competence === null ? null : refuse('outside-competence', { competence })
}

/** The classes of a year whose grades a deputy answers for, in whatever subject. */
function inCompetence(people: RosterState, actor: Actor, year: number): Set<Uuid> {
  return setOf(
    [...people.classes].filter(([, formed]) => formed.year === year),
    ({ grade }) => touchesGrades(competenceOf(actor), [grade]),
  )
}

/** The classes of a year that the person leads today. */
function ledBy(people: RosterState, { actor, today }: Any, year: number): Set<Uuid> {
  return setOf(
    [...people.classes].filter(([, formed]) => formed.year === year),
    (_class, id) => leadsClass(people, actor.person, id, today),
  )
}

function setOf<Of>(
  entries: ReadonlyArray<readonly [Uuid, Of]>,
  which: (of: Of, id: Uuid) => boolean,
): Set<Uuid> {
  return new Set(entries.filter(([id, of]) => which(of, id)).map(([id]) => id))
}

/** Days before and after a lesson within which a substitute sees the page on which it is recorded. */
const SUBSTITUTE_DAYS = 14

const aboutNow = (today: LocalDate): { from: LocalDate; until: LocalDate } => ({
  from: addDays(today, -SUBSTITUTE_DAYS),
  until: addDays(today, SUBSTITUTE_DAYS),
})

/**
 * Whether the person gave a lesson of this journal in the place of another about these days, as he said when he recorded
 * it. Two weeks are what the marks of a written work take, and some more.
 */
async function substituted(asked: Any, journalId: Uuid, year: number): Promise<boolean> {
  const { actor, school, parts, today } = asked
  const { streams } = parts.execution
  const { from } = aboutNow(today)
  const calendar = await streams.load(schoolYearFold, referenceStream(school, 'schoolYear', year))
  const periods = calendar.state.periods.filter(
    // After bounds were moved a lesson may stand on the page of any period.
    (one) => one.moved || (one.from <= today && from <= one.until),
  )
  for (const { period } of periods) {
    const page = await streams.load(
      journalPageFold,
      streamName(school, 'journalPage', pageId(journalId, period)),
    )
    for (const { teacher, byOrder, date } of page.state.lessons.values()) {
      if (byOrder && teacher === actor.person && from <= date) return true
    }
  }
  return false
}

/** The learners of a class or group by its id; undefined where it was not formed. */
export async function learnersOfUnit(asked: Any, unit: Uuid): Promise<LearnersOf | undefined> {
  const { classes, groups } = await roster(asked)
  if (classes.has(unit)) return { kind: 'class', class: unit }
  return groups.has(unit) ? { kind: 'group', group: unit } : undefined
}

/**
 * What a class missed is of all subjects: it is open to who sees the whole school or everything of its grades, and to its
 * class teacher.
 */
export async function mayReadAttendance(asked: Any, unit: Uuid): Promise<Refusal | null> {
  const { actor, today } = asked
  if (seesWholeSchool(actor)) return null
  const people = await roster(asked)
  const classes = people.groups.get(unit)?.classes ?? [unit]
  const open =
    actor.role === 'deputy'
      ? classes.every((id) => {
          const grade = people.classes.get(id)?.grade
          return grade !== undefined && touches(competenceOf(actor), { grades: [grade], subject: null })
        })
      : actor.role === 'class-teacher' && classes.some((id) => leadsClass(people, actor.person, id, today))
  if (open) return null
  return refuse(actor.role === 'deputy' ? 'outside-competence' : 'class-not-led', { unit })
}

/** A class list is open to the teachers of its journals, to its class teacher, and to whoever sees the whole school. */
export async function mayReadUnit(asked: Any, unit: Uuid, year: number): Promise<Refusal | null> {
  const own = await ownUnits(asked, year)
  if (own === null || own.units.has(unit)) return null
  return refuse(notOwn(asked.actor.role), { unit })
}

/** The lessons of a class are asked for by whoever teaches or leads it. */
export async function mayAskForClass(asked: Any, classId: Uuid, year: number): Promise<Refusal | null> {
  const own = await ownUnits(asked, year)
  if (own === null || own.classes.has(classId)) return null
  return refuse(notOwn(asked.actor.role), { class: classId })
}

/** The same of the class that is named, in the school year of the first day; all that one sees, where none is. */
export async function mayAskForNamedClass(
  asked: Asked<{ readonly class?: Uuid | undefined; readonly from?: LocalDate | undefined }>,
): Promise<Refusal | null> {
  const { school, parts, today, input } = asked
  if (input.class === undefined) return null
  const year = await yearOf(parts.database, school, input.from ?? today)
  return year === undefined ? null : mayAskForClass(asked, input.class, year)
}

function notOwn(role: Role): Reason {
  if (role === 'deputy') return 'outside-competence'
  return role === 'class-teacher' ? 'class-not-led' : 'journal-not-taught'
}

/**
 * A summary sheet is open to who sees the whole school and to the archivist, to the class teachers of those who stand
 * in it, and to their teachers, each with the own columns (DOMAIN.md B.2, row 32).
 */
export async function mayReadSummary(
  asked: Any,
  unit: Uuid,
  journals: readonly Uuid[],
  year: number,
): Promise<Refusal | null> {
  const { actor, today } = asked
  if (seesWholeSchool(actor) || actor.role === 'archivist') return null
  if (actor.role === 'teacher' || actor.role === 'deputy') {
    const taught = await taughtAmong(asked, journals, year)
    return taught.length > 0 ? null : refuse(notOwn(actor.role), { unit })
  }
  const people = await roster(asked)
  const classes = people.groups.get(unit)?.classes ?? [unit]
  const leads = classes.some((id) => leadsClass(people, actor.person, id, today))
  return leads ? null : refuse('class-not-led', { unit })
}

/** The journals that the load gives to the person today, or for which he answers as a deputy. */
export async function taughtAmong(
  asked: Any,
  journals: readonly Uuid[],
  year: number,
): Promise<readonly Uuid[]> {
  if (asked.actor.role === 'deputy') {
    const own = await ownJournals(asked, year)
    return own === null ? journals : journals.filter((id) => own.has(id))
  }
  const known = (await load(asked, year)).journals
  return journals.filter((id) => teaches(known.get(id), asked.actor.person, asked.today))
}

/**
 * A diary is open to the pupil, to the pupil's representatives, class teacher and teachers, and to whoever sees the
 * whole school. To a representative it is as long as he consents, by the rules of the school: whatever else shows
 * or tells him of the child asks here.
 */
export async function mayReadDiary(asked: Any, pupil: Uuid): Promise<Refusal | null> {
  const { actor, school, parts, today } = asked
  if (seesWholeSchool(actor)) return null
  const closed = refuse(actor.role === 'deputy' ? 'outside-competence' : 'diary-not-yours', { pupil })
  if (actor.role === 'pupil') return actor.person === pupil ? null : closed
  if (actor.role === 'parent') {
    const [family, policy] = await familyWithPolicy(asked, pupil)
    return diaryClosedTo(family, policy, pupil, actor.person, today)
  }
  if (actor.role === 'external-system') return deliveredToSomebody(asked, pupil)
  const people = await roster(asked)
  const own = classOf(people, pupil, today)
  if (actor.role === 'class-teacher') {
    return own !== undefined && leadsClass(people, actor.person, own, today) ? null : closed
  }
  if (actor.role === 'deputy') {
    // A diary is of all subjects: whoever answers for some of them reads the journals of those.
    const grade = own === undefined ? undefined : people.classes.get(own)?.grade
    const whole = grade !== undefined && touches(competenceOf(actor), { grades: [grade], subject: null })
    return whole ? null : closed
  }
  const year = await yearOf(parts.database, school, today)
  if (year === undefined) return closed
  for (const journal of (await load(asked, year)).journals.values()) {
    const learns = isMember(membershipsOf(people, journal.learners), pupil, today)
    if (learns && teaches(journal, actor.person, today)) return null
  }
  return closed
}

/**
 * The diary of another system shows a child to the representatives who consent (R-7A.18b): where there is none, it has no
 * use for the data of the child, and is given none.
 */
async function deliveredToSomebody(asked: Any, pupil: Uuid): Promise<Refusal | null> {
  return (await representativesReached(asked, pupil)).length > 0 ? null : refuse('nobody-consents', { pupil })
}

/** The representatives of a pupil to whom the diary is open today. */
export async function representativesReached(asked: Any, pupil: Uuid): Promise<readonly Uuid[]> {
  const { today } = asked
  const [state, policy] = await familyWithPolicy(asked, pupil)
  return [...state.representatives.keys()].filter(
    (one) => represents(state, one, today) && consentsTo(state, policy, one, today, 'diary'),
  )
}

/** What is decided of a diary: by the family of the pupil, and by the rules of the school where it has decided nothing. */
async function familyWithPolicy(asked: Any, pupil: Uuid) {
  const { school, parts } = asked
  const stream = streamName(school, 'family', pupil)
  const [{ state }, policy] = await Promise.all([
    parts.execution.streams.load(familyFold, stream),
    referenceOf(asked, 'policy'),
  ])
  return [state, policy] as const
}

/** The children of a parent: those whose data are delivered to him in electronic form, and those whose are not. */
export async function childrenByConsent(
  asked: Any,
): Promise<{ readonly open: readonly Uuid[]; readonly closed: readonly Uuid[] }> {
  const { actor, school, parts, today } = asked
  const children = await childrenOf(parts.database, school, actor.person, today)
  const open: Uuid[] = []
  for (const child of children) if ((await mayReadDiary(asked, child)) === null) open.push(child)
  return { open, closed: children.filter((child) => !open.includes(child)) }
}

/** What a family arranges with the school about a child is open to its representatives whether they consent or not. */
export async function mayArrangeFor(asked: Any, pupil: Uuid): Promise<Refusal | null> {
  const { actor, school, parts, today } = asked
  if (actor.role !== 'parent') return mayReadDiary(asked, pupil)
  const family = await parts.execution.streams.load(familyFold, streamName(school, 'family', pupil))
  return represents(family.state, actor.person, today) ? null : refuse('diary-not-yours', { pupil })
}

/** Whether the school knows this pupil at all; asked after the right was given, so that nobody can probe. */
export async function mustKnowPupil(asked: Asked<unknown, OnLog>, pupil: Uuid): Promise<void> {
  if (!(await roster(asked)).pupils.has(pupil)) throw new ProblemError('pupil-unknown', { pupil })
}

/** Whether a pupil learns in a journal today. */
export async function learnsIn(asked: Any, journalId: Uuid, year: number, pupil: Uuid): Promise<boolean> {
  const journal = (await load(asked, year)).journals.get(journalId)
  return (
    journal !== undefined &&
    isMember(membershipsOf(await roster(asked), journal.learners), pupil, asked.today)
  )
}

/** Whether a pupil is in a class or group today. */
export async function belongsTo(asked: Any, unit: Uuid, pupil: Uuid): Promise<boolean> {
  const { classes, groups } = await roster(asked)
  return isMember((classes.get(unit) ?? groups.get(unit))?.members ?? [], pupil, asked.today)
}

/** The school year of a class or group; undefined where it was not formed. */
export async function yearOfUnit(asked: Any, unit: Uuid): Promise<number | undefined> {
  const { classes, groups } = await roster(asked)
  return (classes.get(unit) ?? groups.get(unit))?.year
}
