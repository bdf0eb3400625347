import { z } from 'zod'
import { lastYear } from '#projections/school-directory/queries.ts'
import { SchoolYear } from '#values/school.ts'
import type { Asked } from './view.ts'

/** The school year of a query that need not name it. */
export const YearMeant = z.coerce
  .number<string>()
  .pipe(SchoolYear)
  .optional()
  .describe('По умолчанию — учебный год, который начался последним')

/** The year that is named, or the one that began last; undefined where none has begun. */
export async function yearMeant({
  input,
  school,
  parts,
  today,
}: Asked<{ readonly year?: number | undefined }>): Promise<number | undefined> {
  return input.year ?? (await lastYear(parts.database, school, today))
}
