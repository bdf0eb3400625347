import { strToU8, unzipSync, zipSync } from 'fflate'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { idOf } from '#exchange/ids.ts'
import { TABLES } from '#exchange/oneroster/tables.ts'
import { type Answer, type Api, type Client, expectProblem, openApi } from '#support/api.ts'
import { testEngine } from '#support/databases.ts'
import { SCHOOL } from '#support/spec.ts'

interface Report {
  readonly recorded: boolean
  readonly counts: Readonly<Record<string, number>>
  readonly errors: ReadonlyArray<{
    file: string | null
    line: number
    column: number | null
    heading: string | null
    problem: string
    message: string
  }>
}

const engine = testEngine('pglite')
let api: Api
let deputy: Client
let administrator: Client
beforeAll(async () => {
  api = await openApi(engine, { people: ['deputy', 'administrator', 'head', 'mathematician'], history: [] })
  deputy = await api.as('deputy')
  administrator = await api.as('administrator')
})
afterAll(() => api.close())

type Files = Readonly<Record<string, string>>

/** A bundle as another system writes it: columns in an order of its own, some that nobody asked for, no metadata. */
const FOREIGN: Files = {
  'manifest.csv': manifest(),
  'orgs.csv': csv('sourcedId,name,type', 'd1,Округ,district', 's1,"Школа ""Умка"", № 7",school'),
  'academicSessions.csv': csv(
    'sourcedId,status,dateLastModified,title,type,startDate,endDate,parentSourcedId,schoolYear',
    'y1,,,2026-2027,schoolYear,2026-09-01,2027-05-27,NULL,2027',
    't1,,,Осень,term,2026-09-01,2026-12-30,y1,2027',
  ),
  'courses.csv': csv(
    'sourcedId,title,orgSourcedId',
    'c-home,Классный час,s1',
    'c-bio,Биология,s1',
    'c-art,Рисование,s1',
  ),
  'classes.csv': csv(
    'sourcedId,title,grades,courseSourcedId,classType,schoolSourcedId,termSourcedIds',
    'k8a,8А,08,c-home,homeroom,s1,y1',
    'k8b,8Б,08,c-home,homeroom,s1,y1',
    'j-bio,Биология 8А,08,c-bio,scheduled,s1,"t1"',
    'j-art,Рисование 8,08,c-art,Scheduled,s1,t1',
  ),
  'users.csv': csv(
    'sourcedId,enabledUser,username,givenName,familyName,middleName,agentSourcedIds,email',
    'u1,true,ivanova,Анна,Иванова,Петровна,,a@example.org',
    'u2,true,orlov,Глеб,Орлов,,"u5",',
    'u3,true,belov,Ян,Белов,,,',
    'u4,true,volkova,Яна,Волкова,,,',
    'u5,true,orlova,Ольга,Орлова,,,',
  ),
  'roles.csv': csv(
    'sourcedId,userSourcedId,roleType,role,orgSourcedId,beginDate',
    'r1,u1,primary,teacher,s1,2026-08-20',
    'r2,u2,primary,student,s1,',
    'r3,u3,primary,student,s1,',
    'r4,u4,primary,student,s1,',
    'r5,u5,primary,parent,s1,',
  ),
  'enrollments.csv': csv(
    'sourcedId,classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate',
    'e1,k8a,s1,u2,student,,,',
    'e2,k8a,s1,u3,student,,,',
    'e3,k8b,s1,u4,student,,,',
    'e4,k8a,s1,u1,teacher,true,2026-09-01,',
    'e5,j-bio,s1,u2,student,,,',
    'e6,j-bio,s1,u3,student,,,',
    'e7,j-bio,s1,u1,teacher,true,2026-09-01,2027-01-01',
    'e8,j-art,s1,u2,student,,,',
    'e9,j-art,s1,u4,student,,,',
  ),
}

function csv(...lines: string[]): string {
  return `${lines.join('\r\n')}\r\n`
}

