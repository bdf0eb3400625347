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
  return write(value, '', 0)
}

// A record is a few levels deep. The bound turns a cycle or a hostile nesting into an error, not a crash.
const MAX_DEPTH = 64

function write(value: unknown, path: string, depth: number): string {
  if (depth > MAX_DEPTH) throw new NotCanonicalizable(path, `nested deeper than ${MAX_DEPTH} levels`)
  switch (typeof value) {
    case 'string':
      return writeString(value, path)
    case 'number':
      return writeNumber(value, path)
    case 'boolean':
      return value ? 'true' : 'false'
    case 'object':
      if (value === null) return 'null'
      return Array.isArray(value) ? writeArray(value, path, depth) : writeObject(value, path, depth)
    default:
      throw new NotCanonicalizable(path, `${typeof value} is not JSON`)
  }
}

function writeString(value: string, path: string): string {
  if (!value.isWellFormed()) throw new NotCanonicalizable(path, 'unpaired surrogate')
  return JSON.stringify(value)
}

function writeNumber(value: number, path: string): string {
  if (!Number.isFinite(value)) throw new NotCanonicalizable(path, `${value} is not a JSON number`)
  // An integer past 2^53 has already lost digits: RFC 8785 appendix D wants such a value as a string.
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
    throw new NotCanonicalizable(path, 'integer outside ±(2^53−1); write it as a string')
  }
  return Object.is(value, -0) ? '0' : String(value)
}

function writeArray(value: readonly unknown[], path: string, depth: number): string {
  let text = '['
  for (let i = 0; i < value.length; i++) {
    if (i > 0) text += ','
    text += write(value[i], `${path}/${i}`, depth + 1)
  }
  return `${text}]`
}

function writeObject(value: object, path: string, depth: number): string {
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) {
    throw new NotCanonicalizable(path, `${value.constructor.name} is not a plain object`)
  }
  let text = '{'
  for (const [key, member] of Object.entries(value).toSorted(byUtf16)) {
    const at = `${path}/${key}`
    if (text.length > 1) text += ','
    text += `${writeString(key, at)}:${write(member, at, depth + 1)}`
  }
  return `${text}}`
}

const byUtf16 = ([a]: [string, unknown], [b]: [string, unknown]): number => (a < b ? -1 : a > b ? 1 : 0)
