import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { idOf } from '#exchange/ids.ts'
import { streamName } from '#events/stream-name.ts'
import { type Answer, type Api, type Client, commandId, expectProblem, openApi } from '#support/api.ts'
import { ANNA, CLASS_7A, CLASS_7B, id, YEAR } from '#support/class-7a.ts'
import { testEngine } from '#support/databases.ts'
import { SCHOOL } from '#support/spec.ts'

interface Shown {
  readonly import: string
  readonly state: string
  readonly report: {
    readonly recorded: boolean
    readonly counts: Readonly<Record<string, number>>
    readonly rows: ReadonlyArray<{ line: number; outcome: string }>
    readonly errors: ReadonlyArray<{
      line: number
      column: number | null
      heading: string | null
      problem: string
      message: string
    }>
    readonly errorsLeftOff: number
  }
}

const engine = testEngine('pglite')
const roster = streamName(SCHOOL, 'roster', 'main')
let api: Api
let deputy: Client
beforeAll(async () => {
  api = await openApi(engine, {
    people: ['deputy', 'administrator', 'head', 'mathematician', 'head-and-deputy'],
  })
  deputy = await api.as('deputy')
})
afterAll(() => api.close())

const file = (...lines: string[]): string => lines.join('\r\n')
const CSV = { 'content-type': 'text/csv' }
const bring = (
  what: string,
  body: string | Buffer,
  headers: Record<string, string> = {},
  client: Client = deputy,
): Promise<Answer<Shown>> => client.post<Shown>(`imports/${what}`, body, { ...CSV, ...headers })

/** The same for thousands of rows: what is still running when it is answered is followed to its end. */
async function bringMany(what: string, body: string): Promise<Answer<Shown>> {
  const answer = await bring(what, body)
  if (answer.status !== 202) return answer
  const where = answer.headers['location']!
  await expect
    .poll(async () => (await deputy.get<Shown>(where)).body.state, { timeout: 120_000 })
    .not.toBe('running')
  return deputy.get<Shown>(where)
}

/** What an answer found: of a refused import it stands in the facts. */
const found = (answer: Answer<unknown>): Shown =>
  answer.status === 200 ? (answer.body as Shown) : (answer.body as { facts: Shown }).facts

const windows1251 = (text: string): Buffer =>
  Buffer.from(
    Array.from(text, (letter) => {
      const code = letter.codePointAt(0)!
      if (letter === 'Ё') return 0xa8
      if (letter === 'ё') return 0xb8
      return code < 0x80 ? code : code - 0x410 + 0xc0
    }),
  )

const STAFF = 'Табельный номер;Фамилия;Имя;Отчество;Работает с'
const PUPILS = 'Номер личного дела;Фамилия;Имя;Отчество;Зачислен с;Номер приказа;Дата приказа'
let before: number
beforeEach(async () => {
  before = (await api.events(roster)).length
})
const added = async () => (await api.events(roster)).slice(before)

