import type { Backup } from '../config.ts'
import type { CopiesSource } from '../metric-sources.ts'
import { lastDrill } from './drills.ts'
import { lastGoodCopy } from './list-copies.ts'

/** What the folder of the copies says of itself, for metrics and for the doctor. */
export function copiesSource({ folder }: Pick<Backup, 'folder'>): CopiesSource {
  return {
    async lastCopy() {
      const at = lastGoodCopy(folder)
      return at === null ? null : { at }
    },
    async lastDrill() {
      const drill = lastDrill(folder)
      return drill === null ? null : { at: drill.at, passed: drill.ok }
    },
  }
}
