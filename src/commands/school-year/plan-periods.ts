import { z } from 'zod'
import { schoolYearEvents } from '#events/school-year.ts'
import { SchoolYear } from '#values/school.ts'
import { defineCommand } from '../command.ts'
import type { JournalPageState } from '../journal-page/state.ts'
import { isRefusal, refuse } from '../refusal.ts'
import { checkBounds } from './bounds-of-periods.ts'
import { gradesNamed, learnersNamed, matterNamed } from './learners-named.ts'
import { lessonsKept, pagesTouched } from './lessons-kept.ts'
import { schoolYearFold, type SchoolYearState } from './state.ts'

const { structure, periods } = schoolYearEvents.PeriodsPlanned.data.shape
const PlanPeriods = z.strictObject({ year: SchoolYear, structure, ...learnersNamed, periods })
type Planned = z.output<typeof PlanPeriods>

const planned = (state: Readonly<SchoolYearState>, { grades, units, periods }: Planned): SchoolYearState => ({
  ...state,
  periods: [...state.periods, ...periods.map((one) => ({ ...one, grades, units, moved: true }))],
})

/**
 * Divides the year into study periods, each within it, one after another (R-F3): for grades, or for classes and groups that
 * have others than their grades. These may have lessons already, which then belong to the new period of their date.
 */
export const planPeriods = defineCommand({
  name: 'plan-periods',
  path: 'years/:year',
  summary:
    'Задать учебные периоды для параллелей или отдельных классов и групп: четверти, триместры, полугодия, модули',
  operation: '17',
  input: PlanPeriods,
  fold: schoolYearFold,
  stream: ({ year }) => year,
  needs: ['roster', 'teachingLoad'],
  year: ({ year }) => year,
  // Grades are planned once, before any page can be opened.
  pages: (input, state, ground) =>
    input.units.length === 0 ? [] : pagesTouched(input, state, planned(state, input), ground),
  concerns: ({ input, references: { roster } }) => matterNamed(input, roster),
  decide({ input, state, references, pages, now }) {
    const { year, structure, units, periods } = input
    if (state.year === null) return refuse('school-year-unknown', { year })
    const grades = gradesNamed(input, references.roster)
    if (isRefusal(grades)) return grades
    const known = state.periods.filter((one) =>
      units.length > 0
        ? one.units.some((unit) => units.includes(unit))
        : one.units.length === 0 && one.grades.some((grade) => grades.includes(grade)),
    )
    if (known.length > 0) {
      const again = <Of>(all: readonly Of[], of: (one: (typeof known)[number]) => readonly Of[]) =>
        all.filter((each) => known.some((one) => of(one).includes(each)))
      return refuse('period-exists', {
        grades: again(grades, (one) => one.grades),
        units: again(units, (one) => one.units),
      })
    }
    const kept =
      checkBounds(periods, state.year) ??
      lessonsKept(
        state,
        planned(state, { ...input, grades }),
        pages.values() as Iterable<Readonly<JournalPageState>>,
        references,
        now,
      )
    return kept ?? [{ type: 'PeriodsPlanned', data: { structure, grades, units, periods } }]
  },
})
