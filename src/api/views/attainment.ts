import { z } from 'zod'
import { classOf, isMember, membershipsOf } from '#commands/roster/state.ts'
import { WHOLE_YEAR } from '#commands/school-year/state.ts'
import { policyOn } from '#projections/school-directory/queries.ts'
import { summaryFinals, summaryPages, summaryPostponements } from '#projections/summary-sheet/queries.ts'
import { GradingSystem, MarkValue } from '#values/grading.ts'
import { successOf } from '#values/policy.ts'
import { PeriodId } from '#values/school.ts'
import { share } from '#values/share.ts'
import { Uuid } from '#values/uuid.ts'
import { ProblemError } from '../problems.ts'
import { namesOf } from './names.ts'
import { groundOf, lastDayOf, shownPostponements } from './period-end.ts'
import { leftOut } from './pilots.ts'
import { REPORTS, ShareReply } from './report-parts.ts'
import { pupilsSeenOn, taughtAmong } from './rights.ts'
import { learnersOf, mayReadUnitSummary, sheetOf } from './summary-sheet.ts'
import { type Asked, defineView } from './view.ts'

/** Said of a pupil who could not be given a final: it counts, and is no success. */
const NOT_ATTESTED = 'н/а'

const excluded = {
  exempt: z.int().describe('осв, безотм и другие коды без результата'),
  postponed: z.int().describe('Действующая отсрочка'),
  not_filled: z.int().describe('Итоговой нет'),
}
const shares = {
  success: ShareReply.describe('Успеваемость'),
  quality: ShareReply.describe('Качество; зачёты в нём не считаются'),
}

/** Success and quality by subject, pupil and class (R-7A.13a, R-F18). */
export const attainmentReport = defineView({
  name: 'attainment-report',
  path: 'reports/attainment',
  summary:
    'Успеваемость и качество по итоговым отметкам периода: по предметам, обучающимся и классу; учителю — по его предметам',
  tag: REPORTS,
  operation: '29',
  input: z.strictObject({ unit: Uuid, period: PeriodId }),
  reply: z.strictObject({
    unit: Uuid,
    name: z.string(),
    period: z.string(),
    subjects: z.array(
      z.strictObject({
        subject: Uuid,
        subject_name: z.string().nullable(),
        journals: z.array(Uuid),
        ...shares,
        ...excluded,
        values: z.array(z.strictObject({ value: MarkValue, count: z.int() })),
      }),
    ),
    pupils: z.array(z.strictObject({ pupil: Uuid, name: z.string(), ...shares, ...excluded })),
    total: z
      .strictObject({
        success: ShareReply.describe('Обучающиеся, у которых успешны все итоговые'),
        quality: ShareReply.describe('Обучающиеся, у которых все итоговые — 4 и 5'),
        by_subjects: ShareReply.describe('Успешные итоговые из всех: средняя успеваемость по предметам'),
      })
      .describe('По классу'),
  }),
  may: mayReadUnitSummary,
  async answer(asked) {
    const { unit, results } = await resultsOf(asked)
    const pupils = [...Map.groupBy(results, ({ pupil }) => pupil)]
    const name = await namesOf(
      asked,
      pupils.map(([pupil]) => pupil),
    )
    const byPupil = pupils
      .map(([pupil, own]) => ({ pupil, name: name(pupil), ...figuresOf(own) }))
      .toSorted((a, b) => a.name.localeCompare(b.name, 'ru'))
    const subjects = [...Map.groupBy(results, ({ subject }) => subject)].map(([subject, own]) => ({
      subject,
      subject_name: own[0]!.subjectName,
      journals: [...new Set(own.map(({ journal }) => journal))],
      ...figuresOf(own),
      values: valuesOf(own),
    }))
    const whole = (of: 'success' | 'quality') => {
      const counted = byPupil.filter((row) => row[of].of > 0)
      return share(counted.filter((row) => row[of].part === row[of].of).length, counted.length)
    }
    return {
      body: {
        unit: unit.unit,
        name: unit.name,
        period: asked.input.period,
        subjects: subjects.toSorted((a, b) =>
          (a.subject_name ?? '').localeCompare(b.subject_name ?? '', 'ru'),
        ),
        pupils: byPupil,
        total: {
          success: whole('success'),
          quality: whole('quality'),
          by_subjects: figuresOf(results).success,
        },
      },
    }
  },
})

