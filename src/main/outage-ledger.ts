import type { Kysely } from 'kysely'
import { query } from '#events/store/sql.ts'
import { DAY, Instant } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'

/** How often a process of the service gives a sign of life, in milliseconds. */
export const SIGN_EVERY = 10_000

/**
 * For how long after its last sign a process is taken to live, in milliseconds: two signs may be late. A silence that is
 * shorter, of a process that goes on, is not seen.
 */
export const ALIVE_FOR = 25_000

/** A time in which nobody could use the service, `began` ≤ t < `ended`. */
export interface Outage {
  readonly began: Instant
  readonly ended: Instant
  /** The break of an orderly stop or one that was announced; everything else is an emergency. */
  readonly kind: 'planned' | 'emergency'
  /** What was announced; null where nothing was. */
  readonly reason: string | null
}

/** Work on the service that was announced beforehand. */
export interface Notice {
  readonly began: Instant
  readonly ended: Instant
  readonly reason: string
}

/** What the ledger knows at a moment. */
export interface Standing {
  /** The first sign of life ever; null before it. */
  readonly since: Instant | null
  /** Those that touch the time asked for, the earliest first; one that lasts ends now. */
  readonly outages: readonly Outage[]
  /** Whether some process lives. */
  readonly up: boolean
}

interface ProcessRow {
  readonly id: string
  readonly started: Instant
  readonly seen: Instant
  readonly stopped: Instant | null
  /** The last sign of anybody before it started, where somebody may have lived on: then there was no outage. */
  readonly unsure: Instant | null
}

/**
 * When the service was down, and why: the ledger that the regulation asks for (R-A3.2a-c). Every process that serves
 * requests gives a sign of life now and then, one row each: a process that replaces another in a rolling restart must
 * not look like an outage, and one that was killed must. A time without any sign becomes an outage when the next sign
 * is given, from the last sign of all, so that nothing is counted too short.
 */
export class OutageLedger {
  readonly #database: Kysely<unknown>

  constructor(database: Kysely<unknown>) {
    this.#database = database
  }

  /** The process lives. @returns the outages that this sign has brought to light */
  sign(process: Uuid, now: Instant): Promise<Outage[]> {
    return this.#inTurn(async (transaction) => {
      const rows = await latestProcesses(transaction)
      const found = [...settled(rows, now), ...silence(rows, now)]
      await record(transaction, found)
      await query(
        transaction,
        `insert into operations.process (id, started, seen, unsure) values ($1, $2, $2, $3)
         on conflict (id) do update set seen = excluded.seen, stopped = null`,
        [process, now, unsureBefore(rows, process, now)],
      )
      const done = rows.filter((row) => isSettled(row, now)).map(({ id }) => id)
      await query(
        transaction,
        `update operations.process set unsure = null
         where id in (select value::uuid from json_array_elements_text($1::json))`,
        [JSON.stringify(done)],
      )
      await forgetOld(transaction, now)
      return found
    })
  }

  /** The process ends because it was told to. */
  async stop(process: Uuid, now: Instant): Promise<void> {
    const text = 'update operations.process set seen = $2, stopped = $2 where id = $1'
    await query(this.#database, text, [process, now])
  }

  /** Announces work: an outage within its time is planned, whatever ended the service. */
  async announce({ began, ended, reason }: Notice): Promise<void> {
    await query(
      this.#database,
      'insert into operations.maintenance (began, ended, reason) values ($1, $2, $3)',
      [began, ended, reason],
    )
  }

  /** What is known of the time `from` ≤ t < `until`. */
  async standing(from: Instant, until: Instant, now: Instant): Promise<Standing> {
    const [first] = await query<{ since: Instant | null }>(
      this.#database,
      'select min(started) as since from operations.process',
    )
    const recorded = await query<Outage>(
      this.#database,
      'select began, ended, kind, reason from operations.outage where began < $2 and ended > $1 order by began',
      [from, until],
    )
    const rows = await latestProcesses(this.#database)
    const lasting = await split(this.#database, silence(rows, now))
    const touching = lasting.filter(({ began, ended }) => began < until && ended > from)
    return {
      since: first?.since ?? null,
      outages: [...recorded, ...touching],
      up: rows.some((row) => lives(row, now)),
    }
  }

  #inTurn<Result>(work: (transaction: Kysely<unknown>) => Promise<Result>): Promise<Result> {
    return this.#database.transaction().execute(async (transaction) => {
      await query(transaction, 'select pg_advisory_xact_lock(1869768812)')
      return work(transaction)
    })
  }
}

