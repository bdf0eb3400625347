import { testKeys } from '#support/person-keys.ts'
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { query } from '#events/store/sql.ts'
import { readConfig } from '#main/config.ts'
import type { Database } from '#main/database.ts'
import { doctor } from '#main/doctor.ts'
import { type Check, good } from '#main/doctor/check.ts'
import { skewVerdict } from '#main/doctor/clock-skew.ts'
import { embeddedChecks, postgresChecks } from '#main/doctor/database-checks.ts'
import {
  clockVerdict,
  copyVerdict,
  drillVerdict,
  machineChecks,
  spaceVerdict,
} from '#main/doctor/machine-checks.ts'
import { eventStoreVerdict, keepsCopiesAlike, mailVerdict, natsVerdict } from '#main/doctor/engine-checks.ts'
import { PROBES, type Probes } from '#main/doctor/probes.ts'
import { Obstacle } from '#main/explain.ts'
import { install } from '#main/installation.ts'
import { SCHOOL } from '#support/spec.ts'
import { systemClock } from '#values/time.ts'
import { postgresAbsence, temporaryFolder, type TestDatabase, testEngine } from '#support/databases.ts'
import { pageOpened, school } from '#support/class-7a.ts'
import { EventStoreServer } from '#support/eventstore-server/server.ts'
import { mailServer } from '#support/carriers.ts'
import { natsAbsence, natsCluster, natsServerAbsence, testStream } from '#support/nats.ts'
import { recordPast } from '#support/past-in-log.ts'
import { until } from '#support/until.ts'

const silent = { info: () => {}, warn: () => {}, error: () => {} }
const root = temporaryFolder()
afterAll(() => root.remove())

function place(): string {
  const folder = join(root.path, randomUUID())
  mkdirSync(folder)
  return folder
}

/** The checks of an installation with these settings, by name. */
async function examined(
  variables: Readonly<Record<string, string>>,
  probes: Probes = {},
): Promise<{ healthy: boolean; lines: readonly string[]; of: (what: string) => Check | undefined }> {
  const { healthy, lines, json } = await doctor(readConfig(variables), probes)
  const { checks } = json as { checks: readonly Check[] }
  return { healthy, lines, of: (what) => checks.find((check) => check.what === what) }
}

const states = (checks: readonly Check[]) =>
  Object.fromEntries(checks.map(({ what, state }) => [what, state]))
const behind = () => Promise.reject(new Obstacle('База отстала: letopis migrate.'))
const done = async () => good('все выполнены')
const events = async ({ kysely }: Database): Promise<number> => {
  const [row] = await query<{ n: number }>(kysely, 'select count(*)::int as n from log.event')
  return row!.n
}

describe('doctor on the embedded database', () => {
  const engine = testEngine('pglite')

  it('appends and reads a probe, and leaves the log as it was', async () => {
    const database = await engine.open()
    const open = await install({ ...database, close: async () => {} }, systemClock, silent, testKeys)
    await recordPast(open.execution.store, [...school, pageOpened], SCHOOL)
    const before = await events(database)
    const checks = await embeddedChecks(database.kysely)
    // In memory nothing is flushed, and the doctor notices.
    expect(states(checks)).toEqual({
      'встроенная база': 'good',
      'Надёжность записи': 'bad',
      'Журнал событий': 'good',
    })
    expect(checks[2]!.found).toMatch(
      new RegExp(`^до позиции ${before}-${before}; проба записана, прочитана и отменена за \\d+ мс$`),
    )
    expect(await events(database)).toBe(before)
    await open.close()
  })

  it('finds a log that refuses to be written to', async () => {
    const database = await engine.open()
    await (await install({ ...database, close: async () => {} }, systemClock, silent, testKeys)).close()
    await query(
      database.kysely,
      `create or replace function log.append(batch json)
       returns table (n int, actual bigint, "position" bigint) language plpgsql as $$
       begin raise exception 'no' using errcode = '53100'; end $$`,
    )
    const [, , log] = await embeddedChecks(database.kysely)
    expect(log).toMatchObject({ state: 'bad', found: expect.stringContaining('нет места') as string })
  })
})

