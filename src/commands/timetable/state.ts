import type { TimetableEvent } from '#events/timetable.ts'
import { type LocalDate, weekday } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import type { Fold } from '../fold.ts'

interface Slot {
  readonly weekday: number
  readonly number: number
  readonly journal: Uuid
  readonly room: string | null
}

export interface Week {
  readonly effectiveFrom: LocalDate
  readonly slots: readonly Slot[]
}

/** A lesson that is to be given on a date, by the week in force and all that departs from it. */
export interface PlannedLesson {
  readonly journal: Uuid
  readonly number: number
  readonly room: string | null
  /** Where the week has it, if it was transferred here. */
  readonly transferredFrom: { readonly date: LocalDate; readonly number: number } | null
}

interface Arrival extends PlannedLesson {
  readonly classes: readonly Uuid[]
}

/** Why a lesson of the week is not given at its place. */
export type Absence =
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'transferred'; readonly to: { readonly date: LocalDate; readonly number: number } }

export interface Combination {
  readonly combination: Uuid
  readonly teacher: Uuid
  readonly journals: readonly Uuid[]
}

export interface TimetableState {
  /** The weeks of each class, in order of the dates from which they are in force. */
  readonly weeks: Map<Uuid, Week[]>
  /** The weeks of groups that are planned apart from their classes. */
  readonly groups: Map<Uuid, { readonly classes: readonly Uuid[]; readonly weeks: Week[] }>
  /** What departs from the weeks, by the place of the lesson: {@link placeOf}. */
  readonly absences: Map<string, Absence>
  readonly substitutes: Map<string, Uuid>
  readonly rooms: Map<string, string | null>
  readonly combinations: Map<string, Combination>
  readonly arrivals: Map<LocalDate, Arrival[]>
}

export const initialTimetable = (): TimetableState => ({
  weeks: new Map(),
  groups: new Map(),
  absences: new Map(),
  substitutes: new Map(),
  rooms: new Map(),
  combinations: new Map(),
  arrivals: new Map(),
})

/** Where a lesson stands in the timetable: of a journal, on a date, at a number. Cheaper than its id. */
function placeOf(journal: Uuid, date: LocalDate, number: number): string {
  return `${date}/${number}/${journal}`
}

type Steps = Fold<TimetableState, TimetableEvent>['on']

export const timetableFold: Fold<TimetableState, TimetableEvent> & { readonly on: Required<Steps> } = {
  category: 'timetable',
  initial: initialTimetable,
  on: {
    WeekScheduled: (state, { data }) => {
      state.weeks.set(data.class, withWeek(state.weeks.get(data.class) ?? [], data))
    },
    GroupWeekScheduled: (state, { data }) => {
      const weeks = withWeek(state.groups.get(data.group)?.weeks ?? [], data)
      state.groups.set(data.group, { classes: data.classes, weeks })
    },
    SubstitutionOrdered: (state, { data: { journal, date, number, substitute } }) => {
      state.substitutes.set(placeOf(journal, date, number), substitute)
    },
    SubstitutionWithdrawn: (state, { data: { journal, date, number } }) => {
      state.substitutes.delete(placeOf(journal, date, number))
    },
    LessonTransferred: (state, { data: { journal, classes, date, number, to } }) => {
      const origin = leave(state, journal, date, number)
      // Whoever transfers a lesson that had come from elsewhere leaves nothing behind: it never was of that day.
      if (origin === null) state.absences.set(placeOf(journal, date, number), { kind: 'transferred', to })
      const home = placeOf(journal, to.date, to.number)
      if (state.absences.has(home)) {
        state.absences.delete(home)
        return
      }
      const arrivals = state.arrivals.get(to.date) ?? []
      arrivals.push({
        journal,
        classes,
        number: to.number,
        room: to.room,
        transferredFrom: origin ?? { date, number },
      })
      state.arrivals.set(to.date, arrivals)
    },
    LessonCancelled: (state, { data: { journal, date, number } }) => {
      state.absences.set(placeOf(journal, date, number), { kind: 'cancelled' })
    },
    LessonRestored: (state, { data: { journal, date, number } }) => {
      state.absences.delete(placeOf(journal, date, number))
    },
    RoomChanged: (state, { data: { journal, date, number, room } }) => {
      state.rooms.set(placeOf(journal, date, number), room)
    },
    LessonsCombined: (state, { data: { combination, date, number, teacher, lessons } }) => {
      const journals = lessons.map(({ journal }) => journal)
      for (const journal of journals)
        state.combinations.set(placeOf(journal, date, number), { combination, teacher, journals })
    },
    LessonsSeparated: (state, { data: { date, number, lessons } }) => {
      for (const { journal } of lessons) state.combinations.delete(placeOf(journal, date, number))
    },
  },
}

