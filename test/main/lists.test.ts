import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { LIST_NAMES } from '#exchange/lists/catalogue.ts'
import { streamName } from '#events/stream-name.ts'
import { type Api, openApi, PASSWORD } from '#support/api.ts'
import { temporaryFolder, testEngine } from '#support/databases.ts'
import { type Ended, processes } from '#support/process.ts'
import { SCHOOL } from '#support/spec.ts'

vi.setConfig({ testTimeout: 120_000 })

const engine = testEngine('pglite')
const letopis = processes()
const folder = temporaryFolder()
let api: Api
let url: string
beforeAll(async () => {
  api = await openApi(engine, { people: ['deputy', 'administrator'] })
  url = await api.app.listen({ port: 0, host: '127.0.0.1' })
})
afterAll(async () => {
  await api.close()
  folder.remove()
})

const lists = (login: string, ...args: string[]): Promise<Ended> =>
  letopis.run(['lists', ...args, '--school', SCHOOL, '--login', login, '--url', url], {
    LETOPIS_PASSWORD: PASSWORD,
  })

function file(name: string, ...lines: string[]): string {
  const path = join(folder.path, name)
  writeFileSync(path, lines.join('\n'))
  return path
}

const said = async (ended: Promise<Ended>, code: number, message: RegExp) => {
  const { stderr, code: found } = await ended
  expect({ stderr, found }).toEqual({ stderr: expect.stringMatching(message) as string, found: code })
}

const HEADER = 'externalId,family,given,from'

describe('letopis lists', () => {
  it('imports a file through the service, and says what became of its rows', async () => {
    const good = file('staff.csv', HEADER, 'с-1,Яров,Лев,2026-08-20', 'с-2,Ярова,Ева,2026-08-20')
    const dry = await lists('deputy', 'import', 'staff', good, '--dry-run')
    expect(dry).toMatchObject({
      code: 0,
      stdout: 'Строк: 2, записано 2.\nЭто была проверка: ничего не записано.\n',
    })
    const real = await lists('deputy', 'import', 'staff', good)
    expect(real).toMatchObject({ code: 0, stdout: 'Строк: 2, записано 2.\n' })
    const again = await lists('deputy', 'import', 'staff', good)
    expect(again).toMatchObject({ code: 0, stdout: 'Строк: 2, уже было 2.\nНичего не записано.\n' })
    const roster = await api.events(streamName(SCHOOL, 'roster', 'main'))
    expect(roster.slice(-2).map(({ type }) => type)).toEqual(['StaffHired', 'StaffHired'])
    expect(roster.at(-3)?.type).not.toBe('StaffHired')
  })

  it('names the errors by line and column, with exit code 3, and takes the rest on request', async () => {
    const half = file('half.csv', HEADER, 'с-3,Зуев,Лев,2026-08-20', 'с-4,,Ева,2026-08-20')
    const refused = await lists('deputy', 'import', 'staff', half)
    expect(refused).toMatchObject({
      code: 3,
      stdout:
        'строка 3, столбец 2 «family»: ячейка не заполнена\nСтрок: 2, записано 1, отклонено 1.\nНичего не записано.\n',
    })
    const partly = await lists('deputy', 'import', 'staff', half, '--partial', '--json')
    expect(partly.code).toBe(3)
    expect(JSON.parse(partly.stdout)).toMatchObject({
      state: 'finished',
      report: { recorded: true, counts: { created: 1, refused: 1 } },
    })
  })

  it('says in one line what is wrong with a file, a call, or a log-in', async () => {
    const other = file('other.csv', `${HEADER},Оклад`, 'с-5,Зуев,Лев,2026-08-20,1')
    await said(
      lists('deputy', 'import', 'staff', other),
      1,
      /^В этом списке нет такого столбца\. \(.*столбец: 5; заголовок: Оклад/,
    )
    await said(
      lists('deputy', 'import', 'staff', join(folder.path, 'no.csv')),
      1,
      /^Файл .*no\.csv не читается\.\n$/,
    )
    await said(lists('deputy', 'import', 'nothing', other), 2, /^Нет списка «nothing»\. Есть: subjects, /)
    await said(lists('nobody', 'import', 'staff', other), 1, /^Неверное имя или пароль\./)
    await said(lists('deputy', 'import', 'accounts', other), 1, /^Ваша роль не даёт права на это действие\./)
    const call = ['lists', 'import', 'staff', other, '--school', SCHOOL, '--login', 'deputy']
    await said(letopis.run(call, {}), 2, /^Задайте пароль в переменной LETOPIS_PASSWORD/)
    const nobody = { LETOPIS_PASSWORD: PASSWORD, LETOPIS_PORT: '1' }
    await said(letopis.run(call, nobody), 1, /^Служба по адресу http:\/\/127\.0\.0\.1:1 не отвечает/)
  })

  it('takes a school out as a bundle of OneRoster, and brings it in', async () => {
    await api.shown()
    const to = join(folder.path, 'bundle')
    const out = await lists('administrator', 'export', 'oneroster', '--to', to, '--on', '2026-11-09')
    const zip = join(to, 'oneroster.zip')
    expect(out).toMatchObject({ code: 0, stdout: `${zip}\n` })
    const broken = file('broken.zip', 'no archive')
    expect(await lists('deputy', 'import', 'oneroster', broken)).toMatchObject({
      code: 1,
      stderr: 'Файл — не архив ZIP, или он повреждён.\n',
    })
    // The people of this school have no names: what was exported says so, line by line.
    const said = await lists('deputy', 'import', 'oneroster', zip, '--dry-run')
    expect(said.code).toBe(3)
    expect(said.stdout).toMatch(/^users\.csv, строка 2, столбец \d+ «givenName»: ячейка не заполнена\n/)
  })

  it('exports every list into a folder, and one on its own', async () => {
    await api.shown()
    const to = join(folder.path, 'out')
    const all = await lists('administrator', 'export', '--to', to, '--on', '2026-11-09')
    expect(all).toMatchObject({ code: 0, stderr: '' })
    for (const name of LIST_NAMES) expect(existsSync(join(to, `${name}.csv`)), name).toBe(true)
    const staff = readFileSync(join(to, 'staff.csv'), 'utf8')
    expect(staff).toMatch(/^\uFEFFТабельный номер;Фамилия;Имя;Отчество;Работает с\r\n/)
    expect(staff).toMatch(/;Яров;Лев;;2026-08-20\r\n/)
    const one = await lists('administrator', 'export', 'subjects', '--to', to, '--format', 'json')
    expect(one.stdout).toBe(`${join(to, 'subjects.json')}\n`)
    expect(JSON.parse(readFileSync(join(to, 'subjects.json'), 'utf8'))).toMatchObject({
      list: 'subjects',
      year: 2026,
    })
  })
})