describe.skipIf(postgresAbsence !== null)(`doctor on PostgreSQL${postgresAbsence ?? ''}`, () => {
  const engine = testEngine('postgres')
  const role = `letopis_test_${randomUUID().replaceAll('-', '')}`
  let database: TestDatabase
  let url: URL
  beforeAll(async () => {
    database = await engine.open()
    url = new URL(database.at!)
    const open = await install({ ...database, close: async () => {} }, systemClock, silent, testKeys)
    await recordPast(open.execution.store, [...school, pageOpened], SCHOOL)
    await open.close()
    for (const statement of [
      // As an operator's own, which waits for the disk.
      `alter database ${url.pathname.slice(1)} reset synchronous_commit`,
      `create role ${role} login`,
      `grant usage on schema log to ${role}`,
      `grant select on log.event to ${role}`,
      `grant execute on function log.append(json) to ${role}`,
    ])
      await query(database.kysely, statement)
  })
  afterAll(async () => {
    await query(database.kysely, `drop owned by ${role}`)
    await query(database.kysely, `drop role ${role}`)
  })

  const settings = (extra: Readonly<Record<string, string>> = {}) => ({
    LETOPIS_DATA: place(),
    DATABASE_URL: url.href,
    DATABASE_POOL: '2',
    ...extra,
  })
  const asRole = (): string => {
    const own = new URL(url)
    own.username = role
    return own.href
  }

  it('finds a good server good, and says of a superuser what should be apart', async () => {
    const before = await events(database)
    const { healthy, lines, of } = await examined(settings())
    expect(lines.filter((line) => line.startsWith('✗'))).toEqual([])
    expect(healthy).toBe(true)
    expect(of('PostgreSQL')).toMatchObject({
      state: 'good',
      found: expect.stringMatching(/^PostgreSQL \d+/) as string,
    })
    expect(of('Надёжность записи')).toMatchObject({
      state: 'good',
      found: 'fsync = on, full_page_writes = on, synchronous_commit = on',
    })
    expect(of('Права роли')).toMatchObject({
      state: 'mind',
      advice: expect.stringContaining('postgresql.md') as string,
    })
    expect(of('Журнал событий')!.found).toContain(`до позиции ${before}-${before}; проба записана`)
    expect(await events(database)).toBe(before)
  })

  it('finds a role that can only append good, beside its owner', async () => {
    const { of } = await examined(settings({ DATABASE_URL: asRole(), DATABASE_OWNER_URL: url.href }))
    expect(of('Права роли')).toMatchObject({
      state: 'good',
      found: `${role}: журнал событий только дополняет`,
    })
    expect(of('Роль владельца')).toMatchObject({ state: 'good' })
    expect(of('Журнал событий')).toMatchObject({ state: 'good' })
  })

  it('finds a role that may change the log bad, where an owner is set apart', async () => {
    await query(database.kysely, `grant delete on log.event to ${role}`)
    const { healthy, of } = await examined(settings({ DATABASE_URL: asRole(), DATABASE_OWNER_URL: url.href }))
    await query(database.kysely, `revoke delete on log.event from ${role}`)
    expect(of('Права роли')).toMatchObject({ state: 'bad', found: `${role} может изменять журнал событий` })
    expect(healthy).toBe(false)
  })

  it('finds a role that may not append, with the reason', async () => {
    await query(database.kysely, `revoke execute on function log.append(json) from ${role}`)
    const { of } = await examined(settings({ DATABASE_URL: asRole() }))
    await query(database.kysely, `grant execute on function log.append(json) to ${role}`)
    expect(of('Журнал событий')).toMatchObject({
      state: 'bad',
      found: expect.stringContaining('не хватает прав') as string,
    })
  })

  it('finds a server that acknowledges before it has written', async () => {
    await query(database.kysely, `alter role ${role} set synchronous_commit = off`)
    const { of } = await examined(settings({ DATABASE_URL: asRole() }))
    await query(database.kysely, `alter role ${role} reset synchronous_commit`)
    expect(of('Надёжность записи')).toMatchObject({
      state: 'bad',
      advice: expect.stringMatching(/Включите на сервере: synchronous_commit\.$/) as string,
    })
  })

  it('finds too few connections, and clocks that differ', async () => {
    const checks = await postgresChecks(
      readConfig(settings({ DATABASE_POOL: '200' })),
      {},
      () => Date.now() + 11_000,
    )
    expect(states(checks)).toMatchObject({ Соединения: 'mind', 'Часы сервера базы': 'bad' })
  })

  it('asks for the migrations, and passes on what is behind', async () => {
    expect((await examined(settings(), { migrations: behind })).of('Миграции')).toMatchObject({
      state: 'bad',
      found: 'База отстала: letopis migrate.',
    })
    expect((await examined(settings(), { migrations: done })).of('Миграции')).toMatchObject({ state: 'good' })
  })

  it('says of a database without tables who makes them', async () => {
    const empty = await engine.openBare()
    const { of } = await examined(settings({ DATABASE_URL: empty.at! }))
    expect(of('Журнал событий')).toMatchObject({
      state: 'good',
      found: expect.stringMatching(/^пуст/) as string,
    })
  })
})

