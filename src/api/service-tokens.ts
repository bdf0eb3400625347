import type { Kysely } from 'kysely'
import { query } from '#events/store/sql.ts'
import type { SchoolSlug } from '#values/school.ts'
import type { Instant } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import { digestOf } from './secrets.ts'

/** A token of an external system as it is kept: by hash, with when it was last used. */
export interface KeptServiceToken {
  readonly token: Uuid
  readonly school: SchoolSlug
  readonly seen: Instant | null
}

/** The tokens of external systems. What each opens, and until when, is said by the log. */
export class ServiceTokens {
  readonly #database: Kysely<unknown>

  constructor(database: Kysely<unknown>) {
    this.#database = database
  }

  async find(secret: string): Promise<KeptServiceToken | null> {
    const text = 'select token, school, seen from access.service_token where hash = $1'
    const [row] = await query<KeptServiceToken>(this.#database, text, [digestOf(secret)])
    return row ?? null
  }

  /** Notes that a token was used; to the minute, so that a read does not cost a write. */
  async used({ token, seen }: KeptServiceToken, now: Instant): Promise<void> {
    if (seen !== null && seen.slice(0, 16) === now.slice(0, 16)) return
    await query(this.#database, 'update access.service_token set seen = $2 where token = $1', [token, now])
  }

  of(school: SchoolSlug): Promise<KeptServiceToken[]> {
    const text =
      'select token, school, seen from access.service_token where school = $1 order by kept_at, token'
    return query(this.#database, text, [school])
  }
}
