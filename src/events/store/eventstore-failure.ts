import {
  AccessDeniedError,
  convertToCommandError,
  DeadlineExceededError,
  InvalidArgumentError,
  isCommandError,
  MaxAppendSizeExceededError,
  RequiredMetadataPropertyMissingError,
  StreamDeletedError,
} from '@eventstore/db-client'
import { StoreUnavailable } from './event-store.ts'

/** What an operator can set on a stream that takes events away. A stream of the journal must have none of it. */
export type ForbiddenSetting = '$maxCount' | '$maxAge' | '$tb' | 'tombstone'

const WHY: Readonly<Record<ForbiddenSetting, string>> = {
  $maxCount: 'the server drops all but the newest events of such a stream',
  $maxAge: 'the server drops the older events of such a stream',
  $tb: 'the stream was truncated or deleted: its beginning is dropped',
  tombstone: 'the stream was deleted for ever, and cannot be read or written',
}

/** A stream of ours is set to lose events: the record would not be complete, and nothing may be built on it. */
export class StreamSettingForbidden extends Error {
  override readonly name = 'StreamSettingForbidden'
  readonly stream: string
  readonly setting: ForbiddenSetting

  constructor(stream: string, setting: ForbiddenSetting) {
    super(`the stream ${stream} has ${setting}: ${WHY[setting]}; the record of a journal is never shortened`)
    this.stream = stream
    this.setting = setting
  }
}

/**
 * The server answers that it will not: the password is wrong, the user may not read `$all`, an append has more bytes
 * than `MaxAppendSize`, the server does not know the call. Asking again changes nothing.
 */
export class EventStoreRefused extends Error {
  override readonly name = 'EventStoreRefused'
}

/** A read or a subscription that gave nothing for too long. */
export class Silence extends Error {
  override readonly name = 'Silence'
}

/** Status codes of gRPC that are an answer, and will be the same the next time. */
const REFUSALS = new Map([
  [7, 'PERMISSION_DENIED'],
  [12, 'UNIMPLEMENTED'],
  [16, 'UNAUTHENTICATED'],
])

/**
 * What a failed call means for the caller. Whatever is not plainly an answer says nothing of the outcome: a broken
 * connection, a server that is starting, is not the leader or has no time, and every code that is not known.
 */
export function failureOf(call: string, thrown: unknown): unknown {
  const error = known(thrown)
  if (error instanceof StreamDeletedError) return new StreamSettingForbidden(error.streamName, 'tombstone')
  if (error instanceof AccessDeniedError) {
    return new EventStoreRefused(`${call}: the server denies access to this user`, { cause: error })
  }
  if (
    error instanceof MaxAppendSizeExceededError ||
    error instanceof RequiredMetadataPropertyMissingError ||
    error instanceof InvalidArgumentError
  ) {
    return new EventStoreRefused(`${call}: ${error.message}`, { cause: error })
  }
  const code = (error as { code?: unknown } | null)?.code
  const refusal = typeof code === 'number' ? REFUSALS.get(code) : undefined
  if (refusal !== undefined)
    return new EventStoreRefused(`${call}: the server says ${refusal}`, { cause: error })
  if (
    error instanceof Silence ||
    isPlainError(error) ||
    typeof code === 'number' ||
    (error instanceof Error && isCommandError(error))
  ) {
    return new StoreUnavailable(`${call}: EventStoreDB did not answer (${reasonOf(error)})`, error)
  }
  return error
}

/** The call was given up for want of time: the connection itself may be dead. */
export function ranOutOfTime(error: unknown): boolean {
  return known(error) instanceof DeadlineExceededError || error instanceof Silence
}

/** What the client makes of a status of gRPC and its trailers. */
function known(error: unknown): unknown {
  return error instanceof Error ? convertToCommandError(error) : error
}

/**
 * The client fails with a bare Error where there is no server to be found, and where a call met a channel that was
 * just closed. Errors of other kinds (TypeError, RangeError, our own) are faults of a program.
 */
function isPlainError(error: unknown): boolean {
  return error instanceof Error && Object.getPrototypeOf(error) === Error.prototype
}

function reasonOf(error: unknown): string {
  const { type, message } = error as { type?: string; message?: string }
  return type ?? message ?? 'unknown'
}
