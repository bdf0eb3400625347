import type { Kysely } from 'kysely'
import type { Execution } from '#commands/execute.ts'
import type { PersonNames } from '#integrity/person-store.ts'
import type { ModelProgress } from '#projections/progress.ts'
import type { TimeZone } from '#values/time.ts'
import type { Credentials } from './credentials.ts'
import type { StreamLimits } from './open-streams.ts'
import type { RequestLog } from './request-log.ts'

/** What the API is put together from. It opens nothing and closes nothing of it. */
export interface ApiParts {
  readonly execution: Execution
  readonly database: Kysely<unknown>
  readonly models: readonly ModelProgress[]
  readonly persons: PersonNames
  readonly credentials: Credentials
  readonly requests: RequestLog
  /** Ed25519 keys by which tokens are signed and verified, PEM. */
  readonly tokenKeys: { readonly private: string; readonly public: string }
  /** The calendar by which roles begin and end. */
  readonly zone: TimeZone
  /** Seconds for which a token is good. */
  readonly tokenSeconds: number
  /** Milliseconds for which a read waits for the position that it must include. */
  readonly patience: number
  /** The limits of streams of events; without them those of production. */
  readonly streams?: StreamLimits
}
