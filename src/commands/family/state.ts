import type { FamilyEvent } from '#events/family.ts'
import type { LocalDate } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import type { Fold } from '../fold.ts'

interface Representation {
  readonly kinship: string
  readonly from: LocalDate
  readonly until: LocalDate | null
}

/** The representatives of one pupil. */
export interface FamilyState {
  readonly representatives: Map<Uuid, Representation>
}

export const familyFold: Fold<FamilyState, FamilyEvent> = {
  category: 'family',
  initial: () => ({ representatives: new Map() }),
  on: {
    RepresentativeRegistered: (state, { data }) => {
      state.representatives.set(data.representative, {
        kinship: data.kinship,
        from: data.from,
        until: null,
      })
    },
    RepresentativeNameCorrected: () => {},
    RepresentationEnded: (state, { data }) => {
      const known = state.representatives.get(data.representative)
      if (known !== undefined) state.representatives.set(data.representative, { ...known, until: data.from })
    },
  },
}

export function represents(family: Readonly<FamilyState>, person: Uuid, date: LocalDate): boolean {
  const representative = family.representatives.get(person)
  if (representative === undefined) return false
  const { from, until } = representative
  return from <= date && (until === null || date < until)
}

/** Whether a representation that was registered is over by a date. */
export function hasEnded(family: Readonly<FamilyState>, person: Uuid, date: LocalDate): boolean {
  const until = family.representatives.get(person)?.until ?? null
  return until !== null && until <= date
}
