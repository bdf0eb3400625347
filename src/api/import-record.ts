import type { Kysely } from 'kysely'
import { query } from '#events/store/sql.ts'
import type { ImportReport } from '#exchange/report.ts'
import type { SchoolSlug } from '#values/school.ts'
import type { Instant } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import type { Problem } from './problems.ts'

/** For how long an import is taken to be alive after a sign of life, in seconds. */
const ALIVE = 30
/** The imports of a school whose reports are kept. */
const KEPT = 50

/** An import as it is kept: how far it is, and what it found. */
export interface ImportRecord {
  readonly id: Uuid
  readonly list: string
  /** SHA-256 of what was asked: the file and how to take it. */
  readonly digest: string
  readonly account: Uuid
  readonly began: Instant
  /** Its process gave a sign of life lately. */
  readonly alive: boolean
  readonly phase: string
  readonly done: number
  readonly total: number
  readonly finished: Instant | null
  /** Why it ended without a report. */
  readonly problem: Problem | null
  readonly facts: Readonly<Record<string, unknown>> | null
  readonly report: ImportReport | null
}

/** The imports of an installation, in a table that every process of the API sees. */
export class ImportRecords {
  readonly #database: Kysely<unknown>

  constructor(database: Kysely<unknown>) {
    this.#database = database
  }

  /** Puts an import on record, in the place of one of the same id whose process is gone or which came to nothing. */
  async begin(
    school: SchoolSlug,
    { id, list, digest, account, began }: Pick<ImportRecord, 'id' | 'list' | 'digest' | 'account' | 'began'>,
  ): Promise<void> {
    await query(
      this.#database,
      `insert into operations.import (school, id, list, digest, account, began, alive_until, phase, done, total)
       values ($1, $2, $3, $4, $5, $6, ${LATER}, 'deciding', 0, 0)
       on conflict (school, id) do update set alive_until = ${LATER}, phase = 'deciding', done = 0, total = 0,
         finished = null, problem = null, facts = null, report = null`,
      [school, id, list, digest, account, began],
    )
    await query(
      this.#database,
      `delete from operations.import where school = $1 and (finished is not null or alive_until < clock_timestamp())
         and id not in (select id from operations.import where school = $1 order by began desc, id limit ${KEPT})`,
      [school],
    )
  }

  async goOn(school: SchoolSlug, id: Uuid, phase: string, done: number, total: number): Promise<void> {
    await query(
      this.#database,
      `update operations.import set phase = $3, done = $4, total = $5, alive_until = ${LATER}
       where school = $1 and id = $2`,
      [school, id, phase, done, total],
    )
  }

  async finish(
    school: SchoolSlug,
    id: Uuid,
    finished: Instant,
    {
      report = null,
      problem = null,
      facts = null,
    }: Partial<Pick<ImportRecord, 'report' | 'problem' | 'facts'>>,
  ): Promise<void> {
    await query(
      this.#database,
      `update operations.import set finished = $3, report = $4::jsonb, problem = $5, facts = $6::jsonb
       where school = $1 and id = $2`,
      [school, id, finished, report && JSON.stringify(report), problem, facts && JSON.stringify(facts)],
    )
  }

  async find(school: SchoolSlug, id: Uuid): Promise<ImportRecord | undefined> {
    const [found] = await query<ImportRecord>(
      this.#database,
      `select id, list, digest, account, began, alive_until > clock_timestamp() as alive, phase, done, total,
         finished, problem, facts, report
       from operations.import where school = $1 and id = $2`,
      [school, id],
    )
    return found
  }

  /** Whether an import of the school is at work, in whichever process. */
  async isRunning(school: SchoolSlug): Promise<boolean> {
    const rows = await query(
      this.#database,
      `select from operations.import
       where school = $1 and finished is null and alive_until > clock_timestamp() limit 1`,
      [school],
    )
    return rows.length > 0
  }
}

const LATER = `clock_timestamp() + interval '${ALIVE} seconds'`
