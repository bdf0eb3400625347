import { describe, it } from 'vitest'
import { withdrawFinal } from '#commands/journal-page/withdraw-final.ts'
import {
  ANNA,
  finalRecorded,
  LAST_AFTERNOON,
  mathematician,
  onPage,
  PAGE,
  pageClosed,
  pageOpened,
  pageReopened,
  school,
} from '#support/class-7a.ts'
import { given } from '#support/spec.ts'

const as = mathematician
const now = LAST_AFTERNOON
const set = given(school, pageOpened, finalRecorded(ANNA, 3))
const withdrawal = { page: PAGE, pupil: ANNA, expectedVersion: 1, reason: 'typing-error' }

describe('withdraw-final', () => {
  it('takes back a final, which may then be set anew', () => {
    set.when(withdrawFinal, withdrawal, { as, now }).records({
      type: 'FinalMarkWithdrawn',
      data: { pupil: ANNA, kind: 'period', previous: 3, reason: 'typing-error', note: null },
    })
    const withdrawn = onPage({
      type: 'FinalMarkWithdrawn',
      data: { pupil: ANNA, kind: 'period', previous: 3, reason: null, note: null },
    })
    set.and(withdrawn).when(withdrawFinal, withdrawal, { as, now }).refuses('final-unknown')
  })

  it('needs version and reason', () => {
    set.when(withdrawFinal, { ...withdrawal, expectedVersion: 2 }, { as, now }).refuses('stale-version')
    set.when(withdrawFinal, { ...withdrawal, reason: undefined }, { as, now }).refuses('reason-required')
  })

  it('is refused of a page that was closed, also while it is open again', () => {
    const closed = set.and(pageClosed())
    closed.when(withdrawFinal, withdrawal, { as, now }).refuses('period-locked')
    closed
      .and(pageReopened('2027-01-15T11:00:00.000Z'))
      .when(withdrawFinal, withdrawal, { as, now: '2027-01-14T03:00:00.000Z' })
      .refuses('final-of-closed-page')
  })
})
