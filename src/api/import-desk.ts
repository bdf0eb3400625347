import { createHash } from 'node:crypto'
import type { FastifyBaseLogger } from 'fastify'
import { StaleRevision, StoreUnavailable } from '#events/store/event-store.ts'
import { FileRefused } from '#exchange/file-refused.ts'
import type { ImportAsked } from '#exchange/import-rows.ts'
import type { Beside } from '#exchange/overlay-places.ts'
import type { ImportParts } from '#exchange/record-all.ts'
import type { ImportReport } from '#exchange/report.ts'
import type { SchoolSlug } from '#values/school.ts'
import type { Uuid } from '#values/uuid.ts'
import { type ImportRecord, ImportRecords } from './import-record.ts'
import type { ApiParts } from './parts.ts'
import { ProblemError } from './problems.ts'

/** What is imported: a list, or a bundle of them. */
export interface Importing {
  readonly name: string
  readonly bytes: Uint8Array
  readonly encoding?: string | undefined
  work(parts: ImportParts, asked: ImportAsked): Promise<ImportReport>
}

/** Milliseconds between two signs of life. */
const SIGN = 1_000

/**
 * Carries out imports, one at a time for a school, whether or not somebody waits for the answer. How far each is and
 * what it found stands in a table, so that any process of the API can tell.
 */
export class ImportDesk {
  readonly #parts: ApiParts
  readonly #log: FastifyBaseLogger
  readonly #records: ImportRecords
  readonly #running = new Map<SchoolSlug, { readonly id: Uuid; readonly done: Promise<void> }>()

  constructor(parts: ApiParts, log: FastifyBaseLogger) {
    this.#parts = parts
    this.#log = log
    this.#records = new ImportRecords(parts.database)
  }

  /**
   * Begins an import, or finds the one that was asked for with the same id.
   *
   * @returns resolves when it has ended, however
   * @throws {ProblemError} `import-running` of another, `command-id-reused` where the id was another file's
   */
  async start(asked: ImportAsked, what: Importing): Promise<{ readonly done: Promise<void> }> {
    const { school, id } = asked
    const digest = digestOf(asked, what)
    const known = await this.#records.find(school, id)
    if (known !== undefined && known.digest !== digest) {
      throw new ProblemError('command-id-reused', { command: id })
    }
    const elsewhere = await this.#records.isRunning(school)
    // Nothing is awaited from here to the entry, so that of two who ask at once one begins.
    const running = this.#running.get(school)
    if (running?.id === id) return running
    if ((known?.report ?? null) !== null) return { done: Promise.resolve() }
    if (running !== undefined || elsewhere) throw new ProblemError('import-running')
    const { promise: done, resolve } = Promise.withResolvers<void>()
    const over = (): void => {
      this.#running.delete(school)
      resolve()
    }
    this.#running.set(school, { id, done })
    try {
      const began = this.#parts.execution.clock()
      const account = asked.actor.account
      await this.#records.begin(school, { id, list: what.name, digest, account, began })
    } catch (error) {
      over()
      throw error
    }
    void this.#run(asked, what).finally(over)
    return { done }
  }

  /** @throws {ProblemError} `import-unknown` */
  async find(school: SchoolSlug, id: Uuid): Promise<ImportRecord> {
    const found = await this.#records.find(school, id)
    if (found === undefined) throw new ProblemError('import-unknown', { import: id })
    return found
  }

  /** Waits for what is being imported. */
  async stop(): Promise<void> {
    await Promise.all([...this.#running.values()].map(({ done }) => done))
  }

  async #run(asked: ImportAsked, what: Importing): Promise<void> {
    const { school, id } = asked
    const { execution } = this.#parts
    try {
      const life = this.#signsOfLife(school, id)
      try {
        const parts = { execution, beside: besideOf(this.#parts), progress: life.progress }
        const report = await what.work(parts, asked)
        await life.end()
        await this.#records.finish(school, id, execution.clock(), { report })
        const { counts, recorded, dryRun } = report
        this.#log.info({ import: id, school, list: what.name, dryRun, recorded, ...counts }, 'list imported')
      } catch (error) {
        await life.end()
        const { reason: problem, facts } = problemOf(error)
        if (problem === 'internal') this.#log.error({ err: error, import: id, school }, 'import failed')
        await this.#records.finish(school, id, execution.clock(), { problem, facts })
      }
    } catch (error) {
      // The table is out of reach: after a while the import shows as interrupted, which it may well be.
      this.#log.error({ err: error, import: id, school }, 'import not noted')
    }
  }

  /** Writes down how far an import is, now and then and one at a time. */
  #signsOfLife(school: SchoolSlug, id: Uuid) {
    let last = performance.now()
    let written = Promise.resolve()
    const progress = (phase: string, done: number, total: number): void => {
      if (performance.now() - last < SIGN) return
      last = performance.now()
      written = written
        .then(() => this.#records.goOn(school, id, phase, done, total))
        .catch((error: unknown) => this.#log.error({ err: error, import: id }, 'progress not noted'))
    }
    return { progress, end: () => written }
  }
}

/** What makes a repetition of an import the same import. */
function digestOf(
  { dryRun, partial, actor }: ImportAsked,
  { name, bytes, encoding = 'utf-8' }: Importing,
): string {
  const how = JSON.stringify([name, encoding, dryRun, partial, actor.account, actor.role])
  return createHash('sha256').update(how).update(bytes).digest('hex')
}

function besideOf({ persons, credentials }: ApiParts): Beside {
  return {
    names: (school, who) => persons.names(school, who),
    logInsOf: (school, accounts) => credentials.loginsOf(school, accounts),
    holdersOf: (school, logIns) => credentials.holdersOf(school, logIns),
    keepNames: (school, kept) => persons.keepAll(school, kept),
    keepLogIn: (school, account, logIn, at) => credentials.keep(school, account, logIn, null, at),
  }
}

function problemOf(error: unknown): Pick<ProblemError, 'reason' | 'facts'> {
  if (error instanceof FileRefused) return { reason: error.problem, facts: error.facts }
  if (error instanceof StoreUnavailable) return { reason: 'unavailable', facts: {} }
  if (error instanceof StaleRevision) return { reason: 'stream-busy', facts: {} }
  return { reason: 'internal', facts: {} }
}
