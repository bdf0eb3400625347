import type { Decoded, DomainEvent } from '#events/registry.ts'
import type { Category } from '#events/stream-name.ts'

/**
 * How the events of one category of streams become the state on which rules decide.
 *
 * A fold is total: it never throws and never assumes that an earlier event was seen, because events that a
 * breach made void (п. 4.4) are left out, and what referred to them must then do nothing. `on` changes the
 * state in place: a state belongs to its fold, and rules receive it read-only.
 */
export interface Fold<State, Event extends DomainEvent = DomainEvent> {
  readonly category: Category
  initial(): State
  readonly on: Handlers<State, Event>
  /** What an event does even where it is void: credentials that it made worthless must not come back. */
  readonly evenVoid?: Handlers<State, Event>
}

type Handlers<State, Event extends DomainEvent> = {
  readonly [Type in Event['type']]?: Handler<State, Decoded<Extract<Event, { type: Type }>>>
}

// Written as a method so that a fold of one state may stand in a table of folds of unknown states.
type Handler<State, Event> = { apply(state: State, event: Event): void }['apply']

/** Says of an event that it must be left out of every fold (integrity.md 1.5). */
export type IsVoid = (event: Decoded) => boolean

export const NOTHING_VOID: IsVoid = () => false

/** Applies one event; unknown types and void events change nothing. */
export function evolve<State>(
  fold: Fold<State>,
  state: State,
  event: Decoded,
  isVoid: IsVoid = NOTHING_VOID,
): void {
  // Each handler takes the event of its own type, which TypeScript cannot follow through the look-up.
  const handlers: Partial<Record<string, Handler<State, Decoded>>> = isVoid(event)
    ? (fold.evenVoid ?? {})
    : fold.on
  handlers[event.type]?.(state, event)
}
