import { readFileSync } from 'node:fs'
import { type BackupKey, NotAKey, parseBackupKey } from '#integrity/backup/backup-key.ts'
import { Obstacle } from '../explain.ts'

/** @throws {Obstacle} the file is not there, or holds no key */
export function readBackupKey(file: string): BackupKey {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (cause) {
    throw new Obstacle(`Файл ключа ${file} не читается.`, { cause })
  }
  try {
    return parseBackupKey(text)
  } catch (cause) {
    if (!(cause instanceof NotAKey)) throw cause
    throw new Obstacle(
      `${file}: это не ключ. Ключ — 64 шестнадцатеричные цифры: openssl rand -hex 32 > ${file}`,
      {
        cause,
      },
    )
  }
}
