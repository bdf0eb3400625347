import { randomUUID } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { execute } from '#commands/execute.ts'
import { isRefusal } from '#commands/refusal.ts'
import { grantOperatorRead } from '#commands/school/grant-operator-read.ts'
import { WHOLE_SCHOOL } from '#commands/references.ts'
import { query } from '#events/store/sql.ts'
import { streamName } from '#events/stream-name.ts'
import { readConfig } from '#main/config.ts'
import { DEMO_PASSWORD, DEMO_SCHOOL, schoolOfDemo } from '#main/demo.ts'
import { catchUp, type Installation, openInstallation } from '#main/installation.ts'
import { seed } from '#main/seed.ts'
import { READ_MODELS } from '#projections/catalogue.ts'
import { LocalDate, plusMinutes, systemClock } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import { helpOf } from '#support/command-help.ts'
import { temporaryFolder } from '#support/databases.ts'
import { type Ended, processes, type Service, type Variables } from '#support/process.ts'
import { fill, noTmpfs, smallDisks } from '#support/small-disk.ts'

// Every start of a process is seconds where many tests run at once.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 })

const letopis = processes()
const root = temporaryFolder()
afterAll(() => root.remove())
const disks = smallDisks()

/** A place of its own for each test. */
const place = (): string => join(root.path, randomUUID())

const STACK = /^\s+at /m

/** It ended so, said this on standard error, and nothing of its inside. */
function expectSaid(ended: Ended, code: number, message: RegExp): void {
  expect(ended.stderr).toMatch(message)
  expect(ended.stderr).not.toMatch(STACK)
  expect(ended.stdout).not.toMatch(STACK)
  expect(ended.code).toBe(code)
}

describe('the call', () => {
  const variables = { LETOPIS_DATA: '/nowhere/at/all' }
  const COMMANDS = [
    'serve',
    'seed',
    'rebuild',
    'history',
    'school',
    'keys',
    'doctor',
    'availability',
    'maintenance',
    'backup',
    'restore',
    'export',
    'log',
  ]

  it.each([
    ...COMMANDS,
    'backup list',
    'backup verify',
    'restore drill',
    'log copy',
    'school create',
    'school agreement',
    'keys rotate-tokens',
  ])('%s explains itself in Russian', (command) => {
    const stdout = helpOf(command.split(' '))
    expect(stdout).toMatch(new RegExp(`^Вызов: letopis ${command} `))
    expect(stdout).toContain('Параметры:')
    expect(stdout).not.toMatch(/Usage|Options|Arguments|default|display|\[options\]|\[command\]/)
  })

  it('prints what it says of a command, and nothing else', async () => {
    const ended = await letopis.run(['log', 'copy', '--help'], variables)
    expect(ended).toMatchObject({ code: 0, stdout: helpOf(['log', 'copy']), stderr: '' })
  })

  it('is explained as a whole, with the environment and the exit codes', async () => {
    const { code, stdout } = await letopis.run(['--help'], variables)
    expect(code).toBe(0)
    for (const command of COMMANDS) expect(stdout).toContain(`  ${command} `)
    expect(stdout).toContain('LETOPIS_DATA')
    expect(stdout).toContain('Коды завершения')
    expect(stdout).not.toMatch(/Usage|Options|Commands|default|display|\[options\]|\[command\]/)
  })

  it('without a command is answered by the help, and is a mistake', async () => {
    expectSaid(await letopis.run([], variables), 2, /^Вызов: letopis/)
  })

  it.each([
    [['sreve'], /Неизвестная команда «sreve»/],
    [['serve', '--dmeo'], /Неизвестный параметр «--dmeo»/],
    [['serve', 'now'], /Лишние аргументы команды «serve»/],
    [['rebuild', 'diary'], /Нет представления «diary»/],
    [['rebuild', '--school', 'Школа 35'], /«--school <slug>»: «Школа 35» не годится/],
    [['rebuild', '--school'], /Не указано значение параметра «--school <slug>»/],
    [['backup', '--to', 'copies'], /Нужен ключ шифрования/],
    [['backup', 'list'], /Укажите папку копий/],
    [['backup', 'verify', 'last', '--from', 'copies'], /Неверное значение параметра «last»/],
    [['export', '--school', 'demo', '--to', 'x', '--since', '2026-13-01'], /«2026-13-01» не годится/],
    [['log', 'copy', '--from', 'data'], /Не указан обязательный параметр «--to <place>»/],
    [['availability', '--month', '2026-13'], /«--month <YYYY-MM>»: «2026-13» не годится/],
    [['maintenance', '--minutes', '30'], /Не указан обязательный параметр «--from <YYYY-MM-DDTHH:MM>»/],
    [
      ['school', 'create', '--name', 'Г', '--administrator', 'root'],
      /обязательный параметр «--school <slug>»/,
    ],
    [
      ['school', 'create', '--school', 'g1', '--name', 'Г', '--administrator', 'я'],
      /«--administrator <имя>»: «я» не годится/,
    ],
    [['restore', 'periods'], /^Не указан аргумент «папка»\n/],
    [['verify', 'package'], /^Не указан аргумент «файл или папка»\n/],
    [['verify', 'backup', '--from', 'copies', '--key-file', 'away'], /^Файл ключа away не читается/],
    [['history', '--school', 'demo'], /Не указан обязательный параметр «--page <id>»/],
    [['history', '--school', 'demo', '--page', '7'], /«--page <id>»: «7» не годится/],
  ])('%j ends with 2 and says why', async (args, why) => {
    const ended = await letopis.run(args, variables)
    expectSaid(ended, 2, why)
    expect(ended.stdout).toBe('')
  })

  it('with a wrong environment ends with 2 and names every mistake', async () => {
    const ended = await letopis.run(['doctor'], { LETOPIS_PORT: 'x', LETOPIS_ZONE: 'x' })
    expectSaid(ended, 2, /^Настройки окружения неверны:\n {2}LETOPIS_PORT: .+\n {2}LETOPIS_ZONE: .+\n$/)
  })
})

