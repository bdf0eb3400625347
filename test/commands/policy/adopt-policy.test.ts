import { describe, it } from 'vitest'
import { adoptPolicy } from '#commands/policy/adopt-policy.ts'
import { STARTING_POLICY } from '#values/policy.ts'
import { given } from '#support/spec.ts'
import { administrator, deputy, school } from '#support/class-7a.ts'

const now = '2026-08-25T03:00:00.000Z'
const as = deputy
const twice = <T>([first, ...rest]: readonly T[]): T[] => [first!, ...rest, first!]

describe('adopt-policy', () => {
  it('adopts the rules with which a school starts, if none are named', () => {
    given()
      .when(adoptPolicy, { effectiveFrom: '2026-09-01' }, { as: administrator, now })
      .records({ type: 'PolicyAdopted', data: { effectiveFrom: '2026-09-01', policy: STARTING_POLICY } })
  })

  it('adopts other rules from a later date on', () => {
    const policy = { ...STARTING_POLICY, graceMinutes: 15 }
    given(school)
      .when(adoptPolicy, { effectiveFrom: '2026-09-02', policy }, { as, now })
      .records({ type: 'PolicyAdopted', data: { policy } })
  })

  it('refuses rules for a day on which the school has rules already', () => {
    for (const effectiveFrom of ['2026-09-01', '2026-08-31']) {
      given(school)
        .when(adoptPolicy, { effectiveFrom }, { as, now })
        .refuses('policy-out-of-order', { last: '2026-09-01' })
    }
  })

  it('refuses a dictionary that explains one word twice', () => {
    const { valueCodes, kindsOfWork, lessonTypes, correctionReasons } = STARTING_POLICY
    const ambiguous = [
      [{ valueCodes: twice(valueCodes) }, 'Н'],
      [{ kindsOfWork: twice(kindsOfWork) }, 'lesson-answer'],
      [{ lessonTypes: twice(lessonTypes) }, 'lesson'],
      [{ correctionReasons: twice(correctionReasons) }, 'typing-error'],
    ] as const
    for (const [part, repeated] of ambiguous) {
      given()
        .when(
          adoptPolicy,
          { effectiveFrom: '2026-09-01', policy: { ...STARTING_POLICY, ...part } },
          { as, now },
        )
        .refuses('policy-ambiguous', { repeated })
    }
  })
})
