import { Command, InvalidArgumentError } from 'commander'
import { READ_MODELS } from '#projections/catalogue.ts'
import { SchoolSlug } from '#values/school.ts'
import { Uuid } from '#values/uuid.ts'
import { BadConfig, type Config, readConfig } from './config.ts'
import { FolderInUse } from './folder-lock.ts'

const [major = 0] = process.versions.node.split('.').map(Number)
if (major < 24) {
  process.stderr.write(
    'Летописи нужен Node 24: запускайте «npm start» или «npx letopis …», они берут его из проекта.\n',
  )
  process.exit(2)
}

const program = new Command('letopis')
  .description('Летопись: электронный журнал и дневник школы на событиях')
  .version('0.1.0', '-V, --version', 'версия')
  .helpOption('-h, --help', 'эта справка')
  .helpCommand('help [команда]', 'справка о команде')
  .showHelpAfterError('(подсказка: --help)')
  .addHelpText(
    'after',
    `
Окружение:
  LETOPIS_DATA       папка данных (./data)
  LETOPIS_HOST       адрес (127.0.0.1)
  LETOPIS_PORT       порт (8080)
  LETOPIS_ZONE       часовой пояс (Asia/Tomsk)
  LETOPIS_LOG_LEVEL  подробность журнала службы (info)
  DATABASE_URL       PostgreSQL; без него — встроенная база в папке данных

Коды завершения: 0 — сделано, 1 — не получилось, 2 — неверный вызов или настройки, 3 — найдены расхождения.`,
  )

program
  .command('serve')
  .description('запустить службу')
  .option('--demo', 'в пустую установку поместить школу для знакомства', false)
  .action(async ({ demo }: { demo: boolean }) => {
    const { serve } = await import('./serve.ts')
    const served = await serve(config(), { demo })
    stopOn(['SIGINT', 'SIGTERM'], () => served.close())
  })

program
  .command('seed')
  .description('поместить школу для знакомства в пустую установку и закончить')
  .option('--json', 'ответ в JSON', false)
  .action(async (options: { json: boolean }) => {
    const { seedOnce } = await import('./operations.ts')
    print(await seedOnce(config()), options)
  })

program
  .command('rebuild')
  .description('перестроить представления из событий и сравнить с прежними')
  .argument('[model]', `какое: ${READ_MODELS.map(({ name }) => name).join(', ')}; без него — все`)
  .option('--school <slug>', 'только строки этой школы', parsed(SchoolSlug))
  .option('--json', 'отчёт в JSON', false)
  .action(async (model: string | undefined, options: { school?: SchoolSlug; json: boolean }) => {
    const { rebuildAll } = await import('./operations.ts')
    const known = READ_MODELS.filter(({ name }) => model === undefined || name === model)
    if (known.length === 0) throw new UsageError(`нет представления ${model}`)
    const report = await rebuildAll(config(), known, options.school ?? null)
    print(report, options)
    if (report.differing > 0) process.exitCode = 3
  })

program
  .command('history')
  .description('история страницы журнала или одной клетки, прямо из журнала событий')
  .requiredOption('--school <slug>', 'школа', parsed(SchoolSlug))
  .requiredOption('--page <id>', 'страница', parsed(Uuid))
  .option('--lesson <id>', 'урок', parsed(Uuid))
  .option('--pupil <id>', 'ученик', parsed(Uuid))
  .option('--json', 'в JSON', false)
  .action(async (options: { school: SchoolSlug; page: Uuid; lesson?: Uuid; pupil?: Uuid; json: boolean }) => {
    const { history } = await import('./operations.ts')
    print(await history(config(), options), options)
  })

program
  .command('doctor')
  .description('проверить, что настроено, доступно и пишется')
  .option('--json', 'в JSON', false)
  .action(async (options: { json: boolean }) => {
    const { doctor } = await import('./doctor.ts')
    const report = await doctor(config())
    print(report, options)
    if (!report.healthy) process.exitCode = 1
  })

class UsageError extends Error {}

function config(): Config {
  return readConfig(process.env)
}

/** An option that must have the form of a value; what is wrong is said in one line. */
function parsed<Value>(schema: {
  safeParse(text: string): { success: boolean; data?: Value }
}): (text: string) => Value {
  return (text) => {
    const result = schema.safeParse(text)
    if (!result.success) throw new InvalidArgumentError(`«${text}» не годится.`)
    return result.data!
  }
}

function print(
  report: { readonly lines: readonly string[]; readonly json: unknown },
  { json }: { json: boolean },
): void {
  process.stdout.write(json ? `${JSON.stringify(report.json, null, 2)}\n` : `${report.lines.join('\n')}\n`)
}

/** The first signal lets everything at hand finish; the second does not wait. */
function stopOn(signals: readonly NodeJS.Signals[], close: () => Promise<void>): void {
  let stopping = false
  const stop = (): void => {
    if (stopping) process.exit(1)
    stopping = true
    process.stderr.write('Заканчиваю начатое…\n')
    close().then(
      () => process.exit(0),
      (error: unknown) => fail(error),
    )
  }
  for (const signal of signals) process.on(signal, stop)
}

function fail(error: unknown): never {
  if (error instanceof BadConfig || error instanceof UsageError) {
    process.stderr.write(`${error.message}\n`)
    process.exit(2)
  }
  process.stderr.write(`${explain(error)}\n`)
  process.exit(1)
}

/** What an operator can do something about, said in a sentence; anything else with its stack. */
function explain(error: unknown): string {
  if (error instanceof FolderInUse) {
    return `Папка данных занята: с ней работает процесс ${error.pid}. Остановите его или укажите другую в LETOPIS_DATA.`
  }
  const { code, path, message, cause } = error as NodeJS.ErrnoException
  switch (code) {
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return `Нет права писать в ${path ?? 'папку данных'}.`
    case 'ENOTDIR':
      return `${path ?? 'Папка данных'}: это не папка.`
    case 'ENOENT':
      return `Нет папки, в которой лежало бы ${path ?? 'нужное'}.`
    case 'ENOSPC':
      return 'На диске нет места.'
    case 'EADDRINUSE':
      return 'Этот адрес и порт уже заняты: укажите другой порт в LETOPIS_PORT.'
    case 'ECONNREFUSED':
    case 'ENOTFOUND':
      return 'База данных не отвечает: проверьте DATABASE_URL.'
    default:
      if (cause !== undefined && cause !== error) return `${message}: ${explain(cause)}`
      return error instanceof Error ? (error.stack ?? error.message) : String(error)
  }
}

try {
  await program.parseAsync()
} catch (error) {
  fail(error)
}