const starts = (variables: Variables): Promise<Ended> =>
  letopis.run(['serve'], { LETOPIS_PORT: '0', ...variables })

/** A data folder with a database in it that was never used: a copy, because making one takes seconds. */
const blank = place()
beforeAll(async () => {
  await inside(blank, async () => {})
})
function blankPlace(): string {
  const data = place()
  cpSync(blank, data, { recursive: true })
  return data
}

describe('a place that will not do', () => {
  it('is a data folder that is a file', async () => {
    const file = place()
    writeFileSync(file, 'mine')
    expectSaid(await starts({ LETOPIS_DATA: file }), 1, /это не папка/)
  })

  it('is a data folder in a folder that is not there', async () => {
    expectSaid(
      await starts({ LETOPIS_DATA: join(place(), 'data') }),
      1,
      /Нет папки, в которой лежало бы .+data/,
    )
  })

  it('is a data folder where nothing can be made', async () => {
    expectSaid(
      await starts({ LETOPIS_DATA: '/sys' }),
      1,
      /Нет права писать|нельзя создать файл|только для чтения/,
    )
  })

  it('is a PostgreSQL that does not answer', async () => {
    const variables = { LETOPIS_DATA: place(), DATABASE_URL: 'postgres://127.0.0.1:1/x' }
    expectSaid(await starts(variables), 1, /^База данных не отвечает/)
  })

  it('is an address that this machine does not have', async () => {
    const ended = await starts({ LETOPIS_DATA: blankPlace(), LETOPIS_HOST: '192.0.2.1' })
    expectSaid(ended, 1, /У этой машины нет адреса 192\.0\.2\.1/)
  })

  it('is a port that is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => other.once('listening', resolve))
    const { port } = other.address() as { port: number }
    const ended = await starts({ LETOPIS_DATA: blankPlace(), LETOPIS_PORT: String(port) })
    other.close()
    expectSaid(ended, 1, new RegExp(`порт ${port} уже заняты`))
  })

  it('is a folder whose key is torn', async () => {
    const data = blankPlace()
    mkdirSync(join(data, 'keys'), { recursive: true })
    writeFileSync(join(data, 'keys', 'access-token.pem'), 'torn')
    expectSaid(await starts({ LETOPIS_DATA: data }), 1, /access-token\.pem: это не ключ/)
  })
})

