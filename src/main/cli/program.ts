import { Command } from 'commander'
import { VERSION } from '../software.ts'
import { availabilityCommands } from './availability.ts'
import { databaseCommands } from './database.ts'
import { backupCommands } from './backup.ts'
import { keysCommands } from './keys.ts'
import { listCommands } from './lists.ts'
import { logCommands } from './log.ts'
import { projectionsCommands } from './projections.ts'
import { relayCommands } from './relay.ts'
import { schoolCommands } from './school.ts'
import { supportCommands } from './support.ts'
import { serviceCommands } from './service.ts'
import { verifyCommands } from './verify.ts'
import { witnessCommands } from './witness.ts'
import { fail } from './failure.ts'

const TITLES: Readonly<Record<string, string>> = {
  'Usage:': 'Вызов:',
  'Arguments:': 'Аргументы:',
  'Options:': 'Параметры:',
  'Commands:': 'Команды:',
}

/** The whole command line: what there is to call, and how it explains itself. */
export function newProgram(): Command {
  const program = new Command('letopis')
    .description('Летопись: электронный журнал и дневник школы на событиях')
    .version(VERSION, '-V, --version', 'версия')
    .helpOption('-h, --help', 'эта справка')
    .helpCommand('help [команда]', 'справка о команде')
    .usage('[параметры] <команда>')
    // Options belong to the command that they follow: `backup` has some, and so has `backup verify`.
    .enablePositionalOptions()
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
  LETOPIS_DATA                папка данных (./data)
  LETOPIS_HOST                адрес (127.0.0.1)
  LETOPIS_PORT                порт (8080)
  LETOPIS_ZONE                часовой пояс (Asia/Tomsk)
  LETOPIS_LOG_LEVEL           подробность журнала службы (info)
  DATABASE_URL                PostgreSQL; без него — встроенная база в папке данных
  DATABASE_OWNER_URL          та же база с правами владельца: для letopis migrate
  DATABASE_POOL               соединений с базой на процесс (10)
  DATABASE_STATEMENT_SECONDS  сколько секунд может идти один запрос к базе (30)
  EVENTSTORE_URL              EventStoreDB; без него журнал событий — в базе данных
  NATS_URL                    NATS JetStream, куда передаются события; NATS_CREDS — файл учётных данных
  NATS_REPLICAS               на скольких серверах NATS хранится поток (1)
  LETOPIS_BACKUP_DIR          папка резервных копий; с ней служба копирует сама раз в сутки
  LETOPIS_BACKUP_AT           время копирования (02:30), LETOPIS_BACKUP_DAYS — сколько дней хранить (30)
  LETOPIS_BACKUP_KEY_FILE     файл ключа, которым копии шифруются
  LETOPIS_CHECK_AT            время ежедневной сверки записей и представлений (03:30),
                              LETOPIS_CHECK_RECORDS — сколько записей на ночь (2000000)
  LETOPIS_PASSWORD            пароль для letopis lists; служба его не читает
  LETOPIS_OIDC_ISSUER         внешний издатель OpenID Connect для входа; без него — только вход по паролю
  LETOPIS_OIDC_CLIENT_ID      имя клиента у издателя; LETOPIS_OIDC_CLIENT_SECRET_FILE — файл его секрета
  LETOPIS_OIDC_REDIRECT_URL   страница, на которую издатель возвращает браузер
  LETOPIS_OIDC_CLAIM          признак, по которому находят учётную запись (sub)
  LETOPIS_SIGNATURE_CA_DIR    папка сертификатов удостоверяющих центров, чьим подписям страниц доверяют; без неё
                              страницы подписывают только паролем
  LETOPIS_OPENSSL             программа, которая проверяет подписи по ГОСТ (openssl); нужен её модуль gost
  LETOPIS_READS_DAYS          сколько дней хранить, кто читал сведения об обучающихся (1095)
  LETOPIS_SEAL_DIR            папка ключа печати журнала (letopis keys new); без неё журнал не запечатывается
  LETOPIS_WITNESSES_FILE      файл свидетелей, которых просят подписать печать (JSON)
  OTEL_EXPORTER_OTLP_ENDPOINT куда отправлять трассы (OTLP); без него — никуда

Коды завершения: 0 — сделано, 1 — не получилось, 2 — неверный вызов или настройки, 3 — найдены расхождения.
У letopis verify свои: их называет его справка.`,
    )

  serviceCommands(program, fail)
  keysCommands(program)
  schoolCommands(program)
  supportCommands(program)
  databaseCommands(program)
  projectionsCommands(program)
  backupCommands(program)
  logCommands(program)
  verifyCommands(program)
  witnessCommands(program, fail)
  availabilityCommands(program)
  relayCommands(program)
  listCommands(program)
  return program
}
