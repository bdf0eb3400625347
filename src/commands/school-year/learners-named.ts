import { z } from 'zod'
import type { Matter } from '#values/competence.ts'
import { Grade, type SchoolYear } from '#values/school.ts'
import { Uuid } from '#values/uuid.ts'
import { isRefusal, type Refusal, refuse } from '../refusal.ts'
import { gradesOf, type RosterState } from '../roster/state.ts'

/** For whom a part of the calendar is: one of both is named. */
export const learnersNamed = {
  grades: z.array(Grade).max(12).default([]).describe('Параллели, все классы которых живут так'),
  units: z
    .array(Uuid)
    .max(60)
    .default([])
    .describe('Или отдельные классы и группы, в том числе потоки и индивидуальные планы'),
}

interface Named {
  readonly year: SchoolYear
  readonly grades: readonly number[]
  readonly units: readonly Uuid[]
}

/** For whom a day of rest or of school is: the whole school where nobody is named. */
export const learnersOrSchool = {
  grades: z
    .array(Grade)
    .min(1)
    .nullable()
    .default(null)
    .describe('Параллели; null — вся школа или те, кто назван в units'),
  units: learnersNamed.units.describe('Отдельные классы и группы, в том числе потоки и индивидуальные планы'),
}

/** As {@link gradesNamed}; null is the whole school. */
export function gradesOrSchool(
  { year, grades, units }: Omit<Named, 'grades'> & { readonly grades: readonly number[] | null },
  roster: Readonly<RosterState>,
): number[] | null | Refusal {
  if (grades === null && units.length === 0) return null
  return gradesNamed({ year, grades: grades ?? [], units }, roster)
}

/** The grades that are named, or those of the units that are. */
export function gradesNamed(
  { year, grades, units }: Named,
  roster: Readonly<RosterState>,
): number[] | Refusal {
  if ((grades.length === 0) === (units.length === 0)) return refuse('grades-or-units', { grades, units })
  if (units.length === 0) return [...grades]
  const known = units.map((unit) => gradesOfUnit(roster, unit, year))
  const missing = units.find((_unit, i) => known[i] === null)
  if (missing !== undefined) return refuse('class-unknown', { unit: missing, year })
  return [...new Set(known.flatMap((of) => of ?? []))].toSorted((a, b) => a - b)
}

function gradesOfUnit(roster: Readonly<RosterState>, unit: Uuid, year: SchoolYear): number[] | null {
  const formed = roster.classes.get(unit)
  if (formed !== undefined) return formed.year === year ? [formed.grade] : null
  return roster.groups.get(unit)?.year === year ? gradesOf(roster, { kind: 'group', group: unit }) : null
}

/** What it is about, for the competence of a deputy. */
export function matterNamed(named: Named, roster: Readonly<RosterState>): Matter | null {
  const grades = gradesNamed(named, roster)
  return isRefusal(grades) ? null : { grades, subject: null }
}
