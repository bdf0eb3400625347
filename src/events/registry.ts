import type { EventDefinition } from './define.ts'
import { type DomainEvent, registry } from './event-types.ts'
import { withPlaces } from './personal-fields.ts'
import type { Meta } from './record.ts'
import type { RecordedEvent } from './store/event-store.ts'

export { type DomainEvent, type EventType, registry } from './event-types.ts'

/** An event as folds and projections read it: in the newest version of its type. */
export type Decoded<Event extends DomainEvent = DomainEvent> = Event & {
  readonly id: RecordedEvent['id']
  readonly stream: RecordedEvent['stream']
  readonly revision: bigint
  readonly meta: Meta
}

/** The log holds a version that this release does not know: it was written by a newer one. */
export class NewerVersion extends Error {
  override readonly name = 'NewerVersion'
}

const definitions = new Map<string, EventDefinition>(Object.entries(registry))

/**
 * Brings a recorded event into the newest version of its type; null for a type that is not ours.
 * The data was validated when it was written and its hash stands in the chain, so it is not validated again.
 *
 * @throws {NewerVersion} rather than guess: a fold that skipped an event would show a wrong journal
 */
export function decode(recorded: RecordedEvent): Decoded | null {
  return decodeBy(definitions, recorded)
}

/** The same by other definitions than ours. */
export function decodeBy(
  known: ReadonlyMap<string, EventDefinition>,
  recorded: RecordedEvent,
): Decoded | null {
  const definition = known.get(recorded.type)
  if (definition === undefined) return null
  const meta = recorded.meta as unknown as Meta
  if (meta.v > definition.v) {
    throw new NewerVersion(
      `${recorded.type} v${meta.v} in ${recorded.stream}; this release reads up to v${definition.v}`,
    )
  }
  const newest = meta.v === definition.v ? recorded.data : upcast(definition, meta.v, recorded.data)
  const data = withPlaces(recorded, newest as object)
  const { id, type, stream, revision } = recorded
  return { id, type, stream, revision, data, meta } as unknown as Decoded
}

function upcast(definition: EventDefinition, from: number, data: unknown): unknown {
  let newest = data
  for (let v = from; v < definition.v; v++) newest = definition.upcast[v]!(newest as never)
  return newest
}
