import { Command, CommanderError, InvalidArgumentError } from 'commander'
import { READ_MODELS } from '#projections/catalogue.ts'
import { SchoolSlug } from '#values/school.ts'
import { Uuid } from '#values/uuid.ts'
import { BadConfig, type Config, readConfig } from './config.ts'
import { describe } from './explain.ts'

const [major = 0] = process.versions.node.split('.').map(Number)
if (major < 24) {
  process.stderr.write(
    'Летописи нужен Node 24: запускайте «npm start» или «npx letopis …», они берут его из проекта.\n',
  )
  process.exit(2)
}

const TITLES: Readonly<Record<string, string>> = {
  'Usage:': 'Вызов:',
  'Arguments:': 'Аргументы:',
  'Options:': 'Параметры:',
  'Commands:': 'Команды:',
}

const program = new Command('letopis')
  .description('Летопись: электронный журнал и дневник школы на событиях')
  .version('0.1.0', '-V, --version', 'версия')
  .helpOption('-h, --help', 'эта справка')
  .helpCommand('help [команда]', 'справка о команде')
  .usage('[параметры] <команда>')
  .configureHelp({
    styleTitle: (title) => TITLES[title] ?? title,
    subcommandTerm: (command) =>
      [command.name(), ...command.registeredArguments.map((argument) => `[${argument.name()}]`)].join(' '),
  })
  // What is wrong with a call is said in Russian, below.
  .configureOutput({ outputError: () => {} })
  .exitOverride()
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
  .usage('[параметры]')
  .description('запустить службу')
  .option('--demo', 'в пустую установку поместить школу для знакомства')
  .action(async ({ demo }: { demo?: true }) => {
    const { serve } = await import('./serve.ts')
    const served = await serve(config(), { demo: demo === true })
    stopOn(['SIGINT', 'SIGTERM'], () => served.close())
    // Only now: who reads that it runs may stop it at once.
    process.stdout.write(served.welcome)
  })

program
  .command('seed')
  .usage('[параметры]')
  .description('поместить школу для знакомства в пустую установку и закончить')
  .option('--json', 'ответ в JSON')
  .action(async (options: { json?: true }) => {
    const { seedOnce } = await import('./operations.ts')
    print(await seedOnce(config()), options)
  })

program
  .command('rebuild')
  .usage('[параметры] [представление]')
  .description('перестроить представления из событий и сравнить с прежними')
  .argument('[представление]', `какое: ${READ_MODELS.map(({ name }) => name).join(', ')}; без него — все`)
  .option('--school <slug>', 'только строки этой школы', parsed(SchoolSlug))
  .option('--json', 'отчёт в JSON')
  .action(async (model: string | undefined, options: { school?: SchoolSlug; json?: true }) => {
    const { rebuildAll } = await import('./operations.ts')
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
    const { history } = await import('./operations.ts')
    print(await history(config(), options), options)
  })

program
  .command('doctor')
  .usage('[параметры]')
  .description('проверить, что настроено, доступно и пишется')
  .option('--json', 'в JSON')
  .action(async (options: { json?: true }) => {
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
  { json }: { json?: true },
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

/** What commander finds wrong with a call, by its code; the names that it quotes are kept. */
const MISTAKES: Readonly<Record<string, string>> = {
  'commander.unknownCommand': 'Неизвестная команда',
  'commander.unknownOption': 'Неизвестный параметр',
  'commander.excessArguments': 'Лишние аргументы команды',
  'commander.optionMissingArgument': 'Не указано значение параметра',
  'commander.missingMandatoryOptionValue': 'Не указан обязательный параметр',
  'commander.invalidArgument': 'Неверное значение параметра',
}

function mistakeOf({ code, message }: CommanderError): string {
  const [, name] = /'([^']*)'/.exec(message) ?? []
  const [, why] = / is invalid\. (.*)$/.exec(message) ?? []
  const said = MISTAKES[code] ?? message
  return [name === undefined ? said : `${said} «${name}»`, why]
    .filter((part) => part !== undefined)
    .join(': ')
}

function fail(error: unknown): never {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) process.exit(0)
    // A call without a command is answered by the help, which commander has printed.
    if (error.code !== 'commander.help') process.stderr.write(`${mistakeOf(error)}\n(подсказка: --help)\n`)
    process.exit(2)
  }
  if (error instanceof BadConfig || error instanceof UsageError) {
    process.stderr.write(`${error.message}\n`)
    process.exit(2)
  }
  process.stderr.write(`${describe(error)}\n`)
  process.exit(1)
}

try {
  await program.parseAsync()
} catch (error) {
  fail(error)
}
