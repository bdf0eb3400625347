import type { PrintoutEvent } from '#events/printout.ts'
import type { Instant } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import type { Fold } from '../fold.ts'

export interface PrintoutState {
  /** Null while nothing was issued under this number. */
  issued: Extract<PrintoutEvent, { type: 'PrintoutIssued' }>['data'] | null
  certified: { readonly at: Instant; readonly by: Uuid } | null
}

export const printoutFold: Fold<PrintoutState, PrintoutEvent> = {
  category: 'printout',
  initial: () => ({ issued: null, certified: null }),
  on: {
    PrintoutIssued: (state, { data }) => {
      state.issued = data
    },
    PrintoutCertified: (state, { meta }) => {
      state.certified = { at: meta.at, by: meta.by }
    },
  },
}
