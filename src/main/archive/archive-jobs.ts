import type { Kysely } from 'kysely'
import type { ArchiveJob, AskedJob } from '#api/packages.ts'
import { query } from '#events/store/sql.ts'
import { scopeKey } from '#values/archive.ts'
import type { SchoolSlug } from '#values/school.ts'
import type { Instant } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'

const COLUMNS = 'school, id, work, package, scope, actor, corr, asked, phase, finished, problem, facts'

/** What the archive was asked for, in a table that every process sees. */
export class ArchiveJobs {
  readonly #database: Kysely<unknown>

  constructor(database: Kysely<unknown>) {
    this.#database = database
  }

  /** Puts a job on record; the one of this id that is there already stays as it is. */
  async add(job: AskedJob, asked: Instant): Promise<void> {
    const { school, id, work, package: of, scope, actor, corr } = job
    await query(
      this.#database,
      `insert into operations.archive_job (school, id, work, package, scope_key, scope, actor, corr, asked, phase)
       values ($1, $2, $3, $4, $5, $6::jsonb, $7::jsonb, $8, $9, 'waiting') on conflict (school, id) do nothing`,
      [
        school,
        id,
        work,
        of,
        scope === null ? null : scopeKey(scope),
        scope === null ? null : JSON.stringify(scope),
        JSON.stringify(actor),
        corr,
        asked,
      ],
    )
  }

  async find(school: SchoolSlug, id: Uuid): Promise<ArchiveJob | undefined> {
    const text = `select ${COLUMNS} from operations.archive_job where school = $1 and id = $2`
    const [found] = await query<ArchiveJob>(this.#database, text, [school, id])
    return found
  }

  /** The job that waits longest, of whichever school. */
  async next(): Promise<ArchiveJob | undefined> {
    const text = `select ${COLUMNS} from operations.archive_job where finished is null order by asked, id limit 1`
    const [found] = await query<ArchiveJob>(this.#database, text, [])
    return found
  }

  async goOn({ school, id }: Pick<ArchiveJob, 'school' | 'id'>, phase: string): Promise<void> {
    const text =
      'update operations.archive_job set phase = $3 where school = $1 and id = $2 and finished is null'
    await query(this.#database, text, [school, id, phase])
  }

  async finish(
    { school, id }: Pick<ArchiveJob, 'school' | 'id'>,
    finished: Instant,
    { problem, facts }: { readonly problem: string; readonly facts: object } | Record<string, never>,
  ): Promise<void> {
    await query(
      this.#database,
      `update operations.archive_job set finished = $3, phase = 'finished', problem = $4, facts = $5::jsonb
       where school = $1 and id = $2`,
      [school, id, finished, problem ?? null, facts === undefined ? null : JSON.stringify(facts)],
    )
  }
}
