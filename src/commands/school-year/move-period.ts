import { z } from 'zod'
import { schoolYearEvents } from '#events/school-year.ts'
import { keyOf } from '#values/calendar-for.ts'
import { SchoolYear } from '#values/school.ts'
import { defineCommand } from '../command.ts'
import type { JournalPageState } from '../journal-page/state.ts'
import { isRefusal, refuse } from '../refusal.ts'
import { checkBounds } from './bounds-of-periods.ts'
import { gradesNamed, learnersNamed, matterNamed } from './learners-named.ts'
import { lessonsKept, pagesTouched } from './lessons-kept.ts'
import { schoolYearFold, type SchoolYearState } from './state.ts'

const { period, from, until } = schoolYearEvents.PeriodMoved.data.shape
const bounds = { period, from, until }
const MovePeriod = z.strictObject({
  year: SchoolYear,
  ...bounds,
  ...learnersNamed,
  also: z
    .array(z.strictObject(bounds))
    .max(12)
    .default([])
    .describe('Соседние периоды, границы которых переносятся вместе с ним'),
})
type Move = z.output<typeof MovePeriod>

const movesOf = ({ period, from, until, also }: Move) => [{ period, from, until }, ...also]

function moved(state: Readonly<SchoolYearState>, input: Move): SchoolYearState {
  const key = keyOf(input)
  const to = new Map(movesOf(input).map((one) => [one.period, one]))
  const periods = state.periods.map((known) => {
    const move = keyOf(known) === key ? to.get(known.period) : undefined
    return move === undefined ? known : { ...known, ...move, moved: true }
  })
  return { ...state, periods }
}

/**
 * Moves the bounds of a study period, and those of its neighbours with it, for the grades or units for which it was planned
 * (R-F3). What was recorded stays on its page with its marks and belongs from then on to the period of its date
 * (docs/decisions/0064). Refused where a period is closed in any journal, and where a lesson would lie in none.
 */
export const movePeriod = defineCommand({
  name: 'move-period',
  path: 'years/:year',
  summary: 'Перенести границы учебного периода, если нужно — вместе с соседними',
  operation: '17',
  input: MovePeriod,
  fold: schoolYearFold,
  stream: ({ year }) => year,
  needs: ['roster', 'teachingLoad'],
  year: ({ year }) => year,
  pages: (input, state, ground) => pagesTouched(input, state, moved(state, input), ground),
  concerns: ({ input, references: { roster } }) => matterNamed(input, roster),
  decide({ input, state, references, pages, now }) {
    const { year } = input
    if (state.year === null) return refuse('school-year-unknown', { year })
    const grades = gradesNamed(input, references.roster)
    if (isRefusal(grades)) return grades
    const key = keyOf(input)
    const own = state.periods.filter((known) => keyOf(known) === key)
    const moves = movesOf(input)
    for (const { period } of moves) {
      if (!own.some((known) => known.period === period))
        return refuse('period-unknown', { period, grades: input.grades, units: input.units })
      if (moves.filter((one) => one.period === period).length > 1) return refuse('period-exists', { period })
    }
    const after = moved(state, input)
    const inOrder = after.periods
      .filter((known) => keyOf(known) === key)
      .toSorted((a, b) => a.from.localeCompare(b.from))
    const refused = checkBounds(inOrder, state.year)
    if (refused !== null) return refused
    const changed = moves.flatMap((move) => {
      const { from, until, ...was } = own.find((known) => known.period === move.period)!
      return from === move.from && until === move.until
        ? []
        : [{ ...was, ...move, previous: { from, until } }]
    })
    if (changed.length === 0) return refuse('same-value', { from: input.from, until: input.until })
    const kept = lessonsKept(
      state,
      after,
      pages.values() as Iterable<Readonly<JournalPageState>>,
      references,
      now,
    )
    return (
      kept ??
      changed.map(({ period, grades, units, previous, from, until }) => ({
        type: 'PeriodMoved' as const,
        data: { period, grades: [...grades], units: [...units], previous, from, until },
      }))
    )
  },
})
