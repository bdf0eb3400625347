import type { Command } from 'commander'
import { resolve } from 'node:path'
import { config, print, UsageError } from './call.ts'

interface Of {
  readonly folder?: string
  readonly json?: true
}

/** The keys of an installation: the one by which the log is sealed, and those of access tokens. */
export function keysCommands(program: Command): void {
  const keys = program.command('keys').usage('<команда>').description('ключи установки')

  keys
    .command('new')
    .usage('[параметры]')
    .description('сделать ключ печати журнала и показать его открытую часть')
    .requiredOption('--origin <имя>', 'имя журнала навсегда: адрес без схемы, journal.school35.example/log')
    .option('--folder <folder>', 'папка ключа; без неё — LETOPIS_SEAL_DIR')
    .option('--json', 'в JSON')
    .action(async (options: Of & { origin: string }) => {
      const { newKey } = await import('../seal-keys.ts')
      print(newKey(folderOf(options), options.origin), options)
    })

  keys
    .command('show')
    .usage('[параметры]')
    .description('открытый ключ печати, и что им подписано последним')
    .option('--folder <folder>', 'папка ключа; без неё — LETOPIS_SEAL_DIR')
    .option('--json', 'в JSON')
    .action(async (options: Of) => {
      const { showKey } = await import('../seal-keys.ts')
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
      const { adoptState } = await import('../seal-keys.ts')
      print(adoptState(folderOf(options), checkpoint), options)
    })

  keys
    .command('rotate')
    .usage('[параметры]')
    .description('начать смену ключа печати: подписывают прежний и новый; службу останавливать не нужно')
    .option('--folder <folder>', 'папка ключа; без неё — LETOPIS_SEAL_DIR')
    .option('--json', 'в JSON')
    .action(async (options: Of) => {
      const { rotateKey } = await import('../seal-keys.ts')
      print(rotateKey(folderOf(options)), options)
    })

  keys
    .command('retire')
    .usage('[параметры]')
    .description('закончить смену ключа печати: прежний больше не подписывает')
    .option('--folder <folder>', 'папка ключа; без неё — LETOPIS_SEAL_DIR')
    .option('--json', 'в JSON')
    .action(async (options: Of) => {
      const { retireKey } = await import('../seal-keys.ts')
      print(retireKey(folderOf(options)), options)
    })

  keys
    .command('rotate-tokens')
    .usage('[параметры]')
    .description('сменить ключ, которым подписываются токены доступа; службу останавливать не нужно')
    .option('--revoke', 'прежний ключ утрачен или раскрыт: его токены недействительны сразу')
    .option('--json', 'ответ в JSON')
    .action(async (options: { revoke?: true; json?: true }) => {
      const { rotateTokenKeys } = await import('../token-key-folder.ts')
      print(rotateTokenKeys(config().data, { revoke: options.revoke === true }), options)
    })

  keys
    .command('rotate-persons')
    .usage('[параметры]')
    .description('сменить ключ, которым закрыты ключи людей; со встроенной базой — при остановленной службе')
    .option('--json', 'ответ в JSON')
    .action(async (options: { json?: true }) => {
      const { rotatePersonKeys } = await import('../rotate-person-keys.ts')
      print(await rotatePersonKeys(config()), options)
    })
}

function folderOf({ folder }: Of): string {
  const chosen = folder ?? config().seal
  if (chosen === undefined) throw new UsageError('Укажите папку ключа: --folder или LETOPIS_SEAL_DIR.')
  return resolve(chosen)
}
