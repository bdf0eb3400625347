import type { FamilyEvent } from '#events/family.ts'
import type { LocalDate } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import type { Fold } from '../fold.ts'

/** The representatives of one pupil. */
export interface FamilyState {
  readonly representatives: Map<Uuid, { readonly from: LocalDate }>
}

export const familyFold: Fold<FamilyState, FamilyEvent> = {
  category: 'family',
  initial: () => ({ representatives: new Map() }),
  on: {
    RepresentativeRegistered: (state, { data }) => {
      state.representatives.set(data.representative, { from: data.from })
    },
  },
}

export function represents(family: Readonly<FamilyState>, person: Uuid, date: LocalDate): boolean {
  const representative = family.representatives.get(person)
  return representative !== undefined && representative.from <= date
}
