import { z } from 'zod'
import { policyOn } from '#projections/school-directory/queries.ts'
import { columnsOf, formOf, REPORT_NAMES, ReportForm } from '#values/report-form.ts'
import { LocalDate } from '#values/time.ts'
import { ProblemError } from '../problems.ts'
import { REPORTS } from './report-parts.ts'
import { defineView } from './view.ts'

/** The form of each report on a date, and what a form of it may have: what a school needs to make its own (R-F6). */
export const reportForms = defineView({
  name: 'report-forms',
  path: 'policy/report-forms',
  summary: 'Формы отчётов на дату: чьи они, какие столбцы есть у отчёта и какие из них обязательны',
  tag: REPORTS,
  operation: '21a',
  input: z.strictObject({ on: LocalDate.optional().describe('По умолчанию — сегодня') }),
  reply: z.strictObject({
    on: LocalDate,
    reports: z.array(
      z.strictObject({
        form: ReportForm,
        own: z.boolean().describe('Форма школы; false — обычная'),
        columns: z.array(
          z.strictObject({
            column: z.string(),
            head: z.string(),
            demanded: z
              .string()
              .nullable()
              .describe('Пункт положения, который требует столбца; null — по желанию'),
          }),
        ),
      }),
    ),
  }),
  async answer({ school, parts, input, today }) {
    const on = input.on ?? today
    const found = await policyOn(parts.database, school, on)
    if (found === undefined) throw new ProblemError('policy-missing', { date: on })
    const { policy } = found
    const reports = REPORT_NAMES.map((report) => ({
      form: formOf(policy, report),
      own: policy.reportForms.some((form) => form.report === report),
      columns: [...columnsOf(report)].map(([column, of]) => ({ column, ...of })),
    }))
    return { body: { on, reports } }
  },
})
