import type { Instant } from '#values/time.ts'

/** A backup copy as people are shown it: nothing of what is in it. All but its number is null where it is damaged. */
export interface BackupCopy {
  readonly copy: number
  readonly at: Instant | null
  readonly events: number | null
  /** Of all its files, those that other copies list too among them. */
  readonly bytes: number | null
  readonly encrypted: boolean | null
  /** Why it cannot be used; null where its files are all there. */
  readonly problem: string | null
}

/** A rehearsal of a restore. */
export interface RestoreDrill {
  readonly at: Instant
  /** Null where no copy could be opened. */
  readonly copy: number | null
  readonly copyAt: Instant | null
  readonly ok: boolean
  readonly events: number
  /** From the first byte read to read models that show everything. */
  readonly seconds: number
  /** Into which engine. */
  readonly engine: string
  /** Why it failed. */
  readonly problem: string | null
}

export interface BackupState {
  /** The one that is being made; `done` from 0 to 1. */
  readonly running: { readonly started: Instant; readonly done: number } | null
  /** When the newest whole copy was made. */
  readonly lastGood: Instant | null
  /** The last try that failed, if none has succeeded since. */
  readonly failure: { readonly at: Instant; readonly problem: string } | null
  /** The newest first. */
  readonly copies: readonly BackupCopy[]
  readonly lastDrill: RestoreDrill | null
}

/** The backups of an installation, as far as the API may touch them. */
export interface Backups {
  /** Begins a copy; false while one is being made. How it goes is in {@link state}. */
  start(): boolean
  state(): BackupState
}
