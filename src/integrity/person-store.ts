import type { Kysely } from 'kysely'
import { query } from '#events/store/sql.ts'
import type { SchoolSlug } from '#values/school.ts'
import type { Instant, LocalDate } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import { keyName, type PersonKeys, type WrappedKey } from './privacy/person-keys.ts'
import { openName, type PersonName, sealName } from './privacy/name.ts'

export type { PersonName } from './privacy/name.ts'

/** A name as it is to be kept: of whom, by whom and when. */
interface KeptName {
  readonly person: Uuid
  readonly name: PersonName
  readonly by: Uuid
  readonly at: Instant
}

/** A name that stood until another took its place. */
export interface FormerName extends PersonName {
  readonly kept_by: Uuid
  readonly kept_at: Instant
  /** The first day on which it was right no longer; null where it was mistyped and never was right. */
  readonly right_until: LocalDate | null
}

/** All names of a person: the one of today, and those before it from the first on. */
export interface NameHistory {
  readonly current: Omit<FormerName, 'right_until'>
  readonly former: readonly FormerName[]
}

/** A row of names as it is kept, with the key that opens it. */
interface Row extends WrappedKey {
  readonly person: Uuid
  readonly sealed: string
  readonly former: ReadonlyArray<Omit<FormerName, keyof PersonName> & { readonly sealed: string }> | null
  readonly kept_by: Uuid
  readonly kept_at: Instant
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
  readonly #until: Instant | null

  /** @param until the last instant of which it tells what was known; null is now */
  constructor(database: Kysely<unknown>, keys: PersonKeys, until: Instant | null = null) {
    this.#database = database
    this.#keys = keys
    this.#until = until
  }

