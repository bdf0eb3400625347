import { hash } from 'node:crypto'

/**
 * The hash of one record: SHA-256(0x00 ‖ bytes), RFC 6962 section 2.1 and RFC 9162 section 2.1.1, in
 * standard base64. One hash serves both structures: it is `meta.prev` of the next event of the stream and
 * the leaf of the Merkle log.
 *
 *     leafHash('')  →  'bjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0='   (the empty leaf of RFC 6962)
 *
 * @param canonical the canonical text of the record ({@link canonicalJson}), hashed as UTF-8
 */
export function leafHash(canonical: string): string {
  return hash('sha256', `\u0000${canonical}`, 'base64')
}

/** The same of a record whose bytes stand behind that zero already. */
export const hashOfLeaf = (bytes: Uint8Array): string => hash('sha256', bytes, 'base64')
