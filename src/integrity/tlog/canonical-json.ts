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

/** The keys and indexes that lead to the value at hand: a text is made of them only when it is refused. */
type Path = Array<string | number>

// A record is a few levels deep. The bound turns a cycle or a hostile nesting into an error, not a crash.
const MAX_DEPTH = 64

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
  // Without a comparison toSorted() orders by UTF-16 code units, which is what section 3.2.3 asks for.
  for (const key of Object.keys(members).toSorted()) {
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