describe('doctor on the engines of others', () => {
  const both = {
    EVENTSTORE_URL: 'esdb://es:2113',
    NATS_URL: 'nats://n:4222',
    DATABASE_URL: 'postgres://127.0.0.1:1/x',
  }

  it('has each say what it found, or what to do', async () => {
    const probes: Probes = {
      eventStore: async (url) => good(`узел ${url}`),
      nats: () => Promise.reject(new Obstacle('Включите JetStream.')),
    }
    const { of } = await examined({ LETOPIS_DATA: place(), ...both }, probes)
    expect(of('EventStoreDB')).toMatchObject({ state: 'good', found: 'узел esdb://es:2113' })
    expect(of('NATS JetStream')).toMatchObject({ state: 'bad', found: 'Включите JetStream.' })
    expect(of('PostgreSQL')).toMatchObject({
      state: 'bad',
      found: expect.stringContaining('не отвечает') as string,
    })
  })

  it('has EventStoreDB keep an event and read it, and tells a clock that is ahead', async () => {
    const server = await EventStoreServer.start()
    const told = await eventStoreVerdict(server.url)
    expect(told).toMatchObject({
      state: 'good',
      found: expect.stringMatching(/^24\.2\.0; проба записана/) as string,
    })
    server.faults.skew = 11_000
    expect(await eventStoreVerdict(server.url)).toMatchObject({
      state: 'bad',
      advice: expect.stringContaining('NTP') as string,
    })
    await server.stop()
    expect(await eventStoreVerdict(server.url, { patience: 200 })).toMatchObject({
      state: 'bad',
      advice: expect.stringContaining('EVENTSTORE_URL') as string,
    })
  })

  it.skipIf(natsAbsence !== null)(
    `has JetStream keep a message and read it${natsAbsence === null ? '' : `: ${natsAbsence}`}`,
    async () => {
      const stream = await testStream()
      expect(await natsVerdict(stream.settings)).toMatchObject({
        state: 'good',
        found: expect.stringContaining('потока ещё нет') as string,
      })
      const { stream: name, subjects } = stream.settings
      await stream.manager.streams.add({ name, subjects: [`${subjects}.>`], max_age: 3_600e9 })
      expect(await natsVerdict(stream.settings)).toMatchObject({
        state: 'mind',
        found: expect.stringContaining('max_age') as string,
      })
    },
  )

  it.for([
    ['2.9.10', false],
    ['2.10.29', false],
    ['2.11.0', true],
    ['2.12.0-RC.1', true],
    ['3.0.0', true],
    ['unknown', false],
  ] as const)('a cluster of NATS %s may be relied on: %s', ([version, relied]) => {
    expect(keepsCopiesAlike(version)).toBe(relied)
  })

  it.skipIf(natsServerAbsence !== null)(
    `minds a cluster of NATS whose copies may part${natsServerAbsence === null ? '' : `: ${natsServerAbsence}`}`,
    async () => {
      const servers = Object.values(await natsCluster()).map(({ url }) => url)
      const { settings } = await testStream(servers)
      const verdict = await until(() => natsVerdict({ ...settings, replicas: 3 }))
      const [version] = verdict.found.split(';')
      expect(verdict).toMatchObject(
        keepsCopiesAlike(version!)
          ? { state: 'good' }
          : { state: 'mind', advice: expect.stringContaining('2.11') as string },
      )
    },
  )

  it('says of a NATS that does not answer what to do', async () => {
    const { of } = await examined(
      { LETOPIS_DATA: place(), NATS_URL: 'nats://127.0.0.1:1', DATABASE_URL: 'postgres://127.0.0.1:1/x' },
      PROBES,
    )
    expect(of('NATS JetStream')).toMatchObject({
      state: 'bad',
      found: expect.stringContaining('NATS') as string,
    })
  })

  it('never takes an engine for good that it cannot ask', async () => {
    const { of } = await examined({ LETOPIS_DATA: place(), ...both })
    expect(of('EventStoreDB')).toMatchObject({ state: 'bad' })
    expect(of('NATS JetStream')).toMatchObject({ state: 'bad' })
  })
})

/** What is looked at on this machine, without a database. */
async function machine(variables: Readonly<Record<string, string>>, probes: Probes = {}) {
  const checks = await machineChecks(readConfig(variables), probes, Date.now())
  return { of: (what: string) => checks.find((check) => check.what === what) }
}