function manifest(changes: Readonly<Record<string, string>> = {}): string {
  const said = {
    'manifest.version': '1.0',
    'oneroster.version': '1.2',
    ...Object.fromEntries(Object.keys(TABLES).map((name) => [`file.${name}`, 'bulk'])),
    'file.demographics': 'absent',
    ...changes,
  }
  return csv('propertyName,value', ...Object.entries(said).map(([name, value]) => `${name},${value}`))
}

const zipped = (files: Files): Buffer =>
  Buffer.from(zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, strToU8(text)]))))

/** An archive of which every entry says that it holds ten bytes. */
function lying(zip: Buffer): Buffer {
  const [local, central] = [Buffer.from('PK\u0003\u0004'), Buffer.from('PK\u0001\u0002')]
  for (let at = zip.indexOf(local); at >= 0; at = zip.indexOf(local, at + 4)) zip.writeUInt32LE(10, at + 22)
  for (let at = zip.indexOf(central); at >= 0; at = zip.indexOf(central, at + 4))
    zip.writeUInt32LE(10, at + 24)
  return zip
}

const bring = (zip: Buffer, query = '', client = deputy): Promise<Answer<unknown>> =>
  client.post(`imports/oneroster${query}`, zip, { 'content-type': 'application/zip' })

function reportOf(answer: Answer<unknown>): Report {
  const { report } = (answer.status === 200 ? answer.body : (answer.body as { facts: object }).facts) as {
    report: Report
  }
  return report
}

async function everything(): Promise<number> {
  let count = 0
  for await (const _ of api.installation.execution.store.readAll({ school: SCHOOL })) count += 1
  return count
}

/** A list as it is exported on a day of the year. */
const rows = async (list: string) =>
  (
    await administrator.get<{ rows: ReadonlyArray<Record<string, unknown>> }>(
      `exports/${list}?format=json&on=2026-10-01`,
    )
  ).body.rows

let before: number
beforeEach(async () => {
  before = await everything()
})

/** The bundle with other text in one of its files. */
const but = (file: string, from: string, to: string): Files => {
  expect(FOREIGN[file]).toContain(from)
  return { ...FOREIGN, [file]: FOREIGN[file]!.replace(from, to) }
}

