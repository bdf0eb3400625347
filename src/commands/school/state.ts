import type { SchoolEvent } from '#events/school.ts'
import type { LocalDate } from '#values/time.ts'
import type { Fold } from '../fold.ts'

interface Agreement {
  readonly agreement: string
  readonly from: LocalDate
}

/** A school as the installation knows it. One that came by a copy of an older release has no name here. */
export interface SchoolState {
  name: string | null
  /** In the order in which they were recorded. */
  readonly agreements: Agreement[]
}

export const schoolFold: Fold<SchoolState, SchoolEvent> = {
  category: 'school',
  initial: () => ({ name: null, agreements: [] }),
  on: {
    SchoolRegistered: (state, { data }) => {
      state.name = data.name
    },
    ProcessingAgreementRecorded: (state, { data }) => {
      state.agreements.push(data)
    },
  },
}

/** The agreement in force on a date: of those that have begun the one that began last, and of those the newest record. */
export function agreementOn({ agreements }: Readonly<SchoolState>, date: LocalDate): Agreement | null {
  return agreements.reduce<Agreement | null>(
    (inForce, one) => (one.from <= date && one.from >= (inForce?.from ?? one.from) ? one : inForce),
    null,
  )
}
