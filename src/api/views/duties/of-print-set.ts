import { archiveFold, PRINT_SETS } from '#commands/archive/state.ts'
import { streamName } from '#events/stream-name.ts'
import { printSetDue } from '#values/archive.ts'
import { SchoolYear } from '#values/school.ts'
import { dateAt } from '#values/time.ts'
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
  const of = SchoolYear.parse(year)
  if (state.printSets.has(of)) return []
  const dueAt = printSetDue(of, zone)
  return [{ ...NOTHING_MORE, duty: 'print-set', dueAt, date: dateAt(dueAt, zone), responsible: [] }]
}
