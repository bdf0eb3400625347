import { randomUUID } from 'node:crypto'
import type { Kysely } from 'kysely'
import { formatPosition } from '#events/store/position.ts'
import { query } from '#events/store/sql.ts'
import type { Config } from '../config.ts'
import { openPostgres } from '../database.ts'
import { bad, type Check, check, good, mind, type Verdict } from './check.ts'
import { skewVerdict } from './clock-skew.ts'
import type { Probes } from './probes.ts'

/** The oldest server whose SQL we use. */
const OLDEST = 150_000

/** How long, in seconds, the probe of the log waits for its turn. */
const TURN = 5

/** Of each kind of connection. */
const ONE = { pool: 2 }

/** A PostgreSQL server, asked for everything on which the record rests. Nothing is created. */
export async function postgresChecks(config: Config, probes: Probes, clock = Date.now): Promise<Check[]> {
  const { databaseUrl, databaseOwnerUrl, databasePool } = config
  const database = openPostgres(databaseUrl!, ONE)
  const { kysely } = database
  try {
    const server = await check('PostgreSQL', () => versionOf(kysely))
    if (server.state === 'bad') return [server]
    return [
      server,
      await check('Надёжность записи', () => durability(kysely)),
      await check('Кодировка', () => encoding(kysely)),
      await check('Часы сервера базы', async () => skewVerdict(await skewOf(kysely, clock))),
      await check('Соединения', () => connections(kysely, databasePool)),
      await check('Права роли', () => rights(kysely, databaseOwnerUrl !== undefined)),
      ...(databaseOwnerUrl === undefined
        ? []
        : [await check('Роль владельца', () => owner(databaseOwnerUrl))]),
      ...(probes.migrations === undefined ? [] : [await check('Миграции', () => probes.migrations!(kysely))]),
      // Where EventStoreDB keeps the log, its own probe looks.
      ...(config.eventStoreUrl === undefined ? [await check('Журнал событий', () => logProbe(kysely))] : []),
    ]
  } finally {
    await database.close()
  }
}

/** What of this is asked of the embedded database. */
export async function embeddedChecks(kysely: Kysely<unknown>): Promise<Check[]> {
  return [
    await check('встроенная база', () => versionOf(kysely)),
    await check('Надёжность записи', () => durability(kysely)),
    await check('Журнал событий', () => logProbe(kysely)),
  ]
}

async function versionOf(kysely: Kysely<unknown>): Promise<Verdict> {
  const [row] = await query<{ number: number; text: string; replica: boolean }>(
    kysely,
    `select current_setting('server_version_num')::int as number, version() as text, pg_is_in_recovery() as replica`,
  )
  const { number, text, replica } = row!
  const found = text.split(' on ')[0]!
  if (number < OLDEST) return bad(found, 'Нужен PostgreSQL 15 или новее: обновите сервер.')
  return replica
    ? bad(`${found}, только для чтения`, 'Это резервный сервер: укажите в DATABASE_URL ведущий.')
    : good(found)
}

async function durability(kysely: Kysely<unknown>): Promise<Verdict> {
  const names = ['fsync', 'full_page_writes', 'synchronous_commit']
  const rows = await query<{ name: string; setting: string }>(
    kysely,
    `select name, current_setting(name) as setting
     from (values ${names.map((name) => `('${name}')`).join(', ')}) as wanted (name)`,
  )
  const found = rows.map(({ name, setting }) => `${name} = ${setting}`).join(', ')
  const off = rows.filter(({ setting }) => setting === 'off').map(({ name }) => name)
  return off.length === 0
    ? good(found)
    : bad(found, `Отключение питания может потерять записи. Включите на сервере: ${off.join(', ')}.`)
}

async function encoding(kysely: Kysely<unknown>): Promise<Verdict> {
  const [row] = await query<{ encoding: string; c: boolean }>(
    kysely,
    `select pg_encoding_to_char(encoding) as encoding,
       exists (select from pg_collation where collname = 'C') as c
     from pg_database where datname = current_database()`,
  )
  const { encoding, c } = row!
  const advice = 'Создайте базу заново: create database … encoding UTF8 template template0.'
  if (encoding !== 'UTF8') return bad(encoding, advice)
  return c ? good('UTF8, порядок "C" есть') : bad('порядка "C" нет', advice)
}

