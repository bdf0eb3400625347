import { describe, expect, it } from 'vitest'
import { xlsxRows } from '#api/imports/sheet-file.ts'
import { VIEWS } from '#api/views/catalogue.ts'
import { REPORTS } from '#api/views/report-parts.ts'
import { recordFinals } from '#commands/journal-page/record-finals.ts'
import { recordMarks } from '#commands/journal-page/record-marks.ts'
import { setHomework } from '#commands/journal-page/set-homework.ts'
import { expectProblem } from '#support/api.ts'
import { type SchoolAtWork, schoolsAtWork } from '#support/at-work.ts'
import { ANNA, BORIS, CLASS_7A, DINA, LAST_AFTERNOON, LESSON, MONDAY, PAGE } from '#support/class-7a.ts'

const people = ['deputy', 'head', 'mathematician', 'stranger', 'mother'] as const
const schools = schoolsAtWork(5, people)

/** Of the control reports, and of journal, diary and summary; forms of reports are none. */
const TO_EXPORT = [
  ...VIEWS.filter(
    ({ tag, shows, name }) => tag === REPORTS && shows === undefined && name !== 'report-forms',
  ).map(({ name }) => name),
  'class-journal-grid',
  'pupil-diary-week',
  'pupil-finals',
  'summary-sheet',
]

interface Exported {
  readonly title: string
  readonly filter: Readonly<Record<string, string>>
  readonly generated_at: string
  readonly tables: ReadonlyArray<{ name: string; columns: string[]; rows: string[][] }>
}

async function taught(): Promise<SchoolAtWork> {
  const school = await schools.next().recordLesson()
  await school.done('mathematician', recordMarks, {
    page: PAGE,
    lesson: LESSON,
    kind: 'lesson-answer',
    marks: [
      { pupil: ANNA, value: 4 },
      { pupil: BORIS, value: 5 },
    ],
  })
  await school.done('mathematician', setHomework, {
    page: PAGE,
    lesson: LESSON,
    text: '=2+2, № 340 (письменно)',
  })
  return school
}
/** The bytes of a file that is asked for. */
const bytesOf = async (school: SchoolAtWork, path: string): Promise<Uint8Array> => {
  const answer = await school.api.app.inject({
    url: `/v1/schools/${school.name}/${path}`,
    headers: { authorization: `Bearer ${(await school.api.as('deputy', school.name)).token}` },
  })
  expect(answer.statusCode).toBe(200)
  return answer.rawPayload
}