/** The weeks with one more, in the place of the one of its date. */
function withWeek(weeks: readonly Week[], week: Week): Week[] {
  return [...weeks.filter(({ effectiveFrom }) => effectiveFrom !== week.effectiveFrom), week].toSorted(
    (a, b) => (a.effectiveFrom < b.effectiveFrom ? -1 : 1),
  )
}

/** Takes away a lesson that had been transferred to this place, and says where the week has it; null for one of the week. */
function leave(
  state: TimetableState,
  journal: Uuid,
  date: LocalDate,
  number: number,
): PlannedLesson['transferredFrom'] {
  const arrivals = state.arrivals.get(date) ?? []
  const leaving = arrivals.find((one) => one.journal === journal && one.number === number)
  if (leaving === undefined) return null
  state.arrivals.set(
    date,
    arrivals.filter((one) => one !== leaving),
  )
  return leaving.transferredFrom
}

/** What a class has in its week on a date, and what its groups have that are planned apart. */
function slotsOn({ weeks, groups }: Readonly<TimetableState>, classId: Uuid, date: LocalDate): Slot[] {
  const own = weeks.get(classId)
  const apart = [...groups.values()].filter(({ classes }) => classes.includes(classId))
  const day = weekday(date)
  return [own ?? [], ...apart.map((group) => group.weeks)]
    .flatMap((of) => of.findLast((week) => week.effectiveFrom <= date)?.slots ?? [])
    .filter((slot) => slot.weekday === day)
}

/**
 * The lessons of a class that are given on a date, its groups included: those of the week in force without the
 * cancelled and the transferred ones, and those that came from elsewhere. Holidays are not looked at here.
 */
export function lessonsOn(state: Readonly<TimetableState>, classId: Uuid, date: LocalDate): PlannedLesson[] {
  const lessons: PlannedLesson[] = []
  for (const { journal, number, room } of slotsOn(state, classId, date)) {
    if (state.absences.has(placeOf(journal, date, number))) continue
    lessons.push({ journal, number, room, transferredFrom: null })
  }
  for (const arrival of state.arrivals.get(date) ?? []) {
    const cancelled = state.absences.has(placeOf(arrival.journal, date, arrival.number))
    if (arrival.classes.includes(classId) && !cancelled) lessons.push(arrival)
  }
  return lessons.map((lesson) => {
    const room = state.rooms.get(placeOf(lesson.journal, date, lesson.number))
    return room === undefined ? lesson : { ...lesson, room }
  })
}

/** How many lessons a week a journal has with these classes by the weeks in force on a date; one of several classes is one. */
export function lessonsAWeek(
  { weeks, groups }: Readonly<TimetableState>,
  journal: Uuid,
  classes: readonly Uuid[],
  date: LocalDate,
): number {
  const own = classes.map((id) => weeks.get(id) ?? [])
  const apart = [...groups.values()].filter((group) => group.classes.some((id) => classes.includes(id)))
  const slots = [...own, ...apart.map((group) => group.weeks)]
    .flatMap((of) => of.findLast((week) => week.effectiveFrom <= date)?.slots ?? [])
    .filter((slot) => slot.journal === journal)
  return new Set(slots.map((slot) => `${slot.weekday}/${slot.number}`)).size
}

