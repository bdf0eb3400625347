import { z } from 'zod'
import { marksOfPupil, type PupilMark } from '#projections/pupil-diary/queries.ts'
import { finalsOfPupil, summaryPages } from '#projections/summary-sheet/queries.ts'
import { MarkValue } from '#values/grading.ts'
import { pageId, PeriodId } from '#values/school.ts'
import { LocalDate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { proposal, proposalOf } from './proposal.ts'
import { type Learner, periodsTouched } from './pupil-plan.ts'
import type { Asked } from './view.ts'

/** What is forecast is called so wherever it is shown: nobody takes it for a final that was given. */
const LABEL = 'прогноз'

const { proposed, ...rests } = proposal

export const ForecastReply = z
  .strictObject({
    label: z.literal(LABEL),
    journal: Uuid,
    name: z.string().describe('Журнал'),
    subject: z.string().nullable(),
    period: PeriodId,
    period_name: z.string(),
    from: LocalDate,
    until: LocalDate,
    forecast: proposed,
    ...rests,
    final: MarkValue.nullable().describe('Итоговая отметка, если она уже выставлена'),
  })
  .meta({
    id: 'Forecast',
    description: 'Прогноз итоговой отметки по опубликованному правилу: решает всё равно учитель',
  })

/**
 * What the marks of a pupil come to in every subject, for the study period in which the days lie: by the very rule by
 * which finals are proposed to the teacher, and over the same marks, those that were carried into the period among them
 * (R-D6). Computed whenever somebody asks, so that it follows every change.
 */
export async function forecastsOf(
  { school, parts }: Asked<unknown>,
  learner: Learner,
): Promise<Array<z.output<typeof ForecastReply>>> {
  const { database } = parts
  const graded = learner.journals.filter(({ grading }) => grading !== 'none')
  const ids = graded.map(({ journal }) => journal)
  const marks = Map.groupBy(
    await marksOfPupil(database, school, learner.pupil, ids),
    ({ journal }) => journal,
  )
  const pages = await summaryPages(database, school, ids)
  const finals = await finalsOfPupil(database, school, learner.pupil, learner.year)
  return graded.flatMap(({ journal, name, subject_name: subject, unit, grading }) => {
    const period = periodsTouched(learner, unit).at(-1)
    if (period === undefined) return []
    const id = PeriodId.parse(period.period)
    const page = pageId(journal, id)
    const own = pages.find((one) => one.page === page)
    const away = new Set(own?.carried)
    const brought = new Set(pages.flatMap((one) => (one.carried_into === page ? one.carried : [])))
    const counts = ({ date, work }: PupilMark): boolean =>
      (date !== null && period.from <= date && date <= period.until && !away.has(work)) || brought.has(work)
    const basis = (marks.get(journal) ?? []).filter(counts)
    const { proposed: forecast, ...of } = proposalOf(basis, own?.grading ?? grading)
    const final = finals.find((one) => one.journal === journal && one.period === id && one.kind === 'period')
    return [
      {
        label: LABEL,
        journal,
        name,
        subject,
        period: id,
        period_name: period.name,
        from: period.from,
        until: period.until,
        forecast,
        ...of,
        rests_on: of.rests_on.map((one) => ({ ...one, period: PeriodId.parse(one.period) })),
        final: final?.value ?? null,
      },
    ]
  })
}
