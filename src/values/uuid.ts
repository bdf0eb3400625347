import { createHash } from 'node:crypto'
import { z } from 'zod'

/** A UUID in lower case, RFC 9562 section 4. */
export const Uuid = z.uuid().toLowerCase().brand<'Uuid'>().meta({ id: 'Uuid' })
export type Uuid = z.infer<typeof Uuid>

/**
 * UUIDv5, RFC 9562 section 5.5: the same namespace and name give the same id on every machine.
 * Ids that follow from others are made this way, so that a retry or a second writer makes the same ones.
 */
export function uuidV5(namespace: Uuid, name: string): Uuid {
  const digest = createHash('sha1')
    .update(Buffer.from(namespace.replaceAll('-', ''), 'hex'))
    .update(name, 'utf8')
    .digest()
  digest[6] = (digest[6]! & 0x0f) | 0x50
  digest[8] = (digest[8]! & 0x3f) | 0x80
  const hex = digest.toString('hex', 0, 16)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}` as Uuid
}
