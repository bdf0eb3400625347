import type { PersonNames } from '#integrity/person-store.ts'
import type { PersonalTexts } from '#integrity/privacy/personal-texts.ts'
import type { ModelProgress } from '#projections/progress.ts'
import type { Instant, TimeZone } from '#values/time.ts'
import type { Backups } from './backups.ts'
import type { Credentials } from './credentials.ts'
import type { ExternalIssuer } from './external-issuer.ts'
import type { Packages } from './packages.ts'
import type { LogInAttempts } from './log-in-attempts.ts'
import type { StreamLimits } from './open-streams.ts'
import type { PartsOfTime, Pasts } from './past.ts'
import type { ReadLog } from './read-log.ts'
import type { RequestLog } from './request-log.ts'
import type { ServiceTokens } from './service-tokens.ts'
import type { Sessions } from './sessions.ts'
import type { TokenKeys } from './token-keys.ts'
import type { Exposition, Watch } from './watch.ts'

/** Work that one process of an installation does at a time, and for which this one stands. */
export interface StandingFor {
  readonly duty: string
  /** Whether this process does it now. */
  readonly leads: boolean
}

/** A time in which nobody could use the service, as it measured itself: `began` ≤ t < `ended`. */
export interface MeasuredOutage {
  readonly began: Instant
  readonly ended: Instant
  readonly kind: 'planned' | 'emergency'
  /** What was announced beforehand; null where nothing was. */
  readonly reason: string | null
}

/** What the API is put together from. It opens nothing and closes nothing of it. */
export interface ApiParts extends PartsOfTime {
  readonly models: readonly ModelProgress[]
  /** What the read models were at instants of the past. */
  readonly pasts: Pasts
  readonly duties: readonly StandingFor[]
  readonly persons: PersonNames
  readonly texts: PersonalTexts
  readonly credentials: Credentials
  readonly sessions: Sessions
  readonly attempts: LogInAttempts
  readonly requests: RequestLog
  readonly reads: ReadLog
  readonly serviceTokens: ServiceTokens
  /** Null where people come in by their own log-ins alone. */
  readonly externalIssuer: ExternalIssuer | null
  /** Null where no folder for copies is configured. */
  readonly backups: Backups | null
  /** Null where no folder for the archive is configured. */
  readonly packages: Packages | null
  /** The keys by which access tokens are signed and verified. */
  readonly tokenKeys: TokenKeys
  /** The calendar by which roles begin and end. */
  readonly zone: TimeZone
  /** Seconds for which a token is good. */
  readonly tokenSeconds: number
  /** Milliseconds for which a read waits for the position that it must include. */
  readonly patience: number
  /** The limits of streams of events; without them those of production. */
  readonly streams?: StreamLimits
  /** Looks on at requests and commands. */
  readonly watch?: Watch
  /** What `/metrics` answers; without it there is no such address. */
  readonly metrics?: Exposition
  /** What the service itself measured of its absence in a time; without it nothing is known of that. */
  readonly measuredOutages?: (from: Instant, until: Instant) => Promise<readonly MeasuredOutage[]>
  /** How the newest nightly checks of all schools stand; without it there is no such address. */
  readonly checks?: () => Promise<object>
  /** The outages of a month, `2026-11`, of this one where none is named; without it there is no such address. */
  readonly availability?: (month: string | null) => Promise<object>
}
