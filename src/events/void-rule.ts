import type { Meta } from './record.ts'
import type { RecordedEvent } from './store/event-store.ts'
import { TextRecord } from './store/record-text.ts'
import { parseStreamName } from './stream-name.ts'

/** Whose operations are looked for. */
export interface Window {
  readonly incident: string
  readonly account: string
  readonly credEpoch: number
  /** Operations since then, that instant included. */
  readonly from: string
}

/** An operation as a list of an incident names it; `cause` is null where the account itself made it. */
export interface FoundOperation {
  readonly id: string
  readonly stream: string
  readonly rev: number
  /** Where its stream stood when the list was made. */
  readonly head: number
  readonly at: string
  readonly cause: string | null
}

/**
 * Rule v1 (docs/spec/breach.md), over the events of a school in the order of the log. An event is in the window when the
 * account made it (`by`) in an epoch up to `credEpoch` at `from` or later, or when its cause is in the window; and when it
 * stands before the declaration and before the access was restored. What was written about breaches is no operation of the
 * journal, and is never in.
 */
export class WindowOperations {
  readonly #window: Window
  readonly #found = new Map<string, Omit<FoundOperation, 'head'>>()
  readonly #heads = new Map<string, number>()
  #over = false

  constructor(window: Window) {
    this.#window = window
  }

  /** Nothing that comes later is in the window. */
  get over(): boolean {
    return this.#over
  }

  get found(): readonly FoundOperation[] {
    return [...this.#found.values()].map((found) => ({ ...found, head: this.#heads.get(found.stream)! }))
  }

  take(record: RecordedEvent): void {
    const { id, stream, revision } = record
    if (this.#heads.has(stream)) this.#heads.set(stream, Number(revision))
    if (this.#over) return
    const { incident, account, credEpoch, from } = this.#window
    if (parseStreamName(stream)?.category === 'incident') {
      this.#over = ENDS.has(record.type) && record.data['incident'] === incident
      return
    }
    // Most records of a school are neither: what only their text is known of need not be parsed to see that.
    if (record instanceof TextRecord && !record.has(`"by":"${account}"`) && !record.has('"cause":"')) return
    const { by, cred, at, cause } = record.meta as unknown as Meta
    const direct = by === account && cred <= credEpoch && at >= from
    const derived = cause !== null && this.#found.has(cause)
    if (direct || derived) {
      this.#heads.set(stream, Number(revision))
      this.#found.set(id, { id, stream, rev: Number(revision), at, cause: derived ? cause : null })
    }
  }
}

const ENDS: ReadonlySet<string> = new Set(['CompromiseDeclared', 'AccessRestored'])

/** Parts the operations since `notice` from those before; what follows from one goes where its cause goes. */
export function partedAt(
  found: readonly FoundOperation[],
  notice: string,
): { readonly since: FoundOperation[]; readonly before: FoundOperation[] } {
  const ids = new Set<string>()
  const [since, before]: [FoundOperation[], FoundOperation[]] = [[], []]
  for (const operation of found) {
    const later = operation.cause === null ? operation.at >= notice : ids.has(operation.cause)
    if (later) ids.add(operation.id)
    ;(later ? since : before).push(operation)
  }
  return { since, before }
}