describe('a list that is imported', () => {
  it('R-7G.1: becomes the commands of its rows: names beside the log, the id of the import in every event', async () => {
    const answer = await bring(
      'pupils',
      file(PUPILS, 'п-1;Ёлкина;Анна;Сергеевна;2026-09-01;12-у;30.08.2026', 'п-2;Носов;Ян;;01.09.2026;;'),
      { 'idempotency-key': commandId('import pupils') },
    )
    expect(answer.status).toBe(200)
    expect(found(answer)).toMatchObject({
      import: commandId('import pupils'),
      state: 'finished',
      report: {
        recorded: true,
        counts: { rows: 2, created: 2, changed: 0, there: 0, partly: 0, refused: 0 },
        rows: [
          { line: 2, outcome: 'created' },
          { line: 3, outcome: 'created' },
        ],
        errors: [],
      },
    })
    const events = await added()
    const [anna, jan] = [idOf(SCHOOL, 'pupil', 'п-1'), idOf(SCHOOL, 'pupil', 'п-2')]
    expect(events.map(({ type, data }) => [type, data])).toEqual([
      ['PupilEnrolled', { pupil: anna, from: '2026-09-01', order: { number: '12-у', date: '2026-08-30' } }],
      ['PupilEnrolled', { pupil: jan, from: '2026-09-01', order: null }],
    ])
    for (const { meta, canonical } of events) {
      expect(meta['corr']).toBe(commandId('import pupils'))
      expect(canonical).not.toMatch(/Ёлкин|Носов/)
    }
    await api.shown()
    const { body } = await deputy.get<{ people: Array<{ person: string; name: string }> }>('people/pupils')
    expect(body.people.find(({ person }) => person === anna)?.name).toBe('Ёлкина Анна Сергеевна')
    expect(body.people.find(({ person }) => person === jan)?.name).toBe('Носов Ян')
  })

  it('is found again by its id, and the file that is sent again with it is answered alike', async () => {
    const body = file(PUPILS, 'п-3;Котов;Лев;;2026-09-01;;')
    const headers = { 'idempotency-key': commandId('import again') }
    const first = await bring('pupils', body, headers)
    const again = await bring('pupils', body, headers)
    expect(again.body).toEqual(first.body)
    expect(await added()).toHaveLength(1)
    expect((await deputy.get(`imports/pupils/${first.body.import}`)).body).toEqual(first.body)
    expectProblem(await bring('pupils', `${body}\r\n`, headers), 'command-id-reused')
    expectProblem(await deputy.get(`imports/pupils/${commandId('no import')}`), 'import-unknown')
  })

  it('is told of at once where nobody waits, and is carried out all the same', async () => {
    const body = file(PUPILS, 'п-4;Ершов;Пётр;;2026-09-01;;')
    const answer = await bring('pupils', body, { prefer: 'respond-async' })
    expect(answer).toMatchObject({ status: 202, body: { state: 'running', report: null } })
    const where = answer.headers['location']!
    await expect.poll(async () => (await deputy.get<Shown>(where)).body.state).toBe('finished')
    expect(await added()).toHaveLength(1)
  })

  it('records nothing the second time, and says so of each row; what differs is refused, not passed over', async () => {
    const rows = ['с-1;Громов;Олег;Ильич;2026-08-20', 'с-2;Белова;Ида;;2026-08-20']
    expect(found(await bring('staff', file(STAFF, ...rows))).report.counts).toMatchObject({ created: 2 })
    before = (await api.events(roster)).length
    const again = found(await bring('staff', file(STAFF, ...rows)))
    expect(again.report).toMatchObject({ recorded: false, counts: { rows: 2, created: 0, there: 2 } })
    const changed = await bring(
      'staff',
      file(STAFF, 'с-1;Громова;Олег;Ильич;2026-08-20', 'с-2;Белова;Ида;;2026-09-01'),
    )
    expectProblem(changed, 'import-refused')
    expect(found(changed).report.errors).toMatchObject([
      { line: 2, column: 2, heading: 'Фамилия', problem: 'row-differs' },
      {
        line: 3,
        column: 5,
        heading: 'Работает с',
        problem: 'row-differs',
        facts: { recorded: '2026-08-20' },
      },
    ])
    expect(await added()).toEqual([])
  })

  it('is checked by a dry run in the same way, and nothing is recorded: neither events nor names', async () => {
    const body = file(
      STAFF,
      'с-9;Тихая;Зоя;;2026-08-20',
      'с-9;Тихая;Зоя;;2026-08-20',
      'с-10;;Зоя;;31.02.2026',
    )
    const answer = await bring('staff?dryRun', body)
    expect(answer).toMatchObject({ status: 200, body: { state: 'finished' } })
    expect(answer.body.report).toMatchObject({
      dryRun: true,
      recorded: false,
      counts: { rows: 3, created: 1, refused: 2 },
      errors: [
        { line: 3, column: null, problem: 'row-repeated', facts: { line: 2 } },
        { line: 4, column: 2, heading: 'Фамилия', problem: 'cell-empty' },
        { line: 4, column: 5, heading: 'Работает с', problem: 'cell-invalid' },
      ],
    })
    expect(await added()).toEqual([])
    const person = idOf(SCHOOL, 'staff', 'с-9')
    expect(await api.installation.persons.names(SCHOOL, [person])).toEqual(new Map())
  })

  it('sets up a school: subjects, staff, pupils, classes with their teachers, and who is in them', async () => {
    const lists: Array<[string, string]> = [
      [
        'subjects',
        file('externalId,name,component', 'bio,Биология,федеральный', 'tom,"Томск, родной край",school'),
      ],
      ['staff', file(STAFF, 'с-20;Лунёва;Вера;;2026-08-20')],
      ['pupils', file(PUPILS, 'п-20;Орлов;Глеб;;2026-09-01;;', 'п-21;Орлова;Яна;;2026-09-01;;')],
      [
        'classes',
        file(
          'Код класса;Учебный год;Параллель;Класс;Классный руководитель;Руководит с',
          `к-8А;${YEAR};8;8А;с-20;2026-09-01`,
          `к-8Б;${YEAR};8;8Б;;`,
        ),
      ],
      [
        'class-members',
        file('Код класса;Номер личного дела;В классе с', 'к-8А;п-20;2026-09-01', 'к-8Б;п-21;2026-09-01'),
      ],
    ]
    for (const [name, body] of lists) {
      const { report } = found(await bring(name, body))
      expect({ name, ...report }).toMatchObject({ name, recorded: true, counts: { refused: 0 }, errors: [] })
      // The same file once more changes nothing: not even in a dry run.
      const again = found(await bring(`${name}?dryRun=true`, body))
      expect({ name, ...again.report.counts }).toMatchObject({ name, there: report.counts['rows'] })
    }
    await api.shown()
    const unit = idOf(SCHOOL, 'class', 'к-8А')
    const { body } = await deputy.get<object>(`units/${unit}/members?on=2026-09-10`)
    expect(body).toMatchObject({ name: '8А', members: [{ name: 'Орлов Глеб' }] })
  })
})

