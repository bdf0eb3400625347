import { isUtf8 } from 'node:buffer'
import type { JsonObject } from '#integrity/tlog/canonical-json.ts'
import { CanonicalText, type Members } from '#integrity/tlog/canonical-text.ts'
import { hashOfLeaf } from '#integrity/tlog/leaf-hash.ts'
import type { Uuid } from '#values/uuid.ts'
import { MAX_RECORD_BYTES, RECORD_VERSION } from '../record.ts'
import type { PositionedEvent } from './event-store.ts'
import type { Position } from './position.ts'
import type { StreamName } from '../stream-name.ts'

/** What the text of a record says, besides its place. */
export interface RecordText {
  readonly type: string
  /** `meta.school`, `meta.at` and `meta.prev`; null where there is none. */
  readonly school: string | null
  readonly at: string | null
  readonly prev: string | null
  /** The `leafHash` of the text. */
  readonly leaf: string
}

type Place = Pick<PositionedEvent, 'stream' | 'revision' | 'id'>
type Parts = Pick<PositionedEvent, 'type' | 'data' | 'meta'>

/**
 * A record as it was read, by the bytes of its text: what stands in it is made into objects when somebody asks for that. Who
 * only checks a log, a million records of it, never does, and never makes a string of the text either.
 */
export class TextRecord implements PositionedEvent {
  readonly stream: StreamName
  readonly revision: bigint
  readonly id: Uuid
  readonly position: Position
  readonly #page: RecordPage
  readonly #from: number
  readonly #to: number
  #parsed: Parts | null = null
  #text: RecordText | null | undefined

  /**
   * @param from where in the page its text begins
   * @param to the place behind its last byte
   * @param place as the engine knows it: it may be another than the text has, and then whoever checks sees it
   */
  constructor(page: RecordPage, from: number, to: number, place: Place & Pick<PositionedEvent, 'position'>) {
    this.#page = page
    this.#from = from
    this.#to = to
    this.stream = place.stream
    this.revision = place.revision
    this.id = place.id
    this.position = place.position
  }

  get canonical(): string {
    return this.#page.bytes.toString('utf8', this.#from, this.#to)
  }

  /** Whether these letters stand somewhere in its text. */
  has(letters: string): boolean {
    return this.#page.bytes.subarray(this.#from, this.#to).includes(letters)
  }

  /** What {@link RecordPage.read} finds. */
  get text(): RecordText | null {
    if (this.#text === undefined) this.#text = this.#page.read(this.#from, this.#to, this)
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

const LAST = `,"v":${RECORD_VERSION}}`

/** Bytes in which texts of records stand, as they came from an engine. */
export class RecordPage {
  /** Before each text a byte that nobody needs any more: it becomes the zero of the leaf (RFC 6962 section 2.1). Behind it a zero. */
  readonly bytes: Buffer
  readonly #scanned: CanonicalText
  readonly #meta: MetaMembers
  readonly #types: Repeated

  constructor(bytes: Buffer) {
    this.bytes = bytes
    this.#scanned = new CanonicalText(bytes)
    this.#meta = new MetaMembers(bytes)
    this.#types = new Repeated(bytes)
  }

  /**
   * Reads the text of a record of this form (`record.ts`) without making objects of it: it is canonical, has these members
   * and no others, and is of this place.
   *
   * @returns null where that is not sure: then it must be parsed
   */
  read(from: number, to: number, { stream, revision, id }: Place): RecordText | null {
    const { bytes } = this
    const scanned = this.#scanned
    const meta = this.#meta
    if (to - from > MAX_RECORD_BYTES || bytes[to] !== 0) return null
    meta.begin()
    scanned.begin()
    const dataEnd = scanned.objectEnd(behind(bytes, from, '{"data":'))
    const idEnd = behind(bytes, behind(bytes, dataEnd, ',"id":"'), id)
    const metaEnd = scanned.objectEnd(behind(bytes, idEnd, '","meta":'), meta)
    const revEnd = behind(bytes, behind(bytes, metaEnd, ',"rev":'), String(revision))
    const streamEnd = behind(bytes, behind(bytes, revEnd, ',"stream":"'), stream)
    const typeFrom = behind(bytes, streamEnd, '","type":')
    const typeEnd = scanned.stringEnd(typeFrom)
    const type = this.#types.plainString(typeFrom, typeEnd)
    if (type === null || !meta.isWhole || behind(bytes, typeEnd, LAST) !== to) return null
    if (!scanned.isAscii && !isUtf8(bytes.subarray(from, to))) return null
    const { school, at, prev } = meta
    bytes[from - 1] = 0
    return { type, school, at, prev, leaf: hashOfLeaf(bytes.subarray(from - 1, to)) }
  }
}

/** Of the members of `meta` those that are read. */
class MetaMembers implements Members {
  readonly #bytes: Buffer
  readonly #schools: Repeated
  readonly #instants: Repeated
  readonly #heads: Repeated
  school: string | null = null
  at: string | null = null
  prev: string | null = null
  /** Each of them is a string of ASCII, or null. */
  isWhole = true

  constructor(bytes: Buffer) {
    this.#bytes = bytes
    this.#schools = new Repeated(bytes)
    this.#instants = new Repeated(bytes)
    this.#heads = new Repeated(bytes)
  }

  begin(): void {
    this.school = null
    this.at = null
    this.prev = null
    this.isWhole = true
  }

  member(key: number, keyTo: number, value: number, valueTo: number): void {
    // By their length first: eleven members come for each record, and most of them pass.
    switch (keyTo - key) {
      case 2:
        if (behind(this.#bytes, key, 'at') === keyTo) this.at = this.#read(this.#instants, value, valueTo)
        break
      case 4:
        if (behind(this.#bytes, key, 'prev') === keyTo) this.prev = this.#read(this.#heads, value, valueTo)
        break
      case 6:
        if (behind(this.#bytes, key, 'school') === keyTo)
          this.school = this.#read(this.#schools, value, valueTo)
        break
    }
  }

  #read(known: Repeated, value: number, valueTo: number): string | null {
    const text = known.plainString(value, valueTo)
    if (text === null && behind(this.#bytes, value, 'null') !== valueTo) this.isWhole = false
    return text
  }
}

/** A value of which many records in turn have the same: it is compared where it stands, and no string is made of it anew. */
export class Repeated {
  readonly #bytes: Buffer
  #last = ''

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  /** A text as it stands. */
  text(from: number, to: number): string {
    if (behind(this.#bytes, from, this.#last) !== to) this.#last = this.#bytes.toString('utf8', from, to)
    return this.#last
  }

  /** The letters of a string in quotes, all of them ASCII as in names that a machine gives; null for another value. */
  plainString(from: number, to: number): string | null {
    const bytes = this.#bytes
    if (bytes[from] !== QUOTE) return null
    if (behind(bytes, from + 1, this.#last) === to - 1) return this.#last
    for (let at = from + 1; at < to - 1; at++) if (bytes[at]! > ASCII) return null
    this.#last = bytes.toString('latin1', from + 1, to - 1)
    return this.#last
  }
}

/** The place behind a text of ASCII that stands at a place; below 0 where another stands there, or the text is of other letters. */
export function behind(bytes: Buffer, at: number, text: string): number {
  if (at < 0) return at
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (bytes[at + i] !== code || code > ASCII) return -1
  }
  return at + text.length
}

const [QUOTE, ASCII] = [0x22, 0x7e] as const
