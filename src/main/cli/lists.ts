import type { Command } from 'commander'
import { ENCODINGS } from '#exchange/encoding.ts'
import { IMPORT_NAMES, LIST_NAMES } from '#exchange/lists/catalogue.ts'
import { ONEROSTER } from '#exchange/oneroster/import-bundle.ts'
import { SchoolSlug } from '#values/school.ts'
import { LocalDate } from '#values/time.ts'
import type { Caller } from '../service-client.ts'
import { config, parsed, print, UsageError } from './call.ts'

/** Whatever can be brought in, and what given out, by name. */
const BROUGHT: readonly string[] = [...IMPORT_NAMES, ONEROSTER]
const GIVEN: readonly string[] = [...LIST_NAMES, ONEROSTER]

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
    .argument('<список>', BROUGHT.join(', '))
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
        const report = await importFile(callerOf(options), known(list, BROUGHT), file, { ...options, type })
        print(report, options)
        if (report.errors > 0) process.exitCode = 3
      },
    )

  asCaller(lists.command('extract'))
    .usage('[параметры] <пакет>')
    .description(
      'принять выписку прибывшего из другой установки: проверить, показать и зачесть итоговые отметки; код 3, если есть ошибки',
    )
    .argument('<пакет>', 'пакет выписки, файл ZIP или распакованная папка')
    .requiredOption('--trust <файл>', 'кому верят, как у letopis verify: ключ печати той школы')
    .requiredOption('--pupil <номер>', 'номер личного дела или код обучающегося в этой школе')
    .option('--subject <название=код>', 'предмет, который там называют иначе; можно повторять', paired, [])
    .option('--period <там=здесь>', 'период, который там называют иначе; можно повторять', paired, [])
    .option('--dry-run', 'только проверить и показать')
    .option('--partial', 'зачесть то, в чём нет ошибок')
    .option('--json', 'отчёт в JSON')
    .action(async (path: string, options: CallerOptions & ExtractCall) => {
      const [{ importExtract }, { trustOf }] = [
        await import('../extract-import.ts'),
        await import('../verifying.ts'),
      ]
      const asked = { ...options, subjects: new Map(options.subject), periods: new Map(options.period) }
      const trust = trustOf({ trust: options.trust })
      const report = await importExtract(callerOf(options), path, trust, asked)
      print(report, options)
      if (report.errors > 0) process.exitCode = 3
    })

  asCaller(lists.command('export'))
    .usage('[параметры] [список]')
    .description('выгрузить в папку список или набор OneRoster; без названия — все списки')
    .argument('[список]', GIVEN.join(', '))
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
        const name = list === undefined ? undefined : known(list, GIVEN)
        print(await exportLists(callerOf(options), name, options.to, { ...options, format }), options)
      },
    )
}

type Pair = readonly [string, string]

interface ExtractCall {
  readonly trust: string
  readonly pupil: string
  readonly subject: readonly Pair[]
  readonly period: readonly Pair[]
  readonly dryRun?: true
  readonly partial?: true
  readonly json?: true
}

/** `there=here`, once more with each time that the option is said. */
function paired(text: string, before: readonly Pair[]): readonly Pair[] {
  const at = text.lastIndexOf('=')
  if (at <= 0 || at === text.length - 1) throw new UsageError(`«${text}» не годится: нужно «там=здесь».`)
  return [...before, [text.slice(0, at), text.slice(at + 1)]]
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

function known(list: string, names: readonly string[]): string {
  if (!names.includes(list)) {
    throw new UsageError(`Нет списка «${list}». Есть: ${names.join(', ')}.`)
  }
  return list
}
