import { describe, expect, it } from 'vitest'
import { adoptPolicy } from '#commands/policy/adopt-policy.ts'
import { type Policy, POLICY_PRESETS, STARTING_POLICY } from '#values/policy.ts'
import { columnsOf, REPORT_NAMES, type ReportForm, usualForm } from '#values/report-form.ts'
import { given, malformed } from '#support/spec.ts'
import { administrator, deputy, school } from '#support/class-7a.ts'

const now = '2026-08-25T03:00:00.000Z'
const as = deputy
const twice = <T>([first, ...rest]: readonly T[]): T[] => [first!, ...rest, first!]

const adopting = (...reportForms: ReportForm[]) =>
  given().when(
    adoptPolicy,
    { effectiveFrom: '2026-09-01', policy: { ...STARTING_POLICY, reportForms } },
    { as, now },
  )
const by = (column: string) => ({ column, order: 'ascending' as const })

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

  describe('with forms of reports', () => {
    const usual = usualForm('missed-lessons')

    it('adopts other words, another order and fewer columns, down to those that the regulation demands', () => {
      const columns = usual.columns
        .filter(({ column }) => column !== 'number' && column !== 'valid')
        .toReversed()
      const sortBy: ReportForm['sortBy'] = [{ column: 'number', order: 'descending' }]
      const form: ReportForm = { ...usual, title: 'Пропуски', columns, groupBy: 'subject', sortBy }
      adopting(form).records({ type: 'PolicyAdopted', data: { policy: { reportForms: [form] } } })
    })

    it('refuses to hide what the regulation demands in a report, and says by which clause', () => {
      for (const report of REPORT_NAMES) {
        const form = usualForm(report)
        const wanted = [...columnsOf(report)].filter(([, { demanded }]) => demanded !== null)
        expect(wanted.length, report).toBeGreaterThan(0)
        for (const [column, { demanded: clause }] of wanted) {
          const columns = form.columns.filter((one) => one.column !== column)
          const said = { report, column, problem: 'demanded', clause }
          adopting({ ...form, columns }).refuses('report-form-unfit', said)
        }
      }
    })

    it('refuses a column that the report has not, one that stands twice, and groups by one that is not shown', () => {
      const strange = { column: 'name-of-parent', head: 'Родитель' }
      const columns = usual.columns.filter(({ column }) => column !== 'number')
      const misfits = [
        [{ ...usual, columns: [...usual.columns, strange] }, strange.column, 'unknown'],
        [{ ...usual, sortBy: [by('mark')] }, 'mark', 'unknown'],
        [{ ...usual, columns: twice(usual.columns) }, 'date', 'repeated'],
        [{ ...usual, sortBy: [by('date'), by('date')] }, 'date', 'repeated'],
        [{ ...usual, columns, groupBy: 'number' }, 'number', 'not-shown'],
      ] satisfies ReadonlyArray<[ReportForm, string, string]>
      for (const [form, column, problem] of misfits) {
        adopting(form).refuses('report-form-unfit', { report: 'missed-lessons', column, problem })
      }
      adopting(usual, usual).refuses('policy-ambiguous', { repeated: 'missed-lessons' })
    })

    it('takes no report that there is not, and no person for an office', () => {
      for (const form of [
        { ...usual, report: 'menu' },
        { ...usual, signatures: ['Иванова И. И.'] },
        { ...usual, title: ' ' },
      ]) {
        const policy = { ...STARTING_POLICY, reportForms: [form] }
        expect(malformed(adoptPolicy, { effectiveFrom: '2026-09-01', policy })).not.toEqual([])
      }
    })
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
