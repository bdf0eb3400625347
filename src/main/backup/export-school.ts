import { readdirSync } from 'node:fs'
import type { Manifest } from '#integrity/backup/manifest.ts'
import { Obstacle } from '../explain.ts'
import { lockCopies, sweep } from './copy-folder.ts'
import { FROM_NOTHING } from './beginning.ts'
import { type Extract, type Making, writeCopy } from './make-copy.ts'

/**
 * Writes the events of one school, of a period by record time or all of them, with its people, as a copy of its own
 * (R-A3.4c). Every event has one record time, so periods that meet give the whole: none is left out, none comes twice.
 *
 * @throws {Obstacle} the folder holds something already
 */
export async function exportSchool(folder: string, making: Making, extract: Extract): Promise<Manifest> {
  const unlock = lockCopies(folder)
  try {
    sweep(folder)
    const there = readdirSync(folder).filter((name) => !name.startsWith('letopis.'))
    if (there.length > 0) throw new Obstacle(`В папке ${folder} уже есть ${there[0]}: укажите пустую.`)
    return await writeCopy({ folder, copy: 1, key: making.key }, making, FROM_NOTHING, extract)
  } finally {
    unlock()
  }
}
