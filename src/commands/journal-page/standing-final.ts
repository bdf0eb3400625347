import { FinalKind } from '#events/journal-page.ts'
import type { Policy } from '#values/policy.ts'
import { Uuid } from '#values/uuid.ts'
import type { Given } from '../command.ts'
import { isRefusal, type Refusal, refuse } from '../refusal.ts'
import { endAndPolicy, kindHere } from './finals.ts'
import { onPage, type PAGE_NEEDS } from './ground.ts'
import type { Concern } from './period-lock.ts'
import { type FinalState, finalKey, type JournalPageState } from './state.ts'

/** A final as a correction names it. */
export const onFinal = {
  ...onPage,
  pupil: Uuid,
  kind: FinalKind.optional().describe('По умолчанию — за период, а на странице года — годовая'),
}

interface Named {
  readonly pupil: Uuid
  readonly kind?: FinalKind | undefined
}
type OnFinal = Given<Named, JournalPageState, (typeof PAGE_NEEDS)[number]>

/** The final of which a command speaks, with the rules of the last day of its period. */
export function finalOf(given: OnFinal): { final: FinalState; policy: Policy } | Refusal {
  const { pupil } = given.input
  const kind = kindHere(given, given.input.kind)
  if (isRefusal(kind)) return kind
  const final = given.state.finals.get(finalKey(pupil, kind))
  if (final === undefined) return refuse('final-unknown', { pupil, kind })
  const found = endAndPolicy(given)
  return isRefusal(found) ? found : { final, policy: found.policy }
}

/** What stands is no longer postponed: after the closing it is corrected by a reopening alone. */
export function ofFinal({ input }: OnFinal): Concern {
  return { pupils: [input.pupil], postponed: null }
}
