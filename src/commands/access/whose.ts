import { dateAt } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import type { Given } from '../command.ts'
import { represents } from '../family/state.ts'
import { type Refusal, refuse } from '../refusal.ts'
import { classOf, leadsClass } from '../roster/state.ts'
import { DEFAULT_ZONE } from '../school-year/state.ts'
import type { AccessState } from './state.ts'

type OfAccount = Given<{ account: Uuid }, AccessState, never>

export function mayOnOwn({ input, actor }: Pick<OfAccount, 'input' | 'actor'>): Refusal | null {
  return input.account === actor.account ? null : refuse('account-not-own', { account: input.account })
}

/**
 * A class teacher cares for the access of the pupils of the own class and of their representatives, and of nobody else
 * (R-7B.1). Without a `pupil` the account is the pupil's own.
 */
export function mayForClass({
  input,
  actor,
  state,
  references: { roster, family },
  now,
}: Given<{ account: Uuid; pupil?: Uuid | undefined }, AccessState, 'roster' | 'family'>): Refusal | null {
  if (actor.role !== 'class-teacher') return null
  const today = dateAt(now, DEFAULT_ZONE)
  const pupil = input.pupil ?? state.person
  const unit = pupil === null ? undefined : classOf(roster, pupil, today)
  const led = unit !== undefined && leadsClass(roster, actor.person, unit, today)
  const related = state.person !== null && (state.person === pupil || represents(family, state.person, today))
  return led && related ? null : refuse('account-not-of-class', { account: input.account })
}
