import { scheduleBells } from '#commands/school-year/schedule-bells.ts'
import { schoolYearFold } from '#commands/school-year/state.ts'
import { keyOf, type KeptFor } from '#values/calendar-for.ts'
import { KindId } from '#values/policy.ts'
import { Grade, SchoolYear } from '#values/school.ts'
import { date, externals, number, numbers, optional, text, time } from '../columns.ts'
import { changed, created, defineList, rowRefused, step, THERE } from '../list.ts'
import { z } from 'zod'

const sorted = (grades: readonly number[]): number[] => [...new Set(grades)].toSorted((a, b) => a - b)

/**
 * When the lessons of a shift ring: a row for each lesson; those of one shift, date and learners are one schedule. It is
 * for grades, or for classes and groups that have bells apart from their grades.
 */
export const bells = defineList({
  name: 'bells',
  title: 'Звонки',
  columns: {
    year: number('Учебный год', SchoolYear),
    shift: text('Смена', KindId),
    effectiveFrom: date('Действует с'),
    grades: optional(numbers('Параллели', Grade)),
    classes: optional(externals('Коды классов')),
    groups: optional(externals('Коды групп')),
    number: number('Номер урока', z.int().min(0).max(14)),
    from: time('Начало'),
    until: time('Конец'),
  },
  commands: [scheduleBells],
  key: ['year', 'shift', 'effectiveFrom', 'grades', 'classes', 'groups'],
  together: true,
  async plan(rows, { id, state }) {
    const [{ year, shift, effectiveFrom, classes, groups }] = rows
    const grades = sorted(rows[0].grades ?? [])
    const units = [
      ...new Set([
        ...(classes ?? []).map((one) => id('class', one)),
        ...(groups ?? []).map((one) => id('group', one)),
      ]),
    ]
    if ((grades.length === 0) === (units.length === 0))
      return rowRefused('learners-ambiguous', grades.length === 0 ? 'grades' : 'classes')
    const ring = rows.map(({ number, from, until }) => ({ number, from, until })).toSorted(byNumber)
    const schedules = (await state(schoolYearFold, year)).bells
    const known = schedules.findLast(
      (one) =>
        one.shift === shift && one.effectiveFrom === effectiveFrom && isForThese(one, { grades, units }),
    )
    const scheduled = () => step(scheduleBells, { year, shift, effectiveFrom, grades, units, bells: ring })
    if (known === undefined) return created(scheduled())
    const same =
      JSON.stringify(known.bells.toSorted(byNumber).map(inOrder)) === JSON.stringify(ring.map(inOrder))
    return same ? THERE : changed(scheduled())
  },
  blame: {
    'school-year-unknown': 'year',
    'class-unknown': 'classes',
    'date-outside-year': 'effectiveFrom',
    'bounds-reversed': 'until',
    'bells-overlap': 'from',
  },
})

/** Bells of units keep the grades of these, which a row does not name. */
const isForThese = (one: KeptFor, row: KeptFor): boolean =>
  one.units.length > 0 === row.units.length > 0 && keyOf(one) === keyOf(row)

interface Ring {
  readonly number: number
  readonly from: string
  readonly until: string
}

const byNumber = (a: Ring, b: Ring): number => a.number - b.number
const inOrder = ({ number, from, until }: Ring): unknown[] => [number, from, until]
