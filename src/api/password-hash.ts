import { argon2, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

const derive = promisify(argon2)

/** argon2id of RFC 9106 with the parameters of the OWASP cheat sheet: 19 MiB, two passes, one lane. */
const PARAMETERS = { memory: 19_456, passes: 2, parallelism: 1, tagLength: 32 } as const

const { memory, passes, parallelism } = PARAMETERS
const PREFIX = `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$`

/** A hash in the PHC string format: `$argon2id$v=19$m=19456,t=2,p=1$salt$hash`. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16)
  const tag = await derive('argon2id', { message: password.normalize('NFKC'), nonce: salt, ...PARAMETERS })
  return `${PREFIX}${base64(salt)}$${base64(tag)}`
}

/** Whether a hash was made with other parameters than those of today, and should be made anew. */
export const isOutdated = (phc: string): boolean => !phc.startsWith(PREFIX)

export async function verifyPassword(password: string, phc: string): Promise<boolean> {
  const parts = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([^$]+)\$([^$]+)$/.exec(phc)
  if (parts === null) throw new Error('a password hash of unknown form')
  const [, memory, passes, parallelism, salt, expected] = parts
  const tag = Buffer.from(expected!, 'base64')
  const actual = await derive('argon2id', {
    message: password.normalize('NFKC'),
    nonce: Buffer.from(salt!, 'base64'),
    memory: Number(memory),
    passes: Number(passes),
    parallelism: Number(parallelism),
    tagLength: tag.length,
  })
  return timingSafeEqual(actual, tag)
}

const base64 = (bytes: Buffer): string => bytes.toString('base64').replaceAll('=', '')
