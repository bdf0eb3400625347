import type { PrivacyEvent } from '#events/privacy.ts'
import type { Order } from '#events/roster.ts'
import type { Purpose } from '#values/personal-text.ts'
import type { Instant } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import type { Fold } from '../fold.ts'

/** Who did something of an erasure, when, and by which event that is on record. */
export interface ErasureStep {
  readonly event: Uuid
  readonly account: Uuid
  readonly at: Instant
}

/** A destruction that is under way; `destroyAt` is null while nobody has confirmed it. */
interface Destruction {
  readonly purposes: readonly Purpose[]
  readonly order: Order
  /** The account that asked for it. */
  readonly by: Uuid
  readonly requested: ErasureStep
  readonly confirmed: ErasureStep | null
  readonly destroyAt: Instant | null
}

/** A destruction that was carried out. */
export interface DoneErasure extends Pick<Destruction, 'purposes' | 'order' | 'requested' | 'confirmed'> {
  readonly destroyed: ErasureStep
  readonly keys: number
}

/** What becomes of the keys of one person. */
export interface PrivacyState {
  underWay: Destruction | null
  readonly destroyed: Set<Purpose>
  /** The first one first. */
  readonly done: DoneErasure[]
}

export const privacyFold: Fold<PrivacyState, PrivacyEvent> = {
  category: 'privacy',
  initial: () => ({ underWay: null, destroyed: new Set(), done: [] }),
  on: {
    PersonKeyDestructionRequested: (state, event) => {
      const { purposes, order } = event.data
      const by = event.meta.by
      state.underWay = { purposes, order, by, requested: stepOf(event), confirmed: null, destroyAt: null }
    },
    PersonKeyDestructionConfirmed: (state, event) => {
      if (state.underWay === null) return
      state.underWay = { ...state.underWay, confirmed: stepOf(event), destroyAt: event.data.destroyAt }
    },
    PersonKeyDestructionCancelled: (state) => {
      state.underWay = null
    },
    PersonKeyDestroyed: (state, event) => {
      const { purposes, keys } = event.data
      if (state.underWay !== null) {
        const { order, requested, confirmed } = state.underWay
        state.done.push({
          purposes,
          order,
          requested,
          confirmed,
          destroyed: stepOf(event),
          keys: keys.length,
        })
      }
      state.underWay = null
      for (const purpose of purposes) state.destroyed.add(purpose)
    },
  },
}

function stepOf({
  id: event,
  meta: { by: account, at },
}: {
  readonly id: Uuid
  readonly meta: { readonly by: Uuid; readonly at: Instant }
}): ErasureStep {
  return { event, account, at }
}
