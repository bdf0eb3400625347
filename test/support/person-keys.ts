import { createSecretKey } from 'node:crypto'
import type { Kysely } from 'kysely'
import type { KeyEncryption, KeyEncryptionKey } from '#integrity/privacy/key-encryption.ts'
import { PersonKeys } from '#integrity/privacy/person-keys.ts'
import { PersonalTexts } from '#integrity/privacy/personal-texts.ts'
import { PersonNames } from '#integrity/person-store.ts'

const key = (byte: number): KeyEncryptionKey => ({
  id: byte.toString(16).padStart(16, '0'),
  secret: createSecretKey(Buffer.alloc(32, byte)),
})

/** The keys of an installation by their numbers, the last one current: the same in every process of a test. */
export function keysOfTest(...numbers: readonly [number, ...number[]]): KeyEncryption {
  const keys = numbers.map(key)
  return {
    current: keys.at(-1)!,
    byId: (id) => keys.find((one) => one.id === id) ?? null,
    digesting: createSecretKey(Buffer.alloc(32, 0xd1)),
  }
}

/** What `install` asks for. */
export const testKeys = (): Promise<KeyEncryption> => Promise.resolve(keysOfTest(1))

export const keysOn = (database: Kysely<unknown>): PersonKeys => new PersonKeys(database, keysOfTest(1))
export const textsOn = (database: Kysely<unknown>): PersonalTexts => new PersonalTexts(keysOn(database))
export const namesOn = (database: Kysely<unknown>): PersonNames => new PersonNames(database, keysOn(database))