/** The clock of the server less that of the machine, in milliseconds, without half of the way there and back. */
async function skewOf(kysely: Kysely<unknown>, clock: () => number): Promise<number> {
  const before = clock()
  const [row] = await query<{ at: string }>(
    kysely,
    'select extract(epoch from clock_timestamp()) * 1000 as at',
  )
  return Number(row!.at) - (before + clock()) / 2
}

async function connections(kysely: Kysely<unknown>, pool: number): Promise<Verdict> {
  const [row] = await query<{ most: number; used: number }>(
    kysely,
    `select current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int as most,
       (select count(*)::int from pg_stat_activity where backend_type = 'client backend') as used`,
  )
  const free = row!.most - row!.used
  const found = `свободно ${free} из ${row!.most}, процессу нужно до ${pool}`
  return free >= pool
    ? good(found)
    : mind(found, 'Увеличьте max_connections на сервере или уменьшите DATABASE_POOL.')
}

async function rights(kysely: Kysely<unknown>, apart: boolean): Promise<Verdict> {
  const [row] = await query<{ name: string; all: boolean; log: boolean; changes: boolean | null }>(
    kysely,
    `select rolname as name, rolsuper as all, to_regclass('log.event') is not null as log,
       has_table_privilege(to_regclass('log.event'), 'update, delete, truncate') as changes
     from pg_roles where rolname = current_user`,
  )
  const { name, all, changes } = row!
  if (!all && changes !== true) return good(`${name}: журнал событий только дополняет`)
  const found = all ? `${name} — суперпользователь` : `${name} может изменять журнал событий`
  const advice = 'Разделите роли владельца и службы: docs/runbooks/postgresql.md.'
  // One role for all is what a small school starts with; whoever has set roles apart means it.
  return apart ? bad(found, advice) : mind(found, advice)
}

async function owner(url: string): Promise<Verdict> {
  const database = openPostgres(url, ONE)
  try {
    const [row] = await query<{ name: string; may: boolean }>(
      database.kysely,
      `select current_user as name, has_database_privilege(current_database(), 'create') as may`,
    )
    return row!.may
      ? good(`${row!.name} может менять таблицы`)
      : bad(
          `${row!.name} не может создавать схемы`,
          'Дайте роли права владельца: docs/runbooks/postgresql.md.',
        )
  } finally {
    await database.close()
  }
}

/**
 * Appends to a stream of its own, reads it back and takes it back: the log is for ever, so the transaction is never
 * committed. The append takes the turn of all appends, as a real one, for as long as that takes.
 */
async function logProbe(kysely: Kysely<unknown>): Promise<Verdict> {
  const [there] = await query<{ log: boolean }>(kysely, `select to_regclass('log.event') is not null as log`)
  if (!there!.log) return good('пуст: таблицы создаст первый запуск или letopis migrate')
  const began = performance.now()
  const { commit, read } = await appendedAndTakenBack(kysely)
  const ms = Math.round(performance.now() - began)
  if (!read)
    return bad('проба записана и не прочитана', 'Журнал не отдаёт записанное: обратитесь к разработчикам.')
  const head = commit === 0n ? 'пуст' : `до позиции ${formatPosition({ commit, prepare: commit })}`
  return good(`${head}; проба записана, прочитана и отменена за ${ms} мс`)
}

/** What the transaction ends with instead of a commit. */
class TakenBack extends Error {
  readonly commit: bigint
  readonly read: boolean

  constructor(commit: bigint, read: boolean) {
    super('the probe was taken back')
    this.commit = commit
    this.read = read
  }
}

async function appendedAndTakenBack(kysely: Kysely<unknown>): Promise<TakenBack> {
  const stream = `probe.policy-${randomUUID()}`
  const probe = { n: 0, i: 0, stream, expected: '-1', id: randomUUID(), canonical: '{"probe":true}' }
  const work = kysely.transaction().execute(async (transaction): Promise<never> => {
    await query(transaction, `set local lock_timeout = '${TURN}s'`)
    const [appended] = await query<{ position: string }>(
      transaction,
      'select "position" from log.append($1::json)',
      [JSON.stringify([probe])],
    )
    const rows = await query<{ canonical: string }>(
      transaction,
      'select canonical from log.event where stream = $1',
      [stream],
    )
    throw new TakenBack(BigInt(appended!.position) - 1n, rows[0]?.canonical === probe.canonical)
  })
  return work.catch((error: unknown) => {
    if (error instanceof TakenBack) return error
    throw error
  })
}
