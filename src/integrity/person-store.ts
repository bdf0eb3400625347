import type { Kysely } from 'kysely'
import { query } from '#events/store/sql.ts'
import type { SchoolSlug } from '#values/school.ts'
import type { Instant, LocalDate } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'

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

/** Names in one statement. */
const MANY = 1_000

/**
 * The names of people, by pseudonymous id: a store that can be corrected and erased, beside a log that cannot (R-D8,
 * Every change keeps who made it and when; the log never learns a name.
 */
export class PersonNames {
  readonly #database: Kysely<unknown>

  constructor(database: Kysely<unknown>) {
    this.#database = database
  }

  /** Keeps the name of somebody who is new to the school. The first name stays: another one is a correction of its own. */
  async keep(school: SchoolSlug, person: Uuid, name: PersonName, by: Uuid, at: Instant): Promise<void> {
    await query(
      this.#database,
      `insert into person.name (school, person, family, given, patronymic, kept_by, kept_at)
       values ($1, $2, $3, $4, $5, $6, $7) on conflict (school, person) do nothing`,
      [school, person, name.family, name.given, name.patronymic, by, at],
    )
  }

  /** The same for many, in one statement a thousand. */
  async keepAll(school: SchoolSlug, kept: readonly KeptName[]): Promise<void> {
    for (let from = 0; from < kept.length; from += MANY) {
      const rows = kept.slice(from, from + MANY).map(({ name, ...one }) => ({ ...one, ...name }))
      await query(
        this.#database,
        `insert into person.name (school, person, family, given, patronymic, kept_by, kept_at)
         select $1, person, family, given, patronymic, by, at from json_to_recordset($2::json)
           as named(person uuid, family text, given text, patronymic text, by uuid, at text)
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
    await query(
      this.#database,
      `insert into person.name as n (school, person, family, given, patronymic, kept_by, kept_at)
       values ($1, $2, $3, $4, $5, $6, $7)
       on conflict (school, person) do update set
         former = coalesce(n.former, '[]') || jsonb_build_array(jsonb_build_object(
           'family', n.family, 'given', n.given, 'patronymic', n.patronymic,
           'kept_by', n.kept_by, 'kept_at', n.kept_at, 'right_until', $8::text)),
         family = excluded.family, given = excluded.given, patronymic = excluded.patronymic,
         kept_by = excluded.kept_by, kept_at = excluded.kept_at
       where (n.family, n.given, n.patronymic)
         is distinct from (excluded.family, excluded.given, excluded.patronymic)`,
      [school, person, name.family, name.given, name.patronymic, by, at, rightUntil],
    )
  }

  /** The names that are known among `persons`: those of today, or those that were right on a day. */
  async names(
    school: SchoolSlug,
    persons: readonly Uuid[],
    on: LocalDate | null = null,
  ): Promise<Map<Uuid, PersonName>> {
    const rows = await query<PersonName & { person: Uuid; former: readonly FormerName[] | null }>(
      this.#database,
      `select person, family, given, patronymic, former from person.name
       where school = $1 and person in (select value::uuid from json_array_elements_text($2::json))`,
      [school, JSON.stringify([...new Set(persons)])],
    )
    return new Map(
      rows.map(({ person, former, ...today }) => {
        const then = former?.find(({ right_until: until }) => on !== null && until !== null && on < until)
        const { family, given, patronymic } = then ?? today
        return [person, { family, given, patronymic }]
      }),
    )
  }

  /** All names of a person; undefined where none is known. */
  async history(school: SchoolSlug, person: Uuid): Promise<NameHistory | undefined> {
    const [found] = await query<NameHistory['current'] & { former: readonly FormerName[] | null }>(
      this.#database,
      `select family, given, patronymic, kept_by, kept_at, former from person.name where school = $1 and person = $2`,
      [school, person],
    )
    if (found === undefined) return undefined
    const { former, ...current } = found
    return { current, former: former ?? [] }
  }
}

/** `Абрамова Анна Сергеевна`; the id where the name is not known, or no longer. */
export function fullName(person: Uuid, names: ReadonlyMap<Uuid, PersonName>): string {
  const name = names.get(person)
  return name === undefined ? person : [name.family, name.given, name.patronymic].filter(Boolean).join(' ')
}
