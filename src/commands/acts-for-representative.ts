import type { LocalDate } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import type { Actor } from './command.ts'
import { type Refusal, refuse } from './refusal.ts'
import { classOf, leadsClass, type RosterState } from './roster/state.ts'
import { type FamilyState, represents } from './family/state.ts'

/**
 * How and on which day a representative said something: in the cabinet today, or on a paper that the class teacher has, with
 * its date.
 *
 * @param missing what a class teacher is told who names no date
 */
export function saidOn(
  { role }: Pick<Actor, 'role'>,
  given: LocalDate | undefined,
  missing: Refusal,
  today: LocalDate,
): { readonly form: 'written' | 'electronic'; readonly date: LocalDate } | Refusal {
  if (role !== 'class-teacher') return { form: 'electronic', date: today }
  if (given === undefined) return missing
  return given > today
    ? refuse('document-of-future', { date: given, today })
    : { form: 'written', date: given }
}

/**
 * A parent acts for himself as a representative of the pupil; a class teacher, from paper, for the representatives of the
 * pupils of the own class (DOMAIN.md B.2, rows 24 and 26).
 */
export function mayActForRepresentative(
  actor: Pick<Actor, 'role' | 'person'>,
  { pupil, representative }: { readonly pupil: Uuid; readonly representative: Uuid },
  family: Readonly<FamilyState>,
  roster: Readonly<RosterState>,
  today: LocalDate,
): Refusal | null {
  if (actor.role === 'parent') {
    const own = actor.person === representative && represents(family, representative, today)
    return own ? null : refuse('diary-not-yours', { pupil })
  }
  const led = classOf(roster, pupil, today)
  if (led === undefined || !leadsClass(roster, actor.person, led, today))
    return refuse('class-not-led', { pupil, class: led, date: today })
  return represents(family, representative, today)
    ? null
    : refuse('representative-unknown', { representative })
}
