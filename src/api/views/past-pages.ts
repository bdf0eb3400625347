import type { StreamName } from '#events/stream-name.ts'
import { page, pages } from '#projections/class-journal/queries.ts'
import { journals, unit, unitsOf } from '#projections/school-directory/queries.ts'
import type { Uuid } from '#values/uuid.ts'
import type { Asked } from './view.ts'

/**
 * The streams of pages at which a query about the past looks. They are found in what is known today: a page that was
 * there then is there now.
 */

/** None: the answer comes from the rest of the school. */
export const noPages = async (): Promise<readonly StreamName[]> => []

/** The pages of its journal: after bounds were moved, a lesson of its period may stand on another one. */
export async function pagesOfJournal({
  school,
  parts,
  input,
}: Asked<{ readonly page: Uuid }>): Promise<readonly StreamName[]> {
  const { database } = parts
  const found = await page(database, school, input.page)
  const all = found === undefined ? [] : await pages(database, school, found)
  return all.map(({ stream }) => stream as StreamName)
}

/** All pages of the journals of these units, in the years of the units. */
export async function pagesOfUnits(
  { school, parts }: Asked<unknown>,
  units: readonly Uuid[],
): Promise<readonly StreamName[]> {
  const { database } = parts
  const known = await Promise.all(units.map((one) => unit(database, school, one)))
  const years = [...new Set(known.flatMap((one) => (one === undefined ? [] : [one.year])))]
  const ofYears = await Promise.all(
    years.map(async (year) => {
      const own = (await journals(database, school, year)).filter((one) => units.includes(one.unit))
      const ids = new Set(own.map(({ journal }) => journal))
      return (await pages(database, school, { year })).filter(({ journal }) => ids.has(journal))
    }),
  )
  return ofYears.flat().map(({ stream }) => stream as StreamName)
}

/** All pages on which a pupil can ever have stood. */
export async function pagesOfPupil(asked: Asked<{ readonly pupil: Uuid }>): Promise<readonly StreamName[]> {
  const { school, parts, input } = asked
  const learned = await unitsOf(parts.database, school, input.pupil)
  return pagesOfUnits(
    asked,
    learned.map((one) => one.unit),
  )
}
