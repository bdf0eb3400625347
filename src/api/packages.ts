import type { Readable } from 'node:stream'
import type { Actor } from '#commands/command.ts'
import type { ArchiveScope } from '#values/archive.ts'
import type { SchoolSlug } from '#values/school.ts'
import type { Instant } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'

/** What the archive is asked to do: to make a package, or to check one as it lies there. */
export interface ArchiveJob {
  readonly school: SchoolSlug
  readonly id: Uuid
  readonly work: 'make' | 'verify'
  readonly package: Uuid
  /** Null of a check. */
  readonly scope: ArchiveScope | null
  readonly actor: Actor
  readonly corr: string | null
  readonly asked: Instant
  readonly phase: string
  /** Null while it is not done. */
  readonly finished: Instant | null
  /** Why nothing came of it: a word of the problems of the API. */
  readonly problem: string | null
  readonly facts: Readonly<Record<string, unknown>> | null
}

export type AskedJob = Omit<ArchiveJob, 'phase' | 'finished' | 'problem' | 'facts' | 'asked'>

/** The archive of an installation, as far as the API may touch it. */
export interface Packages {
  /** Asks for work; asked again with the same id, it is the same work. */
  ask(job: AskedJob): Promise<ArchiveJob>
  job(school: SchoolSlug, id: Uuid): Promise<ArchiveJob | undefined>
  /** How large the file of a package is; null where it does not lie there. */
  bytes(sha512: string): number | null
  read(sha512: string, range?: { readonly start: number; readonly end: number }): Readable
}
