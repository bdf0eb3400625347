import type { Fold } from '#commands/fold.ts'
import { type ReferenceName, referenceStream, REFERENCES, type References } from '#commands/references.ts'
import type { ApiParts } from '../parts.ts'
import type { Asked } from './view.ts'

/** The references of a whole school or of a school year; those of a pupil, a journal or an account are asked by stream. */
type OfSchool = Exclude<ReferenceName, 'family' | 'access' | 'topicPlan'>

/**
 * What the rules of commands know of a school: on the log, so that what was decided a moment ago holds.
 *
 * @param year of those that belong to a school year
 */
export async function referenceOf<Name extends OfSchool>(
  { school, parts }: Asked<unknown, Pick<ApiParts, 'execution'>>,
  name: Name,
  year: number | null = null,
): Promise<References[Name]> {
  const { fold } = REFERENCES[name] as { readonly fold: Fold<References[Name]> }
  const stream = referenceStream(school, name, year)
  return (await parts.execution.streams.load(fold, stream)).state as References[Name]
}
