import type { Command } from 'commander'
import { config, print, UsageError } from './call.ts'

/** Tables and rights of a database on a server. */
export function databaseCommands(program: Command): void {
  program
    .command('migrate')
    .usage('[параметры]')
    .description('привести таблицы базы к этому выпуску и выдать права ролям')
    .option('--check', 'только показать, чего не хватает (код 3, если чего-то)')
    .option('--application <роль>', 'роль службы', 'letopis_app')
    .option('--auditor <роль>', 'роль аудитора', 'letopis_auditor')
    .option('--json', 'ответ в JSON')
    .action(async (options: { check?: true; application: string; auditor: string; json?: true }) => {
      const { checkMigrations, migrateDatabase } = await import('../migrating.ts')
      const settings = config()
      if (settings.databaseUrl === undefined) {
        throw new UsageError('Встроенная база обновляется при запуске сама: задайте DATABASE_URL.')
      }
      const report =
        options.check === true ? await checkMigrations(settings) : await migrateDatabase(settings, options)
      print(report, options)
      if (options.check === true && report.pending > 0) process.exitCode = 3
    })
}
