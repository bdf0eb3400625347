import type { Matter } from '#values/competence.ts'
import { dateAt, type Instant, type LocalDate } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import type { Given } from '../command.ts'
import { type Refusal, refuse } from '../refusal.ts'
import { classOf, leadsClass } from '../roster/state.ts'
import { DEFAULT_ZONE } from '../school-year/state.ts'
import type { FamilyState } from './state.ts'

/** `from` is the day from which the change is in force, where it has one. */
type OfFamily = Given<{ pupil: Uuid; from?: LocalDate }, FamilyState, 'roster'>

// A family belongs to no school year whose zone could be asked.
const todayOf = (now: Instant): LocalDate => dateAt(now, DEFAULT_ZONE)

/** What a family is about: the grade in which the pupil learns from that day; null of whoever is in no class. */
export function matterOfFamily({ input, references: { roster }, now }: OfFamily): Matter | null {
  const id = classOf(roster, input.pupil, input.from ?? todayOf(now))
  const grade = id === undefined ? undefined : roster.classes.get(id)?.grade
  return grade === undefined ? null : { grades: [grade], subject: null }
}

/**
 * A class teacher keeps the families of the class that this person leads, and no other (R-7B.8), counted on the later of
 * today and the day from which the change is in force.
 */
export function mayKeepFamily({ actor, input, references: { roster }, now }: OfFamily): Refusal | null {
  if (actor.role !== 'class-teacher') return null
  const today = todayOf(now)
  const date = input.from !== undefined && input.from > today ? input.from : today
  const own = classOf(roster, input.pupil, date)
  const leads = own !== undefined && leadsClass(roster, actor.person, own, date)
  return leads ? null : refuse('class-not-led', { pupil: input.pupil, class: own, date })
}
