import type { FamilyEvent } from '#events/family.ts'
import type { ConsentScope } from '#values/consent.ts'
import { STARTING_POLICY } from '#values/policy.ts'
import type { LocalDate } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import type { Fold } from '../fold.ts'
import { type PolicyState, policyOn } from '../policy/state.ts'
import { type Refusal, refuse } from '../refusal.ts'

interface Representation {
  readonly kinship: string
  readonly from: LocalDate
  readonly until: LocalDate | null
}

/** The decision of a representative that stands; `scope` is what it lets be delivered. */
export interface ConsentDecision {
  readonly decision: 'given' | 'refused' | 'withdrawn'
  readonly scope: readonly ConsentScope[]
  readonly date: LocalDate
}

/** The representatives of one pupil. */
export interface FamilyState {
  readonly representatives: Map<Uuid, Representation>
  /** By representative; whoever has not decided is not there. */
  readonly consents: Map<Uuid, ConsentDecision>
}

export const familyFold: Fold<FamilyState, FamilyEvent> = {
  category: 'family',
  initial: () => ({ representatives: new Map(), consents: new Map() }),
  on: {
    RepresentativeRegistered: (state, { data }) => {
      state.representatives.set(data.representative, {
        kinship: data.kinship,
        from: data.from,
        until: null,
      })
      // Whoever comes back decides anew.
      state.consents.delete(data.representative)
    },
    RepresentativeNameCorrected: () => {},
    RepresentationEnded: (state, { data }) => {
      const known = state.representatives.get(data.representative)
      if (known !== undefined) state.representatives.set(data.representative, { ...known, until: data.from })
    },
    ConsentGiven: (state, { data: { representative, scope, date } }) => {
      state.consents.set(representative, { decision: 'given', scope, date })
    },
    ConsentRefused: (state, { data: { representative, date } }) => {
      state.consents.set(representative, { decision: 'refused', scope: [], date })
    },
    ConsentWithdrawn: (state, { data: { representative, date } }) => {
      state.consents.set(representative, { decision: 'withdrawn', scope: [], date })
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

/**
 * Whether results of a child may be delivered to a representative in electronic form: by what he decided, and
 * where he has decided nothing by the rules of the school. Who represents the child is another question.
 */
export function consentsTo(
  family: Readonly<FamilyState>,
  policy: Readonly<PolicyState>,
  representative: Uuid,
  date: LocalDate,
  what: ConsentScope,
): boolean {
  const decided = family.consents.get(representative)
  if (decided !== undefined) return decided.scope.includes(what)
  return (policyOn(policy, date) ?? STARTING_POLICY).consents === 'refusals'
}

/**
 * Whether the diary of a child is closed to somebody as its representative: he is none, or does not consent. Then he is told
 * what he decided, and that the same is given to him on paper.
 */
export function diaryClosedTo(
  family: Readonly<FamilyState>,
  policy: Readonly<PolicyState>,
  pupil: Uuid,
  person: Uuid,
  date: LocalDate,
): Refusal | null {
  if (!represents(family, person, date)) return refuse('diary-not-yours', { pupil })
  if (consentsTo(family, policy, person, date, 'diary')) return null
  const decision = family.consents.get(person)?.decision ?? null
  return refuse('consent-missing', { pupil, decision, onPaper: 'issue-pupil-extract' })
}