describe('a file with mistakes', () => {
  it('R-7G.1: of 5,000 rows with one bad one changes nothing, and says where; a part of it comes in on request', async () => {
    const good = Array.from({ length: 5_000 }, (_, i) => `м-${i};Новиков;Ким;;2026-09-01;;`)
    const rows = good.with(3_210, 'м-3210;Новиков;;;2026-09-01;;')
    const refused = await bring('pupils', file(PUPILS, ...rows))
    expectProblem(refused, 'import-refused')
    expect(found(refused).report).toMatchObject({
      recorded: false,
      counts: { rows: 5_000, created: 4_999, refused: 1 },
      errors: [
        { line: 3_212, column: 3, heading: 'Имя', problem: 'cell-empty', message: 'ячейка не заполнена' },
      ],
    })
    expect(await added()).toEqual([])
    const partly = found(await bringMany('pupils?partial', file(PUPILS, ...rows)))
    expect(partly).toMatchObject({
      state: 'finished',
      report: { recorded: true, counts: { created: 4_999, refused: 1 } },
    })
    expect(await added()).toHaveLength(4_999)
    const whole = found(await bringMany('pupils', file(PUPILS, ...good)))
    expect(whole.report.counts).toMatchObject({ created: 1, there: 4_999 })
    expect(await added()).toHaveLength(5_000)
  }, 240_000)

  it('puts no pupil into two classes on one day, whether the first stands in the school or in the file', async () => {
    const header = 'Код класса;Номер личного дела;В классе с'
    await bring('pupils', file(PUPILS, 'п-30;Дымов;Тит;;2026-09-01;;'))
    before = (await api.events(roster)).length
    const inFile = await bring(
      'class-members',
      file(header, `${CLASS_7A};п-30;2026-09-01`, `${CLASS_7B};п-30;2026-09-01`),
    )
    expectProblem(inFile, 'import-refused')
    expect(found(inFile).report.errors).toMatchObject([
      {
        line: 3,
        column: 2,
        heading: 'Номер личного дела',
        problem: 'pupil-in-class',
        facts: { class: CLASS_7A },
      },
    ])
    const inSchool = await bring('class-members', file(header, `${CLASS_7B};${ANNA};2026-09-01`))
    expect(found(inSchool).report.errors).toMatchObject([
      { line: 2, problem: 'pupil-in-class', message: 'Обучающийся в этот день уже числится в классе.' },
    ])
    expect(await added()).toEqual([])
  })

  it('hires nobody twice, however many imports name the person', async () => {
    const body = file(STAFF, 'с-40;Зимин;Юрий;;2026-08-20')
    // Of two at once one is told to wait; whoever comes after finds the person.
    const both = await Promise.all([bring('staff', body), bring('staff', body)])
    const again = await bring('staff', body)
    expect(again.body.report.counts).toMatchObject({ there: 1 })
    const outcomes = both.map((answer) =>
      answer.status === 200 ? found(answer).report.counts : answer.status,
    )
    expect(outcomes).toContainEqual(expect.objectContaining({ created: 1 }))
    expect((await added()).filter(({ type }) => type === 'StaffHired')).toHaveLength(1)
  })

  it('names what is unknown in the column that names it', async () => {
    const answer = await bring(
      'classes?dryRun',
      file(
        'externalId;year;grade;name;teacher;teacherFrom',
        `к-1;${YEAR};5;5А;${id('staff/nobody')};2026-09-01`,
        `к-2;${YEAR + 1};5;5А;;`,
        `к-3;${YEAR};13;5Б;;`,
        `к-4;${YEAR};7;7а;;`,
      ),
    )
    expect(answer.body.report.errors).toMatchObject([
      { line: 2, column: 5, problem: 'staff-unknown' },
      { line: 3, column: 2, problem: 'school-year-unknown' },
      { line: 4, column: 3, problem: 'cell-invalid' },
      { line: 5, column: 4, problem: 'class-exists' },
    ])
    // The class itself would stand without its teacher.
    expect(answer.body.report.rows[0]).toMatchObject({ line: 2, outcome: 'partly' })
  })

  it('that is no list is refused as a whole, with what is wrong with it', async () => {
    const row = 'с-50;Щукина;Алёна;;2026-08-20'
    const cases: Array<[string | Buffer, Parameters<typeof expectProblem>[1], object]> = [
      ['', 'csv-empty', {}],
      ['\r\n;;\r\n', 'csv-empty', {}],
      [windows1251(file(STAFF, row)), 'csv-windows-1251', {}],
      [Buffer.from(`\uFEFF${file(STAFF, row)}`, 'utf16le'), 'csv-encoding-unknown', {}],
      [file(STAFF, row, '"с-51;Щукин;Лев;;2026-08-20', row), 'csv-malformed', { line: 3 }],
      [file(STAFF, row, 'с-51;Щу"кин";Лев;;2026-08-20'), 'csv-malformed', { line: 3 }],
      [file(`${STAFF};Оклад`, `${row};1`), 'csv-column-unknown', { column: 6, heading: 'Оклад' }],
      [file(`${STAFF};фамилия`, `${row};1`), 'csv-column-repeated', { column: 6 }],
      [file('Табельный номер;Имя;Работает с'), 'csv-column-missing', { missing: ['Фамилия'] }],
    ]
    for (const [body, reason, facts] of cases) expectProblem(await bring('staff', body), reason, facts)
    expect(await added()).toEqual([])

    const said = found(await bring('staff?encoding=windows-1251', windows1251(file(STAFF, row))))
    expect(said.report.counts).toMatchObject({ created: 1 })
    const person = idOf(SCHOOL, 'staff', 'с-50')
    expect((await api.installation.persons.names(SCHOOL, [person])).get(person)?.given).toBe('Алёна')
  })

  it('is read as RFC 4180 has it: commas, quotes, line breaks in cells, the mark of Excel', async () => {
    const body = `\uFEFFfamily,given,externalId,from\r\n"О""Хара","Мэри\r\nЭнн",с-60,2026-08-20\r\n,,,\r\nбез кода,Лев,,2026-08-20\r\n`
    const answer = await bring('staff?dryRun', body)
    expect(answer.body.report).toMatchObject({
      delimiter: ',',
      counts: { rows: 2, created: 1 },
      rows: [{ line: 2 }, { line: 5 }],
      errors: [{ line: 5, column: 3, problem: 'cell-empty' }],
    })
  })
})

describe('who may import', () => {
  it('is whoever may give the commands of the list', async () => {
    const body = file(STAFF, 'с-70;Рогов;Ян;;2026-08-20')
    expectProblem(await bring('staff', body, {}, await api.as('head')), 'role-not-permitted')
    expectProblem(await bring('staff', body, {}, await api.as('mathematician')), 'role-not-permitted')
    expectProblem(await bring('staff', body, {}, await api.as('head-and-deputy')), 'role-ambiguous')
    const both = await api.as('head-and-deputy')
    expect((await bring('staff', body, { 'letopis-role': 'deputy' }, both)).status).toBe(200)
    expect((await bring('staff', body, {}, await api.as('administrator'))).status).toBe(200)
    expectProblem(
      await (await api.as('mathematician')).get(`imports/pupils/${commandId('import pupils')}`),
      'role-not-permitted',
    )
    expectProblem(await deputy.post('imports/staff', { rows: [] }), 'media-type-unsupported')
    expectProblem(await deputy.post('imports/nothing', body, CSV), 'malformed-request')
  })
})