describe('R-7A.16f: reports, journal, diary and summary leave in standard formats', () => {
  it.each(TO_EXPORT)('%s is given as JSON, CSV and XLSX', (name) => {
    // Most have a view of their own that makes files; a released report is made as it was in either form.
    const tables = VIEWS.filter((of) => of.shows === name || (of.name === name && 'format' in of.input.shape))
    expect(tables).not.toEqual([])
    for (const { input, operation, logged } of tables) {
      for (const format of ['json', 'csv', 'xlsx'])
        expect(input.shape['format']!.safeParse(format).success, format).toBe(true)
      expect(operation).toBe(VIEWS.find((view) => view.name === name)!.operation)
      expect(logged).toBe(true)
    }
  })

  it('a page of a journal: pupils by lessons, then what was taught; in the file the filter and the time', async () => {
    const school = await taught()
    const json = await school.seen<Exported>('deputy', `pages/${PAGE}/table`)
    expect(json).toMatchObject({ filter: { page: PAGE }, generated_at: school.api.now() })
    const [marks, lessons] = json.tables
    expect(marks!.columns).toEqual(['Обучающийся', '09.11 (3)'])
    expect(marks!.rows.map(([, mark]) => mark!).toSorted((a, b) => (a < b ? -1 : 1))).toEqual([
      '',
      '',
      '4',
      '5',
    ])
    expect(lessons!.rows[0]).toEqual(expect.arrayContaining(['09.11.2026', '3', 'ответ на уроке']))

    const csv = Buffer.from(await bytesOf(school, `pages/${PAGE}/table?format=csv`)).toString('utf8')
    expect(csv.startsWith('\uFEFFОбучающийся;09.11 (3)\r\n')).toBe(true)
    // A text that a table program would run stands behind an apostrophe.
    expect(csv).toContain(";'=2+2, № 340 (письменно)")
    expect(csv).toContain(`Отбор;page=${PAGE}`)
    expect(csv).toMatch(/Сформировано;09\.11\.2026 \d\d:\d\d:\d\d \(Asia\/Tomsk\)/)

    const rows = await xlsxRows(await bytesOf(school, `pages/${PAGE}/table?format=xlsx`))
    expect(rows[0]!.cells).toEqual(['Обучающийся', '09.11 (3)'])
    expect(
      rows
        .slice(1)
        .flatMap(({ cells }) => cells.slice(1))
        .toSorted(),
    ).toEqual(['', '', '4', '5'])
    const file = Buffer.from(await bytesOf(school, `pages/${PAGE}/table?format=xlsx`))
    expect(file.subarray(0, 2).toString()).toBe('PK')
  })

  it('a diary, to whom the diary is open alone', async () => {
    const school = await taught()
    const path = `pupils/${ANNA}/diary/table?from=${MONDAY}`
    const { tables, filter } = await school.seen<Exported>('mother', path)
    expect(filter).toEqual({ pupil: ANNA, from: MONDAY })
    expect(tables[0]!.rows).toHaveLength(1)
    expect(tables[0]!.rows[0]).toEqual(
      expect.arrayContaining(['Алгебра', '4 (ответ на уроке)', '=2+2, № 340 (письменно) (к 11.11)']),
    )
    expectProblem(await school.ask('mother', `pupils/${DINA}/diary/table`), 'diary-not-yours')
    expectProblem(await school.ask('stranger', `pages/${PAGE}/table`), 'class-not-led')
  })

  it('the summary sheet and the finals of a pupil', async () => {
    const school = schools.next().at(LAST_AFTERNOON)
    await school.done('mathematician', recordFinals, {
      page: PAGE,
      finals: [{ pupil: ANNA, value: 5 }],
    })
    const { tables } = await school.seen<Exported>('deputy', `summaries/${CLASS_7A}/table`)
    const [{ columns, rows }] = tables as [Exported['tables'][number]]
    expect(columns.slice(0, 2)).toEqual(['Обучающийся', 'Период'])
    expect(rows.filter((row) => row.includes('5')).map(([, period]) => period)).toEqual(['II четверть'])
    const csv = await school.seen<string>('deputy', `summaries/${CLASS_7A}/table?format=csv`)
    expect(csv).toContain(';II четверть;')
    const own = await school.seen<Exported>('mother', `pupils/${ANNA}/finals/table?year=2026`)
    expect(own.tables[0]!.rows).toEqual([['Алгебра', 'II четверть', 'Итог', '5']])
  })

  it('a sheet of a report, and the list of what is due as a whole', async () => {
    const school = await taught()
    const csv = await school.seen<string>('deputy', `reports/timeliness/sheet?from=${MONDAY}&format=csv`)
    expect(csv).toContain(`Отбор;from=${MONDAY}`)
    expect(csv).toContain('Сформировано;09.11.2026')
    const rows = await xlsxRows(await bytesOf(school, 'reports/timeliness/sheet?format=xlsx'))
    expect(rows[0]!.cells[0]).toBe('Учитель')
    const sheet = await school.seen<Exported>('deputy', `reports/timeliness/sheet?from=${MONDAY}`)
    expect(sheet).toMatchObject({ filter: { from: MONDAY }, generated_at: school.api.now() })
    const due = await school.seen<{ items: object[]; counts: { overdue: number; due: number } }>(
      'deputy',
      'overdue?limit=500',
    )
    const { tables } = await school.seen<Exported>('deputy', 'overdue/table')
    expect(tables[0]!.rows).toHaveLength(due.items.length)
    expect(due.items.length).toBeGreaterThan(0)
  })
})
