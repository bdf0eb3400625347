import { scheduleBells } from '#commands/school-year/schedule-bells.ts'
import { schoolYearFold } from '#commands/school-year/state.ts'
import { KindId } from '#values/policy.ts'
import { Grade, SchoolYear } from '#values/school.ts'
import { date, number, numbers, text, time } from '../columns.ts'
import { changed, created, defineList, step, THERE } from '../list.ts'
import { z } from 'zod'

const sorted = (grades: readonly number[]): number[] => [...new Set(grades)].toSorted((a, b) => a - b)

/** When the lessons of a shift ring: a row for each lesson; those of one shift, date and grades are one schedule. */
export const bells = defineList({
  name: 'bells',
  title: 'Звонки',
  columns: {
    year: number('Учебный год', SchoolYear),
    shift: text('Смена', KindId),
    effectiveFrom: date('Действует с'),
    grades: numbers('Параллели', Grade),
    number: number('Номер урока', z.int().min(0).max(14)),
    from: time('Начало'),
    until: time('Конец'),
  },
  commands: [scheduleBells],
  key: ['year', 'shift', 'effectiveFrom', 'grades'],
  together: true,
  async plan(rows, { state }) {
    const [{ year, shift, effectiveFrom }] = rows
    const grades = sorted(rows[0].grades)
    const ring = rows.map(({ number, from, until }) => ({ number, from, until })).toSorted(byNumber)
    const schedules = (await state(schoolYearFold, year)).bells
    const known = schedules.findLast(
      (one) =>
        one.units.length === 0 &&
        one.shift === shift &&
        one.effectiveFrom === effectiveFrom &&
        JSON.stringify(sorted(one.grades)) === JSON.stringify(grades),
    )
    const scheduled = () => step(scheduleBells, { year, shift, effectiveFrom, grades, bells: ring })
    if (known === undefined) return created(scheduled())
    const same =
      JSON.stringify(known.bells.toSorted(byNumber).map(inOrder)) === JSON.stringify(ring.map(inOrder))
    return same ? THERE : changed(scheduled())
  },
  blame: {
    'school-year-unknown': 'year',
    'date-outside-year': 'effectiveFrom',
    'bounds-reversed': 'until',
    'bells-overlap': 'from',
  },
})

interface Ring {
  readonly number: number
  readonly from: string
  readonly until: string
}

const byNumber = (a: Ring, b: Ring): number => a.number - b.number
const inOrder = ({ number, from, until }: Ring): unknown[] => [number, from, until]
