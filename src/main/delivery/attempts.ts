import type { Kysely } from 'kysely'
import { query } from '#events/store/sql.ts'
import type { Channel } from '#values/contact.ts'
import type { SchoolSlug } from '#values/school.ts'
import { type Instant, plusMinutes } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'

/** A delivery that was tried and is not on record yet. `outcome` is null while it is worth another try. */
export interface Attempt {
  readonly delivery: Uuid
  readonly message: Uuid
  readonly representative: Uuid
  readonly channel: Channel
  readonly attempts: number
  readonly next_at: Instant
  readonly outcome: 'accepted' | 'refused' | null
  readonly code: number | null
}

/** Minutes until the next try; the last goes on to the end. */
const WAITS = [1, 5, 15, 30, 60, 120]

/** The table of tries (`operations.delivery`). */
export class Attempts {
  readonly #database: Kysely<unknown>

  constructor(database: Kysely<unknown>) {
    this.#database = database
  }

  of(messages: readonly Uuid[]): Promise<Attempt[]> {
    return query(
      this.#database,
      `select delivery, message, representative, channel, attempts, next_at, outcome, code from operations.delivery
       where message in (select value::uuid from json_array_elements_text($1::json))`,
      [JSON.stringify(messages)],
    )
  }

  /**
   * Takes a delivery for one try, and says which it is; null where another process has it, or it is not due. Until the
   * outcome is noted it counts as one that went wrong, so that whoever is killed meanwhile is followed after the wait.
   */
  async take(
    one: Pick<Attempt, 'delivery' | 'message' | 'representative' | 'channel'> & {
      readonly school: SchoolSlug
    },
    before: number,
    now: Instant,
  ): Promise<number | null> {
    const next = plusMinutes(now, WAITS[Math.min(before, WAITS.length - 1)]!)
    const [taken] = await query<{ attempts: number }>(
      this.#database,
      `insert into operations.delivery as d
         (delivery, school, message, representative, channel, attempts, last_at, next_at)
       values ($1, $2, $3, $4, $5, 1, $6, $7)
       on conflict (delivery) do update set attempts = d.attempts + 1, last_at = $6, next_at = $7
         where d.outcome is null and d.next_at <= $6
       returning attempts`,
      [one.delivery, one.school, one.message, one.representative, one.channel, now, next],
    )
    return taken?.attempts ?? null
  }

  async note(delivery: Uuid, outcome: Attempt['outcome'], code: number | null): Promise<void> {
    await query(
      this.#database,
      'update operations.delivery set outcome = $2, code = $3 where delivery = $1',
      [delivery, outcome, code],
    )
  }

  /** Rows stay for a while after the end is on record: they stop another process that has not heard of it. */
  async forget(until: Instant): Promise<void> {
    await query(this.#database, 'delete from operations.delivery where last_at <= $1', [until])
    await query(this.#database, 'delete from operations.contact_try where last_at <= $1', [until])
  }
}
