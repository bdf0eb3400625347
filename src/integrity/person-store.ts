import type { Kysely } from 'kysely'
import { query } from '#events/store/sql.ts'
import type { SchoolSlug } from '#values/school.ts'
import type { Instant } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import { keyName, type PersonKeys, type WrappedKey } from './privacy/person-keys.ts'
import { openName, sealName } from './privacy/name.ts'

export interface PersonName {
  readonly family: string
  readonly given: string
  readonly patronymic: string | null
}

/** A name as it is to be kept: of whom, by whom and when. */
interface KeptName {
  readonly person: Uuid
  readonly name: PersonName
  readonly by: Uuid
  readonly at: Instant
}

/** Names in one statement. */
const MANY = 1_000

/**
 * The names of people, by pseudonymous id: a store that can be corrected and erased, beside a log that cannot (R-D8,
 * Every change keeps who made it and when; the log never learns a name. A name is sealed by the `identity` key of
 * the person, so that a key destroyed makes every copy of it worthless.
 */
export class PersonNames {
  readonly #database: Kysely<unknown>
  readonly #keys: PersonKeys

  constructor(database: Kysely<unknown>, keys: PersonKeys) {
    this.#database = database
    this.#keys = keys
  }

  /** Keeps the name of somebody who is new to the school. The first name stays: another one is a correction of its own. */
  keep(school: SchoolSlug, person: Uuid, name: PersonName, by: Uuid, at: Instant): Promise<void> {
    return this.keepAll(school, [{ person, name, by, at }])
  }

  /** The same for many, in one statement a thousand. */
  async keepAll(school: SchoolSlug, kept: readonly KeptName[]): Promise<void> {
    for (let from = 0; from < kept.length; from += MANY) {
      const some = kept.slice(from, from + MANY)
      const of = some.map(({ person }) => ({ person, purpose: 'identity' as const }))
      const keys = await this.#keys.toSeal(school, of, some[0]!.at)
      const rows = some.flatMap(({ person, name, by, at }) => {
        const key = keys.get(keyName({ person, purpose: 'identity' }))
        // Whose key is gone is somebody who was erased, and stays so.
        return key === undefined
          ? []
          : [{ person, key: key.id, sealed: sealName(key, school, person, name), by, at }]
      })
      await query(
        this.#database,
        `insert into person.name (school, person, key, sealed, kept_by, kept_at)
         select $1, person, key, sealed, by, at from json_to_recordset($2::json)
           as named(person uuid, key uuid, sealed text, by uuid, at text)
         on conflict (school, person) do nothing`,
        [school, JSON.stringify(rows)],
      )
    }
  }

  /** The names that are known among `persons`; nobody's whose key was destroyed. */
  async names(school: SchoolSlug, persons: readonly Uuid[]): Promise<Map<Uuid, PersonName>> {
    const rows = await query<WrappedKey & { person: Uuid; sealed: string }>(
      this.#database,
      `select n.person, n.sealed, k.id, k.kek, k.wrapped from person.name n
       join privacy.dek k on k.id = n.key and k.school = n.school
       where n.school = $1 and n.person in (select value::uuid from json_array_elements_text($2::json))`,
      [school, JSON.stringify([...new Set(persons)])],
    )
    return new Map(
      rows.map(({ person, sealed, ...key }) => [
        person,
        openName({ id: key.id, secret: this.#keys.unwrapped(key) }, school, person, sealed),
      ]),
    )
  }

  /** Seals the names that an earlier release kept in clear, and tells how many there were. Safe to repeat. */
  async sealPlain(): Promise<number> {
    for (let done = 0; ; ) {
      const rows = await query<PersonName & { school: SchoolSlug; person: Uuid; kept_at: Instant }>(
        this.#database,
        `select school, person, family, given, patronymic, kept_at from person.name
         where sealed is null order by school, person limit ${MANY}`,
      )
      if (rows.length === 0) return done
      for (const [school, some] of Map.groupBy(rows, (row) => row.school)) {
        const of = some.map(({ person }) => ({ person, purpose: 'identity' as const }))
        const keys = await this.#keys.toSeal(school, of, some[0]!.kept_at)
        const sealed = some.map(({ person, family, given, patronymic }) => {
          const key = keys.get(keyName({ person, purpose: 'identity' }))
          // A copy of before the erasure was restored: the name goes as it went then.
          if (key === undefined) return { person, key: null, sealed: '' }
          return { person, key: key.id, sealed: sealName(key, school, person, { family, given, patronymic }) }
        })
        await query(
          this.#database,
          `update person.name n set key = r.key, sealed = r.sealed, family = null, given = null, patronymic = null
           from json_to_recordset($2::json) as r(person uuid, key uuid, sealed text)
           where n.school = $1 and n.person = r.person and n.sealed is null`,
          [school, JSON.stringify(sealed)],
        )
        done += some.length
      }
    }
  }
}

/** `Абрамова Анна Сергеевна`; the id where the name is not known, or no longer. */
export function fullName(person: Uuid, names: ReadonlyMap<Uuid, PersonName>): string {
  const name = names.get(person)
  return name === undefined ? person : [name.family, name.given, name.patronymic].filter(Boolean).join(' ')
}
