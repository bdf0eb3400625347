import { createHash, createPublicKey } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'

/** A public key as `/.well-known/jwks.json` shows it (RFC 7517, RFC 8037). */
export interface PublicKey {
  readonly kid: string
  readonly pem: string
}

/** The Ed25519 keys of access tokens: one signs, and those that signed before verify until their tokens have expired. */
export interface TokenKeys {
  /** The key that signs now, PEM. */
  signing(): { readonly kid: string; readonly private: string }
  /**
   * Every key whose tokens are good, the one that signs first. What was found is believed for a moment, unless it is to
   * be `fresh`.
   */
  verifying(fresh?: boolean): readonly PublicKey[]
}

/** One key that is never another: of a single host that keeps no folder of keys. */
export function fixedTokenKeys(pair: { readonly private: string; readonly public: string }): TokenKeys {
  const key = { kid: kidOf(pair.public), pem: pair.public }
  return { signing: () => ({ kid: key.kid, private: pair.private }), verifying: () => [key] }
}

/** The name of a key, which follows from it: its thumbprint by RFC 7638. */
export function kidOf(pem: string): string {
  const { crv, kty, x } = createPublicKey(pem).export({ format: 'jwk' })
  return createHash('sha256').update(JSON.stringify({ crv, kty, x })).digest('base64url')
}

/**
 * The public key by which a token is verified; null where it names one that is not ours, or is ours no more. A token
 * without a name is of a release that had one key.
 */
export function keyFor(keys: TokenKeys, kid: unknown): string | null {
  const known = keys.verifying()
  if (kid === undefined) return known[0]!.pem
  const named = (key: PublicKey): boolean => key.kid === kid
  // Another process may sign by a key that was made a moment ago.
  return (known.find(named) ?? keys.verifying(true).find(named))?.pem ?? null
}

const Jwks = z.object({
  keys: z.array(
    z.object({
      kty: z.literal('OKP'),
      crv: z.literal('Ed25519'),
      x: z.string(),
      kid: z.string(),
      use: z.literal('sig'),
      alg: z.literal('EdDSA'),
    }),
  ),
})

/** `GET /.well-known/jwks.json`: whoever is handed a token of ours can verify it without asking. */
export function jwksRoute(app: FastifyInstance, tokenKeys: TokenKeys): void {
  app.route({
    method: 'GET',
    url: '/.well-known/jwks.json',
    config: { permission: { public: 'public keys are public' } },
    schema: {
      operationId: 'jwks',
      summary: 'Открытые ключи токенов доступа (JWKS)',
      tags: ['Доступ'],
      security: [],
      response: { 200: Jwks },
    },
    handler: (_request, reply) => {
      const keys = tokenKeys.verifying().map(({ kid, pem }) => {
        const { crv, kty, x } = createPublicKey(pem).export({ format: 'jwk' })
        return { kty, crv, x, kid, use: 'sig', alg: 'EdDSA' }
      })
      return reply.header('cache-control', 'public, max-age=60').send({ keys })
    },
  })
}
