import { z } from 'zod'
import { Order, PackageDigest } from '#events/roster.ts'
import { GradingSystem, MarkValue } from '#values/grading.ts'
import { PeriodId, SchoolYear } from '#values/school.ts'
import { label } from '#values/text.ts'
import { dateAt } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { defineCommand } from '../command.ts'
import { checkFinal } from '../final-value.ts'
import { policyOn } from '../policy/state.ts'
import { WHOLE_SCHOOL } from '../references.ts'
import { refuse } from '../refusal.ts'
import { DEFAULT_ZONE } from '../school-year/state.ts'
import { checkPupils, ofPupil } from './class-lists.ts'
import { creditKey, rosterFold } from './state.ts'

const CreditFinals = z.strictObject({
  pupil: Uuid,
  year: SchoolYear,
  issuedBy: label(200).describe('Кто выдал документ: школа, из которой пришёл обучающийся'),
  document: Order.describe('Номер и дата документа'),
  extract: PackageDigest.nullable()
    .default(null)
    .describe('SHA-512 описи (tagmanifest-sha512.txt) пакета, если документ — выписка из другой установки'),
  finals: z
    .array(
      z.strictObject({
        subject: Uuid,
        period: PeriodId.describe('Учебный период школы, за который засчитывается отметка'),
        value: MarkValue,
        grading: GradingSystem.default('g5'),
      }),
    )
    .min(1)
    .max(200),
})

/**
 * Credits the finals with which a pupil came from elsewhere, by the document that says so (R-7A.16h). They stand in the
 * summary sheet with their source, in the place of finals that no journal of this school could have; credited anew by
 * another document, one carries the value that it replaces.
 */
export const creditFinals = defineCommand({
  name: 'credit-finals',
  path: 'roster',
  summary: 'Засчитать итоговые отметки, с которыми обучающийся прибыл, по документу другой школы',
  operation: '20',
  input: CreditFinals,
  fold: rosterFold,
  stream: () => WHOLE_SCHOOL,
  needs: ['schoolYear', 'policy', 'curriculum'],
  year: ({ year }) => year,
  concerns: ({ input, state, now }) => ofPupil(state, input.pupil, dateAt(now, DEFAULT_ZONE)),
  decide({ input, state, references, now }) {
    const { pupil, year, issuedBy, document, extract, finals } = input
    const { schoolYear, policy, curriculum } = references
    if (schoolYear.year === null) return refuse('school-year-unknown', { year })
    const today = dateAt(now, schoolYear.year.zone)
    const wrong = checkPupils(state, [pupil], today)
    if (wrong !== null) return wrong
    if (document.date > today) return refuse('document-of-future', { date: document.date, today })
    const rules = policyOn(policy, today)
    if (rules === undefined) return refuse('policy-missing', { date: today })
    const periods = new Set([...schoolYear.periods.map(({ period }) => period), 'year'])
    const keys = new Set<string>()
    for (const { subject, period, grading, value } of finals) {
      if (!curriculum.subjects.has(subject)) return refuse('subject-unknown', { subject })
      if (!periods.has(period)) return refuse('period-unknown', { period })
      const key = creditKey({ pupil, year, subject, period })
      if (keys.has(key)) return refuse('subject-repeated', { subject, period })
      keys.add(key)
      const refused = checkFinal(grading, rules, value)
      if (refused !== null) return refused
    }
    return finals.map((final) => {
      const previous = state.credits.get(creditKey({ pupil, year, ...final })) ?? null
      return { type: 'FinalCredited', data: { pupil, year, ...final, previous, issuedBy, document, extract } }
    })
  },
})
