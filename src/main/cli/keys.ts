import type { Command } from 'commander'
import { resolve } from 'node:path'
import { config, print, UsageError } from './call.ts'

interface Of {
  readonly folder?: string
  readonly json?: true
}

/** The key by which the log is sealed. */
export function keysCommands(program: Command): void {
  const keys = program.command('keys').usage('<команда>').description('ключ печати журнала событий')

  keys
    .command('new')
    .usage('[параметры]')
    .description('сделать ключ и показать его открытую часть')
    .requiredOption('--origin <имя>', 'имя журнала навсегда: адрес без схемы, journal.school35.example/log')
    .option('--folder <folder>', 'папка ключа; без неё — LETOPIS_SEAL_DIR')
    .option('--json', 'в JSON')
    .action(async (options: Of & { origin: string }) => {
      const { newKey } = await import('../sealing.ts')
      print(newKey(folderOf(options), options.origin), options)
    })

  keys
    .command('show')
    .usage('[параметры]')
    .description('открытый ключ, и что им подписано последним')
    .option('--folder <folder>', 'папка ключа; без неё — LETOPIS_SEAL_DIR')
    .option('--json', 'в JSON')
    .action(async (options: Of) => {
      const { showKey } = await import('../sealing.ts')
      print(showKey(folderOf(options)), options)
    })

  keys
    .command('adopt')
    .usage('[параметры] <контрольная точка>')
    .description('продолжить подписи после сохранённой контрольной точки, если файл состояния утрачен')
    .argument('<контрольная точка>', 'файл: последняя, какая сохранилась у кого-либо')
    .option('--folder <folder>', 'папка ключа; без неё — LETOPIS_SEAL_DIR')
    .option('--json', 'в JSON')
    .action(async (checkpoint: string, options: Of) => {
      const { adoptState } = await import('../sealing.ts')
      print(adoptState(folderOf(options), checkpoint), options)
    })
}

function folderOf({ folder }: Of): string {
  const chosen = folder ?? config().seal
  if (chosen === undefined) throw new UsageError('Укажите папку ключа: --folder или LETOPIS_SEAL_DIR.')
  return resolve(chosen)
}
