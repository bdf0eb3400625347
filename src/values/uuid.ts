import { hash } from 'node:crypto'
import { z } from 'zod'

/** A UUID in lower case, RFC 9562 section 4. */
export const Uuid = z.uuid().toLowerCase().brand<'Uuid'>().meta({ id: 'Uuid' })
export type Uuid = z.infer<typeof Uuid>

/**
 * UUIDv5, RFC 9562 section 5.5: the same namespace and name give the same id on every machine.
 * Ids that follow from others are made this way, so that a retry or a second writer makes the same ones.
 */
export function uuidV5(namespace: Uuid, name: string): Uuid {
  // A UTF-16 unit is three bytes of UTF-8 at most.
  const bytes = Buffer.allocUnsafe(16 + name.length * 3)
  bytes.write(namespace.replaceAll('-', ''), 0, 'hex')
  const length = 16 + bytes.write(name, 16, 'utf8')
  const hex = hash('sha1', bytes.subarray(0, length))
  const variant = ((Number.parseInt(hex[16]!, 16) & 0x3) | 0x8).toString(16)
  const [a, b, c, d] = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(13, 16), hex.slice(17, 20)]
  return `${a}-${b}-5${c}-${variant}${d}-${hex.slice(20, 32)}` as Uuid
}
