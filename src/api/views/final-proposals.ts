import { z } from 'zod'
import { WHOLE_YEAR } from '#commands/school-year/state.ts'
import { FinalKind } from '#events/journal-page.ts'
import {
  type Grid,
  grid,
  type GridWork,
  gridWithin,
  page as pageById,
  type PageEntry,
} from '#projections/class-journal/queries.ts'
import { holds, journal, members } from '#projections/school-directory/queries.ts'
import {
  carriedInto,
  closingOf,
  creditsOf,
  finalsOfPage,
  summaryFinals,
} from '#projections/summary-sheet/queries.ts'
import { addDays, endOfDay, instantAt } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { ProblemError } from '../problems.ts'
import { boundsOf, mayReadPage, pageOf } from './class-journal.ts'
import { namesOf } from './names.ts'
import { groundOf, lastDayOf } from './period-end.ts'
import { type Basis, proposalOf } from './proposal.ts'
import { ProposalsReply } from './replies.ts'
import { pupilsSeenIn } from './rights.ts'
import { type Asked, defineView } from './view.ts'

/** The basis of somebody among several. */
type BasisOfPupil = Basis & { readonly pupil: Uuid }

/**
 * What the marks of each pupil come to, by the published rule of the forecast, with the marks on which it rests. The
 * mark of the year rests on the finals of the periods, the final mark on those of the year and the exam.
 */
export const finalProposals = defineView({
  name: 'final-proposals',
  path: 'pages/:page/final-proposals',
  summary: 'Предлагаемые итоговые отметки и отметки, на которых они основаны',
  tag: 'Страница журнала',
  operation: '9',
  input: z.strictObject({ page: Uuid, kind: FinalKind.optional() }),
  reply: ProposalsReply,
  may: mayReadPage,
  async answer(asked) {
    const { school, parts, input } = asked
    const page = await pageOf(asked)
    const onYear = page.period === WHOLE_YEAR
    const kind = input.kind ?? (onYear ? 'year' : 'period')
    if (onYear === (kind === 'period')) throw new ProblemError('final-kind-not-here', { kind })
    const of = await journal(parts.database, school, page.journal)
    if (of === undefined) throw new ProblemError('journal-unknown', { journal: page.journal })
    const ground = await groundOf(asked, page.year)
    const learners =
      of.unit_kind === 'group'
        ? ({ kind: 'group', group: of.unit } as const)
        : ({ kind: 'class', class: of.unit } as const)
    const lastDay = lastDayOf(ground, page.period, learners)
    if (lastDay === undefined) throw new ProblemError('period-unknown', { period: page.period })

    const basis = Map.groupBy(await basisOf(asked, page, kind, of.unit), ({ pupil }) => pupil)
    const standing = (await finalsOfPage(parts.database, page.stream)).filter((final) => final.kind === kind)
    const seen = await pupilsSeenIn(asked, learners, page.year)
    const here = (await members(parts.database, school, of.unit)).filter(
      ({ pupil, spans }) => holds(spans, lastDay) && (seen === null || seen.has(pupil)),
    )
    const name = await namesOf(
      asked,
      here.map(({ pupil }) => pupil),
    )
    const pupils = here
      .map(({ pupil }) => {
        const final = standing.find((one) => one.pupil === pupil)
        return {
          pupil,
          name: name(pupil),
          standing: final === undefined ? null : { value: final.value, version: final.version },
          ...proposalOf(basis.get(pupil) ?? [], page.grading),
        }
      })
      .toSorted((a, b) => a.name.localeCompare(b.name, 'ru'))
    const { zone } = ground.calendar.year!
    const opens_at = instantAt(addDays(lastDay, -6), '00:00', zone)
    return { body: { page: page.page, kind, opens_at, due_at: endOfDay(lastDay, zone), pupils } }
  },
})

/** The marks of the works of a grid that count for a period: those that were moved count in the next one (R-D6). */
function marksIn(
  { lessons, assessments, works, cells }: Grid,
  period: string,
  counts: (work: GridWork) => boolean,
): BasisOfPupil[] {
  const workOf = new Map(works.filter(counts).map((work) => [work.work, work]))
  const dateOf = new Map([
    ...lessons.map(({ lesson, date }) => [lesson, date] as const),
    ...assessments.map(({ assessment, date }) => [assessment, date] as const),
  ])
  return cells.flatMap(({ pupil, lesson, marks }) =>
    marks.flatMap(({ entry, work: id, value }) => {
      const work = workOf.get(id)
      const date = dateOf.get(lesson) ?? null
      return work === undefined
        ? []
        : [{ pupil, entry, date, period, kind: work.kind, value, weight: work.weight }]
    }),
  )
}

async function basisOf(
  asked: Asked<unknown>,
  page: PageEntry,
  kind: FinalKind,
  unit: Uuid,
): Promise<readonly BasisOfPupil[]> {
  const { school, parts } = asked
  if (kind === 'period') {
    const bounds = await boundsOf(asked, page, unit)
    const away = new Set((await closingOf(parts.database, page.stream))?.carried)
    const own = await gridWithin(parts.database, school, page, bounds)
    const found = marksIn(own, page.period, ({ work }) => !away.has(work))
    for (const other of await carriedInto(parts.database, school, page.page)) {
      const from = await pageById(parts.database, school, other.page)
      if (from === undefined) continue
      const works = new Set(other.carried)
      found.push(
        ...marksIn(await grid(parts.database, from.stream), from.period, ({ work }) => works.has(work)),
      )
    }
    return found.toSorted((a, b) => ((a.date ?? '') < (b.date ?? '') ? -1 : 1))
  }
  const all = await summaryFinals(parts.database, school, [page.journal])
  const within = all.filter((final) =>
    kind === 'final' ? final.kind === 'year' || final.kind === 'exam' : final.kind === 'period',
  )
  if (kind === 'exam') return []
  // Whoever came in the middle of the year has the finals of the periods before from elsewhere (R-7A.16h).
  const of = await journal(parts.database, school, page.journal)
  const pupils = (await members(parts.database, school, unit)).map(({ pupil }) => pupil)
  const credited = (await creditsOf(parts.database, school, pupils, page.year))
    .filter(
      ({ pupil, subject, period }) =>
        subject === of?.subject &&
        (period === WHOLE_YEAR) === (kind === 'final') &&
        !within.some((final) => final.pupil === pupil && final.period === period),
    )
    .map(({ pupil, period, value }) => ({
      pupil,
      entry: null,
      date: null,
      period,
      kind: 'credited',
      value,
      weight: 1,
    }))
  const own = within.map(({ pupil, period, kind: of, value }) => ({
    pupil,
    entry: null,
    date: null,
    period,
    kind: of,
    value,
    weight: 1,
  }))
  return [...credited, ...own]
}
