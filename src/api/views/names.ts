import { serviceTokenFold } from '#commands/service-token/state.ts'
import { streamName } from '#events/stream-name.ts'
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

/**
 * The same for the authors of entries, who are known by account, or by token where an external system wrote; null where an
 * account is nobody's of this school.
 */
export async function authorsOf(
  asked: Asked<unknown>,
  accounts: Iterable<Uuid>,
): Promise<(account: Uuid) => string | null> {
  const all = [...accounts]
  const persons = await personsOf(asked.parts.database, asked.school, all)
  const name = await namesOf(asked, persons.values())
  const system = await systemsOf(
    asked,
    all.filter((account) => !persons.has(account)),
  )
  return (account) => {
    const person = persons.get(account)
    return person === undefined ? system(account) : name(person)
  }
}

/** What external systems are called, by their tokens; null where it is none. The log says it, also of one that has ended. */
export async function systemsOf(
  { school, parts: { execution } }: Pick<Asked<unknown>, 'school' | 'parts'>,
  tokens: Iterable<Uuid | null>,
): Promise<(token: Uuid | null) => string | null> {
  const found = await Promise.all(
    [...new Set(tokens)].map(async (token) => {
      if (token === null) return [token, null] as const
      const stream = streamName(school, serviceTokenFold.category, token)
      const { state } = await execution.streams.load(serviceTokenFold, stream)
      return [token, state.issued?.system ?? null] as const
    }),
  )
  const systems = new Map(found)
  return (token) => systems.get(token) ?? null
}
