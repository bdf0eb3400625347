/** What was handed in does not have the form that it must have. The message says where, in English. */
export class Malformed extends Error {
  override readonly name = 'Malformed'
}

/** Largest count that a number of JavaScript holds exactly; a log of this many leaves is some 285,000 years of a region. */
const MOST = Number.MAX_SAFE_INTEGER

/**
 * A count in ASCII decimal digits without leading zeroes, as C2SP writes sizes and indexes.
 *
 * @throws {Malformed}
 */
export function parseCount(text: string, what: string): number {
  // Sixteen digits at most: whatever is longer is no safe integer.
  if (!/^(0|[1-9]\d{0,15})$/.test(text) || Number(text) > MOST) throw new Malformed(`${what} is no count`)
  return Number(text)
}

/**
 * Standard base64 with padding (RFC 4648 section 4), in its one canonical spelling: two texts never give one value.
 *
 * @param bytes how many there must be; null for any number of them
 * @throws {Malformed}
 */
export function parseBase64(text: string, bytes: number | null, what: string): Buffer {
  const value = Buffer.from(text, 'base64')
  if (value.toString('base64') !== text || (bytes !== null && value.length !== bytes)) {
    throw new Malformed(`${what} is no base64${bytes === null ? '' : ` of ${bytes} bytes`}`)
  }
  return value
}
