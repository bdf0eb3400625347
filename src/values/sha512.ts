import { hash } from 'node:crypto'

/** SHA-512 of a text in UTF-8, in hexadecimal: the digest by which a package is known. */
export function sha512(text: string): string {
  return hash('sha512', text, 'hex')
}
