import type { Command } from 'commander'
import { z } from 'zod'
import { Month } from '../availability.ts'
import { config, parsed, print, UsageError } from './call.ts'

const Minutes = z
  .string()
  .regex(/^[1-9]\d{0,4}$/)
  .transform(Number)

const LocalMinute = z.string().regex(/^\d{4}-\d\d-\d\dT([01]\d|2[0-3]):[0-5]\d$/)

/** How the service has been available, and announcing work on it. */
export function availabilityCommands(program: Command): void {
  program
    .command('availability')
    .usage('[параметры]')
    .description('простои за месяц и пределы регламента: плановые, аварийные, доступность')
    .option('--month <YYYY-MM>', 'месяц; без него — текущий', parsed(Month))
    .option('--json', 'в JSON')
    .action(async (options: { month?: Month; json?: true }) => {
      const { availability } = await import('../availability-operations.ts')
      const report = await availability(config(), options.month ?? null)
      print(report, options)
      if (report.exceeded > 0) process.exitCode = 3
    })

  program
    .command('maintenance')
    .usage('[параметры]')
    .description('предупредить о плановых работах: простой в это время будет плановым')
    .requiredOption('--from <YYYY-MM-DDTHH:MM>', 'начало, по часам школы', parsed(LocalMinute))
    .requiredOption('--minutes <n>', 'сколько минут', parsed(Minutes))
    .requiredOption('--reason <text>', 'что будет сделано')
    .option('--json', 'в JSON')
    .action(async (options: { from: string; minutes: number; reason: string; json?: true }) => {
      if (options.reason.trim() === '') throw new UsageError('Причина работ не может быть пустой.')
      const { announce } = await import('../availability-operations.ts')
      print(await announce(config(), options), options)
    })
}
