/** What is handed to whoever carries it on. `id` is that of the delivery: the same when it is tried again. */
export interface Letter {
  readonly id: string
  readonly address: string
  readonly subject: string
  readonly text: string
}

/**
 * What became of a try. `accepted`: somebody else has it now; `refused`: it will never be taken there; `later`: worth
 * another try. `code` is what SMTP or HTTP answered; null where nobody answered.
 */
export interface Carried {
  readonly outcome: 'accepted' | 'refused' | 'later'
  readonly code: number | null
}

/** Carries letters of one channel. It never throws: what goes wrong is `later`. */
export interface Carrier {
  carry(letter: Letter): Promise<Carried>
  close(): void
}

/** How long, in milliseconds, somebody may take to answer. */
export const ANSWER = 15_000
