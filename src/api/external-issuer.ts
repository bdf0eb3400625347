import { randomBytes } from 'node:crypto'
import type { Kysely } from 'kysely'
import * as oidc from 'openid-client'
import { query } from '#events/store/sql.ts'
import type { SchoolSlug } from '#values/school.ts'
import type { Instant } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import { digestOf } from './secrets.ts'

/** An issuer of OpenID Connect by which people of an installation may come in. */
export interface IssuerSettings {
  /** As it stands in `iss`, and where it is discovered. */
  readonly issuer: string
  readonly clientId: string
  /** Null for a public client, which PKCE alone protects. */
  readonly clientSecret: string | null
  /** The page of the client program to which the issuer sends the browser back. */
  readonly redirect: string
  /** The claim of the ID token by which an account is found. */
  readonly claim: string
}

/** The issuer does not answer, or not as one. */
export class IssuerUnavailable extends Error {
  override readonly name = 'IssuerUnavailable'
}

/** The issuer said no, or what came back is not an answer to what was asked. `code` says which, and names nobody. */
export class IssuerRefused extends Error {
  override readonly name = 'IssuerRefused'
  readonly code: string

  constructor(code: string, cause: unknown) {
    super(`the issuer refused: ${code}`, { cause })
    this.code = code
  }
}

/** For how long, in seconds, somebody may be at the issuer. */
export const AT_ISSUER = 600

/** The timeout of a request to the issuer, in seconds. */
const PATIENCE = 10

/** What an answer that is none looks like to the library: the fault is of the issuer, and may pass. */
const BROKEN = new Set([
  'OAUTH_TIMEOUT',
  'OAUTH_PARSE_ERROR',
  'OAUTH_RESPONSE_IS_NOT_JSON',
  'OAUTH_RESPONSE_IS_NOT_CONFORM',
])

/**
 * Log-in at an external issuer: authorisation code with PKCE (S256), `state` and `nonce`. What was asked is kept until
 * it is answered, once, under a secret that only the client program has which began it; so nobody can make a browser
 * finish the log-in of somebody else.
 */
export class ExternalIssuer {
  readonly #database: Kysely<unknown>
  readonly #settings: IssuerSettings
  #discovered: Promise<oidc.Configuration> | null = null

  constructor(database: Kysely<unknown>, settings: IssuerSettings) {
    this.#database = database
    this.#settings = settings
  }

  /** The address at the issuer to which the browser goes. @throws {IssuerUnavailable} */
  async begin(school: SchoolSlug, now: Instant): Promise<{ url: string; secret: string }> {
    const configuration = await this.#configuration()
    const secret = randomBytes(32).toString('base64url')
    const verifier = oidc.randomPKCECodeVerifier()
    const [state, nonce] = [oidc.randomState(), oidc.randomNonce()]
    await query(this.#database, 'delete from access.external_log_in where expires <= $1', [now])
    await query(
      this.#database,
      `insert into access.external_log_in (hash, school, state, nonce, verifier, expires)
       values ($1, $2, $3, $4, $5, $6)`,
      [digestOf(secret), school, state, nonce, verifier, secondsAfter(now, AT_ISSUER)],
    )
    const url = oidc.buildAuthorizationUrl(configuration, {
      redirect_uri: this.#settings.redirect,
      scope: 'openid',
      code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state,
      nonce,
    })
    return { url: url.href, secret }
  }

  /**
   * Who came back from the issuer.
   *
   * @param callback the query string with which the browser came back, without `?`
   * @returns null where nothing was begun under this secret, it was answered already, or took too long; the identity is
   *   null where the administrator has linked the subject with no account
   * @throws {IssuerUnavailable}
   * @throws {IssuerRefused}
   */
  async complete(
    secret: string,
    callback: string,
    now: Instant,
  ): Promise<{ school: SchoolSlug; identity: { account: Uuid; identity: Uuid } | null } | null> {
    // Taken before it is used: of two who bring it at once, one finds it.
    const [begun] = await query<{ school: SchoolSlug; state: string; nonce: string; verifier: string }>(
      this.#database,
      `delete from access.external_log_in where hash = $1 and expires > $2
       returning school, state, nonce, verifier`,
      [digestOf(secret), now],
    )
    if (begun === undefined) return null
    const { school, state, nonce, verifier } = begun
    const subject = await this.#subject(callback, { state, nonce, verifier })
    const hash = subjectHash({ issuer: this.#settings.issuer, subject })
    const [identity] = await query<{ account: Uuid; identity: Uuid }>(
      this.#database,
      'select account, identity from access.external_identity where school = $1 and hash = $2',
      [school, hash],
    )
    return { school, identity: identity ?? null }
  }

  async #subject(
    callback: string,
    { state, nonce, verifier }: { state: string; nonce: string; verifier: string },
  ): Promise<string> {
    const configuration = await this.#configuration()
    const url = new URL(this.#settings.redirect)
    url.search = callback
    try {
      const tokens = await oidc.authorizationCodeGrant(configuration, url, {
        pkceCodeVerifier: verifier,
        expectedState: state,
        expectedNonce: nonce,
        idTokenExpected: true,
      })
      const subject = tokens.claims()?.[this.#settings.claim]
      if (typeof subject === 'string' && subject !== '') return subject
    } catch (error) {
      const { code } = error as { code?: string }
      // Whatever names no reason of the protocol is of the network.
      if (code === undefined || !code.startsWith('OAUTH_') || BROKEN.has(code)) {
        throw new IssuerUnavailable('the issuer does not answer', { cause: error })
      }
      throw new IssuerRefused(code, error)
    }
    throw new IssuerRefused('claim-missing', null)
  }

  /** Asked for once; after a failure, again. */
  async #configuration(): Promise<oidc.Configuration> {
    const { issuer, clientId, clientSecret } = this.#settings
    const insecure = issuer.startsWith('http:') ? { execute: [oidc.allowInsecureRequests] } : {}
    const authentication = clientSecret === null ? oidc.None() : oidc.ClientSecretBasic(clientSecret)
    this.#discovered ??= oidc.discovery(new URL(issuer), clientId, undefined, authentication, {
      timeout: PATIENCE,
      ...insecure,
    })
    try {
      return await this.#discovered
    } catch (error) {
      this.#discovered = null
      throw new IssuerUnavailable('the issuer was not discovered', { cause: error })
    }
  }
}

/** By what the subject of an issuer is found again; it is a number of a person elsewhere, and not kept in clear. */
export const subjectHash = ({ issuer, subject }: { issuer: string; subject: string }): string =>
  digestOf(`${issuer} ${subject}`)

function secondsAfter(instant: Instant, seconds: number): string {
  return new Date(Date.parse(instant) + seconds * 1_000).toISOString()
}
