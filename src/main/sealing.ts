import { randomUUID } from 'node:crypto'
import { existsSync, linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { SealedLog } from '#integrity/sealed-log.ts'
import { Sealer, type SealerLog } from '#integrity/sealer.ts'
import { StateFile } from '#integrity/signing-state.ts'
import { parseCheckpoint } from '#integrity/tlog/checkpoint.ts'
import { Malformed } from '#integrity/tlog/malformed.ts'
import {
  BadSignature,
  formatSignerKey,
  formatVerifierKey,
  newSignerKey,
  parseSignerKey,
  type SignerKey,
  verifiedKeys,
} from '#integrity/tlog/signed-note.ts'
import { systemClock } from '#values/time.ts'
import type { Report } from './cli/call.ts'
import { Obstacle } from './explain.ts'
import { makeFolder } from './folder.ts'
import { lockFolder } from './folder-lock.ts'
import type { Installation } from './installation.ts'

const KEY = 'log.key'
const STATE = 'state.json'

/** What was recorded and is not signed yet could be changed without a trace: ten seconds of it. */
const SIGN_EVERY = 10_000

/**
 * The sealer of an installation, with the key and the signing state of a folder. While it runs the folder is its own, so
 * that no two sign with one state; one leader for a database is the matter of the duty.
 *
 * @param every how often a grown tree is signed, in milliseconds
 * @throws {Obstacle} there is no key in the folder
 */
export function openSealing(
  folder: string,
  { execution, database }: Installation,
  log: SealerLog,
  every = SIGN_EVERY,
): { readonly sealer: Sealer; readonly run: (signal: AbortSignal) => Promise<void> } {
  const sealer = new Sealer({
    store: execution.store,
    sealed: new SealedLog(database.kysely),
    state: new StateFile(join(folder, STATE)),
    key: readKey(folder),
    clock: execution.clock,
    log,
    every,
  })
  const run = async (signal: AbortSignal): Promise<void> => {
    const unlock = lockFolder(folder)
    try {
      await sealer.run(signal)
    } finally {
      unlock()
    }
  }
  return { sealer, run }
}

/** A new key of a log, in a folder that has none. @throws {Obstacle} */
export function newKey(folder: string, origin: string): Report {
  let key: SignerKey
  try {
    key = newSignerKey(origin)
  } catch (cause) {
    if (!(cause instanceof Malformed)) throw cause
    throw new Obstacle('Имя журнала — адрес без схемы, без пробелов и плюсов: journal.school35.example/log', {
      cause,
    })
  }
  makeFolder(folder, 0o700)
  const file = join(folder, KEY)
  // Written aside and linked: a key that is there is never written over, and none is there by half.
  const aside = `${file}.${randomUUID()}`
  writeFileSync(aside, `${formatSignerKey(key)}\n`, { mode: 0o600, flush: true })
  try {
    linkSync(aside, file)
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause
    throw new Obstacle(`В ${folder} ключ уже есть: второй сделал бы подписи первого ничьими.`, { cause })
  } finally {
    rmSync(aside)
  }
  return {
    lines: [
      `Ключ записан: ${file}. Это секрет: его копию хранят отдельно от копий журнала.`,
      'Открытый ключ, для локального акта школы и для всех, кто проверяет:',
      formatVerifierKey(key),
    ],
    json: { file, origin, vkey: formatVerifierKey(key) },
  }
}

/** The key of a folder, as it may be published, and what was signed last with it. */
export function showKey(folder: string): Report {
  const key = readKey(folder)
  const last = new StateFile(join(folder, STATE)).read()
  return {
    lines: [
      formatVerifierKey(key),
      last === null
        ? 'Ничего ещё не подписано.'
        : `Подписано последним (${last.at}):\n\n${last.note.trimEnd()}`,
    ],
    json: { origin: key.name, vkey: formatVerifierKey(key), last: last?.note ?? null, at: last?.at ?? null },
  }
}

/**
 * Puts a checkpoint that somebody kept in the place of a lost signing state. The sealer goes on from it only if the log
 * does.
 *
 * @throws {Obstacle}
 */
export function adoptState(folder: string, checkpoint: string): Report {
  const key = readKey(folder)
  const unlock = lockFolder(folder)
  try {
    if (existsSync(join(folder, STATE))) {
      throw new Obstacle(`В ${folder} есть, что подписано последним: это не заменяют.`)
    }
    const note = readFileSync(checkpoint, 'utf8')
    const { size, root } = ownCheckpoint(note, key, checkpoint)
    new StateFile(join(folder, STATE)).replace(null, { size, root, note, at: systemClock() })
    return {
      lines: [`Подписи продолжатся после контрольной точки на ${size} записей.`],
      json: { origin: key.name, size },
    }
  } finally {
    unlock()
  }
}

function ownCheckpoint(note: string, key: SignerKey, file: string): ReturnType<typeof parseCheckpoint> {
  try {
    const found = parseCheckpoint(note)
    if (verifiedKeys(found.note, [key]).length === 0 || found.origin !== key.name) {
      throw new Obstacle(`${file} подписан не ключом этой папки.`)
    }
    return found
  } catch (cause) {
    if (!(cause instanceof Malformed || cause instanceof BadSignature)) throw cause
    throw new Obstacle(`${file}: это не контрольная точка журнала с верной подписью.`, { cause })
  }
}

/** @throws {Obstacle} there is none, or it is damaged */
export function readKey(folder: string): SignerKey {
  const file = join(folder, KEY)
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause
    throw new Obstacle(`В ${folder} нет ключа печати: letopis keys new --origin <имя журнала>`, { cause })
  }
  try {
    return parseSignerKey(text.trimEnd())
  } catch (cause) {
    if (!(cause instanceof Malformed)) throw cause
    throw new Obstacle(`${file}: это не ключ. Верните его из копии.`, { cause })
  }
}
