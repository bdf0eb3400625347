import { describe, expect, it } from 'vitest'
import { adoptPolicy } from '#commands/policy/adopt-policy.ts'
import { type Policy, POLICY_PRESETS, STARTING_POLICY } from '#values/policy.ts'
import { given, malformed } from '#support/spec.ts'
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

  it('adopts rules by name, or rules of its own, not both', () => {
    given()
      .when(adoptPolicy, { effectiveFrom: '2026-09-01', preset: 'tesh-2015' }, { as, now })
      .records({ type: 'PolicyAdopted', data: { policy: POLICY_PRESETS['tesh-2015'] } })
    expect(
      malformed(adoptPolicy, {
        effectiveFrom: '2026-09-01',
        preset: 'tesh-2015',
        policy: STARTING_POLICY,
      }),
    ).toEqual(['preset'])
  })

  it('refuses gradings that contradict themselves', () => {
    const levels = ['низкий', 'средний', 'высокий']
    const wrong: Policy['gradings'] = [
      { system: 'g5', success: 4, quality: 3 },
      { system: 'g10', success: 5, quality: 11 },
      { system: 'level', levels, success: 'никакой', quality: 'высокий' },
      { system: 'level', levels, success: 'высокий', quality: 'средний' },
      {
        system: 'crit',
        marks: [
          { mark: 3, fromPercent: 50 },
          { mark: 4, fromPercent: 70 },
        ],
      },
      {
        system: 'crit',
        marks: [
          { mark: 2, fromPercent: 0 },
          { mark: 4, fromPercent: 70 },
          { mark: 3, fromPercent: 80 },
        ],
      },
    ]
    for (const rules of wrong) {
      given()
        .when(
          adoptPolicy,
          { effectiveFrom: '2026-09-01', policy: { ...STARTING_POLICY, gradings: [rules] } },
          { as, now },
        )
        .refuses('grading-disordered', { system: rules.system })
    }
    const taken = { system: 'level' as const, levels: ['Д', 'средний'], success: 'Д', quality: 'средний' }
    given()
      .when(
        adoptPolicy,
        { effectiveFrom: '2026-09-01', policy: { ...STARTING_POLICY, gradings: [taken] } },
        { as, now },
      )
      .refuses('policy-ambiguous', { repeated: 'Д' })
  })
})
