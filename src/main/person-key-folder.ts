import { createHash, createSecretKey, randomBytes } from 'node:crypto'
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Kysely } from 'kysely'
import { query } from '#events/store/sql.ts'
import { type KeyEncryption, type KeyEncryptionKey, unwrap } from '#integrity/privacy/key-encryption.ts'
import type { WrappedKey } from '#integrity/privacy/person-keys.ts'
import { Obstacle } from './explain.ts'
import { makeFolder } from './folder.ts'
import { placeNew } from './placed-file.ts'

/** `0001-<id>.key`: the highest number wraps what is new, the others unwrap what was not wrapped anew yet. */
const KEY_FILE = /^(\d{4})-([0-9a-f]{16})\.key$/
const DIGEST_FILE = 'digest.key'

/** Where the keys that wrap those of people stand, and the list of those that were destroyed. */
export const personKeysIn = (data: string): string => join(data, 'keys', 'persons')

/**
 * The keys that wrap the keys of people (KEK), as files in a folder beside the database, which another process may add
 * to at any time. Whoever has the database alone, or a backup of it, opens nothing.
 */
export class PersonKeyFolder implements KeyEncryption {
  readonly #folder: string
  #keys: readonly KeyEncryptionKey[]
  readonly digesting

  /** Makes the folder and the first key where there is none. @throws {Obstacle} a file in it is no key */
  constructor(data: string) {
    this.#folder = personKeysIn(data)
    makeFolder(data)
    makeFolder(join(data, 'keys'), 0o700)
    makeFolder(this.#folder, 0o700)
    this.#keys = keysIn(this.#folder)
    if (this.#keys.length === 0) {
      // Of several processes that start at once the first gives it to all: they ask for one name, and link it to its own.
      const first = join(this.#folder, 'first.key')
      place(first, freshKey().text)
      const { id } = parsed(first)
      place(join(this.#folder, nameOf(1, id)), readFileSync(first, 'utf8'))
      this.#keys = keysIn(this.#folder)
    }
    place(join(this.#folder, DIGEST_FILE), freshKey().text)
    this.digesting = parsed(join(this.#folder, DIGEST_FILE)).secret
  }

  /** Another process may have added one: the folder is looked at each time that a key is wrapped. */
  get current(): KeyEncryptionKey {
    if (filesIn(this.#folder).length !== this.#keys.length) this.#keys = keysIn(this.#folder)
    return this.#keys.at(-1)!
  }

  byId(id: string): KeyEncryptionKey | null {
    const known = this.#keys.find((key) => key.id === id)
    if (known !== undefined) return known
    this.#keys = keysIn(this.#folder)
    return this.#keys.find((key) => key.id === id) ?? null
  }

  /** Adds a key, which wraps what is new from now on. */
  add(): KeyEncryptionKey {
    const { text } = freshKey()
    const number = Number(KEY_FILE.exec(filesIn(this.#folder).at(-1) ?? '')?.[1] ?? 0) + 1
    const key = { id: idOf(text), secret: createSecretKey(Buffer.from(text, 'hex')) }
    place(join(this.#folder, nameOf(number, key.id)), text)
    this.#keys = keysIn(this.#folder)
    return key
  }

  /**
   * Removes the keys before the last two, and tells their ids. The one before stays until the next rotation: a process may
   * have wrapped something by it at the very moment of this one.
   */
  retire(): string[] {
    const old = filesIn(this.#folder).slice(0, -2)
    for (const name of old) rmSync(join(this.#folder, name))
    if (old.length > 0) rmSync(join(this.#folder, 'first.key'), { force: true })
    this.#keys = keysIn(this.#folder)
    return old.map((name) => KEY_FILE.exec(name)![2]!)
  }
}

/**
 * Whether the folder has the keys that wrap those in the database. Asked before anything is made: an installation whose
 * folder was lost would else make a new key, and nobody would notice what he can never read again.
 *
 * @throws {Obstacle} keys are missing, or are others of the same name
 */
export async function expectKeys(
  database: Kysely<unknown>,
  encryption: KeyEncryption,
  data: string,
): Promise<void> {
  const samples = await query<WrappedKey>(
    database,
    `select distinct on (kek) id, kek, wrapped from
       (select id, kek, wrapped from privacy.dek union all select id, kek, wrapped from privacy.quarantine) k
     order by kek, id`,
  )
  for (const { id, kek, wrapped } of samples) {
    const by = encryption.byId(kek)
    if (by === null) {
      throw new Obstacle(
        `Нет ключа ${kek}, без которого не прочесть имена и тексты о людях. Верните папку ${personKeysIn(data)} из сейфа ` +
          '(docs/runbooks/person-keys.md). Журнал цел; без ключа служба не начинает, чтобы утрату заметили сразу.',
      )
    }
    try {
      unwrap(id, wrapped, by)
    } catch (cause) {
      throw new Obstacle(`Ключ ${kek} в ${personKeysIn(data)} не тот, которым закрыты данные этой базы.`, {
        cause,
      })
    }
  }
}

/** Keys that stand in no file, for an installation that is thrown away after its work. */
export function passingKeys(): KeyEncryption & { readonly current: KeyEncryptionKey } {
  const current = passingKey()
  return { current, digesting: passingKey().secret, byId: (id) => (id === current.id ? current : null) }
}

function passingKey(): KeyEncryptionKey {
  const { text } = freshKey()
  return { id: idOf(text), secret: createSecretKey(Buffer.from(text, 'hex')) }
}

function freshKey(): { readonly text: string } {
  return { text: randomBytes(32).toString('hex') }
}

/** The first 16 hexadecimal digits of the SHA-256 of the key's bytes. */
function idOf(text: string): string {
  return createHash('sha256').update(Buffer.from(text, 'hex')).digest('hex').slice(0, 16)
}

const nameOf = (number: number, id: string): string => `${String(number).padStart(4, '0')}-${id}.key`

/** Puts the text of a key where none stands. */
function place(file: string, text: string): void {
  placeNew(file, `${text.trim()}\n`)
}

const filesIn = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => KEY_FILE.test(name))
    .toSorted()

function keysIn(folder: string): KeyEncryptionKey[] {
  return filesIn(folder).map((name) => {
    const key = parsed(join(folder, name))
    if (key.id !== KEY_FILE.exec(name)![2]) throw noKey(join(folder, name))
    return key
  })
}

function parsed(file: string): KeyEncryptionKey {
  const text = readFileSync(file, 'utf8').trim()
  if (!/^[0-9a-f]{64}$/.test(text)) throw noKey(file)
  return { id: idOf(text), secret: createSecretKey(Buffer.from(text, 'hex')) }
}

const noKey = (file: string): Obstacle =>
  new Obstacle(`${file}: это не ключ, каким он был записан. Верните файл из сейфа.`)
