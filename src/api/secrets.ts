import { createHash, randomBytes } from 'node:crypto'

/** What is kept of a secret that has enough chance in it by itself: SHA-256, in hex. */
export const digestOf = (secret: string): string => createHash('sha256').update(secret).digest('hex')

/** Letters and digits that nobody takes for one another on paper (Crockford's base 32). */
const SIGNS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** A secret of 80 bits for people to type: `7KQ2-M0XD-9F3A-ZT5B`. */
export function newCode(): string {
  const signs = [...randomBytes(16)].map((byte) => SIGNS[byte % SIGNS.length])
  return signs.join('').replaceAll(/(.{4})(?=.)/g, '$1-')
}

/** By what the secret of an external system begins, so that people and scanners know one that went astray. */
export const SERVICE_TOKEN = 'letopis_st_'

export const newServiceToken = (): string => `${SERVICE_TOKEN}${randomBytes(32).toString('base64url')}`

/** The code as it was issued, however it was typed: in small letters, without dashes, with O for 0 and I or L for 1. */
export function readCode(typed: string): string {
  const signs = typed.toUpperCase().replaceAll(/[\s-]/g, '').replaceAll('O', '0').replaceAll(/[IL]/g, '1')
  return signs.replaceAll(/(.{4})(?=.)/g, '$1-')
}