/** How a pupil ended a period in a journal. */
interface Result {
  readonly pupil: Uuid
  readonly journal: Uuid
  readonly subject: Uuid
  readonly subjectName: string | null
  readonly value: MarkValue | null
  readonly as: 'counted' | 'exempt' | 'postponed' | 'not_filled'
  readonly success: boolean
  /** Null where there is no quality to speak of, as with a credit. */
  readonly quality: boolean | null
}

/** One for each journal and each of its pupils who was in the unit and in the journal on the last day of the period. */
async function resultsOf(asked: Asked<{ unit: Uuid; period: PeriodId }>) {
  const { school, parts, input, today, actor } = asked
  const { period } = input
  const { unit, year, journals } = await sheetOf(asked)
  const ids = journals.map(({ journal }) => journal)
  const partly = actor.role === 'teacher' || actor.role === 'deputy'
  const seen = new Set(partly ? await taughtAmong(asked, ids, year) : ids)
  const finals = (await summaryFinals(parts.database, school, ids)).filter((one) => one.period === period)
  const postponements = (await summaryPostponements(parts.database, school, ids)).filter(
    (one) => one.period === period,
  )
  const open = shownPostponements(postponements, finals, today).filter((one) => !one.resolved && !one.expired)
  const waiting = new Set(open.map(({ journal, pupil }) => `${journal} ${pupil}`))
  const kind = period === WHOLE_YEAR ? 'year' : 'period'
  const given = new Map(
    finals.filter((one) => one.kind === kind).map((one) => [`${one.journal} ${one.pupil}`, one.value]),
  )
  const pages = new Map(
    (await summaryPages(parts.database, school, ids))
      .filter((one) => one.period === period)
      .map(({ journal, grading }) => [journal, grading]),
  )
  const ground = await groundOf(asked, year)
  const inUnit = membershipsOf(
    ground.roster,
    unit.kind === 'class' ? { kind: 'class', class: unit.unit } : { kind: 'group', group: unit.unit },
  )
  const pilot = await leftOut(asked)
  const results: Result[] = []
  for (const entry of journals) {
    const { journal, subject, subject_name: subjectName, grading } = entry
    const learners = learnersOf(entry)
    const lastDay = lastDayOf(ground, period, learners)
    const system = GradingSystem.parse(pages.get(journal) ?? grading)
    if (!seen.has(journal) || lastDay === undefined || system === 'none') continue
    const rules = await policyOn(parts.database, school, lastDay)
    if (rules === undefined) throw new ProblemError('policy-missing', { date: lastDay })
    const mine = await pupilsSeenOn(asked, journal, year)
    const there = membershipsOf(ground.roster, learners)
    const pupils = new Set(there.map(({ pupil }) => pupil))
    for (const pupil of pupils) {
      const learnt = isMember(there, pupil, lastDay) && isMember(inUnit, pupil, lastDay)
      if (!learnt || (mine !== null && !mine.has(pupil))) continue
      const own = classOf(ground.roster, pupil, lastDay)
      if (own !== undefined && pilot(own, lastDay)) continue
      const value = given.get(`${journal} ${pupil}`) ?? null
      const postponed = waiting.has(`${journal} ${pupil}`)
      const counted = value === null ? null : outcomeOf(rules.policy, system, value)
      const without = value !== null ? 'exempt' : postponed ? 'postponed' : 'not_filled'
      results.push({
        pupil,
        journal,
        subject,
        subjectName,
        value,
        as: counted === null ? without : 'counted',
        success: counted?.success ?? false,
        quality: counted?.quality ?? null,
      })
    }
  }
  return { unit, results }
}

function outcomeOf(policy: Parameters<typeof successOf>[0], system: GradingSystem, value: MarkValue) {
  if (value !== NOT_ATTESTED) return successOf(policy, system, value)
  // A credit has no quality, also where it was not earned.
  return { success: false, quality: system === 'pass' ? null : false }
}

function figuresOf(results: readonly Result[]) {
  const counted = results.filter((one) => one.as === 'counted')
  const rated = counted.filter(({ quality }) => quality !== null)
  const number = (as: Result['as']) => results.filter((one) => one.as === as).length
  return {
    success: share(counted.filter(({ success }) => success).length, counted.length),
    quality: share(rated.filter(({ quality }) => quality).length, rated.length),
    exempt: number('exempt'),
    postponed: number('postponed'),
    not_filled: number('not_filled'),
  }
}

function valuesOf(results: readonly Result[]) {
  const values = results.map(({ value }) => value).filter((value) => value !== null)
  return [...Map.groupBy(values, (value) => value)].map(([value, all]) => ({ value, count: all.length }))
}
