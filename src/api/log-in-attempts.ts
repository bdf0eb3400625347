import type { Kysely } from 'kysely'
import { query, transaction } from '#events/store/sql.ts'
import type { SchoolSlug } from '#values/school.ts'
import type { Instant } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import { digestOf } from './secrets.ts'

/** How often somebody may try, and for how long a door then stays shut. */
export interface AttemptLimits {
  /** Tries on one name before it is locked; a log-in that succeeds forgets them. */
  readonly perName: number
  /** Tries from one address within a window: a school of a thousand stands behind one. */
  readonly perAddress: number
  /** Requests by the token of an external system within a window. */
  readonly perService: number
  /** Seconds: of the window of an address or a token, and of the first lock. Every further try on a locked name doubles its lock. */
  readonly seconds: number
  /** The longest lock, in seconds. */
  readonly longest: number
}

export const ATTEMPT_LIMITS: AttemptLimits = {
  perName: 5,
  perAddress: 1_200,
  perService: 120,
  seconds: 60,
  longest: 3_600,
}

/** After so many seconds without a try a name is as if nobody had tried. */
const FORGOTTEN = 24 * 3_600

interface Row {
  readonly tries: number
  readonly began: Instant
  readonly locked: string | null
}

/**
 * Tries to log in, counted in the database, so that all processes count together. A try is counted before the password
 * is looked at: many at once get no further than one after another. A name that nobody has is counted and locked as any
 * other. Kept by hash: people type passwords into the field of the name.
 */
export class LogInAttempts {
  readonly #database: Kysely<unknown>
  readonly #limits: AttemptLimits

  constructor(database: Kysely<unknown>, limits: AttemptLimits = ATTEMPT_LIMITS) {
    this.#database = database
    this.#limits = limits
  }

  /** Counts a try from an address; the seconds for which it must wait, or null where it may go on. */
  fromAddress(address: string, now: Instant): Promise<number | null> {
    return this.#within(`address ${digestOf(address)}`, this.#limits.perAddress, now)
  }

  /** Counts a request by the token of an external system; the seconds for which it must wait, or null. */
  ofService(token: Uuid, now: Instant): Promise<number | null> {
    return this.#within(`service ${token}`, this.#limits.perService, now)
  }

  async #within(subject: string, most: number, now: Instant): Promise<number | null> {
    const { seconds } = this.#limits
    const [row] = await query<{ tries: number; began: Instant }>(
      this.#database,
      `insert into access.log_in_attempt as known (subject, began, tries) values ($1, $2, 1)
       on conflict (subject) do update set
         began = case when known.began <= $3 then excluded.began else known.began end,
         tries = case when known.began <= $3 then 1 else known.tries + 1 end
       returning tries, began`,
      [subject, now, secondsAfter(now, -seconds)],
    )
    return row!.tries <= most ? null : secondsBetween(now, secondsAfter(row!.began, seconds))
  }

  /** Counts a try on a name; the seconds for which it is locked, or null where it may go on. */
  onName(school: SchoolSlug, login: string, now: Instant): Promise<number | null> {
    const { perName, seconds, longest } = this.#limits
    const subject = nameOf(school, login)
    return transaction(this.#database, async (together) => {
      const made = `insert into access.log_in_attempt (subject, began, tries) values ($1, $2, 0) on conflict do nothing`
      await query(together, made, [subject, now])
      const [row] = await query<Row>(
        together,
        'select tries, began, locked_until as locked from access.log_in_attempt where subject = $1 for update',
        [subject],
      )
      // One that is gone has just succeeded, and this try is the first again.
      const { tries: before, began, locked } = row ?? { tries: 0, began: now, locked: null }
      // A try while the name is locked is no try: who only waits is let in.
      if (locked !== null && locked > now) return secondsBetween(now, locked)
      const tries = began <= secondsAfter(now, -FORGOTTEN) ? 1 : before + 1
      const lock = tries < perName ? null : Math.min(seconds * 2 ** (tries - perName), longest)
      await query(
        together,
        'update access.log_in_attempt set tries = $2, began = $3, locked_until = $4 where subject = $1',
        [subject, tries, now, lock === null ? null : secondsAfter(now, lock)],
      )
      return null
    })
  }

  /** Whoever has got in has shown who he is. */
  async succeeded(school: SchoolSlug, login: string): Promise<void> {
    const text = 'delete from access.log_in_attempt where subject = $1'
    await query(this.#database, text, [nameOf(school, login)])
  }

  /** Forgets what has no bearing any more. */
  async purge(now: Instant): Promise<void> {
    const text = `delete from access.log_in_attempt where began < $1 and coalesce(locked_until, '') < $2`
    await query(this.#database, text, [secondsAfter(now, -FORGOTTEN), now])
  }
}

const nameOf = (school: SchoolSlug, login: string): string =>
  `name ${digestOf(`${school} ${login.toLowerCase()}`)}`

function secondsAfter(instant: string, seconds: number): Instant {
  return new Date(Date.parse(instant) + seconds * 1_000).toISOString() as Instant
}

function secondsBetween(from: string, until: string): number {
  return Math.max(1, Math.ceil((Date.parse(until) - Date.parse(from)) / 1_000))
}