/** Every lesson of the school on a date at a number, each journal once. */
export function lessonsAt(
  state: Readonly<TimetableState>,
  date: LocalDate,
  number: number,
): Array<PlannedLesson & { readonly class: Uuid }> {
  const found = new Map<Uuid, PlannedLesson & { class: Uuid }>()
  for (const id of classesOfTimetable(state, date)) {
    for (const lesson of lessonsOn(state, id, date)) {
      if (lesson.number === number && !found.has(lesson.journal))
        found.set(lesson.journal, { ...lesson, class: id })
    }
  }
  return [...found.values()]
}

function classesOfTimetable(state: Readonly<TimetableState>, date: LocalDate): Set<Uuid> {
  const arrived = (state.arrivals.get(date) ?? []).flatMap(({ classes }) => classes)
  const ofGroups = [...state.groups.values()].flatMap(({ classes }) => classes)
  return new Set([...state.weeks.keys(), ...ofGroups, ...arrived])
}

/** Why a lesson is not given at this place; undefined where nothing took it away. */
export function absenceOf(
  state: Readonly<TimetableState>,
  journal: Uuid,
  date: LocalDate,
  number: number,
): Absence | undefined {
  return state.absences.get(placeOf(journal, date, number))
}

/** The cancelled lessons between two dates, both included. */
export function cancelledBetween(
  state: Readonly<TimetableState>,
  from: LocalDate,
  until: LocalDate,
): readonly AbsentLesson[] {
  return absencesOf(state).filter(
    ({ date, absence }) => absence.kind === 'cancelled' && from <= date && date <= until,
  )
}

/** A lesson that is not given at its place, with why. */
export interface AbsentLesson {
  readonly journal: Uuid
  readonly date: LocalDate
  readonly number: number
  readonly absence: Absence
}

/** Every lesson that something took away from its place. */
export function absencesOf({ absences }: Readonly<TimetableState>): readonly AbsentLesson[] {
  return [...absences].map(([place, absence]) => {
    const [date, number, journal] = place.split('/') as [LocalDate, string, Uuid]
    return { journal, date, number: Number(number), absence }
  })
}

/** Where a lesson of the week is given in the place of its own; undefined where nowhere. */
export function arrivedAt(
  { arrivals }: Readonly<TimetableState>,
  journal: Uuid,
  from: { readonly date: LocalDate; readonly number: number },
): { readonly date: LocalDate; readonly number: number } | undefined {
  for (const [date, some] of arrivals) {
    const here = some.find(
      ({ journal: of, transferredFrom: origin }) =>
        of === journal && origin?.date === from.date && origin.number === from.number,
    )
    if (here !== undefined) return { date, number: here.number }
  }
  return undefined
}

/** Who gives a lesson in the place of its teachers, by an order of the administration. */
export function substituteOf(
  state: Readonly<TimetableState>,
  journal: Uuid,
  date: LocalDate,
  number: number,
): Uuid | undefined {
  return state.substitutes.get(placeOf(journal, date, number))
}

/** The lessons with which this one is given together, and by whom. */
export function combinationOf(
  state: Readonly<TimetableState>,
  journal: Uuid,
  date: LocalDate,
  number: number,
): Combination | undefined {
  return state.combinations.get(placeOf(journal, date, number))
}

/** Whether somebody gives lessons of a journal between two dates by an order: as substitute, or together with others. */
export function givesByOrder(
  state: Readonly<TimetableState>,
  journal: Uuid,
  staff: Uuid,
  from: LocalDate,
  until: LocalDate,
): boolean {
  const within = (place: string) =>
    place.endsWith(`/${journal}`) && from <= place.slice(0, 10) && place.slice(0, 10) <= until
  for (const [place, substitute] of state.substitutes) if (substitute === staff && within(place)) return true
  for (const [place, { teacher }] of state.combinations) if (teacher === staff && within(place)) return true
  return false
}
