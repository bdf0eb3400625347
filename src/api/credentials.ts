import { argon2, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import type { Kysely } from 'kysely'
import { query, transaction } from '#events/store/sql.ts'
import type { SchoolSlug } from '#values/school.ts'
import type { Instant } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'

const derive = promisify(argon2)

/** argon2id of RFC 9106 with the parameters of the OWASP cheat sheet: 19 MiB, two passes, one lane. */
const PARAMETERS = { memory: 19_456, passes: 2, parallelism: 1, tagLength: 32 } as const

interface Kept {
  readonly account: Uuid
  readonly hash: string
}

/**
 * Log-in names and password hashes, beside the log and never in it. A name belongs to one account of a school, in
 * whatever case it is typed.
 */
export class Credentials {
  readonly #database: Kysely<unknown>
  /** Hashed when nobody has the name, so that an unknown name takes as long as a wrong password. */
  readonly #nobody: Promise<string>

  constructor(database: Kysely<unknown>) {
    this.#database = database
    this.#nobody = hashPassword(randomBytes(16).toString('hex'))
  }

  /** Keeps the log-in of an account; false when another account of the school has that name. */
  async keep(
    school: SchoolSlug,
    account: Uuid,
    login: string,
    password: string,
    at: Instant,
  ): Promise<boolean> {
    const hash = await hashPassword(password)
    return transaction(this.#database, async (together) => {
      // A name that was kept for an account whose opening then failed gives way to the one that is asked for now.
      const others = 'delete from access.credential where school = $1 and account = $2 and login <> $3'
      await query(together, others, [school, account, login.toLowerCase()])
      const rows = await query(
        together,
        `insert into access.credential as kept (school, login, account, hash, kept_at) values ($1, $2, $3, $4, $5)
         on conflict (school, login) do update set hash = excluded.hash, kept_at = excluded.kept_at
           where kept.account = excluded.account
         returning account`,
        [school, login.toLowerCase(), account, hash, at],
      )
      return rows.length === 1
    })
  }

  /** The account whose log-in and password these are; null otherwise, after the same time. */
  async verify(school: SchoolSlug, login: string, password: string): Promise<Uuid | null> {
    const [kept] = await query<Kept>(
      this.#database,
      'select account, hash from access.credential where school = $1 and login = $2',
      [school, login.toLowerCase()],
    )
    const matches = await verifyPassword(password, kept?.hash ?? (await this.#nobody))
    return kept !== undefined && matches ? kept.account : null
  }
}

/** A hash in the PHC string format: `$argon2id$v=19$m=19456,t=2,p=1$salt$hash`. */
async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16)
  const tag = await derive('argon2id', { message: password.normalize('NFKC'), nonce: salt, ...PARAMETERS })
  const { memory, passes, parallelism } = PARAMETERS
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${base64(salt)}$${base64(tag)}`
}

async function verifyPassword(password: string, phc: string): Promise<boolean> {
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
