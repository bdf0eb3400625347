import type { Uuid } from '#values/uuid.ts'
import { type Refusal, refuse } from '../refusal.ts'
import type { Incident, SuspectOperation } from './state.ts'

/** The named suspect operations that nobody has settled yet, with what followed from them. */
export function openAmong(
  { suspects, declared }: Incident,
  operations: readonly Uuid[],
): readonly SuspectOperation[] | Refusal {
  if (declared === null) return refuse('compromise-not-declared')
  const unknown = operations.find((operation) => !suspects.has(operation))
  if (unknown !== undefined) return refuse('operation-not-suspect', { operation: unknown })
  const named = new Set<Uuid>(operations)
  // In the order of the list a cause stands before what followed from it.
  for (const { operation, cause } of suspects.values()) {
    if (cause !== null && named.has(cause)) named.add(operation)
  }
  const found = [...suspects.values()].filter(({ operation }) => named.has(operation))
  const settled = found.find(({ operation, state }) => state !== 'open' && operations.includes(operation))
  if (settled !== undefined) {
    const { operation, state } = settled
    return refuse('operation-settled', { operation, state, at: settled.settled?.at })
  }
  return found.filter(({ state }) => state === 'open')
}
