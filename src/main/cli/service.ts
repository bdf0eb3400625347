import { type Command, InvalidArgumentError } from 'commander'
import { READ_MODELS } from '#projections/catalogue.ts'
import { SchoolSlug, SchoolYear } from '#values/school.ts'
import { LocalDate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { z } from 'zod'
import type { Wanted } from '../demo.ts'
import { ROLES, type ServeRole } from '../roles.ts'
import { shapeOf } from '../synthetic/presets.ts'
import { config, parsed, print, stopOn, UsageError } from './call.ts'

const PRESETS =
  'какая: S — 11 классов, M — 17, L — 40 в две смены, или классы, средняя наполняемость и параллели второй смены: 1А,5А,6А/12+6'

/** Running the service, and looking at an installation. */
export function serviceCommands(program: Command, failed: (error: unknown) => never): void {
  program
    .command('serve')
    .usage('[параметры]')
    .description('запустить службу')
    .option('--demo', 'в пустую установку поместить школу для знакомства')
    .option(
      '--role <роли...>',
      `только это делает процесс: ${ROLES.join(', ')}; без параметра — всё (нужен DATABASE_URL)`,
      parsedRole,
    )
    .action(async ({ demo, role }: { demo?: true; role?: readonly ServeRole[] }) => {
      const { serve } = await import('../serve.ts')
      const settings = config()
      if (role !== undefined && settings.databaseUrl === undefined) {
        throw new UsageError('Роли делят между процессами на общей базе: задайте DATABASE_URL.')
      }
      if (role?.includes('sealer') === true && settings.seal === undefined) {
        throw new UsageError(
          'Чтобы запечатывать журнал, задайте LETOPIS_SEAL_DIR: папку ключа (letopis keys new).',
        )
      }
      const served = await serve(settings, { demo: demo === true, roles: role ?? ROLES })
      stopOn(['SIGINT', 'SIGTERM'], () => served.close(), failed)
      // Only now: who reads that it runs may stop it at once.
      process.stdout.write(served.welcome)
    })

  program
    .command('seed')
    .usage('[параметры]')
    .description('поместить школу для знакомства в пустую установку и закончить')
    .option('--preset <школа>', PRESETS, preset)
    .option('--year <год>', 'учебный год: 2025 — это 2025/26', parsed(z.coerce.number().pipe(SchoolYear)))
    .option('--until <дата>', 'прожит по этот день; без параметра — по вчерашний', parsed(LocalDate))
    .option('--seed <слово>', 'зерно случайных чисел (letopis)')
    .option('--json', 'ответ в JSON')
    .action(async ({ json, ...wanted }: Wanted & { json?: true }) => {
      const { seedOnce } = await import('../operations.ts')
      print(await seedOnce(config(), wanted), json === undefined ? {} : { json })
    })

  program
    .command('rebuild')
    .usage('[параметры] [представление]')
    .description('перестроить представления из событий и сравнить с прежними')
    .argument('[представление]', `какое: ${READ_MODELS.map(({ name }) => name).join(', ')}; без него — все`)
    .option('--school <slug>', 'только строки этой школы', parsed(SchoolSlug))
    .option('--json', 'отчёт в JSON')
    .action(async (model: string | undefined, options: { school?: SchoolSlug; json?: true }) => {
      const { rebuildAll } = await import('../operations.ts')
      const known = READ_MODELS.filter(({ name }) => model === undefined || name === model)
      if (known.length === 0) throw new UsageError(`Нет представления «${model}».`)
      const report = await rebuildAll(config(), known, options.school ?? null)
      print(report, options)
      if (report.differing > 0) process.exitCode = 3
    })

  program
    .command('history')
    .usage('[параметры]')
    .description('история страницы журнала или одной клетки, прямо из журнала событий')
    .requiredOption('--school <slug>', 'школа', parsed(SchoolSlug))
    .requiredOption('--page <id>', 'страница', parsed(Uuid))
    .option('--lesson <id>', 'урок', parsed(Uuid))
    .option('--pupil <id>', 'ученик', parsed(Uuid))
    .option('--json', 'в JSON')
    .action(async (options: { school: SchoolSlug; page: Uuid; lesson?: Uuid; pupil?: Uuid; json?: true }) => {
      const { history } = await import('../operations.ts')
      print(await history(config(), options), options)
    })

  program
    .command('doctor')
    .usage('[параметры]')
    .description('проверить, что настроено, доступно и пишется')
    .option('--json', 'в JSON')
    .action(async (options: { json?: true }) => {
      const { doctor } = await import('../doctor.ts')
      const report = await doctor(config())
      print(report, options)
      if (!report.healthy) process.exitCode = 1
    })
}

/** One role more, as commander collects them. */
function parsedRole(text: string, before: readonly ServeRole[] | undefined): readonly ServeRole[] {
  const role = ROLES.find((known) => known === text)
  if (role === undefined) throw new InvalidArgumentError(`Роли: ${ROLES.join(', ')}.`)
  return [...new Set([...(before ?? []), role])]
}

function preset(value: string): string {
  try {
    shapeOf(value)
    return value
  } catch {
    throw new InvalidArgumentError('нужно S, M, L или классы через запятую: 1А,5А,6А/12+6')
  }
}
