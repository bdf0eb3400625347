import { type KeyObject, randomUUID } from 'node:crypto'
import type { Kysely } from 'kysely'
import { query } from '#events/store/sql.ts'
import type { Purpose } from '#values/personal-text.ts'
import type { SchoolSlug } from '#values/school.ts'
import type { Instant } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import { type KeyEncryption, newKey, NotUnwrapped, rewrap, unwrap } from './key-encryption.ts'

/** Whose key, and of what. */
export interface KeyOf {
  readonly person: Uuid
  readonly purpose: Purpose
}

export interface PersonKey {
  readonly id: string
  readonly secret: KeyObject
}

export interface WrappedKey {
  readonly id: string
  readonly kek: string
  readonly wrapped: string
}

/** Unwrapped keys that are kept at hand: a school has some thousand. */
const AT_HAND = 50_000
const MANY = 1_000

/**
 * The keys of people, one for a person and a purpose, each wrapped by a key that stands outside the database. Whether a
 * key is there is asked of the database each time, and only its unwrapping is remembered: what one process destroys, no
 * other opens from then on.
 */
export class PersonKeys {
  readonly #database: Kysely<unknown>
  readonly #encryption: KeyEncryption
  readonly #unwrapped = new Map<string, KeyObject>()

  constructor(database: Kysely<unknown>, encryption: KeyEncryption) {
    this.#database = database
    this.#encryption = encryption
  }

  /** The keys by which they are wrapped. */
  get encryption(): KeyEncryption {
    return this.#encryption
  }

  /** The keys by {@link keyName}, made where there is none; without those that were destroyed or wait for it. */
  async toSeal(school: SchoolSlug, of: readonly KeyOf[], at: Instant): Promise<Map<string, PersonKey>> {
    const wanted = [...new Map(of.map((one) => [keyName(one), one])).values()]
    const found = await this.#standing(school, wanted)
    const missing = wanted.filter((one) => !found.has(keyName(one)))
    if (missing.length === 0) return found
    await this.#make(school, missing, at)
    // Another process may have been first: the key that stands is everybody's.
    for (const [name, key] of await this.#standing(school, missing)) found.set(name, key)
    return found
  }

  /** The keys that are there among these, by id. */
  async byId(school: SchoolSlug, ids: Iterable<string>): Promise<Map<string, KeyObject>> {
    const asked = [...new Set(ids)]
    if (asked.length === 0) return new Map()
    const rows = await query<WrappedKey>(
      this.#database,
      `select id, kek, wrapped from privacy.dek
       where school = $1 and id in (select value::uuid from json_array_elements_text($2::json))`,
      [school, JSON.stringify(asked)],
    )
    return new Map(rows.map((row) => [row.id, this.unwrapped(row)]))
  }

  /** @throws {NotUnwrapped} the key that wraps it is not here, or is another one of that name */
  unwrapped({ id, kek, wrapped }: WrappedKey): KeyObject {
    const known = this.#unwrapped.get(id)
    if (known !== undefined) return known
    const by = this.#encryption.byId(kek)
    if (by === null) throw new NotUnwrapped(`the key ${kek}, which wraps ${id}, is not in the folder`)
    const secret = unwrap(id, wrapped, by)
    if (this.#unwrapped.size >= AT_HAND) this.#unwrapped.clear()
    this.#unwrapped.set(id, secret)
    return secret
  }

  /** Wraps by the current key what an older one wraps, and tells how many there were. Safe to repeat. */
  async rewrapAll(): Promise<number> {
    const { current } = this.#encryption
    let done = 0
    for (const table of ['privacy.dek', 'privacy.quarantine']) {
      for (;;) {
        const rows = await query<WrappedKey>(
          this.#database,
          `select id, kek, wrapped from ${table} where kek <> $1 order by id limit ${MANY}`,
          [current.id],
        )
        if (rows.length === 0) break
        const anew = rows.map(({ id, kek, wrapped }) => {
          const from = this.#encryption.byId(kek)
          if (from === null) throw new NotUnwrapped(`the key ${kek}, which wraps ${id}, is not in the folder`)
          return { id, was: kek, wrapped: rewrap(id, wrapped, from, current) }
        })
        await query(
          this.#database,
          `update ${table} k set kek = $1, wrapped = r.wrapped
           from json_to_recordset($2::json) as r(id uuid, was text, wrapped text)
           where k.id = r.id and k.kek = r.was`,
          [current.id, JSON.stringify(anew)],
        )
        done += rows.length
      }
    }
    return done
  }

  /** Puts keys where nothing opens with them, until they are destroyed or brought back. Safe to repeat. */
  async quarantine(
    school: SchoolSlug,
    person: Uuid,
    purposes: readonly Purpose[],
    at: Instant,
  ): Promise<void> {
    // Also a key that was never needed waits there: that the person is being erased is known by it.
    await this.toSeal(
      school,
      purposes.map((purpose) => ({ person, purpose })),
      at,
    )
    await query(
      this.#database,
      `with taken as (delete from privacy.dek
         where school = $1 and person = $2 and purpose in (select json_array_elements_text($3::json)) returning *)
       insert into privacy.quarantine (id, school, person, purpose, kek, wrapped, made_at, taken_at)
       select id, school, person, purpose, kek, wrapped, made_at, $4 from taken`,
      [school, person, JSON.stringify(purposes), at],
    )
  }

  /** Brings keys back from quarantine. Safe to repeat. */
  async release(school: SchoolSlug, person: Uuid, purposes: readonly Purpose[]): Promise<void> {
    await query(
      this.#database,
      `with taken as (delete from privacy.quarantine
         where school = $1 and person = $2 and purpose in (select json_array_elements_text($3::json)) returning *)
       insert into privacy.dek (id, school, person, purpose, kek, wrapped, made_at)
       select id, school, person, purpose, kek, wrapped, made_at from taken`,
      [school, person, JSON.stringify(purposes)],
    )
  }

  async #standing(school: SchoolSlug, of: readonly KeyOf[]): Promise<Map<string, PersonKey>> {
    const rows = await query<WrappedKey & KeyOf>(
      this.#database,
      `select k.id, k.kek, k.wrapped, k.person, k.purpose from privacy.dek k
       join json_to_recordset($2::json) as asked(person uuid, purpose text)
         on k.person = asked.person and k.purpose = asked.purpose
       where k.school = $1`,
      [school, JSON.stringify(of)],
    )
    return new Map(rows.map((row) => [keyName(row), { id: row.id, secret: this.unwrapped(row) }]))
  }

  async #make(school: SchoolSlug, of: readonly KeyOf[], at: Instant): Promise<void> {
    const { current } = this.#encryption
    const made = of.map((one) => {
      const id = randomUUID()
      return { ...one, id, wrapped: newKey(id, current).wrapped }
    })
    for (let from = 0; from < made.length; from += MANY) {
      await query(
        this.#database,
        `insert into privacy.dek (id, school, person, purpose, kek, wrapped, made_at)
         select id, $1, person, purpose, $2, wrapped, $3
         from json_to_recordset($4::json) as made(id uuid, person uuid, purpose text, wrapped text)
         where not exists (select from privacy.quarantine q
             where q.school = $1 and q.person = made.person and q.purpose = made.purpose)
           and not exists (select from privacy.destroyed d
             where d.school = $1 and d.person = made.person and d.purpose = made.purpose)
         on conflict do nothing`,
        [school, current.id, at, JSON.stringify(made.slice(from, from + MANY))],
      )
    }
  }
}

export const keyName = ({ person, purpose }: KeyOf): string => `${person}/${purpose}`
