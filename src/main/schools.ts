import type { Kysely } from 'kysely'
import { query } from '#events/store/sql.ts'
import { schemaOf } from '#projections/read-model.ts'
import { schoolDirectory } from '#projections/school-directory/projection.ts'
import type { SchoolSlug } from '#values/school.ts'

const DIRECTORY = schemaOf(schoolDirectory)

/** The schools of the installation, also those in which nobody has an account or no year is open yet. */
export async function schoolsOf(database: Kysely<unknown>): Promise<SchoolSlug[]> {
  const found = await query<{ school: SchoolSlug }>(
    database,
    `select school from ${DIRECTORY}.account union select school from ${DIRECTORY}.year`,
  )
  return found.map(({ school }) => school)
}
