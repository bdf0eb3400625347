import { existsSync } from 'node:fs'
import type { Backups, BackupState } from '#api/backups.ts'
import type { ProjectorLog } from '#projections/projector.ts'
import type { Instant } from '#values/time.ts'
import { describe } from '../explain.ts'
import { BackupRunning } from './copy-folder.ts'
import { lastDrill } from './drills.ts'
import { lastGoodCopy, listCopies } from './list-copies.ts'
import { type CopyMade, type Keeping, makeCopy, type Making } from './make-copy.ts'

interface Running {
  readonly started: Instant
  done: number
  readonly made: Promise<boolean>
}

/**
 * Makes the copies of an installation from within the process that has it open: the folder of an embedded database is
 * locked, so nobody else could. One at a time, whoever asks.
 */
export class BackupDesk implements Backups {
  readonly #folder: string
  readonly #making: Making
  readonly #keeping: Keeping
  readonly #log: ProjectorLog
  #running: Running | null = null
  #failure: BackupState['failure'] = null

  constructor(folder: string, making: Making, keeping: Keeping, log: ProjectorLog) {
    this.#folder = folder
    this.#making = making
    this.#keeping = keeping
    this.#log = log
  }

  start(): boolean {
    if (this.#running !== null) return false
    void this.make()
    return true
  }

  /** Makes a copy, or waits for the one that is being made; false when it failed, which the log says. */
  make(): Promise<boolean> {
    if (this.#running !== null) return this.#running.made
    const { promise: made, resolve } = Promise.withResolvers<boolean>()
    this.#running = { started: this.#making.clock(), done: 0, made }
    void this.#make(this.#running, resolve)
    return made
  }

  async #make(running: Running, ended: (succeeded: boolean) => void): Promise<void> {
    const succeeded = await this.#tried((percent) => {
      running.done = percent / 100
    })
    this.#running = null
    ended(succeeded)
  }

  async #tried(progress: (percent: number) => void): Promise<boolean> {
    try {
      this.#said(await makeCopy(this.#folder, { ...this.#making, progress }, this.#keeping))
      this.#failure = null
      return true
    } catch (error) {
      const problem = describe(error)
      if (error instanceof BackupRunning) {
        this.#log.info({}, 'another process is making a backup copy')
      } else {
        this.#failure = { at: this.#making.clock(), problem }
        this.#log.error({ err: error, problem }, 'no backup copy was made')
      }
      return false
    }
  }

  #said({ manifest, added, begunAnew, removed, unreadable }: CopyMade): void {
    const { copy, events } = manifest
    this.#log.info({ copy, events, added, removed, begunAnew }, 'a backup copy was made')
    if (unreadable.length > 0) {
      this.#log.error({ unreadable }, 'backup copies cannot be read: nothing is cleaned up beside them')
    }
  }

  /** When the newest whole copy was made; null where there is none. */
  lastGood(): Instant | null {
    return lastGoodCopy(this.#folder)
  }

  state(): BackupState {
    const copies = listCopies(this.#folder)
    return {
      running: this.#running === null ? null : { started: this.#running.started, done: this.#running.done },
      lastGood: copies.find(({ problem }) => problem === null)?.at ?? null,
      failure: this.#failure,
      copies,
      lastDrill: existsSync(this.#folder) ? lastDrill(this.#folder) : null,
    }
  }

  /** Waits for the copy that is being made. */
  async stop(): Promise<void> {
    await this.#running?.made
  }
}
