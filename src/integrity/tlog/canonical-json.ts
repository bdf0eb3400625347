/**
 * RFC 8785 (JSON Canonicalization Scheme), strict: the bytes that Letopis hashes.
 *
 *     canonicalJson({ b: 1, a: ['й', 0.1] })  →  '{"a":["й",0.1],"b":1}'
 *
 * Object keys are ordered by UTF-16 code units (section 3.2.3), numbers and strings are written as
 * ECMAScript writes them (3.2.2). Unlike the libraries tried, nothing is dropped or repaired in silence:
 * whatever is not JSON throws {@link NotCanonicalizable}, so that two readers never hash two things.
 */

/** A value that RFC 8785 can represent. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject
export interface JsonObject {
  readonly [key: string]: Json
}

/** Thrown for what has no canonical form. `path` is a JSON Pointer (RFC 6901) to the offending value. */
export class NotCanonicalizable extends Error {
  override readonly name = 'NotCanonicalizable'
  readonly path: string

  constructor(path: string, problem: string) {
    super(`${path === '' ? 'the value' : path}: ${problem}`)
    this.path = path
  }
}

/** The canonical text of `value`; its UTF-8 encoding is what is hashed. */
export function canonicalJson(value: unknown): string {
  return write(value, [])
}

/**
 * Whether `text` is the canonical text of `value`: what comparing it with {@link canonicalJson} would say, without
 * writing it. Whoever reads a log asks this of every record. False for what has no canonical text.
 */
export function isCanonicalJson(text: string, value: unknown): boolean {
  // What was read from canonical text is in order as it stands, and the engine writes it faster than it is followed here.
  if (isInOrder(value, 0) && !text.includes(LONE_SURROGATE) && JSON.stringify(value) === text) return true
  return end(text, 0, value, 0) === text.length
}

/** The keys and indexes that lead to the value at hand: a text is made of them only when it is refused. */
type Path = Array<string | number>

// A record is a few levels deep. The bound turns a cycle or a hostile nesting into an error, not a crash.
export const MAX_DEPTH = 64

function write(value: unknown, path: Path): string {
  if (path.length > MAX_DEPTH) throw refusal(path, `nested deeper than ${MAX_DEPTH} levels`)
  switch (typeof value) {
    case 'string':
      return writeString(value, path)
    case 'number':
      return writeNumber(value, path)
    case 'boolean':
      return value ? 'true' : 'false'
    case 'object':
      if (value === null) return 'null'
      return Array.isArray(value) ? writeArray(value, path) : writeObject(value, path)
    default:
      throw refusal(path, `${typeof value} is not JSON`)
  }
}

// Most strings of a record are ids, codes and instants: ASCII without anything to escape.
const PLAIN = /^[ !#-[\]-~]*$/
const QUOTE = 0x22

function writeString(value: string, path: Path): string {
  if (PLAIN.test(value)) return `"${value}"`
  if (!value.isWellFormed()) throw refusal(path, 'unpaired surrogate')
  return JSON.stringify(value)
}

function writeNumber(value: number, path: Path): string {
  if (!Number.isFinite(value)) throw refusal(path, `${value} is not a JSON number`)
  // An integer past 2^53 has already lost digits: RFC 8785 appendix D wants such a value as a string.
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
    throw refusal(path, 'integer outside ±(2^53−1); write it as a string')
  }
  return Object.is(value, -0) ? '0' : String(value)
}

function writeArray(value: readonly unknown[], path: Path): string {
  let text = '['
  for (let i = 0; i < value.length; i++) {
    path.push(i)
    text += `${i > 0 ? ',' : ''}${write(value[i], path)}`
    path.pop()
  }
  return `${text}]`
}

function writeObject(value: object, path: Path): string {
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) throw refusal(path, 'not a plain object')
  const members = value as Readonly<Record<string, unknown>>
  let text = '{'
  for (const key of sortedKeys(members)) {
    path.push(key)
    text += `${text.length > 1 ? ',' : ''}${writeString(key, path)}:${write(members[key], path)}`
    path.pop()
  }
  return `${text}}`
}

