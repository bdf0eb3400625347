import { readinessDue } from '#commands/readiness/sections.ts'
import { referenceStream, REFERENCES } from '#commands/references.ts'
import { SchoolYear } from '#values/school.ts'
import { LocalDate } from '#values/time.ts'
import { sectionsNow } from '../readiness.ts'
import type { Asked } from '../view.ts'
import { type Duty, NOTHING_MORE } from './duty.ts'

/** What the administration has not formed of a year that is opened, due on 5 September. */
export async function dutiesOfSections(asked: Asked<unknown>, year: number): Promise<Duty[]> {
  const { school, parts } = asked
  const stream = referenceStream(school, 'schoolYear', year)
  const { state } = await parts.execution.streams.load(REFERENCES.schoolYear.fold, stream)
  if (state.year === null) return []
  const dueAt = readinessDue(SchoolYear.parse(year), state.year.zone)
  const date = LocalDate.parse(`${year}-09-05`)
  return (await sectionsNow(asked, SchoolYear.parse(year)))
    .filter((section) => section.state !== 'complete')
    .map(({ section }) => ({ ...NOTHING_MORE, duty: 'section', dueAt, date, section, responsible: [] }))
}
