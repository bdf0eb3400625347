import { z } from 'zod'
import { LocalDate } from '#values/time.ts'

/** Where the next part of a register begins that stands in the order of dates and, within one, of revisions. */
export const DateCursor = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}\.\d{1,9}$/)
  .optional()
  .describe('Из поля next предыдущего ответа')

/** The last place of the part before; null is the beginning. */
export function placeAfter(cursor: z.output<typeof DateCursor>): readonly [LocalDate, number] | null {
  const [date, revision] = cursor?.split('.') ?? []
  return date === undefined ? null : [LocalDate.parse(date), Number(revision)]
}

/** The cursor behind the last row of a part; null where the part was not full, so that there is no other. */
export function cursorBehind<Row>(
  rows: readonly Row[],
  limit: number,
  place: (row: Row) => readonly [LocalDate, number],
): string | null {
  const last = rows.length === limit ? rows.at(-1) : undefined
  return last === undefined ? null : place(last).join('.')
}
