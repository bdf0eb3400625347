import type { LocalDate } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import type { Actor } from './command.ts'
import { type Refusal, refuse } from './refusal.ts'
import { classOf, leadsClass, type RosterState } from './roster/state.ts'
import { type FamilyState, represents } from './family/state.ts'

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