/** Enough of them: those that ended long ago say nothing any more. */
function latestProcesses(database: Kysely<unknown>): Promise<ProcessRow[]> {
  return query<ProcessRow>(
    database,
    'select id, started, seen, stopped, unsure from operations.process order by seen desc limit 500',
  )
}

const later = (instant: Instant, milliseconds: number): Instant =>
  Instant.parse(new Date(Date.parse(instant) + milliseconds).toISOString())

const lives = ({ seen, stopped }: ProcessRow, now: Instant): boolean =>
  stopped === null && later(seen, ALIVE_FOR) > now

/** The time without a sign of anybody that ends now, if it is certain. */
function silence(rows: readonly ProcessRow[], now: Instant): Outage[] {
  const [last] = rows
  if (last === undefined || rows.some((row) => lives(row, now))) return []
  const began = last.seen
  // Where two were last seen at once, one that was told to stop was not the reason.
  const orderly = rows.every(({ seen, stopped }) => seen < began || stopped !== null)
  return began < now ? [{ began, ended: now, kind: orderly ? 'planned' : 'emergency', reason: null }] : []
}

/** For a process that starts: the last sign of anybody, where it is not certain yet whether somebody lives on. */
function unsureBefore(rows: readonly ProcessRow[], process: Uuid, now: Instant): Instant | null {
  const starts = rows.every(({ id }) => id !== process)
  return starts && rows.some((row) => lives(row, now)) ? rows[0]!.seen : null
}

const isSettled = ({ started, unsure }: ProcessRow, now: Instant): boolean =>
  unsure !== null && later(started, ALIVE_FOR) <= now

/** The outages before processes that were unsure at their start: nobody who had been there before has shown up since. */
function settled(rows: readonly ProcessRow[], now: Instant): Outage[] {
  return rows.flatMap((row) => {
    if (!isSettled(row, now)) return []
    const began = row.unsure!
    const livedOn = rows.some(({ started, seen }) => started <= began && seen > row.started)
    if (livedOn || began >= row.started) return []
    const last = rows.filter(({ started, seen }) => started <= began && seen === began)
    const orderly = last.length > 0 && last.every(({ stopped }) => stopped !== null)
    return [{ began, ended: row.started, kind: orderly ? 'planned' : 'emergency', reason: null } as const]
  })
}

async function record(transaction: Kysely<unknown>, outages: readonly Outage[]): Promise<void> {
  for (const { began, ended, kind, reason } of await split(transaction, outages)) {
    await query(
      transaction,
      `insert into operations.outage (began, ended, kind, reason) values ($1, $2, $3, $4)
       on conflict (began) do nothing`,
      [began, ended, kind, reason],
    )
  }
}

/** Outages cut where announced work begins and ends: what was announced is planned, the rest is what it was. */
async function split(database: Kysely<unknown>, outages: readonly Outage[]): Promise<Outage[]> {
  const pieces: Outage[] = []
  for (const outage of outages) {
    const notices = await query<Notice>(
      database,
      'select began, ended, reason from operations.maintenance where began < $2 and ended > $1 order by began, id',
      [outage.began, outage.ended],
    )
    pieces.push(...cut(outage, notices))
  }
  return pieces
}

function cut(outage: Outage, notices: readonly Notice[]): Outage[] {
  const inside = notices.flatMap(({ began, ended }) => [began, ended])
  const bounds = [outage.began, ...inside, outage.ended]
    .filter((bound) => bound >= outage.began && bound <= outage.ended)
    .toSorted((a, b) => (a < b ? -1 : 1))
  return bounds.flatMap((began, n): Outage[] => {
    const ended = bounds[n + 1]
    if (ended === undefined || ended === began) return []
    const notice = notices.find((known) => known.began <= began && ended <= known.ended)
    return notice === undefined
      ? [{ ...outage, began, ended }]
      : [{ began, ended, kind: 'planned', reason: notice.reason }]
  })
}

/** Forgets processes that ended long ago; the first of all stays, because with it the ledger began. */
async function forgetOld(transaction: Kysely<unknown>, now: Instant): Promise<void> {
  await query(
    transaction,
    `delete from operations.process where seen < $1 and started > (select min(started) from operations.process)`,
    [later(now, -DAY)],
  )
}
