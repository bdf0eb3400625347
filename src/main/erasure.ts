import { setTimeout } from 'node:timers/promises'
import { existsSync } from 'node:fs'
import { execute } from '#commands/execute.ts'
import { destroyPersonKeys } from '#commands/privacy/destroy-person-keys.ts'
import { type PrivacyState, privacyFold } from '#commands/privacy/state.ts'
import { isRefusal } from '#commands/refusal.ts'
import { query, transaction } from '#events/store/sql.ts'
import { streamName } from '#events/stream-name.ts'
import { schoolDirectory } from '#projections/school-directory/projection.ts'
import { schemaOf } from '#projections/read-model.ts'
import type { Purpose } from '#values/personal-text.ts'
import type { SchoolSlug } from '#values/school.ts'
import { type Instant, plusMinutes } from '#values/time.ts'
import { type Uuid, uuidV5 } from '#values/uuid.ts'
import { listDestroyed } from './destroyed-list.ts'
import type { Installation, ServiceLog } from './installation.ts'
import { OPERATOR } from './operator.ts'

/** How often the quarantine is looked at, in milliseconds. */
const LOOK = 60_000
/** A confirmation that is not in the log after this time never came there, in minutes. */
const LOST = 10
const DIRECTORY = schemaOf(schoolDirectory)

interface Waiting {
  readonly school: SchoolSlug
  readonly person: Uuid
  readonly keys: ReadonlyArray<{ readonly id: Uuid; readonly purpose: Purpose; readonly taken: Instant }>
}

/**
 * Carries out what two persons decided about somebody's keys: the log says what that is, and the quarantine follows it. It
 * may be killed at any point and goes on at the next look; two at a time do no harm.
 *
 * @param lists folders outside the database, each with a list of what was destroyed, by which a restore knows
 */
export class Erasure {
  readonly #installation: Pick<Installation, 'database' | 'execution' | 'keys'>
  readonly #lists: readonly string[]
  readonly #log: Pick<ServiceLog, 'info' | 'error'>

  constructor(
    installation: Pick<Installation, 'database' | 'execution' | 'keys'>,
    lists: readonly string[],
    log: Pick<ServiceLog, 'info' | 'error'>,
  ) {
    this.#installation = installation
    this.#lists = lists
    this.#log = log
  }

  /** Looks again and again until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.look()
      } catch (err) {
        this.#log.error({ err }, 'the quarantine of keys could not be looked at')
      }
      await setTimeout(LOOK, undefined, { signal }).catch(() => {})
    }
  }

  async look(): Promise<void> {
    for (const waiting of await this.#waiting()) {
      const { school, person, keys } = waiting
      const { streams } = this.#installation.execution
      const { state } = await streams.load(privacyFold, streamName(school, 'privacy', person))
      const gone = keys.filter(({ purpose }) => state.destroyed.has(purpose))
      if (gone.length > 0) await this.#destroy({ ...waiting, keys: gone })
      else if (this.#isDue(state)) await this.#carryOut(waiting, state)
      else await this.#bringBack(waiting, state)
    }
  }

  #isDue({ underWay }: Readonly<PrivacyState>): boolean {
    const at = underWay?.destroyAt ?? null
    return at !== null && at <= this.#installation.execution.clock()
  }

  /** The event comes first: keys go because the log says so. */
  async #carryOut(waiting: Waiting, state: Readonly<PrivacyState>): Promise<void> {
    const { school, person } = waiting
    const { purposes, destroyAt } = state.underWay!
    const keys = waiting.keys.filter(({ purpose }) => purposes.includes(purpose))
    const answer = await execute(this.#installation.execution, destroyPersonKeys, {
      school,
      actor: OPERATOR,
      id: uuidV5(person, `destroy ${destroyAt}`),
      input: { person, keys: keys.map(({ id }) => id) },
    })
    if (isRefusal(answer)) throw new Error(`keys of ${person} are due and not destroyed: ${answer.refused}`)
    await this.#destroy({ ...waiting, keys })
  }

  async #destroy({ school, person, keys }: Waiting): Promise<void> {
    const { database, execution } = this.#installation
    const at = execution.clock()
    const purposes = keys.map(({ purpose }) => purpose)
    const gone = purposes.map((purpose) => ({ school, person, purpose, at }))
    for (const folder of this.#lists) if (existsSync(folder)) listDestroyed(folder, gone)
    const accounts = purposes.includes('identity') ? await this.#accountsOf(school, person) : []
    await transaction(database.kysely, async (together) => {
      for (const purpose of purposes) {
        await query(
          together,
          'insert into privacy.destroyed (school, person, purpose, at) values ($1, $2, $3, $4) on conflict do nothing',
          [school, person, purpose, at],
        )
        const of = 'where school = $1 and person = $2 and purpose = $3'
        await query(together, `delete from privacy.quarantine ${of}`, [school, person, purpose])
        await query(together, `delete from privacy.dek ${of}`, [school, person, purpose])
      }
      if (!purposes.includes('identity')) return
      await query(together, 'delete from person.name where school = $1 and person = $2', [school, person])
      for (const account of accounts) {
        await query(together, 'delete from access.credential where school = $1 and account = $2', [
          school,
          account,
        ])
      }
    })
    this.#log.info({ school, person, purposes }, 'keys of a person were destroyed')
  }

  async #accountsOf(school: SchoolSlug, person: Uuid): Promise<Uuid[]> {
    const rows = await this.#installation.database.withinSchool(school, (database) =>
      query<{ account: Uuid }>(
        database,
        `select account from ${DIRECTORY}.account where school = $1 and person = $2`,
        [school, person],
      ),
    )
    return rows.map(({ account }) => account)
  }

  /** What the log does not want in quarantine: it was cancelled, or the confirmation was never recorded. */
  async #bringBack({ school, person, keys }: Waiting, { underWay }: Readonly<PrivacyState>): Promise<void> {
    const { execution, keys: store } = this.#installation
    const wanted = underWay !== null && underWay.destroyAt !== null ? underWay.purposes : []
    const now = execution.clock()
    const purposes = keys
      .filter(({ purpose, taken }) => !wanted.includes(purpose) && plusMinutes(taken, LOST) <= now)
      .map(({ purpose }) => purpose)
    if (purposes.length > 0) await store.release(school, person, purposes)
  }

  #waiting(): Promise<Waiting[]> {
    return query(
      this.#installation.database.kysely,
      `select school, person, json_agg(json_build_object('id', id, 'purpose', purpose, 'taken', taken_at)) as keys
       from privacy.quarantine group by school, person order by school, person`,
    )
  }
}
