import { z } from 'zod'
import { schoolYearEvents } from '#events/school-year.ts'
import { SchoolYear } from '#values/school.ts'
import { defineCommand } from '../command.ts'
import { refuse } from '../refusal.ts'
import { schoolYearFold } from './state.ts'

const DeclareEmptySection = z.strictObject({
  year: SchoolYear,
  ...schoolYearEvents.SectionDeclaredEmpty.data.shape,
})

/** Says that the school has none of something this year, so that its section is complete as it is. */
export const declareEmptySection = defineCommand({
  name: 'declare-empty-section',
  path: 'years/:year',
  summary: 'Отметить, что раздела в этом году нет: например, нет индивидуальных учебных планов',
  operation: '17d',
  input: DeclareEmptySection,
  fold: schoolYearFold,
  stream: ({ year }) => year,
  needs: [],
  decide({ input: { year, section }, state }) {
    if (state.year === null) return refuse('school-year-unknown', { year })
    return state.empty.has(section) ? [] : [{ type: 'SectionDeclaredEmpty', data: { section } }]
  },
})