describe('doctor on keys and copies', () => {
  it('finds a key that others can read, and says how to close it', async () => {
    const data = place()
    mkdirSync(join(data, 'keys'))
    const file = join(data, 'keys', 'access-token.pem')
    writeFileSync(file, 'key', { mode: 0o600 })
    expect((await machine({ LETOPIS_DATA: data })).of('Ключ токенов')).toMatchObject({ state: 'good' })
    chmodSync(file, 0o640)
    expect((await machine({ LETOPIS_DATA: data })).of('Ключ токенов')).toEqual({
      what: 'Ключ токенов',
      state: 'bad',
      found: `${file}: права 640`,
      advice: `Ключ могут прочитать другие: chmod 600 ${file}`,
    })
  })

  it('finds copies on the disk of the data, without a key, and a key that is not there', async () => {
    const [data, folder] = [place(), place()]
    const open = await machine({ LETOPIS_DATA: data, LETOPIS_BACKUP_DIR: folder })
    expect(open.of('Папка резервных копий')).toMatchObject({ state: 'mind' })
    expect(open.of('Ключ копий')).toMatchObject({ state: 'bad' })
    const keyed = {
      LETOPIS_DATA: data,
      LETOPIS_BACKUP_DIR: folder,
      LETOPIS_BACKUP_KEY_FILE: join(folder, 'no.key'),
    }
    expect((await machine(keyed)).of('Ключ копий')).toMatchObject({ state: 'bad' })
  })

  it('finds a folder of copies in which nothing can be written', async () => {
    const link = join(root.path, randomUUID())
    symlinkSync('/proc', link)
    const { of } = await machine({ LETOPIS_DATA: place(), LETOPIS_BACKUP_DIR: link })
    expect(of('Папка резервных копий')).toMatchObject({ state: 'bad' })
  })

  it('tells the age of the last copy and of the last drill', async () => {
    const at = new Date(Date.now() - 3_600_000).toISOString()
    const copies = () => ({
      lastCopy: async () => ({ at: at as never }),
      lastDrill: async () => ({ at: at as never, passed: false }),
    })
    const { of } = await machine({ LETOPIS_DATA: place(), LETOPIS_BACKUP_DIR: place() }, { copies })
    expect(of('Последняя копия')).toMatchObject({ state: 'good', found: `${at}, 1 ч назад` })
    expect(of('Учебное восстановление')).toMatchObject({ state: 'bad', found: `${at}: не удалось` })
  })
})

describe('doctor on signatures', () => {
  it('says whether those by Russian algorithms can be checked, where certificates are taken at all', async () => {
    const data = place()
    const missing = { LETOPIS_DATA: data, LETOPIS_OPENSSL: '/nonexistent/openssl' }
    expect((await machine(missing)).of('Подписи по ГОСТ')).toBeUndefined()
    const { of } = await machine({ ...missing, LETOPIS_SIGNATURE_CA_DIR: place() })
    expect(of('Подписи по ГОСТ')).toMatchObject({
      state: 'mind',
      found: expect.stringContaining('/nonexistent/openssl их не проверяет') as string,
      advice: expect.stringContaining('docs/runbooks/page-signatures.md') as string,
    })
  })
})

describe('the bounds of a check', () => {
  const now = Date.parse('2026-11-10T12:00:00.000Z')
  const ago = (seconds: number) => new Date(now - seconds * 1_000).toISOString()
  const GIB = 1_073_741_824

  it.each([
    [5 * GIB, 'good'],
    [5 * GIB - 1, 'mind'],
    [GIB / 2, 'mind'],
    [GIB / 2 - 1, 'bad'],
  ])('%d free bytes are %s', (free, state) => expect(spaceVerdict(free, 100 * GIB).state).toBe(state))

  it.each([
    [2_000, 'good'],
    [-2_000, 'good'],
    [2_001, 'bad'],
    [-2_001, 'bad'],
  ])('a clock that differs by %d ms is %s', (skew, state) => expect(skewVerdict(skew).state).toBe(state))

  it.each([
    [26 * 3_600 - 1, 'good'],
    [26 * 3_600, 'bad'],
  ])('R-A3.4b (part): a copy %d seconds old is %s', (age, state) =>
    expect(copyVerdict(ago(age), now).state).toBe(state),
  )

  it.each([
    [32 * 86_400 - 1, true, 'good'],
    [32 * 86_400, true, 'mind'],
    [60, false, 'bad'],
  ])('a drill %d seconds ago that passed (%s) is %s', (age, passed, state) =>
    expect(drillVerdict({ at: ago(age), passed }, now).state).toBe(state),
  )

  it('no copy is bad, no drill is to be minded, and so are clocks that nobody sets', () => {
    expect(copyVerdict(null, now).state).toBe('bad')
    expect(drillVerdict(null, now).state).toBe('mind')
    expect(clockVerdict('no', 'now').state).toBe('mind')
    for (const said of ['yes', null]) expect(clockVerdict(said, 'now').state).toBe('good')
  })
})

describe('the mail server', () => {
  it('is greeted and gets nothing; one that is away is a fault that names no password', async () => {
    const server = await mailServer()
    const smtp = { url: server.url, from: 'school@example.org' }
    expect(await mailVerdict(smtp)).toMatchObject({ state: 'good' })
    await server.close()
    expect(server.mails).toEqual([])
    const away = { ...smtp, url: `smtp://school:secret@127.0.0.1:${server.port}` }
    const verdict = await mailVerdict(away)
    expect(verdict).toMatchObject({ state: 'bad' })
    expect(JSON.stringify(verdict)).not.toContain('secret')
  })
})
