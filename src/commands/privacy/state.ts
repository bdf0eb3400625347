import type { PrivacyEvent } from '#events/privacy.ts'
import type { Purpose } from '#values/personal-text.ts'
import type { Instant } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import type { Fold } from '../fold.ts'

/** A destruction that is under way; `destroyAt` is null while nobody has confirmed it. */
interface Destruction {
  readonly purposes: readonly Purpose[]
  /** The account that asked for it. */
  readonly by: Uuid
  readonly destroyAt: Instant | null
}

/** What becomes of the keys of one person. */
export interface PrivacyState {
  underWay: Destruction | null
  readonly destroyed: Set<Purpose>
}

export const privacyFold: Fold<PrivacyState, PrivacyEvent> = {
  category: 'privacy',
  initial: () => ({ underWay: null, destroyed: new Set() }),
  on: {
    PersonKeyDestructionRequested: (state, { data, meta }) => {
      const { purposes } = data
      state.underWay = { purposes, by: meta.by, destroyAt: null }
    },
    PersonKeyDestructionConfirmed: (state, { data }) => {
      if (state.underWay !== null) state.underWay = { ...state.underWay, destroyAt: data.destroyAt }
    },
    PersonKeyDestructionCancelled: (state) => {
      state.underWay = null
    },
    PersonKeyDestroyed: (state, { data }) => {
      state.underWay = null
      for (const purpose of data.purposes) state.destroyed.add(purpose)
    },
  },
}