  /**
   * The names as they were known at an instant of record time (R-D1): what was corrected later stands as it stood then. Of
   * somebody who was erased nothing is known at any instant.
   */
  asOf(until: Instant): PersonNames {
    return new PersonNames(this.#database, this.#keys, until)
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

  /** Another name takes the place of the one that stands, which is kept behind it. The same name again changes nothing. */
  async correct(
    school: SchoolSlug,
    person: Uuid,
    name: PersonName,
    rightUntil: LocalDate | null,
    by: Uuid,
    at: Instant,
  ): Promise<void> {
    const standing = await this.history(school, person)
    if (standing === undefined) return this.keep(school, person, name, by, at)
    const { family, given, patronymic, kept_by, kept_at } = standing.current
    if (family === name.family && given === name.given && patronymic === name.patronymic) return
    // Only over the very name that was read: whoever was faster is met by the next correction.
    await query(
      this.#database,
      `update person.name set
         former = coalesce(former, '[]') || jsonb_build_array(jsonb_build_object(
           'sealed', sealed, 'kept_by', kept_by, 'kept_at', kept_at, 'right_until', $5::text)),
         sealed = $3, kept_by = $4, kept_at = $6
       where school = $1 and person = $2 and kept_by = $7 and kept_at = $8`,
      [school, person, await this.#sealed(school, person, name, at), by, rightUntil, at, kept_by, kept_at],
    )
  }

  /** Puts the name before back, if the one that stands was kept by this account at this instant. */
  async takeBack(school: SchoolSlug, person: Uuid, by: Uuid, at: Instant): Promise<void> {
    await query(
      this.#database,
      `update person.name set
         sealed = former->-1->>'sealed', kept_by = (former->-1->>'kept_by')::uuid, kept_at = former->-1->>'kept_at',
         former = nullif(former - -1, '[]'::jsonb)
       where school = $1 and person = $2 and kept_by = $3 and kept_at = $4 and jsonb_array_length(former) > 0`,
      [school, person, by, at],
    )
  }

  /** The names that are known among `persons`: those that stand, or those that were right on a day; nobody's who was erased. */
  async names(
    school: SchoolSlug,
    persons: readonly Uuid[],
    on: LocalDate | null = null,
  ): Promise<Map<Uuid, PersonName>> {
    const rows = await this.#rows(school, persons)
    return new Map(
      rows.map(({ person, sealed, former, ...key }) => {
        const then = former?.find(({ right_until: until }) => on !== null && until !== null && on < until)
        return [person, this.#opened(key, school, person, then?.sealed ?? sealed)]
      }),
    )
  }

  /** All names of a person; undefined where none is known, or no longer. */
  async history(school: SchoolSlug, person: Uuid): Promise<NameHistory | undefined> {
    const [found] = await this.#rows(school, [person])
    if (found === undefined) return undefined
    const { sealed, former, kept_by, kept_at } = found
    return {
      current: { ...this.#opened(found, school, person, sealed), kept_by, kept_at },
      former: (former ?? []).map(({ sealed: then, ...kept }) => ({
        ...this.#opened(found, school, person, then),
        ...kept,
      })),
    }
  }

  async #rows(school: SchoolSlug, persons: readonly Uuid[]): Promise<Row[]> {
    if (persons.length === 0) return []
    // Each by its key: the planner takes any list for a hundred persons, and would read the names of the whole school.
    const rows = await query<Row>(
      this.#database,
      `select n.person, n.sealed, n.former, n.kept_by, n.kept_at, k.id, k.kek, k.wrapped
       from json_array_elements_text($2::json) as asked(person)
       cross join lateral (
         select * from person.name where school = $1 and person = asked.person::uuid offset 0
       ) n
       cross join lateral (select * from privacy.dek where id = n.key and school = n.school offset 0) k`,
      [school, JSON.stringify([...new Set(persons)])],
    )
    return this.#until === null ? rows : rows.map((row) => rowUntil(row, this.#until!))
  }

  #opened(key: WrappedKey, school: SchoolSlug, person: Uuid, sealed: string): PersonName {
    return openName({ id: key.id, secret: this.#keys.unwrapped(key) }, school, person, sealed)
  }

  async #sealed(school: SchoolSlug, person: Uuid, name: PersonName, at: Instant): Promise<string> {
    const keys = await this.#keys.toSeal(school, [{ person, purpose: 'identity' }], at)
    return sealName(keys.get(keyName({ person, purpose: 'identity' }))!, school, person, name)
  }

  /** Seals the names that an earlier release kept in clear, and tells how many there were. Safe to repeat. */
  async sealPlain(): Promise<number> {
    for (let done = 0; ; ) {
      const rows = await query<
        PersonName & { school: SchoolSlug; person: Uuid; kept_at: Instant; former: FormerName[] | null }
      >(
        this.#database,
        `select school, person, family, given, patronymic, kept_at, former from person.name
         where sealed is null order by school, person limit ${MANY}`,
      )
      if (rows.length === 0) return done
      for (const [school, some] of Map.groupBy(rows, (row) => row.school)) {
        const of = some.map(({ person }) => ({ person, purpose: 'identity' as const }))
        const keys = await this.#keys.toSeal(school, of, some[0]!.kept_at)
        const sealed = some.map(({ person, former, ...name }) => {
          const key = keys.get(keyName({ person, purpose: 'identity' }))
          // A copy of before the erasure was restored: the name goes as it went then.
          if (key === undefined) return { person, key: null, sealed: '', former: null }
          const before = former?.map(({ kept_by, kept_at, right_until, ...then }) => ({
            kept_by,
            kept_at,
            right_until,
            sealed: sealName(key, school, person, then),
          }))
          return { person, key: key.id, sealed: sealName(key, school, person, name), former: before ?? null }
        })
        await query(
          this.#database,
          `update person.name n set key = r.key, sealed = r.sealed, former = r.former,
             family = null, given = null, patronymic = null
           from json_to_recordset($2::json) as r(person uuid, key uuid, sealed text, former jsonb)
           where n.school = $1 and n.person = r.person and n.sealed is null`,
          [school, JSON.stringify(sealed)],
        )
        done += some.length
      }
    }
  }
}

/**
 * A row as it stood at an instant: what was kept later is left out, and the name that stood then was not replaced yet. The
 * first name of a person stands before it was kept too, since nobody is without one.
 */
function rowUntil(row: Row, until: Instant): Row {
  const all = [...(row.former ?? []), { sealed: row.sealed, kept_by: row.kept_by, kept_at: row.kept_at }]
  const standing = Math.max(
    0,
    all.findLastIndex(({ kept_at }) => kept_at <= until),
  )
  return { ...row, ...all[standing]!, former: (row.former ?? []).slice(0, standing) }
}

/** `Абрамова Анна Сергеевна`; the id where the name is not known, or no longer. */
export function fullName(person: Uuid, names: ReadonlyMap<Uuid, PersonName>): string {
  const name = names.get(person)
  return name === undefined ? person : [name.family, name.given, name.patronymic].filter(Boolean).join(' ')
}
