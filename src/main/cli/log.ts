import type { Command } from 'commander'
import { config, print, UsageError } from './call.ts'

interface Copying {
  readonly from: string
  readonly to: string
  readonly people: boolean
  readonly peopleFrom?: string
  readonly peopleTo?: string
  readonly adopt?: true
  readonly json?: true
}

/** The log as a whole. */
export function logCommands(program: Command): void {
  const log = program.command('log').usage('<команда>').description('журнал событий целиком')

  log
    .command('copy')
    .usage('[параметры]')
    .description('перенести журнал событий с одного хранилища на другое')
    .requiredOption('--from <place>', 'откуда: folder:папка данных, postgres://… или esdb://…')
    .requiredOption('--to <place>', 'куда: пустое место или то, куда перенос уже начат')
    .option('--no-people', 'не переносить имена и учётные данные')
    .option('--people-from <place>', 'база с именами, если она не там же, где журнал')
    .option('--people-to <place>', 'база для имён, если она не там же, где журнал')
    .option('--adopt', 'перевести установку в DATABASE_URL на новый журнал; служба должна быть остановлена')
    .option('--json', 'отчёт в JSON')
    .action(async (options: Copying) => {
      if (options.from === options.to) throw new UsageError('--from и --to — одно и то же место.')
      const { moveLog } = await import('../log-copy/move-log.ts')
      const { databaseUrl } = config()
      if (options.adopt === true && databaseUrl === undefined) {
        throw new UsageError('Для --adopt задайте DATABASE_URL: базу установки, у которой меняется журнал.')
      }
      const adoptIn = options.adopt === true && databaseUrl !== undefined ? { adoptIn: databaseUrl } : {}
      print(await moveLog({ ...options, ...adoptIn }), options)
    })
}
