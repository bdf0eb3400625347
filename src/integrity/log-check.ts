import { createHash } from 'node:crypto'
import { isCanonicalRecord, MAX_RECORD_BYTES, RECORD_VERSION } from '#events/record.ts'
import { TextRecord } from '#events/store/record-text.ts'
import type { RecordedEvent } from '#events/store/event-store.ts'
import { parseStreamName, type StreamName } from '#events/stream-name.ts'
import type { JsonObject } from '#integrity/tlog/canonical-json.ts'
import { leafHash } from '#integrity/tlog/leaf-hash.ts'
import type { SchoolSlug } from '#values/school.ts'
import type { Instant } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import type { Head, Heads } from './heads.ts'
import { IdSet, type IdWords, idWords } from './id-set.ts'

/** What can be wrong with a record at its place in a log. */
export type Fault =
  /** Not a record at all. */
  | 'malformed'
  /** A record of an outer form that this release does not know. */
  | 'newer-form'
  /** Written again by the rules of docs/spec/record.md, it gives other bytes. */
  | 'not-canonical'
  /** The school in `meta` is not that of the stream. */
  | 'wrong-school'
  /** It is not the next of its stream: some are missing, or one comes again. */
  | 'out-of-turn'
  /** `meta.prev` is not the hash of the record before it. */
  | 'chain-broken'
  /** Its id is that of an earlier record. */
  | 'id-repeated'

/** The first record of a log that cannot be as it was written. */
export class BadRecord extends Error {
  override readonly name = 'BadRecord'
  readonly fault: Fault
  /** Where it was met: a position of a log, or a file and a line. */
  readonly where: string
  /** Null where the record does not even say which it is. */
  readonly stream: string | null
  readonly rev: number | null

  constructor(
    fault: Fault,
    where: string,
    record: { readonly stream: string; readonly rev: number } | null,
    cause?: unknown,
  ) {
    super(`${where}: ${fault}${record === null ? '' : ` (${record.stream} ${record.rev})`}`, { cause })
    this.fault = fault
    this.where = where
    this.stream = record?.stream ?? null
    this.rev = record?.rev ?? null
  }
}

/** Ids that are remembered at once. At 27 to 54 bytes each: half a gigabyte to a whole one, and no more. */
const MOST_IDS = 2 ** 24

/** A record that stands where it should. */
export interface Followed {
  /** Its leaf hash. */
  readonly hash: string
  /** Its `meta.at`. */
  readonly at: Instant
}

export interface CheckFrom {
  /** Where the streams stand before the first record; empty for a log that is followed from its beginning. */
  readonly heads?: Heads
  /** The records are some of a log: a stream may begin anywhere, and miss some. */
  readonly part?: boolean
}

/**
 * Follows the records of a log in order, and knows where every stream ends.
 *
 * Of each record: its canonical text, its revision, `meta.prev` against the record before it, its school, its id. What
 * is kept in memory is a head for each stream (some 200 bytes) and the ids (27 to 54 bytes each): of the last 16
 * million records at least, beyond which an id that comes twice may be missed here, though an engine with an index of
 * ids still refuses it.
 */
export class LogCheck {
  readonly #heads: Map<string, Head>
  readonly #orders = new Map<SchoolSlug, Order>()
  readonly #part: boolean
  #ids = new IdSet()
  #earlierIds = new IdSet()
  #records = 0

  constructor({ heads = new Map(), part = false }: CheckFrom = {}) {
    this.#heads = new Map(heads)
    this.#part = part
  }

  get heads(): Heads {
    return this.#heads
  }

  /** How many records were followed. */
  get records(): number {
    return this.#records
  }

