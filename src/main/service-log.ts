import { type DestinationStream, type LogFn, type Logger, pino, stdTimeFunctions } from 'pino'
import { sqlState } from '#events/store/sql.ts'

/** Fields that never reach a line, should anybody hand one on; `*.x` is one level down. */
const SECRETS = ['authorization', 'password', 'login', 'headers', 'body', 'query', 'token']

/**
 * The log of the service: JSON lines for operators. It must be free of personal data (152-ФЗ; R-F8 has a register of
 * its own for who did what), so an error is told by its kind, its code and where it came from, and its message only
 * where that is ours: what a database or a parser says quotes the value that it did not like.
 */
export function serviceLog(
  { level, roles = ['all'] }: { readonly level: string; readonly roles?: readonly string[] },
  destination?: DestinationStream,
): Logger {
  return pino(
    {
      level,
      base: { pid: process.pid, roles: roles.join(',') },
      timestamp: stdTimeFunctions.isoTime,
      serializers: { err: told, error: told, problem: word, req: nothing, request: nothing },
      hooks: { logMethod: withoutQuotation },
      redact: { paths: [...SECRETS, ...SECRETS.map((field) => `*.${field}`)], remove: true },
    },
    destination ?? pino.destination(1),
  )
}

interface ToldError {
  readonly kind: string
  readonly code?: string
  readonly message?: string
  /** What a database error is about: names of our tables, never what stands in them. */
  readonly about?: Readonly<Record<string, string>>
  readonly at?: readonly string[]
  readonly cause?: ToldError
}

/** How deep causes are followed, and how many places of a stack are told. */
const CAUSES = 4
const PLACES = 20

const ABOUT = ['schema', 'table', 'column', 'constraint', 'routine'] as const

const nothing = (): undefined => undefined
const told = (error: unknown): ToldError => toldError(error, 0)

/** A reason of the API is one word; of anything longer nobody knows where its text comes from. */
const word = (problem: unknown): unknown =>
  problem === null || (typeof problem === 'string' && /^[a-z-]+$/.test(problem)) ? problem : '…'

/** Where no message is given, pino takes that of the error, and so do libraries. */
function withoutQuotation(this: Logger, args: Parameters<LogFn>, method: LogFn): void {
  const [first, message] = args as unknown as [unknown, unknown]
  const error: unknown = first instanceof Error ? first : (first as { err?: unknown } | null)?.err
  if (!(error instanceof Error)) return method.apply(this, args)
  const said = typeof message === 'string' && !(quotes(error) && message.includes(error.message))
  method.call(this, first instanceof Error ? { err: first } : (first as object), said ? message : 'an error')
}

function toldError(error: unknown, depth: number): ToldError {
  if (!(error instanceof Error)) return { kind: typeof error }
  const { name, message, stack, cause, code } = error as Error & { code?: unknown }
  const about = ABOUT.flatMap((field) => {
    const value = (error as unknown as Record<string, unknown>)[field]
    return typeof value === 'string' ? [[field, value] as const] : []
  })
  // The first lines of a stack are the message.
  const at = (stack ?? '').split('\n').filter((line) => /^\s+at /.test(line))
  return {
    kind: name,
    ...(typeof code === 'string' || typeof code === 'number' ? { code: String(code) } : {}),
    ...(quotes(error) ? {} : { message }),
    ...(sqlState(error) === null || about.length === 0 ? {} : { about: Object.fromEntries(about) }),
    ...(at.length === 0 ? {} : { at: at.slice(0, PLACES).map((line) => line.trim()) }),
    ...(cause === undefined || depth === CAUSES ? {} : { cause: toldError(cause, depth + 1) }),
  }
}

/**
 * Whether the message may quote what somebody typed: answers of the database, parsers, schemas, and whatever was thrown
 * because of one of them.
 */
function quotes(error: Error): boolean {
  const own = sqlState(error) !== null || error instanceof SyntaxError || /Zod|Validation/.test(error.name)
  return own || (error.cause instanceof Error && quotes(error.cause))
}
