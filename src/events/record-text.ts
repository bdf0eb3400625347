import { CanonicalText } from '#integrity/tlog/canonical-text.ts'
import type { JsonObject } from '#integrity/tlog/canonical-json.ts'
import { hashOfLeaf } from '#integrity/tlog/leaf-hash.ts'
import type { Uuid } from '#values/uuid.ts'
import { MAX_RECORD_BYTES, RECORD_VERSION } from './record.ts'
import type { PositionedEvent } from './store/event-store.ts'
import type { Position } from './store/position.ts'
import type { StreamName } from './stream-name.ts'

/** What the text of a record says of itself and its place. */
export interface RecordText {
  readonly stream: string
  readonly rev: number
  readonly id: string
  readonly type: string
  /** `meta.school`, `meta.at` and `meta.prev`; null where there is none. */
  readonly school: string | null
  readonly at: string | null
  readonly prev: string | null
  /** The `leafHash` of the text. */
  readonly leaf: string
}

type Parts = Pick<PositionedEvent, 'type' | 'data' | 'meta'>

/**
 * A record as it was read, by its text: what stands in it is made into objects when somebody asks for that. Who only
 * checks a log, a million records of it, never does.
 */
export class TextRecord implements PositionedEvent {
  readonly stream: StreamName
  readonly revision: bigint
  readonly id: Uuid
  readonly canonical: string
  readonly position: Position
  #parsed: Parts | null = null
  #text: RecordText | null | undefined

  /** @param place as the engine knows it: it may be another than the text has, and then whoever checks sees it */
  constructor(canonical: string, place: Pick<PositionedEvent, 'stream' | 'revision' | 'id' | 'position'>) {
    this.canonical = canonical
    this.stream = place.stream
    this.revision = place.revision
    this.id = place.id
    this.position = place.position
  }

  /** What {@link readRecordText} finds. */
  get text(): RecordText | null {
    if (this.#text === undefined) this.#text = readRecordText(this.canonical)
    return this.#text
  }

  get type(): string {
    return this.#text?.type ?? this.#parts().type
  }

  get data(): JsonObject {
    return this.#parts().data
  }

  get meta(): JsonObject {
    return this.#parts().meta
  }

  #parts(): Parts {
    this.#parsed ??= JSON.parse(this.canonical) as Parts
    return this.#parsed
  }
}

const MEMBERS = ['data', 'id', 'meta', 'rev', 'stream', 'type', 'v']
/** Places of a member: its key from and to, its value from and to. */
const [PLACES, VALUE] = [4, 2]

/** One record at a time: the zero of a leaf (RFC 6962 section 2.1), the text, and a zero behind it. */
const bytes = Buffer.alloc(MAX_RECORD_BYTES + 2)
const FIRST = 1
const scanned = new CanonicalText(bytes)

/**
 * Reads the text of a record of this form (`record.ts`) without making objects of it: it is canonical, and has these
 * members and no others.
 *
 * @returns null where that is not sure: then it must be parsed
 */
export function readRecordText(canonical: string): RecordText | null {
  if (canonical.length > MAX_RECORD_BYTES || !canonical.isWellFormed()) return null
  const end = FIRST + bytes.write(canonical, FIRST, MAX_RECORD_BYTES)
  bytes[end] = 0
  const places: number[] = []
  if (scanned.objectEnd(FIRST, places) !== end || places.length !== PLACES * MEMBERS.length) return null
  for (let i = 0; i < MEMBERS.length; i++) if (!hasKey(places, i, MEMBERS[i]!)) return null
  const [id, stream, type] = [stringOf(places, 1), stringOf(places, 4), stringOf(places, 5)]
  const rev = Number(valueOf(places, 3))
  const meta = metaAt(places[2 * PLACES + VALUE]!)
  const whole = id !== null && stream !== null && type !== null && meta !== null
  const isData = bytes[places[VALUE]!] === OPEN_OBJECT
  const isThisForm = valueOf(places, 6) === String(RECORD_VERSION)
  if (!whole || !isData || !isThisForm || !Number.isSafeInteger(rev) || rev < 0) return null
  return { id, stream, type, rev, ...meta, leaf: hashOfLeaf(bytes.subarray(0, end)) }
}

function metaAt(at: number): Pick<RecordText, 'school' | 'at' | 'prev'> | null {
  const places: number[] = []
  if (scanned.objectEnd(at, places) < 0) return null
  const found = { school: null as string | null, at: null as string | null, prev: null as string | null }
  for (let i = 0; i < places.length / PLACES; i++) {
    const name = hasKey(places, i, 'at')
      ? 'at'
      : hasKey(places, i, 'prev')
        ? 'prev'
        : hasKey(places, i, 'school')
          ? 'school'
          : null
    if (name === null) continue
    found[name] = stringOf(places, i)
    if (found[name] === null && valueOf(places, i) !== 'null') return null
  }
  return found
}

function hasKey(places: readonly number[], member: number, key: string): boolean {
  const from = places[PLACES * member]!
  if (places[PLACES * member + 1]! - from !== key.length) return false
  for (let i = 0; i < key.length; i++) if (bytes[from + i] !== key.charCodeAt(i)) return false
  return true
}

const valueOf = (places: readonly number[], member: number): string =>
  bytes.toString('latin1', places[PLACES * member + VALUE], places[PLACES * member + VALUE + 1])

/** The letters of a string, all of them ASCII as in names that a machine gives; null for another value. */
function stringOf(places: readonly number[], member: number): string | null {
  const [from, to] = [places[PLACES * member + VALUE]!, places[PLACES * member + VALUE + 1]!]
  if (bytes[from] !== QUOTE) return null
  for (let at = from + 1; at < to - 1; at++) if (bytes[at]! > ASCII) return null
  return bytes.toString('latin1', from + 1, to - 1)
}

const [QUOTE, OPEN_OBJECT, ASCII] = [0x22, 0x7b, 0x7e] as const
