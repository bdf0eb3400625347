import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { canonicalJson } from '#integrity/tlog/canonical-json.ts'
import type { SchoolSlug } from '#values/school.ts'
import type { Uuid } from '#values/uuid.ts'
import { NotAsSealed } from './field.ts'
import type { PersonKey } from './person-keys.ts'

export interface PersonName {
  readonly family: string
  readonly given: string
  readonly patronymic: string | null
}

const VERSION = 'letopis/name/v1'
const NONCE = 12
const TAG = 16

/** The name of a person as it stands at rest: AES-256-GCM of its canonical JSON, bound to school, person and key. */
export function sealName(key: PersonKey, school: SchoolSlug, person: Uuid, name: PersonName): string {
  const { family, given, patronymic } = name
  const nonce = randomBytes(NONCE)
  const cipher = createCipheriv('aes-256-gcm', key.secret, nonce, { authTagLength: TAG })
  cipher.setAAD(bound(school, person, key.id))
  const text = cipher.update(canonicalJson({ family, given, patronymic }), 'utf8')
  return Buffer.concat([nonce, text, cipher.final(), cipher.getAuthTag()]).toString('base64url')
}

/** @throws {NotAsSealed} */
export function openName(key: PersonKey, school: SchoolSlug, person: Uuid, sealed: string): PersonName {
  const bytes = Buffer.from(sealed, 'base64url')
  try {
    const nonce = bytes.subarray(0, NONCE)
    const decipher = createDecipheriv('aes-256-gcm', key.secret, nonce, { authTagLength: TAG })
    decipher.setAAD(bound(school, person, key.id))
    decipher.setAuthTag(bytes.subarray(bytes.length - TAG))
    const text =
      decipher.update(bytes.subarray(NONCE, bytes.length - TAG), undefined, 'utf8') + decipher.final('utf8')
    return JSON.parse(text) as PersonName
  } catch (cause) {
    throw new NotAsSealed(`the name of ${person} does not open`, { cause })
  }
}

const bound = (school: SchoolSlug, person: Uuid, key: string): Buffer =>
  Buffer.from(canonicalJson([VERSION, school, person, key]))