describe('a bundle of OneRoster 1.2 that another system wrote', () => {
  it('that is wrong is refused with file, line and column of each mistake, and nothing is recorded', async () => {
    const cases: Array<
      [files: Files, errors: ReadonlyArray<readonly [string, number, number | null, string]>]
    > = [
      [but('users.csv', 'Анна,Иванова', ',Иванова'), [['users.csv', 2, 4, 'cell-empty']]],
      [but('users.csv', 'u3,true', 'u3,yes'), [['users.csv', 4, 2, 'cell-invalid']]],
      [but('users.csv', 'u3,true', 'u2,true'), [['users.csv', 4, 1, 'cell-invalid']]],
      [
        but('academicSessions.csv', '2027-05-27', '27.05.2027'),
        [['academicSessions.csv', 2, 7, 'cell-invalid']],
      ],
      [but('classes.csv', 'c-bio,scheduled', 'c-bio,online'), [['classes.csv', 4, 5, 'cell-invalid']]],
      [but('classes.csv', '8А,08,c-home', '8А,KG,c-home'), [['classes.csv', 2, 3, 'cell-invalid']]],
      [but('roles.csv', 'r5,u5,primary,parent', 'r5,u5,primary,aunt'), [['roles.csv', 6, 4, 'cell-invalid']]],
      [
        but('enrollments.csv', 'e8,j-art,s1,u2', 'e8,j-art,s1,u9'),
        [['enrollments.csv', 9, 4, 'cell-invalid']],
      ],
      [but('enrollments.csv', 'e3,k8b,s1,u4', 'e3,k8a,s1,u4'), []],
      [but('orgs.csv', 'd1,Округ,district', 'd1,Округ,school'), [['orgs.csv', 3, 3, 'cell-invalid']]],
      [
        but('courses.csv', 'c-art,Рисование,s1', 'c-art,Биология,s1'),
        [['courses.csv', 4, 2, 'subject-exists']],
      ],
      [but('users.csv', ',"u5",', ',,'), [['users.csv', 6, 1, 'cell-invalid']]],
    ]
    for (const [files, errors] of cases) {
      const answer = await bring(zipped(files), '?dryRun')
      const found = reportOf(answer).errors.map(({ file, line, column, problem }) => [
        file,
        line,
        column,
        problem,
      ])
      // What rests on a row that is left out may be refused as well.
      for (const error of errors) expect(found).toContainEqual(error)
      if (errors.length === 0) expect(found).toEqual([])
      if (errors.length > 0) expectProblem(await bring(zipped(files)), 'import-refused')
    }
    expect(await everything()).toBe(before)
  })

  it('is refused as a whole where it is no such bundle', async () => {
    const without = (file: string): Files =>
      Object.fromEntries(Object.entries(FOREIGN).filter(([name]) => name !== file))
    // Seventy megabytes of nothing, in some seventy kilobytes.
    const bomb = zipped({ ...FOREIGN, 'users.csv': ' '.repeat(70 * 1024 * 1024) })
    const cases: Array<[zip: Buffer, reason: Parameters<typeof expectProblem>[1], facts: object]> = [
      [Buffer.from('sourcedId,name'), 'zip-malformed', {}],
      [zipped(FOREIGN).subarray(0, 900), 'zip-malformed', {}],
      [zipped(without('manifest.csv')), 'oneroster-manifest-missing', {}],
      [zipped({ 'inside/manifest.csv': manifest() }), 'oneroster-manifest-missing', {}],
      [zipped(without('roles.csv')), 'oneroster-file-missing', { file: 'roles.csv' }],
      [
        zipped({ ...FOREIGN, 'manifest.csv': manifest({ 'file.users': 'absent' }) }),
        'oneroster-file-missing',
        { file: 'users.csv' },
      ],
      [
        zipped({ ...FOREIGN, 'manifest.csv': manifest({ 'file.users': 'delta' }) }),
        'oneroster-delta',
        { file: 'users.csv' },
      ],
      [
        zipped({ ...FOREIGN, 'manifest.csv': manifest({ 'oneroster.version': '1.1' }) }),
        'oneroster-version-unknown',
        { version: '1.1' },
      ],
      [
        zipped(but('users.csv', ',familyName', ',surname')),
        'csv-column-missing',
        { file: 'users.csv', missing: ['familyName'] },
      ],
      [zipped(but('users.csv', 'u2,true', '"u2,true')), 'csv-malformed', { file: 'users.csv' }],
      [bomb, 'zip-too-large', {}],
      [lying(Buffer.from(bomb)), 'zip-too-large', {}],
      [
        zipped(Object.fromEntries(Array.from({ length: 61 }, (_, i) => [`${i}.csv`, '']))),
        'zip-too-large',
        {},
      ],
    ]
    for (const [zip, reason, facts] of cases) expectProblem(await bring(zip), reason, facts)
    expect(await everything()).toBe(before)
  })

  it('is imported: classes, groups that the pupils of a lesson make, journals, teachers, parents', async () => {
    const answer = await bring(zipped(FOREIGN))
    expect(reportOf(answer)).toMatchObject({ recorded: true, errors: [], counts: { refused: 0, there: 0 } })
    await api.shown()
    const [class8A, class8B] = [idOf(SCHOOL, 'class', 'k8a'), idOf(SCHOOL, 'class', 'k8b')]
    const teacher = idOf(SCHOOL, 'staff', 'u1')
    expect((await rows('subjects')).map(({ name }) => name)).toEqual(['Биология', 'Рисование'])
    expect(await rows('classes')).toMatchObject([
      { externalId: class8A, year: 2026, grade: 8, name: '8А', teacher, teacherFrom: '2026-09-01' },
      { externalId: class8B, name: '8Б', teacher: null },
    ])
    const group = idOf(SCHOOL, 'group', 'j-art')
    expect(await rows('groups')).toEqual([
      { externalId: group, year: 2026, name: 'Рисование 8', kind: 'stream', classes: [class8A, class8B] },
    ])
    expect((await rows('group-members')).map(({ pupil }) => String(pupil)).toSorted()).toEqual(
      [idOf(SCHOOL, 'pupil', 'u2'), idOf(SCHOOL, 'pupil', 'u4')].toSorted(),
    )
    expect(await rows('journals')).toMatchObject([
      { externalId: idOf(SCHOOL, 'journal', 'j-bio'), class: class8A, group: null, grading: 'g5' },
      { externalId: idOf(SCHOOL, 'journal', 'j-art'), class: null, group },
    ])
    expect(await rows('assignments')).toEqual([
      {
        year: 2026,
        journal: idOf(SCHOOL, 'journal', 'j-bio'),
        staff: teacher,
        from: '2026-09-01',
        until: '2027-01-01',
      },
    ])
    expect(await rows('representatives')).toMatchObject([
      {
        pupil: idOf(SCHOOL, 'pupil', 'u2'),
        family: 'Орлова',
        given: 'Ольга',
        kinship: 'other',
        from: '2026-09-01',
      },
    ])
    expect(reportOf(await bring(zipped(FOREIGN)))).toMatchObject({ recorded: false, errors: [] })
  })
})

