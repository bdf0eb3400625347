import type { Command } from 'commander'
import { READ_MODELS } from '#projections/catalogue.ts'
import { config, print, UsageError } from './call.ts'

/** How the read models are, and letting one go on that has stopped. */
export function projectionsCommands(program: Command): void {
  const projections = program
    .command('projections')
    .usage('<команда>')
    .description('представления: где они, что остановилось и почему')

  projections
    .command('status')
    .usage('[параметры]')
    .description('докуда дошло каждое; код 3, если какое-то остановилось')
    .option('--json', 'ответ в JSON')
    .action(async (options: { json?: true }) => {
      const { projectionsStatus } = await import('../projections-status.ts')
      const report = await projectionsStatus(config())
      print(report, options)
      if (report.stopped > 0) process.exitCode = 3
    })

  projections
    .command('resume')
    .usage('[параметры] <представление>')
    .description(
      'продолжить остановившееся, когда причина устранена: работающая служба заметит это за секунду',
    )
    .argument('<представление>', READ_MODELS.map(({ name }) => name).join(', '))
    .option('--json', 'ответ в JSON')
    .action(async (name: string, options: { json?: true }) => {
      const { resumeProjection } = await import('../projections-status.ts')
      const model = READ_MODELS.find((known) => known.name === name)
      if (model === undefined) throw new UsageError(`Нет представления «${name}».`)
      print(await resumeProjection(config(), model), options)
    })
}
