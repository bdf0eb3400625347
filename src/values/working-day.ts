import { addDays, type LocalDate, weekday } from './time.ts'

/**
 * Days of rest of the whole country (art. 112 of the Labour Code), by month and day. Transfers of days off, which the
 * government decides anew for each year, are not among them: a deadline is then a day early, never a day late.
 */
const DAYS_OF_REST: ReadonlySet<string> = new Set([
  '01-01',
  '01-02',
  '01-03',
  '01-04',
  '01-05',
  '01-06',
  '01-07',
  '01-08',
  '02-23',
  '03-08',
  '05-01',
  '05-09',
  '06-12',
  '11-04',
])

/** From Monday to Friday. */
export const USUAL_WEEK: readonly number[] = [1, 2, 3, 4, 5]

/** Whether the staff works on `date`. The holidays of the pupils are working days. */
export function isWorkingDay(date: LocalDate, week: readonly number[] = USUAL_WEEK): boolean {
  return week.includes(weekday(date)) && !DAYS_OF_REST.has(date.slice(5))
}

/** The first working day after `date`. */
export function nextWorkingDay(date: LocalDate, week: readonly number[] = USUAL_WEEK): LocalDate {
  let next = addDays(date, 1)
  while (!isWorkingDay(next, week)) next = addDays(next, 1)
  return next
}
