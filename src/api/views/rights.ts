import { familyFold, represents } from '#commands/family/state.ts'
import { journalPageFold } from '#commands/journal-page/state.ts'
import { referenceStream, REFERENCES } from '#commands/references.ts'
import { type Refusal, refuse } from '#commands/refusal.ts'
import {
  classesOf,
  classOf,
  isMember,
  leadsClass,
  membershipsOf,
  type RosterState,
} from '#commands/roster/state.ts'
import { schoolYearFold } from '#commands/school-year/state.ts'
import { teaches, type TeachingLoadState } from '#commands/teaching-load/state.ts'
import { givesByOrder, timetableFold } from '#commands/timetable/state.ts'
import { streamName } from '#events/stream-name.ts'
import type { Role } from '#values/role.ts'
import { pageId } from '#values/school.ts'
import { addDays } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import { yearOf } from '#projections/school-directory/queries.ts'
import { ProblemError } from '../problems.ts'
import type { Asked } from './view.ts'

/** Who sees everything of the school (DOMAIN.md B.2, row 9). */
export const WHOLE_SCHOOL_READERS: readonly Role[] = ['head', 'deputy', 'auditor']

type Any = Asked<unknown>

/** Rights are decided on the log, as those of commands are: a right that was taken away a moment ago is gone. */
async function roster({ school, parts }: Any): Promise<RosterState> {
  const stream = referenceStream(school, 'roster', null)
  return (await parts.execution.streams.load(REFERENCES.roster.fold, stream)).state
}

async function load({ school, parts }: Any, year: number): Promise<TeachingLoadState> {
  const stream = referenceStream(school, 'teachingLoad', year)
  return (await parts.execution.streams.load(REFERENCES.teachingLoad.fold, stream)).state
}

/**
 * A journal is open to its teachers as long as the load gives it to them, to the class teachers of those who
 * learn in it, and to whoever sees the whole school.
 */
export async function mayReadJournal(asked: Any, journalId: Uuid, year: number): Promise<Refusal | null> {
  const { actor, today } = asked
  if (WHOLE_SCHOOL_READERS.includes(actor.role)) return null
  const journal = (await load(asked, year)).journals.get(journalId)
  if (actor.role === 'teacher') {
    const open = teaches(journal, actor.person, today) || (await substitutes(asked, journalId, year))
    return open ? null : refuse('journal-not-taught', { journal: journalId })
  }
  const people = await roster(asked)
  const classes = journal === undefined ? [] : classesOf(people, journal.learners)
  const leads = classes.some((id) => leadsClass(people, actor.person, id, today))
  return leads ? null : refuse('class-not-led', { journal: journalId })
}

/** Days before and after a lesson within which a substitute sees the page on which it is recorded. */
const SUBSTITUTE_DAYS = 14

/**
 * Whether the person gives, or gave, a lesson of this journal in the place of another about these days: by an order, or
 * by what he said when he recorded it. Two weeks are what the marks of a written work take, and some more.
 */
async function substitutes(asked: Any, journalId: Uuid, year: number): Promise<boolean> {
  const { actor, school, parts, today } = asked
  const { streams } = parts.execution
  const from = addDays(today, -SUBSTITUTE_DAYS)
  const until = addDays(today, SUBSTITUTE_DAYS)
  const timetable = await streams.load(timetableFold, referenceStream(school, 'timetable', year))
  if (givesByOrder(timetable.state, journalId, actor.person, from, until)) return true
  const calendar = await streams.load(schoolYearFold, referenceStream(school, 'schoolYear', year))
  const periods = calendar.state.periods.filter((one) => one.from <= today && from <= one.until)
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

/** A class list is open to the teachers of its journals, to its class teacher, and to whoever sees the whole school. */
export async function mayReadUnit(asked: Any, unit: Uuid, year: number): Promise<Refusal | null> {
  const { actor, today } = asked
  if (WHOLE_SCHOOL_READERS.includes(actor.role) || actor.role === 'system-administrator') return null
  const people = await roster(asked)
  const classes = people.groups.get(unit)?.classes ?? [unit]
  if (classes.some((id) => leadsClass(people, actor.person, id, today))) return null
  const { journals } = await load(asked, year)
  for (const journal of journals.values()) {
    const here = classesOf(people, journal.learners).some((id) => classes.includes(id))
    if (here && teaches(journal, actor.person, today)) return null
  }
  return refuse(actor.role === 'class-teacher' ? 'class-not-led' : 'journal-not-taught', { unit })
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
  if (WHOLE_SCHOOL_READERS.includes(actor.role) || actor.role === 'archivist') return null
  if (actor.role === 'teacher') {
    const taught = await taughtAmong(asked, journals, year)
    return taught.length > 0 ? null : refuse('journal-not-taught', { unit })
  }
  const people = await roster(asked)
  const classes = people.groups.get(unit)?.classes ?? [unit]
  const leads = classes.some((id) => leadsClass(people, actor.person, id, today))
  return leads ? null : refuse('class-not-led', { unit })
}

/** The journals that the load gives to the person today. */
export async function taughtAmong(asked: Any, journals: readonly Uuid[], year: number): Promise<Uuid[]> {
  const known = (await load(asked, year)).journals
  return journals.filter((id) => teaches(known.get(id), asked.actor.person, asked.today))
}

/**
 * A diary is open to the pupil, to the pupil's representatives, class teacher and teachers, and to whoever sees the
 * whole school (DOMAIN.md B.2, row 10).
 */
export async function mayReadDiary(asked: Any, pupil: Uuid): Promise<Refusal | null> {
  const { actor, school, parts, today } = asked
  if (WHOLE_SCHOOL_READERS.includes(actor.role)) return null
  const closed = refuse('diary-not-yours', { pupil })
  if (actor.role === 'pupil') return actor.person === pupil ? null : closed
  if (actor.role === 'parent') {
    const family = await parts.execution.streams.load(familyFold, streamName(school, 'family', pupil))
    return represents(family.state, actor.person, today) ? null : closed
  }
  const people = await roster(asked)
  const own = classOf(people, pupil, today)
  if (actor.role === 'class-teacher') {
    return own !== undefined && leadsClass(people, actor.person, own, today) ? null : closed
  }
  const year = await yearOf(parts.database, school, today)
  if (year === undefined) return closed
  for (const journal of (await load(asked, year)).journals.values()) {
    const learns = isMember(membershipsOf(people, journal.learners), pupil, today)
    if (learns && teaches(journal, actor.person, today)) return null
  }
  return closed
}

/** Whether the school knows this pupil at all; asked after the right was given, so that nobody can probe. */
export async function mustKnowPupil(asked: Any, pupil: Uuid): Promise<void> {
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
