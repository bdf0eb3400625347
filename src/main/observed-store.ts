import type { EventStore, PositionedEvent, Subscribe } from '#events/store/event-store.ts'
import type { ServiceWatch } from './service-watch.ts'

/** The log with somebody looking on at every append. */
export function observedStore(store: EventStore, watch: ServiceWatch): EventStore {
  return {
    ...sameStore(store),
    append: (stream, expected, events, unmoved) =>
      watch.append(stream, events, () => store.append(stream, expected, events, unmoved)),
  }
}

/**
 * The log as one read model follows it. Whoever asks for the next batch has applied the one before: the time between is
 * what that took, and a batch after which nothing more is asked for was not applied.
 */
export function followedBy(readModel: string, store: EventStore, watch: ServiceWatch): EventStore {
  async function* subscribe(options: Subscribe): AsyncIterable<readonly PositionedEvent[]> {
    for await (const events of store.subscribe(options)) {
      const began = performance.now()
      yield events
      watch.applied(readModel, events.length, (performance.now() - began) / 1_000)
    }
  }
  return { ...sameStore(store), subscribe }
}

function sameStore(store: EventStore): EventStore {
  return {
    append: (stream, expected, events, unmoved) => store.append(stream, expected, events, unmoved),
    ...(store.before === undefined ? {} : { before: (at) => store.before!(at) }),
    readStream: (stream, options) => store.readStream(stream, options),
    readAll: (options) => store.readAll(options),
    subscribe: (options) => store.subscribe(options),
    head: () => store.head(),
    close: () => store.close(),
  }
}
