import { describe, expect, it } from 'vitest'
import { CSV, XLSX } from '#api/imports/sheet-file.ts'
import { recordLesson } from '#commands/journal-page/record-lesson.ts'
import { adoptTopicPlan } from '#commands/topic-plan/adopt-topic-plan.ts'
import { approveTopicPlan } from '#commands/topic-plan/approve-topic-plan.ts'
import type { LogIn } from '#support/api.ts'
import { type SchoolAtWork, schoolsAtWork } from '#support/at-work.ts'
import { ALGEBRA, PAGE, YEAR } from '#support/class-7a.ts'
import { excelDate, workbook } from '#support/workbook.ts'

const schools = schoolsAtWork(6, [
  'deputy',
  'administrator',
  'mathematician',
  'stranger',
  'english',
  'head',
  'mother',
])
const path = `years/${YEAR}/topic-plans/${ALGEBRA}`

interface Plan {
  readonly version: number
  readonly sections: ReadonlyArray<{
    title: string | null
    items: ReadonlyArray<{
      number: number
      topic: string
      hours: number
      kinds: string[]
      plannedOn: string | null
    }>
  }>
  readonly versions: ReadonlyArray<{ version: number; hours: number; approved_at: string | null }>
}

async function upload(school: SchoolAtWork, login: LogIn, type: string, file: Buffer | string) {
  const { token } = await school.api.as(login, school.name)
  const url = `/v1/schools/${school.name}/${path}/import?effectiveFrom=2026-09-01`
  const headers = { authorization: `Bearer ${token}`, 'content-type': type }
  return school.api.send<Record<string, unknown>>({ method: 'POST', url, headers, payload: file })
}

const plan = (school: SchoolAtWork, more = '', login: LogIn = 'head') =>
  school.seen<Plan>(login, `${path}${more}`)

const table = [
  ['№', 'Раздел', 'Тема урока', 'Кол-во часов', 'Виды работ', 'Дата'],
  ['1', 'Степень', 'Определение степени', '2', '', '09.11.2026'],
  ['2', '', 'Контрольная работа № 3', '1', 'Контрольная работа', '2026-11-11'],
  ['', 'Многочлены', '', '', '', ''],
  ['3', '', 'Сложение многочленов', '4', 'самостоятельная работа, домашняя работа', ''],
] as const
const asCsv = (rows: ReadonlyArray<readonly string[]>) => rows.map((row) => row.join(';')).join('\r\n')
const imported = [
  {
    title: 'Степень',
    items: [
      { number: 1, topic: 'Определение степени', hours: 2, kinds: [], plannedOn: '2026-11-09', given: 0 },
      {
        number: 2,
        topic: 'Контрольная работа № 3',
        hours: 1,
        kinds: ['test'],
        plannedOn: '2026-11-11',
        given: 0,
      },
    ],
  },
  {
    title: 'Многочлены',
    items: [
      {
        number: 3,
        topic: 'Сложение многочленов',
        hours: 4,
        kinds: ['independent-work', 'homework'],
        plannedOn: null,
        given: 0,
      },
    ],
  },
]

const algebra = ({ journals }: { journals: Array<{ journal: string }> }) =>
  journals.find(({ journal }) => journal === ALGEBRA)

