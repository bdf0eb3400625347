import type { Command } from 'commander'
import { ENCODINGS } from '#exchange/encoding.ts'
import { LIST_NAMES } from '#exchange/lists/catalogue.ts'
import { ONEROSTER } from '#exchange/oneroster/import-bundle.ts'
import { SchoolSlug } from '#values/school.ts'
import { LocalDate } from '#values/time.ts'
import type { Caller } from '../service-client.ts'
import { config, parsed, print, UsageError } from './call.ts'

/** Whatever can be brought in and given out by name. */
const NAMES: readonly string[] = [...LIST_NAMES, ONEROSTER]

interface CallerOptions {
  readonly school: SchoolSlug
  readonly login: string
  readonly role?: string
  readonly url?: string
}

/** Lists of a school in and out, through a running service and with the rights of whoever logs in. */
export function listCommands(program: Command): void {
  const lists = program.command('lists').usage('<команда>').description('списки школы: импорт и экспорт')

  asCaller(lists.command('import'))
    .usage('[параметры] <список> <файл>')
    .description('импортировать список из файла CSV или набор OneRoster; код 3, если в файле есть ошибки')
    .argument('<список>', NAMES.join(', '))
    .argument('<файл>', 'файл CSV; для oneroster — архив ZIP')
    .option('--dry-run', 'только проверить')
    .option('--partial', 'записать строки без ошибок, даже если в других ошибки есть')
    .option('--encoding <кодировка>', `кодировка файла: ${ENCODINGS.join(', ')}`)
    .option('--json', 'отчёт в JSON')
    .action(
      async (
        list: string,
        file: string,
        options: CallerOptions & { dryRun?: true; partial?: true; encoding?: string; json?: true },
      ) => {
        const { importFile } = await import('../lists.ts')
        const type = list === ONEROSTER ? 'application/zip' : 'text/csv'
        const report = await importFile(callerOf(options), known(list), file, { ...options, type })
        print(report, options)
        if (report.errors > 0) process.exitCode = 3
      },
    )

  asCaller(lists.command('export'))
    .usage('[параметры] [список]')
    .description('выгрузить в папку список или набор OneRoster; без названия — все списки')
    .argument('[список]', NAMES.join(', '))
    .requiredOption('--to <папка>', 'куда писать')
    .option('--on <YYYY-MM-DD>', 'на какую дату; без него — сегодня', parsed(LocalDate))
    .option('--format <вид>', 'csv или json', 'csv')
    .option('--json', 'ответ в JSON')
    .action(
      async (
        list: string | undefined,
        options: CallerOptions & { to: string; on?: LocalDate; format: string; json?: true },
      ) => {
        const { format } = options
        if (format !== 'csv' && format !== 'json') throw new UsageError('--format: csv или json.')
        const { exportLists } = await import('../lists.ts')
        const name = list === undefined ? undefined : known(list)
        print(await exportLists(callerOf(options), name, options.to, { ...options, format }), options)
      },
    )
}

function asCaller(command: Command): Command {
  return command
    .requiredOption('--school <slug>', 'школа', parsed(SchoolSlug))
    .requiredOption('--login <имя>', 'имя для входа; пароль — в LETOPIS_PASSWORD')
    .option('--role <роль>', 'роль, если подходят несколько')
    .option('--url <адрес>', 'адрес службы; без него — этот компьютер')
}

function callerOf({ school, login, role, url }: CallerOptions): Caller {
  const password = process.env['LETOPIS_PASSWORD']
  if (password === undefined || password === '') {
    throw new UsageError(
      'Задайте пароль в переменной LETOPIS_PASSWORD: в командной строке его увидели бы другие.',
    )
  }
  const { host, port } = config()
  return { school, login, role, password, url: url ?? `http://${host}:${port}` }
}

function known(list: string): string {
  if (!NAMES.some((name) => name === list)) {
    throw new UsageError(`Нет списка «${list}». Есть: ${NAMES.join(', ')}.`)
  }
  return list
}
