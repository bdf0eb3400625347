import type { z } from 'zod'
import type {
  GroupKind as GroupKindSchema,
  PromotionDecision as PromotionDecisionSchema,
  RosterEvent,
} from '#events/roster.ts'
import type { SchoolYear } from '#values/school.ts'
import type { LocalDate } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import type { Fold } from '../fold.ts'

type GroupKind = z.infer<typeof GroupKindSchema>
type PromotionDecision = z.infer<typeof PromotionDecisionSchema>

/** A pupil's time in a class or group: from the first day, to the day before `until`; null is open. */
export interface Membership {
  readonly pupil: Uuid
  readonly from: LocalDate
  until: LocalDate | null
}

/** A time at the school: from the first day, to the day before `until`; null is open. */
interface Time {
  readonly from: LocalDate
  readonly until: LocalDate | null
}

interface ClassState {
  readonly year: SchoolYear
  readonly grade: number
  readonly name: string
  readonly members: Membership[]
  readonly teachers: Array<{ readonly staff: Uuid; readonly from: LocalDate }>
  /** The times in which the electronic journal of the class is kept as a pilot (R-T4). */
  pilots: readonly Time[]
}

interface GroupState {
  readonly kind: GroupKind
  readonly year: SchoolYear
  readonly name: string
  readonly classes: readonly Uuid[]
  readonly members: Membership[]
}

export interface RosterState {
  readonly pupils: Map<Uuid, Time>
  readonly staff: Map<Uuid, Time>
  readonly classes: Map<Uuid, ClassState>
  readonly groups: Map<Uuid, GroupState>
  /** What was decided at the end of the year, by {@link promotionKey}. */
  readonly promotions: Map<string, PromotionDecision>
}

export function promotionKey(of: Uuid, pupil: Uuid): string {
  return `${of}/${pupil}`
}

export const rosterFold: Fold<RosterState, RosterEvent> = {
  category: 'roster',
  initial: () => ({
    pupils: new Map(),
    staff: new Map(),
    classes: new Map(),
    groups: new Map(),
    promotions: new Map(),
  }),
  on: {
    PupilEnrolled: (state, { data }) => {
      state.pupils.set(data.pupil, { from: data.from, until: null })
    },
    PupilReleased: (state, { data }) => {
      end(state.pupils, data.pupil, data.from)
    },
    StaffHired: (state, { data }) => {
      state.staff.set(data.staff, { from: data.from, until: null })
    },
    StaffReleased: (state, { data }) => {
      end(state.staff, data.staff, data.from)
    },
    ClassFormed: (state, { data }) => {
      state.classes.set(data.class, { ...data, members: [], teachers: [], pilots: [] })
    },
    PupilPlacedInClass: (state, { data }) => {
      state.classes.get(data.class)?.members.push({ pupil: data.pupil, from: data.from, until: null })
    },
    PupilRemovedFromClass: (state, { data }) => {
      leave(state.classes.get(data.class)?.members, data.pupil, data.from)
    },
    ClassTeacherAppointed: (state, { data }) => {
      state.classes.get(data.class)?.teachers.push(data)
    },
    PilotDeclared: (state, { data: { class: id, from, until } }) => {
      const known = state.classes.get(id)
      if (known) known.pilots = [...known.pilots, { from, until }]
    },
    PilotEnded: (state, { data: { class: id, from, until } }) => {
      const known = state.classes.get(id)
      if (!known) return
      const pilots = known.pilots.map((time) => (time.from === from ? { from, until } : time))
      known.pilots = pilots.filter((time) => time.until === null || time.from < time.until)
    },
    PromotionDecided: (state, { data }) => {
      state.promotions.set(promotionKey(data.class, data.pupil), data.decision)
    },
    GroupFormed: (state, { data }) => {
      state.groups.set(data.group, { ...data, members: [] })
    },
    PupilJoinedGroup: (state, { data }) => {
      state.groups.get(data.group)?.members.push({ pupil: data.pupil, from: data.from, until: null })
    },
    PupilLeftGroup: (state, { data }) => {
      leave(state.groups.get(data.group)?.members, data.pupil, data.from)
    },
  },
}