  /** In which order the records of each school came, as a SHA-256 over their ids: equal where the order is. */
  orders(): Map<SchoolSlug, string> {
    return new Map(Array.from(this.#orders, ([school, order]) => [school, order.digest()]))
  }

  /**
   * @throws {BadRecord}
   */
  follow(record: RecordedEvent, where: () => string): Followed {
    const { stream, id } = record
    const rev = Number(record.revision)
    const bad = (fault: Fault): BadRecord => new BadRecord(fault, where(), { stream, rev })
    const head = this.#heads.get(stream)
    const words = idWords(id)
    if (!(head !== undefined || isStreamName(stream)) || words === null) throw bad('malformed')
    const said = (record instanceof TextRecord ? record.text : null) ?? parsedAt(record)
    if (said === null) throw bad('not-canonical')
    const school = stream.slice(0, stream.indexOf('.')) as SchoolSlug
    if (said.school !== school) throw bad('wrong-school')
    const isNext = rev === (head?.rev ?? -1) + 1
    if (!isNext && !(this.#part && rev > (head?.rev ?? -1))) throw bad('out-of-turn')
    if (isNext && said.prev !== (head?.hash ?? null)) throw bad('chain-broken')
    if (!this.#isNew(words)) throw bad('id-repeated')
    const hash = said.leaf
    this.#heads.set(stream, { rev, hash })
    this.#order(school).add(id)
    this.#records++
    return { hash, at: said.at as Instant }
  }

  #isNew(id: IdWords): boolean {
    if (this.#ids.size >= MOST_IDS) {
      this.#earlierIds = this.#ids
      this.#ids = new IdSet()
    }
    return !(this.#earlierIds.size > 0 && this.#earlierIds.has(id)) && this.#ids.add(id)
  }

  #order(school: SchoolSlug): Order {
    const known = this.#orders.get(school)
    if (known !== undefined) return known
    const begun = new Order()
    this.#orders.set(school, begun)
    return begun
  }
}

/** A SHA-256 over ids one after the other, hashed many at once: the call costs more than the hash of one. */
class Order {
  readonly #hash = createHash('sha256')
  #waiting = ''

  add(id: Uuid): void {
    this.#waiting += id
    if (this.#waiting.length >= HASHED_AT_ONCE) this.#flush()
  }

  /** Of the ids so far; others may follow. */
  digest(): string {
    this.#flush()
    return this.#hash.copy().digest('hex')
  }

  #flush(): void {
    this.#hash.update(this.#waiting)
    this.#waiting = ''
  }
}

/** Characters. */
const HASHED_AT_ONCE = 4_096

/** What is asked of a record: as its text says, or the parts that it was given with. */
interface Said {
  readonly school: unknown
  readonly at: unknown
  readonly prev: unknown
  readonly leaf: string
}

/** Null where the text is not the canonical one of these parts at this place. */
function parsedAt(record: RecordedEvent): Said | null {
  const { canonical, stream, revision, meta } = record
  if (!isCanonicalRecord(canonical, stream, revision, record) || isTooLarge(canonical)) return null
  return {
    school: meta['school'],
    at: meta['at'],
    prev: meta['prev'] ?? null,
    leaf: leafHash(canonical),
  }
}

/** The name is ours, and one word, as the lines of heads need it. */
const isStreamName = (name: string): boolean => parseStreamName(name) !== null && !/\s/.test(name)

/** A character is three bytes at most. */
const isTooLarge = (text: string): boolean =>
  text.length * 3 > MAX_RECORD_BYTES && Buffer.byteLength(text) > MAX_RECORD_BYTES

/**
 * The record of a line of NDJSON.
 *
 * @throws {BadRecord} the line is none
 */
export function parseRecord(line: string, where: () => string): RecordedEvent {
  let parsed: Readonly<Record<string, unknown>>
  try {
    parsed = JSON.parse(line) as typeof parsed
  } catch (cause) {
    throw new BadRecord('malformed', where(), null, cause)
  }
  const { v, stream, rev, id, type, data, meta } = parsed ?? {}
  const known = typeof stream === 'string' && Number.isSafeInteger(rev) && (rev as number) >= 0
  const place = known ? { stream, rev: rev as number } : null
  if (Number.isSafeInteger(v) && (v as number) > RECORD_VERSION) {
    throw new BadRecord('newer-form', where(), place)
  }
  const whole = typeof id === 'string' && typeof type === 'string' && isObject(data) && isObject(meta)
  if (place === null || !whole) throw new BadRecord('malformed', where(), place)
  return {
    stream: place.stream as StreamName,
    revision: BigInt(place.rev),
    id: id as Uuid,
    type,
    data,
    meta,
    canonical: line,
  }
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
