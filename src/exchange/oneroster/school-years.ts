import { openSchoolYear } from '#commands/school-year/open-school-year.ts'
import { schoolYearFold } from '#commands/school-year/state.ts'
import { SchoolYear } from '#values/school.ts'
import { date, number } from '../columns.ts'
import { created, defineList, step, THERE } from '../list.ts'

/** The school years of a bundle. One that the school has opened itself stays as it is. */
export const schoolYears = defineList({
  name: 'school-years',
  title: 'Учебные годы',
  columns: { year: number('Учебный год', SchoolYear), from: date('Начало'), until: date('Последний день') },
  commands: [openSchoolYear],
  key: ['year'],
  async plan([{ year, from, until }], { state }) {
    const known = await state(schoolYearFold, year)
    return known.year === null ? created(step(openSchoolYear, { year, from, until })) : THERE
  },
  blame: { 'bounds-reversed': 'until' },
})