function end(times: Map<Uuid, Time>, person: Uuid, until: LocalDate): void {
  const time = times.get(person)
  if (time !== undefined) times.set(person, { ...time, until })
}

/** Whether somebody who is known to the school has left it by a date. */
export function hasLeft(times: ReadonlyMap<Uuid, Time>, person: Uuid, date: LocalDate): boolean {
  const until = times.get(person)?.until ?? null
  return until !== null && until <= date
}

/** Whether the electronic journal of a class is a pilot on a date (R-T4). */
export function isPilot(roster: Readonly<RosterState>, classId: Uuid, date: LocalDate): boolean {
  const pilots = roster.classes.get(classId)?.pilots ?? []
  return pilots.some(({ from, until }) => from <= date && (until === null || date < until))
}

function leave(members: Membership[] | undefined, pupil: Uuid, from: LocalDate): void {
  const open = members?.findLast((member) => member.pupil === pupil && member.until === null)
  if (open !== undefined) open.until = from
}

/** Who learns in a journal: a class or a group. */
export type LearnersOf =
  | { readonly kind: 'class'; readonly class: Uuid }
  | { readonly kind: 'group'; readonly group: Uuid }

export function membershipsOf(roster: Readonly<RosterState>, learners: LearnersOf): readonly Membership[] {
  const unit =
    learners.kind === 'class' ? roster.classes.get(learners.class) : roster.groups.get(learners.group)
  return unit?.members ?? []
}

export function isMember(members: readonly Membership[], pupil: Uuid, date: LocalDate): boolean {
  return members.some((m) => m.pupil === pupil && m.from <= date && (m.until === null || date < m.until))
}

/** The time that has not ended by `date`: a pupil is a member on that day, or will be later. */
export function lastingMembership(
  members: readonly Membership[],
  pupil: Uuid,
  date: LocalDate,
): Membership | undefined {
  return members.find((m) => m.pupil === pupil && (m.until === null || date < m.until))
}

/** The time that a leaving from `date` would end: it is open and has begun before. */
export function endableMembership(
  members: readonly Membership[],
  pupil: Uuid,
  date: LocalDate,
): Membership | undefined {
  const open = members.findLast((m) => m.pupil === pupil && m.until === null)
  return open !== undefined && open.from < date ? open : undefined
}

/** The classes whose pupils learn together: one, or those of a group. */
export function classesOf(roster: Readonly<RosterState>, learners: LearnersOf): readonly Uuid[] {
  return learners.kind === 'class' ? [learners.class] : (roster.groups.get(learners.group)?.classes ?? [])
}

export function gradesOf(roster: Readonly<RosterState>, learners: LearnersOf): number[] {
  const grades = classesOf(roster, learners).map((id) => roster.classes.get(id)?.grade)
  return [...new Set(grades.filter((grade) => grade !== undefined))]
}

/** Whether `staff` is the class teacher of a class on a date: the last one appointed by then is. */
export function leadsClass(
  roster: Readonly<RosterState>,
  staff: Uuid,
  classId: Uuid,
  date: LocalDate,
): boolean {
  return roster.classes.get(classId)?.teachers.findLast((teacher) => teacher.from <= date)?.staff === staff
}

/** Through which of the classes of a group a pupil may be in it on a date. */
export function classOfGroup(
  roster: Readonly<RosterState>,
  group: Uuid,
  pupil: Uuid,
  date: LocalDate,
): Uuid | undefined {
  return roster.groups
    .get(group)
    ?.classes.find((id) => isMember(roster.classes.get(id)?.members ?? [], pupil, date))
}

/**
 * The class of a pupil on a date. Nobody is taken out of a class because its year is over: of the classes of
 * several years the latest is meant.
 */
export function classOf(roster: Readonly<RosterState>, pupil: Uuid, date: LocalDate): Uuid | undefined {
  let found: { id: Uuid; year: SchoolYear } | undefined
  for (const [id, { members, year }] of roster.classes) {
    if (isMember(members, pupil, date) && (found === undefined || year > found.year)) found = { id, year }
  }
  return found?.id
}