describe('calendar-thematic plans (п. 4, 2.6; п. 7А.6; приложение 2, п. 11)', () => {
  it('R-7A.6c: are composed by the teacher of the journal, approved by the deputy and read by version', async () => {
    const school = schools.next()
    const sections = [{ title: 'Степень', items: [{ topic: 'Определение степени', hours: 2 }] }]
    const written = { year: YEAR, journal: ALGEBRA, effectiveFrom: '2026-09-01', sections }
    expect(await school.give('stranger', adoptTopicPlan, written)).toMatchObject({ status: 403 })
    expect(await school.give('deputy', adoptTopicPlan, written)).toMatchObject({ status: 403 })
    await school.done('mathematician', adoptTopicPlan, written)
    await school.done('mathematician', adoptTopicPlan, {
      ...written,
      effectiveFrom: '2026-11-16',
      sections: [{ items: [{ topic: 'Свойства степени', hours: 3 }] }],
    })
    await school.done('deputy', approveTopicPlan, { year: YEAR, journal: ALGEBRA, version: 1 })
    const now = await plan(school)
    expect(now.version).toBe(1)
    expect(now.versions).toMatchObject([
      { version: 1, hours: 2, approved_at: '2026-11-09T03:50:00.000Z' },
      { version: 2, hours: 3, approved_at: null },
    ])
    expect((await plan(school, '?on=2026-11-16')).sections[0]!.items[0]!.topic).toBe('Свойства степени')
    expect((await plan(school, '?version=2', 'mathematician')).version).toBe(2)
    for (const login of ['mother', 'stranger'] as const)
      expect((await school.ask(login, path)).status).toBe(403)
    expect((await school.ask('head', `${path}?version=3`)).status).toBe(404)
  })

  it('R-7A.6c: are imported from CSV and XLSX with section, hours, kinds of work and planned dates', async () => {
    const school = schools.next()
    expect(await upload(school, 'mathematician', `${CSV}; charset=utf-8`, asCsv(table))).toMatchObject({
      status: 201,
      body: { events: [{ type: 'TopicPlanAdopted' }] },
    })
    const cells = table.map((row) =>
      row.map((cell) => (cell === '09.11.2026' ? excelDate('2026-11-09') : cell === '' ? null : cell)),
    )
    expect(await upload(school, 'administrator', XLSX, workbook(cells))).toMatchObject({ status: 201 })
    await school.api.shown()
    for (const version of [1, 2]) {
      expect((await plan(school, `?version=${version}`)).sections).toEqual(imported)
    }
  })

  it('R-7A.6c: with wrong cells nothing is imported, and each is told with its line and column', async () => {
    const school = schools.next()
    const wrong = [
      table[0],
      ['1', 'Степень', '', '2', '', ''],
      ['2', '', 'Свойства степени', 'два', '', '31.02.2026'],
      ['3', '', 'Контрольная работа', '0', 'пляска', ''],
      ['4', '', '12', '1', '', ''],
    ]
    for (const [type, file] of [
      [CSV, asCsv(wrong)],
      [XLSX, workbook(wrong)],
    ] as const) {
      expect(await upload(school, 'mathematician', type, file)).toMatchObject({
        status: 422,
        body: {
          reason: 'rows-invalid',
          facts: {
            errors: [
              { line: 2, column: 'Тема урока', problem: 'нет темы' },
              { line: 3, column: 'Кол-во часов', problem: 'целое число часов от 1 до 60' },
              { line: 3, column: 'Дата' },
              { line: 4, column: 'Кол-во часов' },
              { line: 4, column: 'Виды работ', problem: expect.stringContaining('пляска') as string },
              { line: 5, column: 'Тема урока', problem: 'не меньше трёх букв' },
            ],
          },
        },
      })
    }
    for (const file of ['', 'Название;Часы\nСтепень;2', 'Тема;Часы\n']) {
      expect(await upload(school, 'mathematician', CSV, file)).toMatchObject({
        status: 422,
        body: { reason: 'rows-invalid', facts: { errors: [{ line: 1, column: 'Тема' }] } },
      })
    }
    expect((await school.ask('head', path)).status).toBe(404)
  })

  it('R-7A.6c: a file follows the rights of the command, and other columns are named as not taken', async () => {
    const school = schools.next()
    const file = 'Тема;Примечание\nСтепень;§ 14'
    for (const login of ['stranger', 'deputy', 'mother'] as const) {
      expect((await upload(school, login, CSV, file)).status).toBe(403)
    }
    expect(await upload(school, 'mathematician', 'application/json', '{}')).toMatchObject({ status: 415 })
    expect(await upload(school, 'mathematician', XLSX, file)).toMatchObject({ status: 422 })
    const long = [
      'Тема',
      ...Array.from({ length: 450 }, (_, i) => `${i} ${'очень длинная тема '.repeat(14)}`),
    ]
    const refused = await upload(school, 'mathematician', CSV, long.join('\n'))
    expect(refused).toMatchObject({ body: { reason: 'record-too-large' } })
    expect(await upload(school, 'mathematician', CSV, file)).toMatchObject({
      status: 201,
      body: { told: { ignored: 'Примечание' } },
    })
  })

  it('R-2.6a: a lesson takes its topic from the plan; another one is off the plan, and plan stands against fact', async () => {
    const school = schools.next().at('2026-11-11T04:00:00.000Z')
    await upload(school, 'mathematician', CSV, asCsv(table))
    const give = (date: string, number: number, topic?: string) =>
      school.done('mathematician', recordLesson, { page: PAGE, date, number, ...(topic && { topic }) })
    expect((await give('2026-11-09', 3)).events).toMatchObject([
      { data: { topic: 'Определение степени', plan: { version: 1, item: 1 } } },
    ])
    await give('2026-11-09', 4, 'Поход в планетарий')
    await give('2026-11-11', 2)
    const { lessons } = await school.seen<{ lessons: Array<{ topic: string; plan: object }> }>(
      'deputy',
      `pages/${PAGE}`,
    )
    expect(lessons.map(({ topic, plan }) => ({ topic, plan }))).toEqual([
      { topic: 'Определение степени', plan: { version: 1, item: 1 } },
      { topic: 'Поход в планетарий', plan: { version: 1, item: null } },
      { topic: 'Определение степени', plan: { version: 1, item: 1 } },
    ])
    const list = (login: LogIn, on: string) =>
      school.seen<{ journals: Array<{ journal: string }> }>(login, `years/${YEAR}/topic-plans?on=${on}`)
    // By the plan two hours until 9 November and a third on 11 November; of three lessons one was off it.
    const ofJournal = { journal: ALGEBRA, version: 1, hours: 7, approved_at: null }
    expect(algebra(await list('deputy', '2026-11-10'))).toMatchObject({ ...ofJournal, due: 2, given: 2 })
    expect(algebra(await list('head', '2026-11-11'))).toMatchObject({
      ...ofJournal,
      due: 3,
      given: 3,
      off_plan: 1,
    })
    expect((await list('mathematician', '2026-11-11')).journals.map(({ journal }) => journal)).toEqual([
      ALGEBRA,
    ])
    expect(algebra(await list('english', '2026-11-11'))).toBe(undefined)
    const shown = await school.seen<{
      sections: Array<{ items: Array<{ given: number }> }>
      off_plan: unknown[]
    }>('deputy', path)
    expect(shown.sections.flatMap(({ items }) => items.map(({ given }) => given))).toEqual([2, 0, 0])
    expect(shown.off_plan).toEqual([{ date: '2026-11-09', number: 4, topic: 'Поход в планетарий' }])
  })

  it('R-7A.6c: a new version changes no topic of a lesson that was given', async () => {
    const school = schools.next()
    await upload(school, 'mathematician', CSV, asCsv(table))
    await school.done('mathematician', recordLesson, {
      page: PAGE,
      date: '2026-11-09',
      number: 3,
      topic: 'Определение степени',
    })
    await upload(school, 'mathematician', CSV, 'Тема\nСовсем другая тема')
    await school.api.shown()
    const { lessons } = await school.seen<{ lessons: Array<{ topic: string }> }>('deputy', `pages/${PAGE}`)
    expect(lessons.map(({ topic }) => topic)).toEqual(['Определение степени'])
  })
})
