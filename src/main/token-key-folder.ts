import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { chownSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { kidOf, type PublicKey, type TokenKeys } from '#api/token-keys.ts'
import { type Clock, systemClock } from '#values/time.ts'
import type { Report } from './cli/call.ts'
import { Obstacle } from './explain.ts'
import { tokenKeys } from './token-keys.ts'

/** An access token is short; a refresh token gets the next one. */
export const TOKEN_SECONDS = 15 * 60

/** For how long after its retirement a key verifies: the last token that it signed, and clocks that differ. */
const ACCEPTED_SECONDS = TOKEN_SECONDS + 60

/** How often, in milliseconds, the folder is looked at for keys that came or went. */
const LOOK = 1_000

/** `retired-<Unix seconds>-<kid>.pem`, a public key. */
const RETIRED = /^retired-(\d+)-([\w-]{43})\.pem$/

interface Kept {
  readonly signing: { readonly kid: string; readonly private: string }
  readonly public: PublicKey
  readonly retired: ReadonlyArray<PublicKey & { readonly until: number }>
}

/**
 * The keys of a data folder, which another process may rotate at any time: whoever signs looks whether the folder has
 * changed, and whoever verifies does so once a second.
 */
export class TokenKeyFolder implements TokenKeys {
  readonly #folder: string
  readonly #clock: Clock
  #kept: Kept
  #changed: bigint
  #lookedAt = performance.now()

  constructor(folder: string, clock: Clock = systemClock) {
    this.#folder = folder
    this.#clock = clock
    // Makes the first key.
    tokenKeys(folder)
    this.#changed = changeOf(folder)
    this.#kept = read(folder)
  }

  signing(): Kept['signing'] {
    this.#look()
    return this.#kept.signing
  }

  verifying(fresh = false): readonly PublicKey[] {
    if (fresh || performance.now() - this.#lookedAt >= LOOK) this.#look()
    const now = Date.parse(this.#clock()) / 1_000
    return [this.#kept.public, ...this.#kept.retired.filter(({ until }) => now < until)]
  }

  /** Before the files: what changes while they are read is seen at the next look. */
  #look(): void {
    const changed = changeOf(this.#folder)
    this.#lookedAt = performance.now()
    if (changed === this.#changed) return
    this.#kept = read(this.#folder)
    this.#changed = changed
  }
}

/**
 * Puts a new key in the place of the one that signs. The old one verifies until its last token has expired; with
 * `revoke` it and all before it are good for nothing from now on, and clients refresh their tokens.
 *
 * @throws {Obstacle} another rotation is under way
 */
export function rotateTokenKeys(
  folder: string,
  { revoke }: { readonly revoke: boolean },
  clock: Clock = systemClock,
): Report {
  const old = tokenKeys(folder)
  const keys = join(folder, 'keys')
  const file = join(keys, 'access-token.pem')
  const next = `${file}.next`
  const now = Math.floor(Date.parse(clock()) / 1_000)
  const made = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  try {
    writeFileSync(next, made, { mode: 0o600, flag: 'wx' })
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause
    throw new Obstacle(`Ключ уже меняют. Если смена оборвалась, удалите ${next} и повторите.`, { cause })
  }
  for (const name of readdirSync(keys)) {
    const at = RETIRED.exec(name)?.[1]
    if (at !== undefined && (revoke || Number(at) + ACCEPTED_SECONDS <= now)) rmSync(join(keys, name))
  }
  // The old one is set down before it goes: at no moment does a good token meet no key.
  const retired = join(keys, `retired-${now}-${kidOf(old.public)}.pem`)
  if (!revoke) writeFileSync(retired, old.public, { mode: 0o600 })
  // Whoever rotates as root must leave keys that the service can read.
  const { uid, gid } = statSync(file)
  if (process.getuid?.() === 0) for (const one of revoke ? [next] : [next, retired]) chownSync(one, uid, gid)
  renameSync(next, file)
  const kid = kidOf(createPublicKey(made).export({ type: 'spki', format: 'pem' }).toString())
  const line = revoke
    ? 'Прежние ключи больше не действуют: клиенты получат новые токены по токенам обновления.'
    : `Прежний ключ проверяет выданные токены ещё ${ACCEPTED_SECONDS / 60} мин.`
  return {
    lines: [`Токены подписывает новый ключ: ${kid}.`, line],
    json: { kid, previous: kidOf(old.public), revoked: revoke },
  }
}

const changeOf = (folder: string): bigint => statSync(join(folder, 'keys'), { bigint: true }).mtimeNs

function read(folder: string): Kept {
  const own = tokenKeys(folder)
  const kid = kidOf(own.public)
  const keys = join(folder, 'keys')
  const retired = readdirSync(keys).flatMap((name) => {
    const [, at, old] = RETIRED.exec(name) ?? []
    if (at === undefined || old === undefined) return []
    return [{ kid: old, pem: readFileSync(join(keys, name), 'utf8'), until: Number(at) + ACCEPTED_SECONDS }]
  })
  return { signing: { kid, private: own.private }, public: { kid, pem: own.public }, retired }
}
