import { sqlState } from '#events/store/sql.ts'
import { BusUnavailable, StreamUnfit } from '#relay/bus.ts'
import { explainEventStore } from './explain-eventstore.ts'
import { FolderInUse } from './folder-lock.ts'

/** Something that an operator can put right. The message says what, in Russian. */
export class Obstacle extends Error {
  override readonly name = 'Obstacle'
}

const NO_SPACE = 'На диске нет места: освободите его и запустите снова.'
const NO_NATS = 'NATS не отвечает или отказал: проверьте NATS_URL, NATS_CREDS и JetStream на сервере'
const NO_DATABASE = 'База данных не отвечает: проверьте DATABASE_URL и работает ли сервер.'

/** By the code of the system, or of the network. */
const SYSTEM: Readonly<Record<string, (path: string | undefined) => string>> = {
  EACCES: (path) => `Нет права писать в ${path ?? 'папку данных'}.`,
  EPERM: (path) => `Нет права писать в ${path ?? 'папку данных'}.`,
  EROFS: (path) => `Нет права писать в ${path ?? 'папку данных'}: она только для чтения.`,
  ENOTDIR: (path) => `${path ?? 'Папка данных'}: это не папка.`,
  ENOENT: (path) => `Нет папки, в которой лежало бы ${path ?? 'нужное'}.`,
  ENOSPC: () => NO_SPACE,
  EDQUOT: () => NO_SPACE,
  EIO: () => 'Диск не читается или не пишется: проверьте его.',
  ECONNREFUSED: () => NO_DATABASE,
  ECONNRESET: () => NO_DATABASE,
  ENOTFOUND: () => NO_DATABASE,
  EAI_AGAIN: () => NO_DATABASE,
  ETIMEDOUT: () => NO_DATABASE,
  EHOSTUNREACH: () => NO_DATABASE,
  ENETUNREACH: () => NO_DATABASE,
}

/** By SQLSTATE, or by its class. */
const DATABASE: Readonly<Record<string, string>> = {
  '08': NO_DATABASE,
  '28': 'База данных не пускает: проверьте имя и пароль в DATABASE_URL.',
  '3D': 'Такой базы на сервере нет: создайте её или поправьте DATABASE_URL.',
  '42501': 'Роли базы данных не хватает прав: их выдаёт letopis migrate с DATABASE_OWNER_URL.',
  '53100': NO_SPACE,
  '53': 'Серверу базы данных не хватает места, памяти или соединений.',
  '55P03': 'Таблицу долго держит другой процесс: повторите, когда он закончит.',
  '57014': 'Запрос к базе не уложился в DATABASE_STATEMENT_SECONDS, или его прервали на сервере.',
  '57': NO_DATABASE,
}

/** The WASI number of ENOSPC, as PGlite's file system tells it. */
const WASI_ENOSPC = 51

/** SQLite keeps the lock of the data folder, and nothing else. */
const SQLITE_FULL = 13

/** What an operator can do something about, said in a sentence; null for anything else, which is a bug. */
export function explain(error: unknown): string | null {
  if (error instanceof Obstacle) return error.message
  if (error instanceof FolderInUse) {
    const who = error.pid === null ? 'другой процесс' : `процесс ${error.pid}`
    return `Папка данных занята: с ней работает ${who}. Остановите его или укажите другую в LETOPIS_DATA.`
  }
  if (error instanceof BusUnavailable || error instanceof StreamUnfit) return `${NO_NATS} (${error.message}).`
  const ofEventStore = explainEventStore(error)
  if (ofEventStore !== null) return ofEventStore
  const { name, code, path, cause, errno, errcode, message } = (error ?? {}) as Failure
  const state = sqlState(error)
  const known =
    state === null
      ? SYSTEM[code ?? '']?.(path)
      : (DATABASE[state] ?? DATABASE[state.slice(0, 2)] ?? `База данных отказала: ${message} (${state}).`)
  if (known !== undefined) return known
  if (name === 'ErrnoError' && errno === WASI_ENOSPC) return NO_SPACE
  if (code === 'ERR_SQLITE_ERROR') {
    return errcode === SQLITE_FULL
      ? NO_SPACE
      : 'В папке данных нельзя создать файл: укажите другую в LETOPIS_DATA.'
  }
  // What pg says of a server that is silent has no code.
  if (name === 'StoreUnavailable' || /timeout|Connection terminated/i.test(message ?? '')) {
    return cause === undefined ? NO_DATABASE : (explain(cause) ?? NO_DATABASE)
  }
  return cause === undefined ? null : explain(cause)
}

interface Failure {
  readonly name?: string
  readonly code?: string
  readonly path?: string
  readonly cause?: unknown
  readonly errno?: number
  readonly errcode?: number
  readonly message?: string
}

/** The same where there must be an answer: of a bug, all that is known. */
export function describe(error: unknown): string {
  return explain(error) ?? (error instanceof Error ? (error.stack ?? error.message) : JSON.stringify(error))
}
