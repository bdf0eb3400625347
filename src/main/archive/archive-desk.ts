import { Worker } from 'node:worker_threads'
import { setTimeout } from 'node:timers/promises'
import type { Kysely } from 'kysely'
import type { ArchiveJob, AskedJob, Packages } from '#api/packages.ts'
import { noteVerification } from '#commands/archive/note-verification.ts'
import { archiveFold } from '#commands/archive/state.ts'
import { isRefusal } from '#commands/refusal.ts'
import { streamName } from '#events/stream-name.ts'
import { destroyedFiles, uncheckedSince } from '#projections/archive-register/queries.ts'
import { formatVerifierKey } from '#integrity/tlog/signed-note.ts'
import type { SchoolSlug } from '#values/school.ts'
import { type Clock, type Instant, plusMinutes } from '#values/time.ts'
import { type Uuid, uuidV5 } from '#values/uuid.ts'
import { describe } from '../explain.ts'
import { OPERATOR } from '../operator.ts'
import type { Verdict } from '../verifying.ts'
import { ArchiveJobs } from './archive-jobs.ts'
import { finishedYears } from './finished-years.ts'
import { give, makePackage, type MakingPackages, NotSealedYet } from './make-package.ts'

export interface DeskLog {
  info(facts: object, message: string): void
  warn(facts: object, message: string): void
  error(facts: object, message: string): void
}

export interface DeskParts {
  readonly database: Kysely<unknown>
  readonly making: MakingPackages
  readonly clock: Clock
  readonly log: DeskLog
  /** After how many days a package is checked again. */
  readonly verifyDays: number
}

/** How often the desk looks for work, for years that are over and for packages to be checked, in milliseconds. */
const LOOK = 1_000
const LOOK_AT_YEARS = 60_000
const LOOK_AT_CHECKS = 3_600_000

const MINUTES_OF_A_DAY = 1_440

/**
 * The archive at work, one thing at a time: packages that people asked for, those of classes whose year is over,
 * and the checks of what lies there. Asked by any process, worked at by the one that has the duty; killed in the
 * middle of a job, it is begun once more and goes on.
 */
export class ArchiveDesk implements Packages {
  readonly #parts: DeskParts
  readonly #jobs: ArchiveJobs

  constructor(parts: DeskParts) {
    this.#parts = parts
    this.#jobs = new ArchiveJobs(parts.database)
  }

  async ask(job: AskedJob): Promise<ArchiveJob> {
    await this.#jobs.add(job, this.#parts.clock())
    return (await this.#jobs.find(job.school, job.id))!
  }

  job(school: SchoolSlug, id: Uuid): Promise<ArchiveJob | undefined> {
    return this.#jobs.find(school, id)
  }

  bytes(sha512: string): number | null {
    return this.#parts.making.folder.bytes(sha512)
  }

  read(...of: Parameters<Packages['read']>): ReturnType<Packages['read']> {
    return this.#parts.making.folder.read(...of)
  }

  /** Works until the signal aborts. Never fails: what is away is waited for. */
  async run(signal: AbortSignal): Promise<void> {
    let [years, checks] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY]
    while (!signal.aborted) {
      try {
        if (await this.work(signal)) continue
        if (performance.now() - years > LOOK_AT_YEARS) {
          years = performance.now()
          await this.lookAtYears()
          await this.lookAtDestroyed()
          continue
        }
        if (performance.now() - checks > LOOK_AT_CHECKS) {
          checks = performance.now()
          await this.lookAtChecks()
          continue
        }
      } catch (err) {
        this.#parts.log.error({ err }, 'the archive cannot work yet; waiting')
      }
      await setTimeout(LOOK, undefined, { signal }).catch(() => {})
    }
  }