const lines = (text: string): string[] => text.trimEnd().split('\r\n')
/** With a column behind the others, which has a value in each row. */
const beside = (heading: string, value: string) => (text: string) =>
  csv(...lines(text).map((line, at) => `${line},${at === 0 ? heading : value}`))
/** No table has a comma in its cells, and quotes stand in two of them alone. */
const quoted = (text: string) =>
  csv(
    ...lines(text).map((line) =>
      line
        .split(/,(?=(?:[^"]*"[^"]*")*[^"]*$)/)
        .map((cell) => (cell.startsWith('"') ? cell : `"${cell}"`))
        .join(','),
    ),
  )
const tables = (written: (text: string) => string) => (text: string, file: string) =>
  file === 'manifest.csv' ? text : written(text)

describe('R-F11: a bundle in the shapes of other products', () => {
  /** Every file of the bundle written otherwise. */
  const all = (written: (text: string, file: string) => string): Files =>
    Object.fromEntries(Object.entries(FOREIGN).map(([file, text]) => [file, written(text, file)]))
  const SHAPES: Readonly<Record<string, Files>> = {
    'with the mark by which Excel knows UTF-8': all((text) => `\uFEFF${text}`),
    'with ends of lines as Unix has them': all((text) => text.replaceAll('\r\n', '\n')),
    'without an end of the last line': all((text) => text.trimEnd()),
    'with empty lines at the end': all((text) => `${text}\r\n\r\n`),
    'with every cell in quotation marks': all(quoted),
    'with columns of its own, also of metadata': all(tables(beside('metadata.sis.key', '4711'))),
    'with a line break in a cell': all(tables(beside('metadata.sis.note', '"first line\r\nsecond, line"'))),
    'with other files of the standard, and some of its own': {
      ...FOREIGN,
      'demographics.csv': csv('sourcedId,birthDate', 'u2,2013-01-02'),
      'categories.csv': csv('sourcedId,title'),
      'README.txt': 'exported nightly',
    },
    'with a manifest that names more, and says what is absent': {
      ...FOREIGN,
      'manifest.csv': manifest({
        'file.categories': 'absent',
        'file.lineItems': 'absent',
        'file.results': 'absent',
        'source.systemName': '"SIS, nightly"',
      }),
    },
    'with status and time of change in every row': all(
      tables((text) => {
        const [head, ...rest] = lines(text)
        if (head!.includes('status')) return text
        const stamp = 'active,2026-08-20T00:00:00.000Z'
        return csv(`${head},status,dateLastModified`, ...rest.map((line) => `${line},${stamp}`))
      }),
    ),
  }

  it.each(Object.entries(SHAPES))('%s says the same', async (_, files) => {
    const plain = reportOf(await bring(zipped(FOREIGN), '?dryRun'))
    expect(plain).toMatchObject({ errors: [] })
    const shaped = reportOf(await bring(zipped(files), '?dryRun'))
    expect(shaped).toMatchObject({ errors: [] })
    expect(shaped.counts).toEqual(plain.counts)
  })

  it('with a row that is to be deleted is refused, with its line and column: nothing is deleted by a file', async () => {
    const gone = but('academicSessions.csv', 't1,,,Осень', 't1,tobedeleted,2026-08-20,Осень')
    const { errors } = reportOf(await bring(zipped(gone)))
    expect(errors.map(({ file, line, column, problem }) => [file, line, column, problem])).toContainEqual([
      'academicSessions.csv',
      3,
      2,
      'cell-invalid',
    ])
    expect(await everything()).toBe(before)
  })

  it('in Windows-1251 is refused, because its letters would become others', async () => {
    const files = Object.fromEntries(Object.entries(FOREIGN).map(([name, text]) => [name, strToU8(text)]))
    const zip = zipSync({ ...files, 'courses.csv': windows1251(FOREIGN['courses.csv']!) })
    expectProblem(await bring(Buffer.from(zip)), 'csv-windows-1251', { file: 'courses.csv' })
    expect(await everything()).toBe(before)
  })
})

/** Russian letters as Windows wrote them. */
function windows1251(text: string): Uint8Array {
  return Uint8Array.from(text, (sign) => {
    const code = sign.charCodeAt(0)
    return code < 128 ? code : code - 0x0410 + 0xc0
  })
}

describe('a bundle that we write', () => {
  it('has every column of the standard in its order, the required ones filled, and says what it has in the manifest', async () => {
    const { rawPayload } = await api.app.inject({
      url: `/v1/schools/${SCHOOL}/exports/oneroster?on=2026-10-01`,
      headers: { authorization: `Bearer ${deputy.token}` },
    })
    const files = Object.fromEntries(
      Object.entries(unzipSync(rawPayload)).map(([name, bytes]) => [name, new TextDecoder().decode(bytes)]),
    )
    expect(Object.keys(files).toSorted()).toEqual(
      ['manifest.csv', ...Object.keys(TABLES).map((name) => `${name}.csv`)].toSorted(),
    )
    expect(files['manifest.csv']).toMatch(
      /^propertyName,value\r\nmanifest\.version,1\.0\r\noneroster\.version,1\.2\r\n/,
    )
    expect(files['manifest.csv']).toContain('file.users,bulk\r\n')
    expect(files['manifest.csv']).toContain('file.demographics,absent\r\n')
    for (const [name, { columns }] of Object.entries(TABLES)) {
      expect(files[`${name}.csv`]!.split('\r\n')[0]!.split(',').slice(0, columns.length), name).toEqual(
        columns,
      )
    }
    // Our own reader holds a bundle against the standard: words, dates, required cells and references.
    expect(reportOf(await bring(rawPayload, '?dryRun'))).toMatchObject({ errors: [] })
    // A deputy learns no log-in names.
    expect(files['users.csv']).not.toContain('deputy')
  })

  it('is for whoever may import and export', async () => {
    const head = await api.as('head')
    // Row 23 of the matrix: the head sees what goes out, and brings nothing in; a teacher does neither.
    expect((await head.get('exports/oneroster')).status).not.toBe(403)
    const teacher = await api.as('mathematician')
    expectProblem(await teacher.get('exports/oneroster'), 'role-not-permitted')
    expectProblem(await bring(zipped(FOREIGN), '', head), 'role-not-permitted')
    expectProblem(
      await deputy.post('imports/oneroster', 'a', { 'content-type': 'text/csv' }),
      'media-type-unsupported',
    )
  })
})
