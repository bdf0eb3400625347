import type { RosterEvent } from '#events/roster.ts'
import type { Matter } from '#values/competence.ts'
import { dateAt, type LocalDate } from '#values/time.ts'
import type { SchoolYear } from '#values/school.ts'
import type { Uuid } from '#values/uuid.ts'
import type { Given } from '../command.ts'
import { type Refusal, refuse } from '../refusal.ts'
import { DEFAULT_ZONE } from '../school-year/state.ts'
import { classOf, hasLeft, leadsClass, type RosterState } from './state.ts'

/**
 * A class teacher keeps the lists of the class that this person leads, and no other (R-7B.8).
 *
 * What counts is the later of today and the day from which the change is in force: the lists of September may be
 * made in August, and nobody whose right has ended writes into the days in which it lasted.
 */
export function mayKeepLists(
  { actor, state, references, now }: Given<unknown, RosterState, 'schoolYear'>,
  classes: readonly Uuid[],
  from: LocalDate,
): Refusal | null {
  if (actor.role !== 'class-teacher') return null
  const today = dateAt(now, references.schoolYear.year?.zone ?? DEFAULT_ZONE)
  const date = from > today ? from : today
  const foreign = classes.filter((id) => !leadsClass(state, actor.person, id, date))
  return foreign.length === 0 ? null : refuse('class-not-led', { classes: foreign, date })
}

/** What lists of classes are about: their grades, and no subject. */
export function ofClasses({ classes }: Readonly<RosterState>, ids: readonly Uuid[]): Matter {
  const grades = ids.map((id) => classes.get(id)?.grade).filter((grade) => grade !== undefined)
  return { grades: grades.length === ids.length ? grades : [], subject: null }
}

/** What a pupil is about: the grade of the class on a date; null of whoever is in none. */
export function ofPupil(state: Readonly<RosterState>, pupil: Uuid, date: LocalDate): Matter | null {
  const id = classOf(state, pupil, date)
  return id === undefined ? null : ofClasses(state, [id])
}

export function yearOfClass(
  input: { class: Uuid },
  { classes }: Readonly<RosterState>,
): SchoolYear | Refusal {
  return classes.get(input.class)?.year ?? refuse('class-unknown', { class: input.class })
}

export function yearOfGroup(input: { group: Uuid }, { groups }: Readonly<RosterState>): SchoolYear | Refusal {
  return groups.get(input.group)?.year ?? refuse('group-unknown', { group: input.group })
}

/** Refuses those whom the school does not know, those who have left it by a date, and those who are named twice. */
export function checkPupils(
  { pupils }: Readonly<RosterState>,
  named: readonly Uuid[],
  date: LocalDate,
): Refusal | null {
  const repeated = named.find((pupil, i) => named.indexOf(pupil) !== i)
  if (repeated !== undefined) return refuse('pupil-repeated', { pupil: repeated })
  const unknown = named.find((pupil) => !pupils.has(pupil))
  if (unknown !== undefined) return refuse('pupil-unknown', { pupil: unknown })
  const gone = named.find((pupil) => hasLeft(pupils, pupil, date))
  return gone === undefined
    ? null
    : refuse('pupil-released', { pupil: gone, from: pupils.get(gone)!.until, date })
}

/**
 * Whoever leaves a class leaves its groups on the same day, but those that take pupils of the class to which this one
 * goes: a stream of both classes goes on with him.
 */
export function leavingsOfGroups(
  { groups }: Readonly<RosterState>,
  pupil: Uuid,
  from: LocalDate,
  left: Uuid,
  entered?: Uuid,
): RosterEvent[] {
  return [...groups]
    .filter(
      ([, { classes, members }]) =>
        classes.includes(left) &&
        (entered === undefined || !classes.includes(entered)) &&
        members.some((member) => member.pupil === pupil && member.until === null),
    )
    .map(([group]) => ({ type: 'PupilLeftGroup', data: { group, pupil, from } }))
}