  /** Does the job that waits longest. @returns false when there is none */
  async work(signal: AbortSignal = new AbortController().signal): Promise<boolean> {
    const job = await this.#jobs.next()
    if (job === undefined) return false
    try {
      const problem = job.work === 'make' ? await this.#make(job, signal) : await this.#verify(job)
      await this.#jobs.finish(job, this.#parts.clock(), problem ?? {})
    } catch (err) {
      // The job stays: with the sealer and the engines back it goes on.
      if (signal.aborted) return false
      if (!(err instanceof NotSealedYet)) {
        this.#parts.log.error({ err, job: job.id }, 'a job of the archive failed')
        await this.#jobs.finish(job, this.#parts.clock(), {
          problem: 'internal',
          facts: { problem: describe(err) },
        })
        return true
      }
      this.#parts.log.warn({ job: job.id }, 'a package waits for the seal of the log')
      return false
    }
    return true
  }

  async #make(job: ArchiveJob, signal: AbortSignal): Promise<{ problem: string; facts: object } | null> {
    const asked = { ...job, scope: job.scope! }
    const made = await this.#following(job, (tell) => makePackage(this.#parts.making, asked, tell, signal))
    if ('refused' in made) {
      this.#parts.log.info({ job: job.id, refused: made.refused }, 'no package was made')
      return { problem: made.refused, facts: made.detail }
    }
    this.#parts.log.info(
      { package: job.package, sha512: made.sha512, scope: job.scope },
      'a package is in the archive',
    )
    return null
  }

  /** Keeps what a job tells of its way, one after another: whoever asks is never told of an earlier phase after a later one. */
  async #following<Result>(
    job: ArchiveJob,
    work: (tell: (phase: string) => void) => Promise<Result>,
  ): Promise<Result> {
    let told = Promise.resolve()
    try {
      return await work((phase) => {
        told = told.then(() => this.#jobs.goOn(job, phase)).catch(() => {})
      })
    } finally {
      await told
    }
  }

  async #verify(job: ArchiveJob): Promise<{ problem: string; facts: object } | null> {
    const { making, log } = this.#parts
    const { execution, folder } = making
    const stream = streamName(job.school, 'archive', job.package)
    const { state } = await execution.streams.load(archiveFold, stream)
    if (state.issued === null) return { problem: 'package-unknown', facts: { package: job.package } }
    const { sha512 } = state.issued
    const found = folder.has(sha512)
      ? await checked(folder.pathOf(sha512), making.keys().map(formatVerifierKey))
      : null
    const result = found === null ? 'missing' : RESULTS[found.exit]
    const detail = result === 'verified' ? null : (found?.lines.at(-1) ?? sha512).slice(0, 300)
    const input = { package: job.package, result, detail, scheduled: job.actor.role === 'operator' }
    const noted = await give(execution, job, noteVerification, 'verified', input)
    if (result !== 'verified')
      log.error({ package: job.package, result, detail }, 'a package of the archive is not as it was')
    return isRefusal(noted) ? { problem: noted.refused, facts: noted.detail } : null
  }

  /** Asks for the packages of every class whose year is over and whose newest package does not know all of it. */
  async lookAtYears(): Promise<void> {
    const { database, making, log } = this.#parts
    for (const { school, scope, id } of await finishedYears(database, making.execution)) {
      if ((await this.#jobs.find(school, id)) !== undefined) continue
      log.info({ school, scope }, 'a class has finished its year: it goes to the archive')
      await this.ask({
        school,
        id,
        work: 'make',
        package: uuidV5(id, 'package'),
        scope,
        actor: OPERATOR,
        corr: null,
      })
    }
  }

  /** Removes the files of packages whose destruction was recorded. */
  async lookAtDestroyed(): Promise<void> {
    const { database, making, log } = this.#parts
    for (const sha512 of await destroyedFiles(database)) {
      if (!making.folder.has(sha512)) continue
      making.folder.remove(sha512)
      log.info({ sha512 }, 'a package was destroyed by its act')
    }
  }

  /** Asks for a check of every package that was not checked for so many days. */
  async lookAtChecks(): Promise<void> {
    const { database, clock, verifyDays } = this.#parts
    const now: Instant = clock()
    for (const due of await uncheckedSince(database, plusMinutes(now, -verifyDays * MINUTES_OF_A_DAY))) {
      // Once a day at most, whoever comes to look.
      const id = uuidV5(due.package, `check ${now.slice(0, 10)}`)
      await this.ask({ ...due, id, work: 'verify', scope: null, actor: OPERATOR, corr: null })
    }
  }
}

const RESULTS = { 0: 'verified', 1: 'failed', 2: 'failed', 3: 'not-anchored', 4: 'verified' } as const

/** The verdict of a process of its own on a file. */
function checked(path: string, keys: readonly string[]): Promise<Verdict> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('verify-worker.ts', import.meta.url), { workerData: { path, keys } })
    worker.once('message', resolve)
    worker.once('error', reject)
    worker.once('exit', () => reject(new Error('the check of a package ended without a verdict')))
  })
}
