import type { Report } from './cli/call.ts'
import type { Config } from './config.ts'
import { withInstallation } from './operations.ts'
import type { PersonKeyFolder } from './person-key-folder.ts'

/**
 * Puts a new key in the place of the one that wraps the keys of people, and wraps all of them by it. Cut short, it is done
 * again: the key before stays in the folder until the next rotation.
 */
export function rotatePersonKeys(config: Config): Promise<Report> {
  return withInstallation(config, async ({ keys }) => {
    const folder = keys.encryption as PersonKeyFolder
    const { id } = folder.add()
    const wrapped = await keys.rewrapAll()
    const retired = folder.retire()
    return {
      lines: [
        `Ключи людей закрыты новым ключом ${id}: ${wrapped}.`,
        'Положите новый файл из папки keys/persons в сейф; прежние файлы храните там же, пока хранятся копии ключей.',
      ],
      json: { kek: id, wrapped, retired },
    }
  })
}
