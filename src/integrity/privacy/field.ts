import { createCipheriv, createDecipheriv, createHash, type KeyObject, randomBytes } from 'node:crypto'
import { canonicalJson } from '#integrity/tlog/canonical-json.ts'
import type { PlacedText, SealedText } from '#values/personal-text.ts'

/**
 * One sealed field (docs/spec/personal-data.md). What is sealed is a disclosure in the form of RFC 9901: salt, path and
 * value. Its commitment stands in the log beside the cipher text, so that whoever is shown the disclosure can check it
 * without any key, and the cipher text cannot be opened by another key to something else.
 */
const VERSION = 'journal/pd/v1'
const NONCE = 12
const TAG = 16
const SALT = 16

/** A sealed field does not open: it stands at another place, or is not as it was sealed. */
export class NotAsSealed extends Error {
  override readonly name = 'NotAsSealed'
}

interface Key {
  readonly id: string
  readonly secret: KeyObject
}

/** Where a field stands: `<stream>#<revision>`, and a JSON Pointer within the data of the event. */
interface Place {
  readonly at: string
  readonly path: string
}

export function sealField(key: Key, { at, path }: Place, value: string): SealedText {
  const disclosure = base64url(JSON.stringify([randomBytes(SALT).toString('base64url'), path, value]))
  const cm = commitmentOf(disclosure)
  const nonce = randomBytes(NONCE)
  const cipher = createCipheriv('aes-256-gcm', key.secret, nonce, { authTagLength: TAG })
  cipher.setAAD(bound(at, key.id, path, cm))
  const text = Buffer.concat([cipher.update(disclosure, 'ascii'), cipher.final(), cipher.getAuthTag()])
  return { $pd: { v: 1, k: key.id, iv: nonce.toString('base64url'), ct: text.toString('base64url'), cm } }
}

/**
 * The disclosure of a sealed field: what may be shown to others instead of a key.
 *
 * @throws {NotAsSealed}
 */
export function discloseField(secret: KeyObject, { at, path, $pd: { k, iv, ct, cm } }: PlacedText): string {
  const text = Buffer.from(ct, 'base64url')
  const tag = text.length - TAG
  let disclosure: string
  try {
    const decipher = createDecipheriv('aes-256-gcm', secret, Buffer.from(iv, 'base64url'), {
      authTagLength: TAG,
    })
    decipher.setAAD(bound(at, k, path, cm))
    decipher.setAuthTag(text.subarray(tag))
    disclosure = decipher.update(text.subarray(0, tag), undefined, 'latin1') + decipher.final('latin1')
  } catch (cause) {
    throw new NotAsSealed(`${path} of ${at} does not open`, { cause })
  }
  if (openDisclosure(disclosure, { path, cm }) === null)
    throw new NotAsSealed(`${path} of ${at} says something else`)
  return disclosure
}

/** @throws {NotAsSealed} */
export function openField(secret: KeyObject, field: PlacedText): string {
  const { path, $pd } = field
  return openDisclosure(discloseField(secret, field), { path, cm: $pd.cm })!
}

/** What a disclosure says of a field with this path and commitment; null where it is not the one of that field. */
export function openDisclosure(
  disclosure: string,
  { path, cm }: { readonly path: string; readonly cm: string },
): string | null {
  if (commitmentOf(disclosure) !== cm) return null
  try {
    const parsed: unknown = JSON.parse(Buffer.from(disclosure, 'base64url').toString('utf8'))
    if (!Array.isArray(parsed) || parsed.length !== 3 || parsed[1] !== path) return null
    return typeof parsed[0] === 'string' && typeof parsed[2] === 'string' ? parsed[2] : null
  } catch {
    return null
  }
}

/** What the cipher text is bound to: moved to another event, field or key it does not open. */
function bound(at: string, key: string, path: string, cm: string): Buffer {
  return Buffer.from(canonicalJson([VERSION, at, key, path, cm]))
}

export const commitmentOf = (disclosure: string): string =>
  createHash('sha256').update(disclosure, 'ascii').digest('base64url')

const base64url = (text: string): string => Buffer.from(text, 'utf8').toString('base64url')
