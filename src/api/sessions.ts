import { randomBytes, randomUUID } from 'node:crypto'
import type { Kysely } from 'kysely'
import { query } from '#events/store/sql.ts'
import type { SchoolSlug } from '#values/school.ts'
import { DAY, type Instant } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import { digestOf } from './secrets.ts'

/** From one log-in to its end, as its person and the administrator are shown it. */
export interface Session {
  readonly session: Uuid
  readonly began: Instant
  /** When it was last prolonged. */
  readonly seen: Instant
  readonly expires: Instant
  readonly address: string
  readonly agent: string | null
}

export interface Entered {
  readonly session: Uuid
  readonly refresh: string
}

/** Whom a refresh token was given to; `replayed` where it had been used before, and its session was ended for that. */
export interface Refreshed {
  readonly school: SchoolSlug
  readonly account: Uuid
  readonly cred: number
  readonly entered: Entered | 'replayed'
}

export type EndReason = 'log-out' | 'log-out-everywhere' | 'revoked' | 'administrator' | 'replayed'

/** A session that nobody prolongs ends by itself after so many days. */
const DAYS = 14

/** For how long, in milliseconds, a process believes that a session goes on (docs/decisions/0031). */
const BELIEVED = 5_000
const MOST_KNOWN = 20_000

/**
 * Sessions with their refresh tokens. A token has two halves: the first is of the session and stays, the second is new
 * every time. Only hashes are kept. A token whose first half is right and whose whole is not the last one was used
 * before: somebody has copied it, and the session ends for both.
 */
export class Sessions {
  readonly #database: Kysely<unknown>
  readonly #known = new Map<Uuid, number>()

  constructor(database: Kysely<unknown>) {
    this.#database = database
  }

  async begin(
    school: SchoolSlug,
    account: Uuid,
    cred: number,
    from: { readonly address: string; readonly agent: string | null },
    now: Instant,
  ): Promise<Entered> {
    const session = randomUUID() as Uuid
    const family = randomBytes(16).toString('base64url')
    const refresh = `${family}.${randomBytes(32).toString('base64url')}`
    await query(
      this.#database,
      `insert into access.session (id, school, account, cred, family, token, began, seen, expires, address, agent)
       values ($1, $2, $3, $4, $5, $6, $7, $7, $8, $9, $10)`,
      [
        session,
        school,
        account,
        cred,
        digestOf(family),
        digestOf(refresh),
        now,
        lastsUntil(now),
        from.address,
        from.agent,
      ],
    )
    return { session, refresh }
  }

  /** Gives a new refresh token for the last one; null for a token that is nobody's, or of a session that has ended. */
  async refresh(token: string, now: Instant): Promise<Refreshed | null> {
    const family = token.split('.')[0]!
    const next = `${family}.${randomBytes(32).toString('base64url')}`
    type Row = { id: Uuid; school: SchoolSlug; account: Uuid; cred: number }
    // One statement: of two who bring the same token at once, one finds it used.
    const [row] = await query<Row>(
      this.#database,
      `update access.session set token = $3, seen = $4, expires = $5
       where family = $1 and token = $2 and ended is null and expires > $4
       returning id, school, account, cred`,
      [digestOf(family), digestOf(token), digestOf(next), now, lastsUntil(now)],
    )
    if (row !== undefined) {
      const { id, school, account, cred } = row
      return { school, account, cred, entered: { session: id, refresh: next } }
    }
    const [copied] = await query<Row>(
      this.#database,
      `update access.session set ended = $2, why = 'replayed'
       where family = $1 and ended is null and expires > $2 returning id, school, account, cred`,
      [digestOf(family), now],
    )
    if (copied === undefined) return null
    this.#known.delete(copied.id)
    return { school: copied.school, account: copied.account, cred: copied.cred, entered: 'replayed' }
  }

  /** Whether a session goes on. What was found out is believed for some seconds, but not of sessions ended here. */
  async lives(session: Uuid): Promise<boolean> {
    const looked = this.#known.get(session)
    if (looked !== undefined && performance.now() - looked < BELIEVED) return true
    const text = 'select 1 from access.session where id = $1 and ended is null'
    const alive = (await query(this.#database, text, [session])).length === 1
    this.#known.delete(session)
    if (this.#known.size >= MOST_KNOWN) this.#known.delete(this.#known.keys().next().value!)
    if (alive) this.#known.set(session, performance.now())
    return alive
  }

  /** The sessions of an account that go on, the newest first. */
  of(school: SchoolSlug, account: Uuid, now: Instant): Promise<Session[]> {
    return query(
      this.#database,
      `select id as session, began, seen, expires, address, agent from access.session
       where school = $1 and account = $2 and ended is null and expires > $3 order by began desc, id`,
      [school, account, now],
    )
  }

  /** Ends one session of an account, or all of them; the number of those that had gone on. */
  async end(
    school: SchoolSlug,
    account: Uuid,
    session: Uuid | null,
    why: EndReason,
    now: Instant,
  ): Promise<number> {
    const ended = await query<{ id: Uuid }>(
      this.#database,
      `update access.session set ended = $4, why = $5
       where school = $1 and account = $2 and ($3::uuid is null or id = $3) and ended is null returning id`,
      [school, account, session, now, why],
    )
    for (const { id } of ended) this.#known.delete(id)
    return ended.length
  }

  /** Forgets the sessions of long ago. */
  async purge(now: Instant): Promise<void> {
    const text = 'delete from access.session where expires < $1'
    await query(this.#database, text, [daysAfter(now, -90)])
  }
}

const daysAfter = (instant: Instant, days: number): string =>
  new Date(Date.parse(instant) + days * DAY).toISOString()

const lastsUntil = (now: Instant): string => daysAfter(now, DAYS)
