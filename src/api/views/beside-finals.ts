import { subjects } from '#projections/school-directory/queries.ts'
import { attestationsOf, creditsOf, formsOf } from '#projections/summary-sheet/queries.ts'
import type { Uuid } from '#values/uuid.ts'
import { namesOf } from './names.ts'
import type { Asked } from './view.ts'

/**
 * What stands in a summary beside the finals of journals: finals that pupils brought from elsewhere, protocols of attestation,
 * and the forms in which they learn (R-F16).
 *
 * @param only the subjects that this person sees; null is all of them
 */
export async function besideFinals(
  asked: Asked<unknown>,
  pupils: readonly Uuid[],
  year: number,
  only: ReadonlySet<Uuid> | null,
) {
  const { school, parts } = asked
  const { database } = parts
  const named = new Map((await subjects(database, school)).map((one) => [one.subject, one.name]))
  const ofSubject = <Of extends { subject: Uuid }>(all: readonly Of[]) =>
    all
      .filter(({ subject }) => only === null || only.has(subject))
      .map((one) => ({ ...one, subject_name: named.get(one.subject) ?? null }))
  const attestations = ofSubject(await attestationsOf(database, school, pupils, year))
  const name = await namesOf(
    asked,
    attestations.flatMap(({ commission }) => commission),
  )
  return {
    credited: ofSubject(await creditsOf(database, school, pupils, year)),
    attestations: attestations.map((one) => ({
      ...one,
      commission: one.commission.map((staff) => ({ staff, name: name(staff) })),
    })),
    forms: await formsOf(database, school, pupils),
  }
}
