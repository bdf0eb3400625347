import { Order } from '#events/roster.ts'
import { lessonId, SchoolYear } from '#values/school.ts'
import { LocalDate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { z } from 'zod'
import type { Command, Given } from '../command.ts'
import { pageOnDate, pagesAfterMoves } from '../pages-of-journal.ts'
import { periodLock } from '../journal-page/period-lock.ts'
import type { JournalPageState, LessonState } from '../journal-page/state.ts'
import { type Refusal, refuse } from '../refusal.ts'
import { classesOf, learningOf, notAtSchool } from '../roster/state.ts'
import { isSchoolDay } from '../school-year/state.ts'
import { matterOfJournal, teachersOf, type TeachingLoadState } from '../teaching-load/state.ts'
import {
  absenceOf,
  combinationOf,
  lessonsAt,
  lessonsOn,
  type PlannedLesson,
  substituteOf,
  timetableFold,
  type TimetableState,
} from './state.ts'

/** What every command on a lesson of the timetable looks at. */
export const PLAN_NEEDS = ['schoolYear', 'roster', 'teachingLoad'] as const
type PlanNeeds = (typeof PLAN_NEEDS)[number]

export type PlanGiven<Input = unknown> = Given<Input, TimetableState, PlanNeeds>

/** Where a lesson stands in the timetable. */
export interface Place {
  readonly journal: Uuid
  readonly date: LocalDate
  readonly number: number
}

/** The fields of a command that name one lesson. */
export const onPlace = {
  year: SchoolYear,
  journal: Uuid,
  date: LocalDate,
  number: z.int().min(0).max(14).describe('Номер урока по расписанию'),
}
export const byOrder = {
  order: Order.nullable().default(null).describe('Номер и дата приказа, если он есть'),
}

type PlanInput = z.ZodObject<{ year: typeof SchoolYear }>
type PlanCommand<Input extends PlanInput> = Command<Input, TimetableState, PlanNeeds>

/** A command on lessons of the timetable: all of them find their stream and their ground in the same way. */
export function planCommand<Input extends PlanInput>(
  command: Omit<PlanCommand<Input>, 'path' | 'fold' | 'stream' | 'needs' | 'year' | 'operation'> & {
    /** The lessons on whose pages the rule looks whether they are recorded already. */
    readonly places: (input: z.output<Input>, state: Readonly<TimetableState>) => readonly Place[]
  },
): PlanCommand<Input> {
  const { places, ...rest } = command
  return {
    ...rest,
    path: 'years/:year/timetable',
    operation: '15',
    fold: timetableFold,
    stream: ({ year }) => year,
    needs: PLAN_NEEDS,
    year: ({ year }) => year,
    pages: (input, state, references) => places(input, state).flatMap((place) => pagesFor(place, references)),
    concerns: ({ input, state, references: { roster, teachingLoad } }) =>
      places(input, state).flatMap(
        ({ journal }) => matterOfJournal(teachingLoad.journals.get(journal), roster) ?? [],
      ),
    decide: (given) => {
      const year: SchoolYear = given.input.year
      if (given.references.schoolYear.year === null) return refuse('school-year-unknown', { year })
      for (const place of places(given.input, given.state)) {
        const page = pageOnDate(place.journal, place.date, given.references)
        const state = page === undefined ? undefined : stateOf(given, page)
        const locked = state === undefined ? null : periodLock(state, null, given.now, place.date)
        if (locked !== null) return locked
      }
      return command.decide(given)
    },
  }
}

type Ground = Pick<PlanGiven['references'], 'schoolYear' | 'roster' | 'teachingLoad'>

/** The pages on which a lesson may be recorded: that of the period of its date, and others after bounds were moved. */
function pagesFor({ journal, date }: Place, ground: Ground): Uuid[] {
  const page = pageOnDate(journal, date, ground)
  return [...new Set([...(page === undefined ? [] : [page]), ...pagesAfterMoves(journal, ground)])]
}

/** The lesson as it was recorded, if it was. */
export function recordedAt(given: PlanGiven, place: Place): LessonState | undefined {
  const lesson = lessonId(place.journal, place.date, place.number)
  return pagesFor(place, given.references)
    .map((page) => stateOf(given, page)?.lessons.get(lesson))
    .find((found) => found !== undefined)
}

function stateOf(given: PlanGiven, page: Uuid): JournalPageState | undefined {
  return given.pages.get(page) as JournalPageState | undefined
}

/** Refuses a lesson that stands in a journal already: what was held is not planned anew. */
export function notRecorded(given: PlanGiven, place: Place): Refusal | null {
  const recorded = recordedAt(given, place)
  return recorded === undefined
    ? null
    : refuse('lesson-recorded', {
        journal: place.journal,
        date: place.date,
        number: place.number,
        teacher: recorded.teacher,
      })
}

/** A lesson that the timetable has at this place, or why it has none. */
export function plannedLesson(given: PlanGiven, place: Place): PlannedLesson | Refusal {
  const { journal, date, number } = place
  const day = schoolDayOf(given, place)
  if (day !== null) return day
  const found = classesAt(given, journal)
    .flatMap((id) => lessonsOn(given.state, id, date))
    .filter((lesson) => lesson.journal === journal)
  const lesson = found.find((one) => one.number === number)
  if (lesson !== undefined) return lesson
  const absence = absenceOf(given.state, journal, date, number)
  if (absence?.kind === 'cancelled') return refuse('lesson-cancelled', { journal, date, number })
  if (absence?.kind === 'transferred')
    return refuse('lesson-transferred', { journal, date, number, to: absence.to })
  return refuse('lesson-not-in-timetable', {
    date,
    number,
    numbers: [...new Set(found.map((one) => one.number))],
  })
}

/** Refuses a date on which the learners of a journal have no school, and a journal that is not there. */
export function schoolDayOf({ references }: PlanGiven, { journal, date }: Place): Refusal | null {
  const { schoolYear, roster, teachingLoad } = references
  const known = teachingLoad.journals.get(journal)
  if (known === undefined) return refuse('journal-unknown', { journal })
  const { from, until, year } = schoolYear.year!
  if (date < from || until < date) return refuse('date-outside-year', { date, year })
  return isSchoolDay(schoolYear, date, learningOf(roster, known.learners))
    ? null
    : refuse('date-in-holidays', { date })
}

/** The classes that learn in a journal. */
export function classesAt({ references }: PlanGiven, journal: Uuid): readonly Uuid[] {
  const learners = references.teachingLoad.journals.get(journal)?.learners
  return learners === undefined ? [] : classesOf(references.roster, learners)
}

/** A lesson as its events name it. */
export function named(given: PlanGiven, { journal, date, number }: Place) {
  return {
    lesson: lessonId(journal, date, number),
    journal,
    classes: [...classesAt(given, journal)],
    date,
    number,
  }
}

/** Lessons of several journals at one time, as the events of a combination name them. */
export function namedTogether(
  given: PlanGiven,
  journals: readonly Uuid[],
  { date, number }: Omit<Place, 'journal'>,
) {
  return journals.map((journal) => ({
    lesson: lessonId(journal, date, number),
    journal,
    classes: [...classesAt(given, journal)],
  }))
}

/** Who gives a lesson: whoever an order names, or else its teachers by the load. */
export function giversOf(
  state: Readonly<TimetableState>,
  load: Readonly<TeachingLoadState>,
  { journal, date, number }: Place,
): Uuid[] {
  const ordered =
    combinationOf(state, journal, date, number)?.teacher ?? substituteOf(state, journal, date, number)
  return ordered === undefined ? teachersOf(load, journal, date) : [ordered]
}

/** Refuses a member of staff who is not at the school on a date. */
export function atSchool({ references }: PlanGiven, staff: Uuid, date: LocalDate): Refusal | null {
  return notAtSchool(references.roster, staff, date)
}

/** Refuses a teacher who gives another lesson at that time; `but` are those that do not count. */
export function teacherFree(
  given: PlanGiven,
  staff: Uuid,
  { date, number }: Place,
  but: readonly Uuid[],
): Refusal | null {
  for (const { journal, class: id } of lessonsAt(given.state, date, number)) {
    if (but.includes(journal) || schoolDayOf(given, { journal, date, number }) !== null) continue
    if (giversOf(given.state, given.references.teachingLoad, { journal, date, number }).includes(staff)) {
      return refuse('slot-conflict', { date, number, teacher: staff, also: { journal, class: id } })
    }
  }
  return null
}

/** Refuses a lesson of which somebody who is to give it gives another at that time. */
export function giversFree(given: PlanGiven, place: Place): Refusal | null {
  for (const staff of giversOf(given.state, given.references.teachingLoad, place)) {
    const busy = teacherFree(given, staff, place, [place.journal])
    if (busy !== null) return busy
  }
  return null
}

/** Refuses a class that has another lesson at that time, unless both are of groups of it, or one of an individual plan. */
export function classesFree(given: PlanGiven, { journal, date, number }: Place): Refusal | null {
  const { roster, teachingLoad } = given.references
  const groupOf = (id: Uuid) => {
    const learners = teachingLoad.journals.get(id)?.learners
    return learners?.kind === 'group' ? learners.group : undefined
  }
  const ofGroup = (id: Uuid) => groupOf(id) !== undefined
  const individual = (id: Uuid) => roster.groups.get(groupOf(id) ?? id)?.kind === 'individual-plan'
  for (const id of classesAt(given, journal)) {
    for (const other of lessonsOn(given.state, id, date)) {
      if (
        other.number !== number ||
        (other.journal !== journal && (individual(journal) || individual(other.journal))) ||
        (ofGroup(other.journal) && ofGroup(journal) && other.journal !== journal)
      )
        continue
      return refuse('slot-conflict', { date, number, class: id, journals: [other.journal, journal] })
    }
  }
  return null
}
