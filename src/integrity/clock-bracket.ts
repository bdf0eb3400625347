import type { Instant } from '#values/time.ts'

/** A record, and the time that it bears. */
export interface Timed {
  readonly leaf: number
  readonly stream: string
  readonly rev: number
  readonly at: Instant
}

/** A record whose time a checkpoint contradicts. */
export interface OutOfBracket extends Timed {
  readonly checkpoint: { readonly size: number; readonly at: Instant }
}

export interface ClockFound {
  /** Records of a time before that of the checkpoint before them: how many, and the first. */
  readonly earlier: { readonly records: number; readonly first: OutOfBracket } | null
  /** Checkpoints older than a record that they cover: how many, and the first with the latest record under it. */
  readonly later: { readonly checkpoints: number; readonly first: OutOfBracket } | null
}

/** By how much the clocks of those who record and those who seal may differ, in milliseconds. */
const SKEW = 5_000
/** How long a command that has its time may wait until it is on record, in milliseconds. */
const WAIT = 60_000

/**
 * Holds the times of records, in their order, against those of the checkpoints around them. A clock that is set shows
 * itself here; it is no proof of tampering, since a clock may also have been wrong.
 *
 * A sealer that was away signs records long after they were made, so a record counts as earlier than a checkpoint only
 * if it is also earlier than what the checkpoint covers.
 */
export class ClockBracket {
  #latest: Timed | null = null
  /** A record before `at` is earlier than the checkpoint. */
  #after: { readonly at: Instant; readonly checkpoint: OutOfBracket['checkpoint'] } | null = null
  #earlier: ClockFound['earlier'] = null
  #later: ClockFound['later'] = null

  get found(): ClockFound {
    return { earlier: this.#earlier, later: this.#later }
  }

  /** The next record. */
  follow(record: Timed): void {
    if (this.#after !== null && record.at < this.#after.at) {
      const { records, first } = this.#earlier ?? {
        records: 0,
        first: { ...record, checkpoint: this.#after.checkpoint },
      }
      this.#earlier = { records: records + 1, first }
    }
    if (this.#latest === null || record.at > this.#latest.at) this.#latest = record
  }

  /** Somebody saw the records up to here at that time, at the latest. */
  seen(size: number, at: Instant): void {
    if (this.#latest === null || this.#latest.at <= later(at, SKEW)) return
    const { checkpoints, first } = this.#later ?? {
      checkpoints: 0,
      first: { ...this.#latest, checkpoint: { size, at } },
    }
    this.#later = { checkpoints: checkpoints + 1, first }
    // Every later checkpoint would contradict it once more.
    this.#latest = null
  }

  /** The records up to here were sealed at that time. */
  sealed(size: number, at: Instant): void {
    this.seen(size, at)
    const covered = this.#latest?.at ?? at
    this.#after = { at: later(covered < at ? covered : at, -WAIT), checkpoint: { size, at } }
  }
}

/**
 * Instants of one form are in the order of their texts: a record is compared without being parsed. What is no instant,
 * because somebody wrote another text into a column, stays as it is.
 */
function later(at: Instant, milliseconds: number): Instant {
  const moved = new Date(Date.parse(at) + milliseconds)
  return Number.isNaN(moved.getTime()) ? at : (moved.toISOString() as Instant)
}
