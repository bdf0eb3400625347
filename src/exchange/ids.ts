import type { SchoolSlug } from '#values/school.ts'
import { Uuid, uuidV5 } from '#values/uuid.ts'

/** What lists speak of. A number of one kind says nothing of another: the pupil 17 is not the member of staff 17. */
export type Kind =
  | 'subject'
  | 'staff'
  | 'pupil'
  | 'representative'
  | 'class'
  | 'group'
  | 'journal'
  | 'account'

// Fixed for ever: whoever imports a list again must meet the same things.
const NAMESPACE = Uuid.parse('a54af4a8-8c3f-5f14-9d54-0d3f3a3a6f04')

/**
 * The id of the thing that another system knows by `external`. A UUID is the id itself, so that what was exported can be
 * imported; anything else is made into one, the same for this school on every machine.
 */
export function idOf(school: SchoolSlug, kind: Kind, external: string): Uuid {
  const own = Uuid.safeParse(external)
  return own.success ? own.data : uuidV5(NAMESPACE, `${school}/${kind}/${external}`)
}
