import type { Accepted } from '#commands/execute.ts'
import type { Refusal } from '#commands/refusal.ts'
import type { SchoolSlug } from '#values/school.ts'

/**
 * Whoever looks on while the service works: metrics, traces. It is told what happens and changes nothing of it, and the
 * service does the same without. None of it is told who a person is.
 */
export interface Watch {
  /** A request came in. @returns is told of the answer, once */
  request(arrived: Arrived): (answered: Answered) => void
  /** Has a command carried out, and hears what became of it. */
  command(asked: CommandAsked, carryOut: () => Promise<Accepted | Refusal>): Promise<Accepted | Refusal>
}

export interface Arrived {
  /** The id of the request: `meta.corr` of the events that it makes. */
  readonly id: string
  readonly method: string
  /** The name of the route, never the address: a bounded number of words. */
  readonly operation: string
  /** W3C Trace Context, as it came. */
  readonly traceparent: string | undefined
}

export interface Answered {
  readonly status: number
  /** The reason of a problem; null where there was none. */
  readonly problem: string | null
  readonly seconds: number
}

export interface CommandAsked {
  /** The id of its request. */
  readonly request: string
  readonly command: string
  readonly school: SchoolSlug
  /** The kind of stream on which it is decided. */
  readonly category: string
}

/** Everything that an outside system may read of the service as text: `/metrics`. */
export interface Exposition {
  readonly contentType: string
  text(): Promise<string>
}
