import type { Decoded } from './registry.ts'
import type { RecordedEvent } from './store/event-store.ts'
import type { StreamName } from './stream-name.ts'

/** Why an operation has no effect though it stays on record. */
export interface LeftOut {
  readonly how: 'void' | 'annulled'
  readonly incident: string
  readonly rev: number
  /** Since when: record time of the event that says so. */
  readonly at: string
  /** The revision of the stream of incidents that says so. */
  readonly by: bigint
}

/**
 * The operations that every fold leaves out: those that are void (п. 4.4) and those that were annulled. The set only
 * grows, in the order of the stream of incidents, so that what it was at any place of that stream is what the events up
 * to there made it ({@link withoutEffect}).
 */
export class WithoutEffect {
  readonly #operations = new Map<string, LeftOut>()
  readonly #streams = new Map<string, Set<string>>()

  /** Takes an event of the stream of incidents. @returns the streams of operations that have lost their effect by it */
  take(event: Decoded): StreamName[] {
    const grown = new Set<StreamName>()
    for (const { stream, operations, how } of leftOutBy(event)) {
      for (const { id, rev } of operations) {
        if (this.#operations.has(id)) continue
        const { incident } = event.data as { readonly incident: string }
        this.#operations.set(id, { how, incident, rev, at: event.meta.at, by: event.revision })
        const known = this.#streams.get(stream) ?? new Set()
        known.add(id)
        this.#streams.set(stream, known)
        grown.add(stream)
      }
    }
    return [...grown]
  }

  has(id: string): boolean {
    return this.#operations.has(id)
  }

  /** Null where the operation has its effect. */
  of(id: string): LeftOut | null {
    return this.#operations.get(id) ?? null
  }

  /** The operations of a stream that are left out. */
  inStream(stream: string): ReadonlySet<string> {
    return this.#streams.get(stream) ?? NONE
  }

  /** The operations of a stream that are left out, from one revision to another, both included: for who seals that part. */
  between(stream: string, from: number, until: number): ReadonlyMap<string, LeftOut> {
    const known = [...this.inStream(stream)].map((id) => [id, this.#operations.get(id)!] as const)
    return new Map(known.filter(([, { rev }]) => from <= rev && rev <= until))
  }
}

const NONE: ReadonlySet<string> = new Set()

interface Named {
  readonly stream: StreamName
  readonly how: LeftOut['how']
  readonly operations: ReadonlyArray<{ readonly id: string; readonly rev: number }>
}

function leftOutBy({ type, data }: Decoded): readonly Named[] {
  if (type === 'SuspectOperationAnnulled') {
    return [
      {
        stream: data.stream as StreamName,
        how: 'annulled',
        operations: [{ id: data.operation, rev: data.rev }],
      },
    ]
  }
  if (type !== 'OperationsVoided') return []
  return data.streams.map(({ stream, operations }) => ({
    stream: stream as StreamName,
    how: 'void',
    operations,
  }))
}

/** The types of event by which the set grows. */
export const LEAVES_OUT: ReadonlySet<string> = new Set(['OperationsVoided', 'SuspectOperationAnnulled'])

/** Where the named streams stood at least when the event was decided, by stream. */
export function headsIn({ type, data }: Decoded): Map<string, number> {
  if (type === 'OperationsVoided') return new Map(data.streams.map(({ stream, head }) => [stream, head]))
  return type === 'SuspectOperationAnnulled' ? new Map([[data.stream, data.rev]]) : new Map()
}

/** What the first events of a stream of incidents leave out: all of them, or those up to a revision. */
export async function withoutEffect(
  incidents: AsyncIterable<RecordedEvent>,
  decode: (event: RecordedEvent) => Decoded | null,
  until: bigint | null = null,
): Promise<WithoutEffect> {
  const set = new WithoutEffect()
  for await (const recorded of incidents) {
    if (until !== null && recorded.revision > until) break
    const event = LEAVES_OUT.has(recorded.type) ? decode(recorded) : null
    if (event !== null) set.take(event)
  }
  return set
}
