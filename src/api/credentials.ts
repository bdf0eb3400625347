import { randomBytes } from 'node:crypto'
import type { Kysely } from 'kysely'
import type { CredentialStore } from '#commands/command.ts'
import { query, transaction } from '#events/store/sql.ts'
import type { SchoolSlug } from '#values/school.ts'
import type { Instant } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import { hashPassword, isOutdated, verifyPassword } from './password-hash.ts'
import { subjectHash } from './external-issuer.ts'
import { digestOf, newCode, newServiceToken, readCode } from './secrets.ts'

interface Kept {
  readonly account: Uuid
  /** Null until the person has set a password by a code. */
  readonly hash: string | null
}

/**
 * Log-in names, password hashes and hashes of activation codes, beside the log and never in it. A name belongs to one
 * account of a school, in whatever case it is typed.
 */
export class Credentials implements CredentialStore {
  readonly #database: Kysely<unknown>
  /** Hashed when nobody has the name, so that an unknown name takes as long as a wrong password. */
  readonly #nobody: Promise<string>

  constructor(database: Kysely<unknown>) {
    this.#database = database
    this.#nobody = hashPassword(randomBytes(16).toString('hex'))
  }

  async keep(
    school: SchoolSlug,
    account: Uuid,
    login: string,
    password: string | null,
    at: Instant,
  ): Promise<boolean> {
    const hash = password === null ? null : await hashPassword(password)
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

  async rename(school: SchoolSlug, account: Uuid, login: string, at: Instant): Promise<boolean> {
    const rows = await query(
      this.#database,
      `update access.credential set login = $3, kept_at = $4 where school = $1 and account = $2
         and not exists (select from access.credential where school = $1 and login = $3 and account <> $2)
       returning account`,
      [school, account, login.toLowerCase(), at],
    )
    return rows.length === 1
  }

  async isPasswordOf(school: SchoolSlug, account: Uuid, password: string): Promise<boolean> {
    const [kept] = await query<Kept>(
      this.#database,
      'select account, hash from access.credential where school = $1 and account = $2',
      [school, account],
    )
    const matches = await verifyPassword(password, kept?.hash ?? (await this.#nobody))
    return kept !== undefined && kept.hash !== null && matches
  }

  async change(
    school: SchoolSlug,
    account: Uuid,
    passwords: { readonly old: string; readonly new: string },
    but: Uuid | null,
    at: Instant,
  ): Promise<boolean> {
    const [kept] = await query<Kept>(
      this.#database,
      'select account, hash from access.credential where school = $1 and account = $2',
      [school, account],
    )
    const matches = await verifyPassword(passwords.old, kept?.hash ?? (await this.#nobody))
    if (kept === undefined || kept.hash === null) return false
    // Where it was replaced, and this could not be recorded, whoever repeats the command has no other old password.
    if (!matches && !(await verifyPassword(passwords.new, kept.hash))) return false
    if (matches) await this.#set(school, account, passwords.new, at)
    await query(
      this.#database,
      `update access.session set ended = $3, why = 'password-replaced'
       where school = $1 and account = $2 and ended is null and id is distinct from $4::uuid`,
      [school, account, at, but],
    )
    return true
  }

  async renew(
    school: SchoolSlug,
    account: Uuid,
    password: string,
    at: Instant,
    issued: Instant,
  ): Promise<boolean> {
    const [kept] = await query<Kept & { kept_at: Instant }>(
      this.#database,
      'select account, hash, kept_at from access.credential where school = $1 and account = $2',
      [school, account],
    )
    // One that came with this very code, and was kept before its activation could be recorded, may come again.
    const isOld = kept !== undefined && kept.hash !== null && kept.kept_at < issued
    if (isOld && (await verifyPassword(password, kept.hash))) return false
    await this.#set(school, account, password, at)
    return true
  }

  async #set(school: SchoolSlug, account: Uuid, password: string, at: Instant): Promise<void> {
    await query(
      this.#database,
      'update access.credential set hash = $3, kept_at = $4 where school = $1 and account = $2',
      [school, account, await hashPassword(password), at],
    )
  }

  async issueCode(school: SchoolSlug, account: Uuid, code: Uuid, at: Instant): Promise<string> {
    const secret = newCode()
    await query(
      this.#database,
      `insert into access.activation_code as kept (school, account, code, hash, kept_at) values ($1, $2, $3, $4, $5)
       on conflict (school, account) do update
         set code = excluded.code, hash = excluded.hash, kept_at = excluded.kept_at`,
      [school, account, code, digestOf(secret), at],
    )
    return secret
  }

  async linkIdentity(
    school: SchoolSlug,
    account: Uuid,
    identity: Uuid,
    of: { readonly issuer: string; readonly subject: string },
    at: Instant,
  ): Promise<boolean> {
    return transaction(this.#database, async (together) => {
      // Linked again with the same account, it is found by the newest link.
      const again = 'delete from access.external_identity where school = $1 and hash = $2 and account = $3'
      await query(together, again, [school, subjectHash(of), account])
      const rows = await query(
        together,
        `insert into access.external_identity (school, identity, account, hash, kept_at)
         values ($1, $2, $3, $4, $5) on conflict do nothing returning identity`,
        [school, identity, account, subjectHash(of), at],
      )
      return rows.length === 1
    })
  }

  async unlinkIdentity(school: SchoolSlug, identity: Uuid): Promise<void> {
    const text = 'delete from access.external_identity where school = $1 and identity = $2'
    await query(this.#database, text, [school, identity])
  }

  /** The secret of a token; null where another school has one of this id. Issued anew, only the newest secret is good. */
  async issueServiceToken(school: SchoolSlug, token: Uuid, at: Instant): Promise<string | null> {
    const secret = newServiceToken()
    const kept = await query(
      this.#database,
      `insert into access.service_token as kept (token, school, hash, kept_at) values ($1, $2, $3, $4)
       on conflict (token) do update set hash = excluded.hash, kept_at = excluded.kept_at
         where kept.school = excluded.school
       returning token`,
      [token, school, digestOf(secret), at],
    )
    return kept.length === 0 ? null : secret
  }

  /** The account of an activation code as it was typed, and the id of the code; null where none has it. */
  async codeOf(school: SchoolSlug, typed: string): Promise<{ account: Uuid; code: Uuid } | null> {
    const [found] = await query<{ account: Uuid; code: Uuid }>(
      this.#database,
      'select account, code from access.activation_code where school = $1 and hash = $2',
      [school, digestOf(readCode(typed))],
    )
    return found ?? null
  }

  /** The log-in names of accounts. */
  async loginsOf(school: SchoolSlug, accounts: readonly Uuid[]): Promise<Map<Uuid, string>> {
    const rows = await query<{ account: Uuid; login: string }>(
      this.#database,
      `select account, login from access.credential
       where school = $1 and account in (select value::uuid from json_array_elements_text($2::json))`,
      [school, JSON.stringify(accounts)],
    )
    return new Map(rows.map(({ account, login }) => [account, login]))
  }

  /** Whose log-in names are, by the name in small letters; a name that nobody has is not there. */
  async holdersOf(school: SchoolSlug, logins: readonly string[]): Promise<Map<string, Uuid>> {
    const rows = await query<{ account: Uuid; login: string }>(
      this.#database,
      `select account, login from access.credential
       where school = $1 and login in (select json_array_elements_text($2::json))`,
      [school, JSON.stringify(logins)],
    )
    return new Map(rows.map(({ account, login }) => [login, account]))
  }

  /**
   * The account whose log-in and password these are; null otherwise, after the same time. A hash that was made with
   * parameters of before is made anew, now that the password is at hand.
   */
  async verify(school: SchoolSlug, login: string, password: string): Promise<Uuid | null> {
    const [kept] = await query<Kept>(
      this.#database,
      'select account, hash from access.credential where school = $1 and login = $2',
      [school, login.toLowerCase()],
    )
    const hash = kept?.hash ?? null
    const matches = await verifyPassword(password, hash ?? (await this.#nobody))
    if (kept === undefined || hash === null || !matches) return null
    if (isOutdated(hash)) {
      // Only in the place of the very hash that was compared: a new password may have come meanwhile.
      await query(
        this.#database,
        'update access.credential set hash = $3 where school = $1 and account = $2 and hash = $4',
        [school, kept.account, await hashPassword(password), hash],
      )
    }
    return kept.account
  }
}
