import {
  DiscardPolicy,
  jetstream,
  JetStreamApiError,
  jetstreamManager,
  RetentionPolicy,
  StorageType,
} from '@nats-io/jetstream'
import { headers } from '@nats-io/transport-node'
import { Bell } from '#events/store/bell.ts'
import { parseCheckpoint } from '#integrity/tlog/checkpoint.ts'
import { connected, type NatsSettings, streamOf, unavailable } from './nats-bus.ts'
import type { RelayLog } from './relay.ts'

/** What is told: the newest checkpoint, with the signatures and cosignatures below it. */
export interface Checkpoints {
  newest(): Promise<{ readonly size: number; readonly note: string } | null>
}

export interface CheckpointRelayParts {
  readonly nats: NatsSettings
  readonly checkpoints: Checkpoints
  readonly log: RelayLog
  /** How often one is told at most, in milliseconds. */
  readonly every: number
}

/** Apart from what is told of events: there an operator may remove, here nobody may. */
const STREAM = 'LETOPIS_CHECKPOINTS'
const SUBJECT = 'journal-integrity.checkpoint'
const NO_MESSAGE = 10037

/** How long to wait before the next attempt, in milliseconds: doubling, with a ceiling. */
const BACK_OFF = { first: 1_000, most: 60_000 }

/**
 * Tells NATS the newest checkpoint now and then, on a stream from which nothing can be deleted or purged: a copy in the
 * hands of whoever runs the bus. Where it has come to, the last message says; there is no state besides.
 */
export class CheckpointRelay {
  readonly #parts: CheckpointRelayParts
  readonly #stream: string
  readonly #subject: string
  #told: number | null = null
  #failing = false

  constructor(parts: CheckpointRelayParts) {
    this.#parts = parts
    const { stream, subjects } = parts.nats
    this.#stream = stream === undefined ? STREAM : `${stream}_CHECKPOINTS`
    this.#subject = subjects === undefined ? SUBJECT : `${subjects}-integrity.checkpoint`
  }

  /** The size of the checkpoint that was told last; null before it is known. */
  get told(): number | null {
    return this.#told
  }

  /** Tells until `signal` aborts. Never fails: what is away is waited for. */
  async run(signal: AbortSignal): Promise<void> {
    let wait = BACK_OFF.first
    while (!signal.aborted) {
      try {
        await this.#connection(signal)
        wait = BACK_OFF.first
      } catch (err) {
        if (!this.#failing) this.#parts.log.warn({ err }, 'checkpoints cannot be told to NATS yet; waiting')
        this.#failing = true
        await new Bell().rung.orAfter(wait, signal)
        wait = Math.min(wait * 2, BACK_OFF.most)
      }
    }
  }

  /** As long as one connection lasts. */
  async #connection(signal: AbortSignal): Promise<void> {
    const { nats, checkpoints, log, every } = this.#parts
    const connection = await connected(nats)
    const lost = new AbortController()
    void connection.closed().then(() => lost.abort())
    const over = AbortSignal.any([signal, lost.signal])
    try {
      const manager = await jetstreamManager(connection)
      if ((await streamOf(manager, this.#stream)) === null) await manager.streams.add(this.#declared(nats))
      const last = await manager.streams
        .getMessage(this.#stream, { last_by_subj: this.#subject })
        .catch((error: unknown) => {
          if (error instanceof JetStreamApiError && error.code === NO_MESSAGE) return null
          throw error
        })
      this.#told = last === null ? 0 : parseCheckpoint(last.data).size
      while (!over.aborted) {
        const newest = await checkpoints.newest()
        // A log that is shorter than what was told is told as well: whoever reads the stream sees that it went back.
        if (newest !== null && newest.size !== this.#told) {
          const { origin } = parseCheckpoint(newest.note)
          const told = headers()
          told.set('Content-Type', 'text/plain; charset=utf-8')
          await jetstream(connection).publish(this.#subject, newest.note, {
            msgID: `${origin}/${newest.size}`,
            headers: told,
          })
          this.#told = newest.size
        }
        if (this.#failing) log.info({ size: this.#told }, 'checkpoints are told to NATS again')
        this.#failing = false
        await new Bell().rung.orAfter(every, over)
      }
    } catch (error) {
      throw unavailable(error)
    } finally {
      await connection.close()
    }
    if (lost.signal.aborted && !signal.aborted) throw new Error('the connection to NATS was lost')
  }

  #declared({ replicas }: NatsSettings) {
    return {
      name: this.#stream,
      description: 'Letopis: signed checkpoints of the log',
      subjects: [this.#subject],
      retention: RetentionPolicy.Limits,
      storage: StorageType.File,
      discard: DiscardPolicy.Old,
      max_age: 0,
      max_bytes: -1,
      num_replicas: replicas,
      deny_delete: true,
      deny_purge: true,
    }
  }
}
