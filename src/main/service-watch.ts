import type { Watch } from '#api/watch.ts'
import type { Appended, NewEvent } from '#events/store/event-store.ts'
import type { EventStoreObserver } from '#events/store/eventstore-options.ts'
import type { StreamName } from '#events/stream-name.ts'

/** A {@link Watch} that sees behind the API too: what is appended to the log, and what read models take from it. */
export interface ServiceWatch extends Watch {
  append(
    stream: StreamName,
    events: readonly NewEvent[],
    carryOut: () => Promise<Appended>,
  ): Promise<Appended>
  /** A read model has applied a batch, in so many seconds until now. */
  applied(readModel: string, events: number, seconds: number): void
  /** Looks on at the connection to EventStoreDB, where the log is there. */
  readonly eventStore: EventStoreObserver
}

/** Several that look on as one: the first stands outermost. */
export function together(watches: readonly ServiceWatch[]): ServiceWatch {
  const [only] = watches
  if (watches.length === 1 && only !== undefined) return only
  const within = <Result>(
    of: (watch: ServiceWatch, inner: () => Promise<Result>) => Promise<Result>,
    innermost: () => Promise<Result>,
  ): Promise<Result> =>
    watches.reduceRight<() => Promise<Result>>((inner, watch) => () => of(watch, inner), innermost)()
  return {
    request(arrived) {
      const told = watches.map((watch) => watch.request(arrived))
      return (answered) => {
        for (const tell of told) tell(answered)
      }
    },
    command: (asked, carryOut) => within((watch, inner) => watch.command(asked, inner), carryOut),
    append: (stream, events, carryOut) =>
      within((watch, inner) => watch.append(stream, events, inner), carryOut),
    eventStore: watches.reduce<EventStoreObserver>((all, { eventStore }) => ({ ...all, ...eventStore }), {}),
    applied(readModel, events, seconds) {
      for (const watch of watches) watch.applied(readModel, events, seconds)
    },
  }
}
