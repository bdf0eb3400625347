import { z } from 'zod'
import { marksOfPupil, type PupilMark } from '#projections/pupil-diary/queries.ts'
import type { SummaryPageRow } from '#projections/summary-sheet/projection.ts'
import { finalsOfYear, pagesInSummary, type SummaryFinal } from '#projections/summary-sheet/queries.ts'
import { MarkValue } from '#values/grading.ts'
import { pageId, PeriodId, type SchoolSlug } from '#values/school.ts'
import { LocalDate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { proposal, proposalOf } from './proposal.ts'
import { type Learner, periodsTouched } from './pupil-plan.ts'

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

/** What {@link forecastQuestions} found. */
interface ForecastRows {
  readonly marks: readonly PupilMark[]
  readonly pages: readonly SummaryPageRow[]
  readonly finals: readonly SummaryFinal[]
}

/** On what the forecasts of a pupil rest. */
export function forecastQuestions(school: SchoolSlug, learner: Learner) {
  const ids = learner.journals.map(({ journal }) => journal)
  const periods = learner.journals.flatMap(({ unit }) => periodsTouched(learner, unit))
  const from = periods.reduce((first, one) => (one.from < first ? one.from : first), learner.from)
  const until = periods.reduce((last, one) => (one.until > last ? one.until : last), learner.until)
  return {
    marks: marksOfPupil(school, learner.pupil, ids, from, until),
    pages: pagesInSummary(school, ids),
    finals: finalsOfYear(school, learner.pupil, learner.year),
  }
}

/**
 * What the marks of a pupil come to in every subject, for the study period in which the days lie: by the very rule by
 * which finals are proposed to the teacher, and over the same marks, those that were carried into the period among them
 * (R-D6). Computed whenever somebody asks, so that it follows every change.
 */
export function forecastsOf(learner: Learner, found: ForecastRows): Array<z.output<typeof ForecastReply>> {
  const { pages, finals } = found
  const marks = Map.groupBy(found.marks, ({ journal }) => journal)
  const graded = learner.journals.filter(({ grading }) => grading !== 'none')
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
