import { Bell } from '#events/store/bell.ts'
import type { Clock, Instant } from '#values/time.ts'
import type { SealedLog } from './sealed-log.ts'
import type { SealerLog } from './sealer.ts'
import { parseCheckpoint } from './tlog/checkpoint.ts'
import { cosignedBy } from './tlog/cosignature.ts'
import { Malformed, parseCount } from './tlog/malformed.ts'
import type { TreeHash } from './tlog/merkle-tree.ts'
import {
  BadSignature,
  formatVerifierKey,
  parseSignature,
  signatureLine,
  type VerifierKey,
} from './tlog/signed-note.ts'
import { formatWitnessRequest } from './tlog/witness-request.ts'

/** Why a witness does not cosign. Only the first passes by itself. */
export type NotCosigned =
  /** It does not answer, or not now. */
  | 'away'
  /** It does not know this log, or not by this key. */
  | 'unknown-log'
  /** It has cosigned a larger tree than this log is: the log was put back to an earlier day. */
  | 'ahead'
  /** What it has cosigned is not the beginning of this log. */
  | 'forked'
  /** What it answered is no answer of a witness. */
  | 'no-answer'

/** A witness as the log knows it. */
export interface AskedWitness {
  readonly key: VerifierKey
  /** Posts a request to it. @throws {WitnessAway} */
  ask(body: string): Promise<{ readonly status: number; readonly body: string }>
}

export class WitnessAway extends Error {
  override readonly name = 'WitnessAway'
}

class Refused extends Error {
  readonly because: NotCosigned

  constructor(because: NotCosigned, what: string, cause?: unknown) {
    super(what, { cause })
    this.because = because
  }
}

export interface WitnessingParts {
  readonly sealed: Pick<SealedLog, 'newest' | 'cosign' | 'cosigned' | 'consistencyProof'>
  readonly witness: AskedWitness
  readonly clock: Clock
  readonly log: SealerLog
}

/** How often the newest checkpoint is looked at, in milliseconds. */
const LOOK = 1_000
/** How long to wait before a witness that did not cosign is asked again, in milliseconds: doubling, with a ceiling. */
const BACK_OFF = { first: 1_000, most: 60_000 }
/** How often a witness may name another size for one checkpoint: it knows one, and others may ask it meanwhile. */
const SIZES = 3

/**
 * Asks one witness for its cosignature of every newest checkpoint (C2SP tlog-witness, `add-checkpoint`), and keeps it. The
 * seal never waits for it: a witness that is away leaves checkpoints without its line, and the next one has it again.
 */
export class Witnessing {
  readonly #parts: WitnessingParts
  readonly #vkey: string
  #last: { readonly size: number; readonly at: Instant } | null = null
  #trouble: NotCosigned | null = null
  #failingSince: Instant | null = null

  constructor(parts: WitnessingParts) {
    this.#parts = parts
    this.#vkey = formatVerifierKey(parts.witness.key)
  }

  get name(): string {
    return this.#parts.witness.key.name
  }

  /** The last checkpoint that it cosigned. */
  get last(): { readonly size: number; readonly at: Instant } | null {
    return this.#last
  }

  /** Why it does not cosign; null while it does. */
  get trouble(): NotCosigned | null {
    return this.#trouble
  }

  get failingSince(): Instant | null {
    return this.#failingSince
  }

  /** Asks until `signal` aborts. Never fails: what is away is waited for, what refuses is told. */
  async run(signal: AbortSignal): Promise<void> {
    let wait = BACK_OFF.first
    while (!signal.aborted) {
      let pause = LOOK
      try {
        this.#last ??= await this.#parts.sealed.cosigned(this.#vkey)
        await this.#ask()
        this.#recovered()
        wait = BACK_OFF.first
      } catch (error) {
        this.#failed(error)
        pause = wait
        wait = Math.min(wait * 2, BACK_OFF.most)
      }
      await new Bell().rung.orAfter(pause, signal)
    }
  }

  /** @throws {Refused} */
  async #ask(): Promise<void> {
    const { sealed, witness, clock } = this.#parts
    const newest = await sealed.newest()
    if (newest === null || newest.size === this.#last?.size) return
    // As it was signed: what other witnesses said is not this one's matter.
    const { text, signatures } = parseCheckpoint(newest.note).note
    const own = signatures.filter(({ name }) => name === text.split('\n', 1)[0])
    const note = `${text}\n${own.map((one) => signatureLine(one, one.signature)).join('')}`
    let known = this.#last?.size ?? 0
    for (let asked = 0; asked < SIZES; asked++) {
      const proof: TreeHash[] =
        known === 0 || known === newest.size ? [] : await sealed.consistencyProof(known, newest.size)
      const { status, body } = await witness.ask(formatWitnessRequest(known, proof, note))
      switch (status) {
        case 200: {
          const line = this.#lineOf(text, body)
          const at = clock()
          await sealed.cosign(newest.size, this.#vkey, line, at)
          this.#last = { size: newest.size, at }
          return
        }
        case 409: {
          const size = sizeOf(body)
          if (size === known && size === newest.size)
            throw new Refused('forked', `it has cosigned another tree of ${size} records`)
          if (size > newest.size) {
            // The log may have grown while it was asked, and somebody else may have shown that to the witness.
            const now = (await sealed.newest())?.size ?? 0
            if (size <= now) return
            throw new Refused('ahead', `it has cosigned ${size} records, the log has ${now}`)
          }
          known = size
          continue
        }
        case 422:
          throw new Refused(
            'forked',
            `what it has cosigned, ${known} records, is not the beginning of this log`,
          )
        case 403:
        case 404:
          throw new Refused('unknown-log', `it answers ${status}`)
        default:
          throw new Refused(status >= 500 || status === 429 ? 'away' : 'no-answer', `it answers ${status}`)
      }
    }
    throw new Refused('no-answer', 'it names one size after another')
  }

  /** The line of this witness in its answer, if it verifies. */
  #lineOf(text: string, body: string): string {
    const { key } = this.#parts.witness
    try {
      const lines = body
        .split('\n')
        .filter((line) => line !== '')
        .map(parseSignature)
      const own = lines.find(({ name, id }) => name === key.name && id === key.id)
      if (own !== undefined && cosignedBy({ text, signatures: [own] }, [key]).length === 1)
        return signatureLine(own, own.signature)
    } catch (error) {
      if (!(error instanceof Malformed || error instanceof BadSignature)) throw error
      throw new Refused('no-answer', 'its cosignature does not verify', error)
    }
    throw new Refused('no-answer', 'there is no cosignature of its key in its answer')
  }

  #recovered(): void {
    if (this.#failingSince !== null) {
      this.#parts.log.info({ witness: this.name, since: this.#failingSince }, 'the witness cosigns again')
    }
    this.#failingSince = null
    this.#trouble = null
  }

  #failed(err: unknown): void {
    const { log, clock } = this.#parts
    const because = err instanceof Refused ? err.because : 'away'
    // Said as it begins, and when it becomes something else.
    if (because !== this.#trouble) {
      const facts = { witness: this.name, because, err }
      if (because === 'away') log.warn(facts, 'a witness does not cosign')
      else log.error(facts, 'a witness does not cosign')
    }
    this.#trouble = because
    this.#failingSince ??= clock()
  }
}

function sizeOf(body: string): number {
  try {
    return parseCount(body.replace(/\n$/, ''), 'the size of a witness')
  } catch (error) {
    throw new Refused('no-answer', 'it names no size', error)
  }
}
