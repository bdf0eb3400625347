import { archiveFold, PRINT_SETS } from '#commands/archive/state.ts'
import { streamName } from '#events/stream-name.ts'
import { SchoolYear } from '#values/school.ts'
import { endOfDay, LocalDate } from '#values/time.ts'
import type { Asked } from '../view.ts'
import { type Duty, type DutyGround, NOTHING_MORE } from './duty.ts'

/** The printed and sealed set of a school year that has ended, due on 30 June (R-3.4c). */
export async function dutiesOfPrintSet(
  { school, parts }: Asked<unknown>,
  { year, today, zone, references: { schoolYear } }: DutyGround,
): Promise<Duty[]> {
  if (schoolYear.year === null || today <= schoolYear.year.until) return []
  const stream = streamName(school, 'archive', PRINT_SETS)
  const { state } = await parts.execution.streams.load(archiveFold, stream)
  if (state.printSets.has(SchoolYear.parse(year))) return []
  const date = LocalDate.parse(`${year + 1}-06-30`)
  return [{ ...NOTHING_MORE, duty: 'print-set', dueAt: endOfDay(date, zone), date, responsible: [] }]
}
