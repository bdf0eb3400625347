/** What the operator is told. Never person data, never a password. */
export interface EventStoreJournal {
  info(facts: object, message: string): void
  warn(facts: object, message: string): void
  error(facts: object, message: string): void
}

/** What is counted. Each is called at once where it happens, and must not throw. */
export interface EventStoreObserver {
  /** An append was acknowledged, after this many milliseconds and this many tries. */
  appended?(events: number, milliseconds: number, tries: number): void
  /** A call got no answer and will be made again, or was given up. */
  unanswered?(call: string): void
  /** A subscription was lost. Whoever follows subscribes again. */
  dropped?(): void
  /** The server answers again, after this many failures. */
  recovered?(failures: number): void
  /** A connection on which nothing was heard any more was given up for a new one. */
  reconnected?(): void
  /** This many calls in a row got no answer: somebody should look. */
  alarm?(failures: number): void
}

/** In milliseconds. */
export interface EventStoreTimes {
  /** How long one append, or the first answer of anything, may take. */
  readonly deadline: number
  /** How long a read may be silent between two answers. */
  readonly silence: number
  /** How long a subscription may be silent before it is looked whether it still lives. */
  readonly quiet: number
  /** After this no further try is begun. */
  readonly patience: number
  /** The pause before the second try; it doubles, up to the longest. */
  readonly pause: { readonly first: number; readonly most: number }
  /** HTTP/2 pings, by which a connection is known to be dead that nobody closed. */
  readonly keepAliveInterval: number
  readonly keepAliveTimeout: number
}

export const TIMES: EventStoreTimes = {
  deadline: 5_000,
  silence: 10_000,
  quiet: 10_000,
  patience: 15_000,
  pause: { first: 50, most: 2_000 },
  keepAliveInterval: 10_000,
  keepAliveTimeout: 3_000,
}