describe('doctor', () => {
  it('finds a new folder fit, in words and as JSON', async () => {
    const variables = { LETOPIS_DATA: place() }
    const said = await letopis.run(['doctor'], variables)
    expect(said).toMatchObject({ code: 0, stderr: '' })
    expect(said.stdout).toMatch(/✓ встроенная база: PostgreSQL \d+/)
    expect(said.stdout).toContain('✓ Журнал событий: пуст')
    expect(said.stdout).not.toContain('✗')

    const { code, stdout } = await letopis.run(['doctor', '--json'], variables)
    expect(code).toBe(0)
    const report = JSON.parse(stdout) as { healthy: boolean; checks: Array<{ what: string; state: string }> }
    expect(report.healthy).toBe(true)
    expect(report.checks.map(({ what }) => what)).toEqual([
      'Летопись',
      'Часовой пояс',
      'Папка данных',
      'Место на диске данных',
      'Ключ токенов',
      'Часы машины',
      'встроенная база',
      'Надёжность записи',
      'Журнал событий',
    ])
    expect(report.checks.every(({ state }) => state !== 'bad')).toBe(true)
  })

  it.each([
    ['a folder where nothing can be made', { LETOPIS_DATA: '/sys' }, /✗ Папка данных: Нет права писать/],
    ['a folder in none', { LETOPIS_DATA: join(root.path, 'missing', 'data') }, /✗ Папка данных: Нет папки/],
    [
      'a PostgreSQL that does not answer',
      { LETOPIS_DATA: root.path, DATABASE_URL: 'postgres://127.0.0.1:1/x' },
      /✗ PostgreSQL: База данных не отвечает/,
    ],
  ])('finds what is wrong with %s', async (_, variables, wrong) => {
    const said = await letopis.run(['doctor'], variables)
    expect(said).toMatchObject({ code: 1, stderr: '' })
    expect(said.stdout).toMatch(wrong)
    expect(said.stdout).not.toMatch(STACK)
    const { code, stdout } = await letopis.run(['doctor', '--json'], variables)
    expect(code).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({ healthy: false })
  })

  it('does not disturb a running service, and says that it runs', async () => {
    const variables = { LETOPIS_DATA: blankPlace() }
    const service = await letopis.serve(variables)
    const said = await letopis.run(['doctor'], variables)
    expect(said.code).toBe(0)
    expect(said.stdout).toContain(`✓ встроенная база: занята работающей службой (процесс ${service.pid})`)
    expect((await fetch(`${service.address}/health/ready`)).status).toBe(200)
    expect(await service.end('SIGTERM')).toMatchObject({ code: 0 })
  })
})

const DEMO = { seed: 'letopis', year: 2025, until: LocalDate.parse('2025-09-01'), done: false } as const

/** A school that has lived one day, and what it wrote that is of interest here. */
const lived = place()
const school = schoolOfDemo(DEMO)
const marks = school.life.find(({ command }) => command.name === 'record-marks')!

async function inside(data: string, work: (open: Installation) => Promise<void>): Promise<void> {
  const open = await openInstallation(
    readConfig({ LETOPIS_DATA: data }),
    systemClock,
    pino({ level: 'silent' }),
  )
  try {
    await work(open)
  } finally {
    await open.close()
  }
}