function refusal(path: Path, problem: string): NotCanonicalizable {
  const escaped = path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`)
  return new NotCanonicalizable(escaped.join(''), problem)
}

/** What was read from canonical text has its keys in their order already, but for those that look like indexes. */
function sortedKeys(members: object): readonly string[] {
  const keys = Object.keys(members)
  // Without a comparison toSorted() orders by UTF-16 code units, which is what section 3.2.3 asks for; so does `<`.
  for (let i = 1; i < keys.length; i++) if (keys[i]! < keys[i - 1]!) return keys.toSorted()
  return keys
}

/** How JSON.stringify() writes half of a pair, which has no canonical text. Whoever wrote it himself is followed. */
const LONE_SURROGATE = '\\ud'

/**
 * Whether JSON.stringify() leaves nothing of a value out and writes the members of each object in their order: then its
 * text is the canonical one, unless there is half of a surrogate pair in it.
 */
function isInOrder(value: unknown, depth: number): boolean {
  if (depth > MAX_DEPTH) return false
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return true
  if (typeof value === 'number')
    return Number.isSafeInteger(value) || (value % 1 !== 0 && Number.isFinite(value))
  if (typeof value !== 'object') return false
  if (Array.isArray(value)) {
    for (const each of value) if (!isInOrder(each, depth + 1)) return false
    return true
  }
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) return false
  const members = value as Readonly<Record<string, unknown>>
  let last = ''
  for (const key in members) {
    if (key < last || !isInOrder(members[key], depth + 1)) return false
    last = key
  }
  return true
}

/** Where the text of a value ends that begins at `at`; past every end where it is not that of the value. */
function end(text: string, at: number, value: unknown, depth: number): number {
  if (depth > MAX_DEPTH) return DIFFERS
  if (typeof value === 'string') return endOfString(text, at, value)
  if (typeof value !== 'object' || value === null) return endOf(text, at, scalar(value))
  return Array.isArray(value) ? endOfArray(text, at, value, depth) : endOfObject(text, at, value, depth)
}

const DIFFERS = Number.POSITIVE_INFINITY

const endOf = (text: string, at: number, part: string | null): number =>
  part !== null && text.startsWith(part, at) ? at + part.length : DIFFERS

/** Null for what is not JSON. */
function scalar(value: unknown): string | null {
  try {
    return write(value, [])
  } catch {
    return null
  }
}

function endOfString(text: string, at: number, value: string): number {
  if (!PLAIN.test(value)) return endOf(text, at, value.isWellFormed() ? JSON.stringify(value) : null)
  const last = at + 1 + value.length
  const isIt =
    text.charCodeAt(at) === QUOTE && text.startsWith(value, at + 1) && text.charCodeAt(last) === QUOTE
  return isIt ? last + 1 : DIFFERS
}

function endOfArray(text: string, at: number, values: readonly unknown[], depth: number): number {
  let reached = endOf(text, at, '[')
  for (let i = 0; i < values.length && reached !== DIFFERS; i++) {
    if (i > 0) reached = endOf(text, reached, ',')
    reached = end(text, reached, values[i], depth + 1)
  }
  return endOf(text, reached, ']')
}

function endOfObject(text: string, at: number, value: object, depth: number): number {
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) return DIFFERS
  const members = value as Readonly<Record<string, unknown>>
  let reached = endOf(text, at, '{')
  const begun = reached
  for (const key of sortedKeys(members)) {
    if (reached !== begun) reached = endOf(text, reached, ',')
    reached = endOf(text, endOfString(text, reached, key), ':')
    reached = end(text, reached, members[key], depth + 1)
    if (reached === DIFFERS) return DIFFERS
  }
  return endOf(text, reached, '}')
}
