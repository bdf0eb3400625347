import { randomUUID } from 'node:crypto'
import type { Clock } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { type OutageLedger, SIGN_EVERY } from './outage-ledger.ts'

/** How long, in milliseconds, the service may take to show that it works before a sign is not given. */
const PATIENCE = 5_000

export interface SignsOfLife {
  readonly ledger: OutageLedger
  readonly clock: Clock
  readonly log: {
    warn(facts: object, message: string): void
    error(facts: object, message: string): void
  }
  /** Shows that requests can be served, as by asking the log for its head; rejects, or is silent, where they cannot. */
  readonly works: () => Promise<unknown>
}

/**
 * Gives a sign of life now and then, as long as the service works: a process that runs without its engines serves
 * nobody, and its time counts as an outage.
 *
 * @returns ends it, in the orderly way
 */
export async function giveSigns({ ledger, clock, log, works }: SignsOfLife): Promise<() => Promise<void>> {
  const process = Uuid.parse(randomUUID())
  const sign = async (): Promise<void> => {
    for (const outage of await ledger.sign(process, clock()))
      log.warn({ outage }, 'the service had been away')
  }
  await sign()
  let signing: Promise<void> = Promise.resolve()
  let busy = false
  const look = async (): Promise<void> => {
    if (busy) return
    busy = true
    try {
      await within(PATIENCE, works())
      await sign()
    } catch (err) {
      log.error({ err }, 'no sign of life: the engines do not answer')
    } finally {
      busy = false
    }
  }
  const timer = setInterval(() => {
    signing = look()
  }, SIGN_EVERY)
  return async () => {
    clearInterval(timer)
    await signing
    await ledger.stop(process, clock()).catch((err: unknown) => {
      log.error({ err }, 'the orderly end could not be noted: the ledger will show an emergency')
    })
  }
}

async function within<Result>(milliseconds: number, work: Promise<Result>): Promise<Result> {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error('no answer in time')), milliseconds)
  try {
    return await Promise.race([work, promise])
  } finally {
    clearTimeout(timer)
  }
}
