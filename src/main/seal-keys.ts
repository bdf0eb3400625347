import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { StateFile } from '#integrity/signing-state.ts'
import { parseCheckpoint } from '#integrity/tlog/checkpoint.ts'
import { Malformed } from '#integrity/tlog/malformed.ts'
import {
  BadSignature,
  COSIGNATURE,
  ED25519,
  formatSignerKey,
  formatVerifierKey,
  newSignerKey,
  parseNote,
  parseSignerKey,
  type SignatureType,
  type SignerKey,
  verifiedKeys,
} from '#integrity/tlog/signed-note.ts'
import { systemClock } from '#values/time.ts'
import type { Report } from './cli/call.ts'
import { Obstacle } from './explain.ts'
import { makeFolder } from './folder.ts'
import { lockFolder } from './folder-lock.ts'
import { placeNew, replaceWhole } from './placed-file.ts'

const KEYS = 'log.key'
const STATE = 'state.json'

/** What was signed last by the keys of a folder. */
export const stateFile = (folder: string): StateFile => new StateFile(join(folder, STATE))

/** A new key of a log, in a folder that has none. @throws {Obstacle} */
export function newKey(folder: string, origin: string): Report {
  const key = made(
    origin,
    ED25519,
    'Имя журнала — адрес без схемы, без пробелов и плюсов: journal.school35.example/log',
  )
  const file = keepNew(folder, key)
  return {
    lines: [
      `Ключ записан: ${file}. Это секрет: его копию хранят отдельно от копий журнала.`,
      'Открытый ключ, для локального акта школы и для всех, кто проверяет:',
      formatVerifierKey(key),
    ],
    json: { file, origin, vkey: formatVerifierKey(key) },
  }
}

/** A new key of a witness, in a folder that has none. @throws {Obstacle} */
export function newWitnessKey(folder: string, name: string): Report {
  const key = made(
    name,
    COSIGNATURE,
    'Имя свидетеля — адрес без схемы, без пробелов и плюсов: witness.education.example/w1',
  )
  const file = keepNew(folder, key)
  return {
    lines: [
      `Ключ записан: ${file}. Это секрет, и ему не место там же, где журнал.`,
      'Открытый ключ, для журналов, которые спрашивают этого свидетеля, и для всех, кто проверяет:',
      formatVerifierKey(key),
    ],
    json: { file, name, vkey: formatVerifierKey(key) },
  }
}

function made(name: string, type: SignatureType, form: string): SignerKey {
  try {
    return newSignerKey(name, type)
  } catch (cause) {
    if (!(cause instanceof Malformed)) throw cause
    throw new Obstacle(form, { cause })
  }
}

function keepNew(folder: string, key: SignerKey): string {
  makeFolder(folder, 0o700)
  const file = join(folder, KEYS)
  if (!placeNew(file, `${formatSignerKey(key)}\n`)) {
    throw new Obstacle(`В ${folder} ключ уже есть: второй сделал бы подписи первого ничьими.`)
  }
  return file
}

/** The keys of a folder, as they may be published, and what was signed last with them. */
export function showKey(folder: string): Report {
  const keys = readKeys(folder)
  const vkeys = keys.map(formatVerifierKey)
  const last = stateFile(folder).read()
  return {
    lines: [
      ...vkeys,
      ...(keys.length > 1 ? ['Идёт смена ключа: подписывают оба.'] : []),
      last === null
        ? 'Ничего ещё не подписано.'
        : `Подписано последним (${last.at}):\n\n${last.note.trimEnd()}`,
    ],
    json: {
      origin: keys[0]!.name,
      vkey: vkeys[0],
      vkeys,
      last: last?.note ?? null,
      at: last?.at ?? null,
    },
  }
}

/**
 * Begins a change of keys: from now on the log is signed by the key that there is and by a new one, so that whoever knows
 * the old one sees that its owner vouches for the new one. The service reads it at its next signature.
 *
 * @throws {Obstacle} a change has begun already
 */
