import { setTimeout } from 'node:timers/promises'
import pg from 'pg'
import type { ProjectorLog } from '#projections/projector.ts'

/** Work that one process of an installation does at a time. The numbers are for ever: releases meet in an upgrade. */
const DUTIES = {
  projector: 1,
  relay: 2,
  backup: 3,
  sealer: 4,
  archive: 5,
  erasure: 6,
  check: 7,
  delivery: 8,
} as const
export type Duty = keyof typeof DUTIES

/** The first half of the key of each lock, so that no lock of another program is met. */
const LETOPIS = 1_818_588_272

/** How often, in milliseconds, whoever stands by asks for the lock: a killed leader is followed within this time. */
const ASK = 500

/** How often a leader makes sure that it still has its connection, and how long an answer may take. */
const BEAT = 1_000
const ANSWER = 5_000

/** A host that is gone is noticed by the server within some ten seconds, and its lock is free then. */
const KEEPALIVE = '-c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3'

/**
 * One of the processes that stand for a duty does it: the one whose session holds an advisory lock of PostgreSQL. When
 * that process is killed its lock falls, and another goes on.
 *
 * A leader that has lost its connection may still be at work for a moment when the next one begins. So whatever is done
 * under a leadership must bear two of its kind: projectors meet at the lock of their checkpoint, the relay at the ids of
 * its messages, sealers at the places of leaves and at the signing state.
 */
export class Leadership {
  readonly duty: Duty
  readonly #url: string
  readonly #work: (signal: AbortSignal) => Promise<void>
  readonly #log: ProjectorLog
  readonly #stop = new AbortController()
  #standing: Promise<void> = Promise.resolve()
  #leads = false

  /** @param work does the duty until its signal aborts, and resolves when nothing of it is under way any more */
  constructor(
    duty: Duty,
    { url, log, work }: { url: string; log: ProjectorLog; work: (signal: AbortSignal) => Promise<void> },
  ) {
    this.duty = duty
    this.#url = url
    this.#log = log
    this.#work = work
  }

  /** Whether this process does the duty now. */
  get leads(): boolean {
    return this.#leads
  }

  /** Begins to stand for the duty. */
  start(): void {
    this.#standing = this.#stand()
  }

  /** Ends the work that is under way, and lets another process have the duty at once. */
  async stop(): Promise<void> {
    this.#stop.abort()
    await this.#standing
  }

  async #stand(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      try {
        await this.#term()
      } catch (err) {
        this.#log.error({ duty: this.duty, err }, 'a duty cannot be done yet; waiting')
      }
      await pause(ASK, this.#stop.signal)
    }
  }

  /** One session: waits for the lock, works while it holds it, and ends with it. */
  async #term(): Promise<void> {
    const lost = new AbortController()
    const client = new pg.Client({
      connectionString: this.#url,
      application_name: `letopis ${this.duty}`,
      connectionTimeoutMillis: ANSWER,
      query_timeout: ANSWER,
      keepAlive: true,
      options: KEEPALIVE,
    })
    client.on('error', () => lost.abort())
    client.on('end', () => lost.abort())
    try {
      await client.connect()
      const signal = AbortSignal.any([this.#stop.signal, lost.signal])
      while (!(await this.#takes(client))) {
        await pause(ASK, signal)
        if (signal.aborted) return
      }
      await this.#lead(client, lost, signal)
    } finally {
      await client.end().catch(() => {})
    }
  }

  async #takes(client: pg.Client): Promise<boolean> {
    const text = 'select pg_try_advisory_lock($1, $2) as taken'
    const { rows } = await client.query<{ taken: boolean }>(text, [LETOPIS, DUTIES[this.duty]])
    return rows[0]!.taken
  }

  async #lead(client: pg.Client, lost: AbortController, signal: AbortSignal): Promise<void> {
    this.#leads = true
    this.#log.info({ duty: this.duty }, 'this process does the duty now')
    const beat = setInterval(() => {
      client.query('select 1').catch(() => lost.abort())
    }, BEAT)
    try {
      await this.#work(signal)
    } finally {
      clearInterval(beat)
      this.#leads = false
      this.#log.info({ duty: this.duty }, 'this process does the duty no longer')
    }
  }
}

/** A duty for which no other process could stand, as in the embedded setting: it is done at once, until it is stopped. */
export class Alone {
  readonly duty: Duty
  readonly leads = true
  readonly #work: (signal: AbortSignal) => Promise<void>
  readonly #log: ProjectorLog
  readonly #stop = new AbortController()
  #working: Promise<void> = Promise.resolve()

  constructor(
    duty: Duty,
    { log, work }: { log: ProjectorLog; work: (signal: AbortSignal) => Promise<void> },
  ) {
    this.duty = duty
    this.#log = log
    this.#work = work
  }

  start(): void {
    this.#working = this.#work(this.#stop.signal).catch((err: unknown) => {
      this.#log.error({ duty: this.duty, err }, 'a duty has ended')
    })
  }

  async stop(): Promise<void> {
    this.#stop.abort()
    await this.#working
  }
}

/** Resolves when the signal aborts. */
export function aborted(signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  if (signal.aborted) resolve()
  else signal.addEventListener('abort', () => resolve(), { once: true })
  return promise
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  // Cut short by the signal, which whoever waits looks at itself.
  await setTimeout(milliseconds, undefined, { signal }).catch(() => {})
}
