import type { z } from 'zod'
import type { Slot } from '#events/timetable.ts'
import type { LocalDate } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import { type Refusal, refuse } from '../refusal.ts'
import { isMember, type LearnersOf, membershipsOf, type RosterState } from '../roster/state.ts'
import { type JournalState, teaches, type TeachingLoadState } from '../teaching-load/state.ts'
import type { TimetableState, Week } from './state.ts'

type Slots = ReadonlyArray<z.output<typeof Slot>>

/** A week that is to be set: of a class, or of a group that is planned apart from its classes. */
export interface NewWeek {
  readonly unit: Uuid
  readonly effectiveFrom: LocalDate
  readonly slots: Slots
}

type Taken = Slots[number] & { readonly unit: Uuid }

/** At one lesson a class has one journal, or is divided into groups that have one each. */
export function classInTwoPlaces(slots: Slots, { journals }: Readonly<TeachingLoadState>): Refusal | null {
  for (const [i, { weekday, number, journal }] of slots.entries()) {
    const other = slots.slice(0, i).find((slot) => slot.weekday === weekday && slot.number === number)
    if (other === undefined) continue
    const divided = [journal, other.journal].every((id) => journals.get(id)?.learners.kind === 'group')
    const twice = slots
      .slice(0, i)
      .some((slot) => slot.weekday === weekday && slot.number === number && slot.journal === journal)
    if (!divided || twice)
      return refuse('slot-conflict', { weekday, number, journals: [other.journal, journal] })
  }
  return null
}

/**
 * A teacher gives one lesson at a time. The same journal in the weeks of two classes is one lesson of a group of
 * both. Compared is every week that will be in force together with this one.
 */
export function teacherInTwoPlaces(
  week: NewWeek,
  state: Readonly<TimetableState>,
  { journals }: Readonly<TeachingLoadState>,
): Refusal | null {
  for (const { date, taken } of together(week, state)) {
    for (const [i, { weekday, number, journal }] of week.slots.entries()) {
      const before = week.slots.slice(0, i).map((slot) => ({ ...slot, unit: week.unit }))
      const elsewhere = [...before, ...taken].filter(
        (slot) => slot.weekday === weekday && slot.number === number && slot.journal !== journal,
      )
      for (const slot of elsewhere) {
        const staff = sharedTeacher(journals.get(journal), journals.get(slot.journal), date)
        if (staff !== undefined) {
          const where = { class: slot.unit, journal: slot.journal }
          return refuse('slot-conflict', { weekday, number, journal, teacher: staff, also: where, date })
        }
      }
    }
  }
  return null
}

/**
 * A pupil learns in one place at a time: a group that is planned apart has no lesson while its pupils have one with their
 * class or in another group. Only whoever learns by a plan of his own leaves the lesson of his class for it.
 */
export function pupilInTwoPlaces(
  week: NewWeek,
  state: Readonly<TimetableState>,
  { journals }: Readonly<TeachingLoadState>,
  roster: Readonly<RosterState>,
): Refusal | null {
  const apart = (unit: Uuid) => roster.groups.has(unit)
  for (const { date, taken } of together(week, state)) {
    for (const { weekday, number, journal } of week.slots) {
      const others = taken.filter(
        (slot) =>
          slot.weekday === weekday && slot.number === number && (apart(week.unit) || apart(slot.unit)),
      )
      for (const slot of others) {
        const [own, other] = [journals.get(journal), journals.get(slot.journal)]
        if (own === undefined || other === undefined) continue
        if (shareLearners(roster, own.learners, other.learners, date)) {
          const where = { class: slot.unit, journal: slot.journal }
          return refuse('slot-conflict', { weekday, number, journal, also: where, date })
        }
      }
    }
  }
  return null
}

/** What the other classes and groups have, at each date on which something changes while this week is in force. */
function together(
  { unit, effectiveFrom }: NewWeek,
  { weeks, groups }: Readonly<TimetableState>,
): Array<{ readonly date: LocalDate; readonly taken: readonly Taken[] }> {
  const all = new Map<Uuid, readonly Week[]>([
    ...weeks,
    ...[...groups].map(([group, { weeks: own }]) => [group, own] as const),
  ])
  const end = all.get(unit)?.find((week) => week.effectiveFrom > effectiveFrom)?.effectiveFrom
  all.delete(unit)
  const beginnings = [...all.values()].flatMap((of) => of.map((week) => week.effectiveFrom))
  const dates = beginnings.filter((from) => from > effectiveFrom && (end === undefined || from < end))
  return [...new Set([effectiveFrom, ...dates])].map((date) => ({
    date,
    taken: [...all].flatMap(([other, of]) =>
      (of.findLast((week) => week.effectiveFrom <= date)?.slots ?? []).map((slot) => ({
        ...slot,
        unit: other,
      })),
    ),
  }))
}

function sharedTeacher(
  a: JournalState | undefined,
  b: JournalState | undefined,
  date: LocalDate,
): Uuid | undefined {
  return a?.assignments.find(({ staff }) => teaches(a, staff, date) && teaches(b, staff, date))?.staff
}

function shareLearners(
  roster: Readonly<RosterState>,
  a: LearnersOf,
  b: LearnersOf,
  date: LocalDate,
): boolean {
  if (leavesClass(roster, a, b) || leavesClass(roster, b, a)) return false
  const [ofA, ofB] = [a, b].map((of) =>
    membershipsOf(roster, of).filter(({ pupil }) => isMember(membershipsOf(roster, of), pupil, date)),
  )
  // Before anybody is in a group, its classes say whom it will take.
  if (ofA!.length === 0 || ofB!.length === 0) return ofOneClass(roster, a, b) || ofOneClass(roster, b, a)
  return ofA!.some(({ pupil }) => ofB!.some((other) => other.pupil === pupil))
}

const leavesClass = (roster: Readonly<RosterState>, a: LearnersOf, b: LearnersOf): boolean =>
  a.kind === 'group' && b.kind === 'class' && roster.groups.get(a.group)?.kind === 'individual-plan'

const ofOneClass = (roster: Readonly<RosterState>, a: LearnersOf, b: LearnersOf): boolean =>
  a.kind === 'group' && b.kind === 'class' && roster.groups.get(a.group)?.classes.includes(b.class) === true