export function rotateKey(folder: string): Report {
  const keys = readKeys(folder)
  const [key] = keys
  if (keys.length > 1) {
    throw new Obstacle(
      'Смена ключа уже идёт: закончите её (letopis keys retire), и можно будет начать другую.',
    )
  }
  const next = newSignerKey(key!.name)
  replaceKeys(folder, [...keys, next])
  return {
    lines: [
      'Со следующей контрольной точки журнал подписывают два ключа, прежний и новый.',
      'Новый открытый ключ, для локального акта школы и для всех, кто проверяет:',
      formatVerifierKey(next),
      'Когда его внесут все, кто проверяет, — letopis keys retire.',
    ],
    json: { origin: next.name, vkey: formatVerifierKey(next), old: formatVerifierKey(key!) },
  }
}

/**
 * Ends a change of keys: from now on the new key alone signs. The old one is removed from the folder: what it signed stays
 * proof by its published half.
 *
 * @throws {Obstacle} there is no change, or nothing was signed by both yet
 */
export function retireKey(folder: string): Report {
  const [old, next, ...others] = readKeys(folder)
  if (next === undefined || others.length > 0)
    throw new Obstacle('Смены ключа нет: начните её (letopis keys rotate).')
  const last = stateFile(folder).read()
  // Without a note of both, nobody who knows the old key alone would have a reason to believe the new one.
  if (last === null || verifiedKeys(parseNote(last.note), [old!, next]).length < 2)
    throw new Obstacle('Новый ключ ещё ничего не подписал: дождитесь следующей контрольной точки.')
  replaceKeys(folder, [next])
  return {
    lines: ['Журнал подписывает только новый ключ:', formatVerifierKey(next)],
    json: { origin: next.name, vkey: formatVerifierKey(next), retired: formatVerifierKey(old!) },
  }
}

function replaceKeys(folder: string, keys: readonly SignerKey[]): void {
  replaceWhole(join(folder, KEYS), keys.map((key) => `${formatSignerKey(key)}\n`).join(''), 0o600)
}

/**
 * Puts a checkpoint that somebody kept in the place of a lost signing state. The sealer goes on from it only if the log
 * does.
 *
 * @throws {Obstacle}
 */
export function adoptState(folder: string, checkpoint: string): Report {
  const keys = readKeys(folder)
  const unlock = lockFolder(folder)
  try {
    if (existsSync(join(folder, STATE))) {
      throw new Obstacle(`В ${folder} есть, что подписано последним: это не заменяют.`)
    }
    const note = readFileSync(checkpoint, 'utf8')
    const { size, root } = ownCheckpoint(note, keys, checkpoint)
    stateFile(folder).replace(null, { size, root, note, at: systemClock() })
    return {
      lines: [`Подписи продолжатся после контрольной точки на ${size} записей.`],
      json: { origin: keys[0]!.name, size },
    }
  } finally {
    unlock()
  }
}

function ownCheckpoint(
  note: string,
  keys: readonly SignerKey[],
  file: string,
): ReturnType<typeof parseCheckpoint> {
  try {
    const found = parseCheckpoint(note)
    if (verifiedKeys(found.note, keys).length === 0 || found.origin !== keys[0]!.name) {
      throw new Obstacle(`${file} подписан не ключом этой папки.`)
    }
    return found
  } catch (cause) {
    if (!(cause instanceof Malformed || cause instanceof BadSignature)) throw cause
    throw new Obstacle(`${file}: это не контрольная точка журнала с верной подписью.`, { cause })
  }
}

/** The keys of a folder, a line each: one, or the old and the new one. @throws {Obstacle} */
export function readKeys(folder: string): SignerKey[] {
  const file = join(folder, KEYS)
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause
    throw new Obstacle(`В ${folder} нет ключа: letopis keys new --origin <имя журнала>`, { cause })
  }
  try {
    const keys = text.trimEnd().split('\n').map(parseSignerKey)
    if (keys.some(({ name, type }) => name !== keys[0]!.name || type !== keys[0]!.type))
      throw new Malformed('keys of several names stand in one file')
    return keys
  } catch (cause) {
    if (!(cause instanceof Malformed)) throw cause
    throw new Obstacle(`${file}: это не ключ. Верните его из копии.`, { cause })
  }
}
