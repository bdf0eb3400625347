import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Kysely } from 'kysely'
import { query } from '#events/store/sql.ts'
import type { SchoolSlug } from '#values/school.ts'
import type { Instant } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import type { KeyEncryption } from './privacy/key-encryption.ts'

/** Whoever guesses has one chance in twenty million. */
const TRIES = 5
const DIGITS = 8

/**
 * The codes by which contacts are confirmed. A code follows from the contact by the key of the installation, so that it
 * stands nowhere: neither in the log nor in the database. What is kept is how often it was tried.
 */
export class ContactCodes {
  readonly #database: Kysely<unknown>
  readonly #encryption: Pick<KeyEncryption, 'digesting'>

  constructor(database: Kysely<unknown>, encryption: Pick<KeyEncryption, 'digesting'>) {
    this.#database = database
    this.#encryption = encryption
  }

  of(school: SchoolSlug, contact: Uuid): string {
    const digest = createHmac('sha256', this.#encryption.digesting).update(
      `contact code ${school} ${contact}`,
    )
    return String(digest.digest().readBigUInt64BE() % 10n ** BigInt(DIGITS)).padStart(DIGITS, '0')
  }

  /** Whether this is the code. A try counts before it is compared, so that tries at once are counted as those in turn. */
  async isCode(school: SchoolSlug, contact: Uuid, code: string, at: Instant): Promise<boolean> {
    const [counted] = await query(
      this.#database,
      `insert into operations.contact_try as t (contact, school, tries, last_at) values ($1, $2, 1, $3)
       on conflict (contact) do update set tries = t.tries + 1, last_at = $3 where t.tries < $4
       returning tries`,
      [contact, school, at, TRIES],
    )
    if (counted === undefined) return false
    return timingSafeEqual(Buffer.from(code.padStart(DIGITS)), Buffer.from(this.of(school, contact)))
  }
}