describe('on the data of a school', () => {
  const variables = { LETOPIS_DATA: lived }
  beforeAll(async () => {
    cpSync(blank, lived, { recursive: true })
    await inside(lived, async (open) => {
      await seed(open.execution, DEMO_SCHOOL, [...school.commands()], () => {})
      await catchUp(open)
    })
  }, 240_000)

  const { page, lesson } = marks.input as { page: string; lesson: string }
  const [first] = (marks.input as { marks: Array<{ pupil: string; value: number }> }).marks
  const ofPage = ['history', '--school', DEMO_SCHOOL, '--page', page]
  const ofCell = [...ofPage, '--lesson', lesson, '--pupil', first!.pupil]

  it('R-7G.5: history shows nothing before the head has let the operator look', async () => {
    for (const asked of [ofPage, ofCell, [...ofCell, '--json']]) {
      const ended = await letopis.run(asked, variables)
      expectSaid(ended, 1, /^Школа «demo» не разрешила оператору читать её сведения/)
      expect(ended.stdout).toBe('')
    }
    await inside(lived, async ({ execution }) => {
      const { account, person } = school.people.head
      const actor = { account, person, role: 'head', cred: 1 } as const
      const until = plusMinutes(systemClock(), 60)
      const input = { until, text: 'Показать историю страницы' }
      const id = randomUUID() as Uuid
      const granted = await execute(execution, grantOperatorRead, { school: DEMO_SCHOOL, actor, id, input })
      if (isRefusal(granted)) expect.fail(granted.refused)
    })
  })

  it('history tells a page from its opening, and a cell with the mark that was recorded', async () => {
    const wholePage = await letopis.run(ofPage, variables)
    expect(wholePage.code).toBe(0)
    const lines = wholePage.stdout.trimEnd().split('\n')
    expect(lines[0]).toMatch(/^0\t2025-\S+Z\tPageOpened\tteacher /)
    expect(lines.length).toBeGreaterThan(5)

    const cell = await letopis.run(ofCell, variables)
    expect(cell.code).toBe(0)
    expect(cell.stdout).toContain(
      `\tMarkRecorded\tteacher ${marks.actor.account}\t— → {"value":${first!.value}}`,
    )
  })

  it('history --json is the same for programs', async () => {
    const { code, stdout } = await letopis.run([...ofCell, '--json'], variables)
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toContainEqual(
      expect.objectContaining({
        type: 'MarkRecorded',
        account: marks.actor.account,
        command: marks.id,
        person: first!.pupil,
        after: { value: first!.value },
      }),
    )
  })

  it('history of what was never written is empty, and no mistake', async () => {
    const never = ['history', '--school', DEMO_SCHOOL, '--page', randomUUID()]
    expect(await letopis.run(never, variables)).toMatchObject({ code: 0, stdout: 'Записей нет.\n' })
    expect(await letopis.run([...never, '--json'], variables)).toMatchObject({ code: 0, stdout: '[]\n' })
  })

  it('rebuild finds all rows as they were: of all models, of one, of one school', async () => {
    const all = await letopis.run(['rebuild'], variables)
    expect(all.code).toBe(0)
    for (const { name } of READ_MODELS)
      expect(all.stdout).toMatch(new RegExp(`^${name}\\.\\S+: \\d+ строк, совпали$`, 'm'))
    const one = await letopis.run(['rebuild', 'audit-trail', '--school', DEMO_SCHOOL, '--json'], variables)
    expect(one.code).toBe(0)
    expect(JSON.parse(one.stdout)).toMatchObject([{ readModel: 'audit-trail', school: DEMO_SCHOOL }])
  })

  it('rebuild ends with 3 after a row was tampered with, says where, and puts it right', async () => {
    await inside(lived, async ({ database }) => {
      await query(
        database.kysely,
        `update audit_trail_v2.line set account = gen_random_uuid()
        where event = (select event from audit_trail_v2.line where type = 'MarkRecorded' limit 1)`,
      )
    })
    const found = await letopis.run(['rebuild', 'audit-trail'], variables)
    expect(found.code).toBe(3)
    // A row that changed stands on both sides.
    expect(found.stdout).toMatch(/^audit-trail\.line: \d+ строк, РАСХОЖДЕНИЙ 2 \(было строк: \d+\)$/m)
    expect(await letopis.run(['rebuild', 'audit-trail'], variables)).toMatchObject({ code: 0 })
  })

  it('projections status tells where each model is, ends with 3 when one has stopped and says why; resume lets it go on', async () => {
    const well = await letopis.run(['projections', 'status'], variables)
    expect(well).toMatchObject({ code: 0 })
    for (const { name } of READ_MODELS)
      expect(well.stdout).toMatch(new RegExp(`^${name} .*показывает всё$`, 'm'))
    await inside(lived, async ({ database }) => {
      const failure = {
        at: '2026-09-01T03:00:00.000Z',
        stream: 'demo.roster-main',
        revision: 7,
        type: 'ClassFormed',
        problem: 'нет такой строки',
      }
      await query(
        database.kysely,
        `update projection.checkpoint set failure = $1 where read_model = 'audit-trail'`,
        [JSON.stringify(failure)],
      )
    })
    const stopped = await letopis.run(['projections', 'status'], variables)
    expect(stopped.code).toBe(3)
    expect(stopped.stdout).toMatch(
      /ОСТАНОВЛЕНО .* на событии ClassFormed, поток demo\.roster-main, ревизия 7: нет такой строки/,
    )
    const resumed = await letopis.run(['projections', 'resume', 'audit-trail', '--json'], variables)
    expect(JSON.parse(resumed.stdout)).toEqual({ readModel: 'audit-trail', resumed: true })
    expect(await letopis.run(['projections', 'status'], variables)).toMatchObject({ code: 0 })
    expect(await letopis.run(['projections', 'resume', 'nothing'], variables)).toMatchObject({ code: 2 })
  })

  it('SIGTERM lets the requests at hand finish: what was acknowledged is there, and the end is 0', async () => {
    const service = await letopis.serve(variables)
    const { token } = await logIn(service)
    const answers: Array<{ stream: string; revision: number }> = []
    let refused = 0
    const write = async (): Promise<void> => {
      for (;;) {
        const response = await addSubject(service, token).catch(() => null)
        if (response === null) break
        if (response.status === 201) answers.push((await response.json()) as (typeof answers)[0])
        else refused = response.status
        if (answers.length === 40) void service.end('SIGTERM')
      }
    }
    await Promise.all(Array.from({ length: 8 }, write))
    const ended = await service.ended
    expect(ended).toMatchObject({ code: 0, stderr: expect.stringContaining('Заканчиваю начатое…') })
    expect([0, 503]).toContain(refused)
    await inside(lived, async ({ execution }) => {
      const revisions = new Set<number>()
      for await (const { revision } of execution.store.readStream(answers[0]!.stream as never))
        revisions.add(Number(revision))
      for (const { revision } of answers) expect(revisions).toContain(revision)
    })
  })

  it('silent prints nothing but the welcome', async () => {
    const service = await letopis.serve(variables)
    await fetch(`${service.address}/v1/nothing`)
    const { code, stdout } = await service.end('SIGTERM')
    expect(code).toBe(0)
    expect(stdout).toBe(
      `\nЛетопись работает.\n  Адрес:         ${service.address}\n  Документация:  ${service.address}/docs\n\n`,
    )
  })

  it.skipIf(noTmpfs !== null)(
    `writes on a full disk are answered with 503, and go on when there is space again${noTmpfs ?? ''}`,
    async () => {
      const disk = disks.mount(place(), 150)
      cpSync(lived, disk, { recursive: true })
      const service = await letopis.serve({ LETOPIS_DATA: disk })
      const { token } = await logIn(service)
      const kept: string[] = []
      const write = async (): Promise<Response> => {
        const name = randomUUID()
        const response = await addSubject(service, token, name)
        if (response.status === 201) kept.push(name)
        return response
      }
      expect((await write()).status).toBe(201)

      const filler = join(disk, 'filler')
      fill(filler)
      let refused = await write()
      for (let n = 0; n < 2_000 && refused.status === 201; n++) refused = await write()
      expect(refused.status).toBe(503)
      const problem = await refused.text()
      expect(JSON.parse(problem)).toMatchObject({ reason: 'unavailable' })
      expect(problem).not.toMatch(/node_modules|\\n\s+at /)
      expect((await fetch(`${service.address}/health/live`)).status).toBe(200)

      rmSync(filler)
      expect((await write()).status).toBe(201)
      const { code, stderr } = await service.end('SIGTERM')
      expect(stderr).not.toMatch(STACK)
      expect(code).toBe(0)

      await inside(disk, async ({ execution }) => {
        const stream = streamName(DEMO_SCHOOL, 'curriculum', WHOLE_SCHOOL)
        const names = new Set<unknown>()
        for await (const { data } of execution.store.readStream(stream)) names.add(data['name'])
        for (const name of kept) expect(names).toContain(name)
      })
    },
  )

  it.skipIf(noTmpfs !== null)(
    `a start on a full disk says so, and works when there is space${noTmpfs ?? ''}`,
    async () => {
      const disk = disks.mount(place(), 60)
      const filler = join(disk, 'filler')
      const [variables, port] = [{ LETOPIS_DATA: disk }, { LETOPIS_PORT: '0' }]
      fill(filler)
      expectSaid(await letopis.run(['serve'], { ...variables, ...port }), 1, /^На диске нет места/)
      rmSync(filler)
      // Enough to begin a database, and not enough to finish it.
      fill(filler, 40)
      expectSaid(await letopis.run(['serve'], { ...variables, ...port }), 1, /^На диске нет места/)
      rmSync(filler)
      const service = await letopis.serve(variables)
      expect(await service.end('SIGTERM')).toMatchObject({ code: 0 })
    },
  )

  it('serve --demo adds no school to another one, and says so', async () => {
    const service = await letopis.serve(variables, '--demo')
    await service.prints(/В установке уже есть другая школа/)
    expect(await service.end('SIGTERM')).toMatchObject({ code: 0 })
    expectSaid(await letopis.run(['seed'], variables), 1, /^В установке уже есть другая школа/)
    expect(existsSync(join(lived, 'demo.json'))).toBe(false)
  })
})

async function logIn({ address }: Service): Promise<{ token: string }> {
  const body = JSON.stringify({
    school: DEMO_SCHOOL,
    login: school.people.deputy.login,
    password: DEMO_PASSWORD,
  })
  const response = await fetch(`${address}/v1/log-in`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  })
  return (await response.json()) as { token: string }
}

/** A small write, always accepted. */
function addSubject({ address }: Service, token: string, name = randomUUID()): Promise<Response> {
  return fetch(`${address}/v1/schools/${DEMO_SCHOOL}/curriculum/add-subject`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name }),
  })
}
