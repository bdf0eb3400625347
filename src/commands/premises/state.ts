import type { PremisesEvent } from '#events/premises.ts'
import type { LocalDate } from '#values/time.ts'
import type { Fold } from '../fold.ts'

export interface PremisesState {
  /** The first day on which a room cannot be used any more; null is open. */
  readonly rooms: Map<string, { readonly until: LocalDate | null }>
}

export const premisesFold: Fold<PremisesState, PremisesEvent> = {
  category: 'premises',
  initial: () => ({ rooms: new Map() }),
  on: {
    RoomAdded: (state, { data }) => {
      state.rooms.set(data.room, { until: null })
    },
    RoomClosed: (state, { data }) => {
      if (state.rooms.has(data.room)) state.rooms.set(data.room, { until: data.from })
    },
  },
}
