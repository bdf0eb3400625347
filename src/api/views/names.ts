import { fullName } from '#integrity/person-store.ts'
import { personsOf } from '#projections/school-directory/queries.ts'
import type { LocalDate } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import type { ApiParts } from '../parts.ts'
import type { Asked } from './view.ts'

/**
 * The full names of people, joined to an answer on its way out: no read model keeps them (R-D8). Those that stand, at
 * the instant of which the answer is; or of them those of a day on which the answer shows the school as it was then.
 */
export async function namesOf(
  { school, parts }: Asked<unknown, Pick<ApiParts, 'persons'>>,
  persons: Iterable<Uuid | null>,
  on: LocalDate | null = null,
): Promise<(person: Uuid) => string> {
  const names = await parts.persons.names(
    school,
    [...persons].filter((person) => person !== null),
    on,
  )
  return (person) => fullName(person, names)
}

/** The same for the authors of entries, who are known by account; null where an account is nobody's of this school. */
export async function authorsOf(
  asked: Asked<unknown>,
  accounts: Iterable<Uuid>,
): Promise<(account: Uuid) => string | null> {
  const persons = await personsOf(asked.parts.database, asked.school, [...accounts])
  const name = await namesOf(asked, persons.values())
  return (account) => {
    const person = persons.get(account)
    return person === undefined ? null : name(person)
  }
}
