import { hash } from 'node:crypto'
import { afterAll, describe, expect, it } from 'vitest'
import { correctMark } from '#commands/journal-page/correct-mark.ts'
import { recordFinals } from '#commands/journal-page/record-finals.ts'
import { recordMarks } from '#commands/journal-page/record-marks.ts'
import { setHomework } from '#commands/journal-page/set-homework.ts'
import { takeAttendance } from '#commands/journal-page/take-attendance.ts'
import { orderSubstitution } from '#commands/timetable/order-substitution.ts'
import { accountOf, expectProblem, type LogIn, MOTHER } from '#support/api.ts'
import { type SchoolAtWork, schoolsAtWork } from '#support/at-work.ts'
import {
  ALGEBRA,
  ANNA,
  BORIS,
  CLASS_7A,
  LAST_AFTERNOON,
  LESSON,
  PAGE,
  STRANGER,
  YEAR,
} from '#support/class-7a.ts'
import { temporaryFolder } from '#support/databases.ts'
import { ORIGIN, sealing } from '#support/sealing.ts'

const PEOPLE: readonly LogIn[] = [
  'mathematician',
  'english',
  'stranger',
  'deputy',
  'head',
  'auditor',
  'archivist',
  'administrator',
  'mother',
  'anna',
]
const schools = schoolsAtWork(11, PEOPLE)
const folder = temporaryFolder()
afterAll(() => folder.remove())

/** A lesson of Monday with everything that a lesson has. */
async function taught(): Promise<SchoolAtWork> {
  const school = await schools.next().recordLesson()
  const on = { page: PAGE, lesson: LESSON }
  await school.done('mathematician', takeAttendance, { ...on, absentees: [{ pupil: BORIS, code: 'Н/б' }] })
  await school.done('mathematician', recordMarks, { ...on, kind: 'test', marks: [{ pupil: ANNA, value: 5 }] })
  await school.done('mathematician', setHomework, { ...on, text: '§ 12, упр. 240', due: '2026-11-10' })
  return school
}

/** The rows of the tables of a form in HTML, cell by cell. */
function rowsOf(html: string): string[][] {
  return [...html.matchAll(/<tr>(.*?)<\/tr>/gs)].map(([, row]) =>
    [...row!.matchAll(/<t[dh][^>]*>(.*?)<\/t[dh]>/gs)].map(([, cell]) => cell!),
  )
}

const snapshotIn = (html: string): string => /Снимок: <b>([^<]+)<\/b>/.exec(html)![1]!

describe('forms of the journal on paper', () => {
  it('R-7A.16c R-1.4: the page of the journal has marks and absences on the left, dates, topics and homework on the right', async () => {
    const school = await taught()
    const html = await school.seen<string>('head', `pages/${PAGE}/print?format=html`)
    const rows = rowsOf(html)
    expect(rows.find((row) => row[1] === ANNA)).toContain('5')
    expect(rows.find((row) => row[1] === BORIS)).toContain('Н/б')
    expect(rows).toContainEqual([
      '09.11.2026',
      '3',
      'Степень с натуральным показателем',
      expect.stringContaining('§ 12, упр. 240 (к 10.11)'),
      'контрольная работа',
      expect.any(String),
    ])
    for (const said of ['7А', 'Алгебра', '2026/2027', '09.11.2026 10:50:00 (Asia/Tomsk)'])
      expect(html).toContain(said)
    expect(snapshotIn(html)).toMatch(/^journal-page\.2\.[\w-]{22}\.-\.-\.-\.[0-9a-f]{16}$/)

    const pdf = await school.ask<string>('head', `pages/${PAGE}/print`)
    expect(pdf.headers['content-type']).toBe('application/pdf')
    expect(pdf.body.startsWith('%PDF-1.4')).toBe(true)
    expect(await school.seen<string>('head', `pages/${PAGE}/print`)).toBe(pdf.body)
  })

  it('R-7A.16c: the page is printed for whoever may read it, and for nobody else', async () => {
    const school = await taught()
    for (const [login, role] of [
      ['mathematician', 'teacher'],
      ['english', 'class-teacher'],
      ['auditor', 'auditor'],
    ] as const) {
      const { status } = await school.ask(login, `pages/${PAGE}/print`, { 'letopis-role': role })
      expect(status, login).toBe(200)
    }
    expectProblem(await school.ask('stranger', `pages/${PAGE}/print`), 'class-not-led')
    for (const login of ['mother', 'anna', 'administrator'] as const)
      expectProblem(await school.ask(login, `pages/${PAGE}/print`), 'role-not-permitted')
  })

  it('R-2.14b: the summary sheet is printed in A4 and A3, with a place for signatures and seal', async () => {
    const school = schools.next().at(LAST_AFTERNOON)
    await school.done('mathematician', recordFinals, { page: PAGE, finals: [{ pupil: ANNA, value: 5 }] })
    const html = await school.seen<string>('archivist', `summaries/${CLASS_7A}/print?format=html&paper=A3`)
    expect(html).toContain('size:A3 landscape')
    for (const said of [
      'Сводная ведомость учёта успеваемости',
      'М.П.',
      'Директор',
      'Решение педагогического',
    ])
      expect(html).toContain(said)
    const rows = rowsOf(html)
    const head = rows.find((row) => row.includes('Период'))!
    const place = rows.findIndex((row) => row[1] === ANNA)
    const q2 = rows.slice(place).find((row) => row[2] === 'II четверть')!
    expect(q2[head.indexOf('Алгебра')]).toBe('5')
    const own = await school.seen<string>('mathematician', `summaries/${CLASS_7A}/print?format=html`)
    expect(snapshotIn(own)).toContain('.journals~')
    const pdf = await school.ask<string>('deputy', `summaries/${CLASS_7A}/print`)
    expect(pdf.body).toMatch(/\/MediaBox \[0 0 841\.89 595\.28\]/)
    const a3 = await school.ask<string>('deputy', `summaries/${CLASS_7A}/print?paper=A3`)
    expect(a3.body).toMatch(/\/MediaBox \[0 0 1190\.55 841\.89\]/)
  })

  it('R-7A.16c: attendance of a class by day, for its class teacher and not for a teacher of one subject', async () => {
    const school = await taught()
    const path = `units/${CLASS_7A}/attendance/print?from=2026-11-09&until=2026-11-14&format=html`
    const rows = rowsOf(await school.seen<string>('english', path, { 'letopis-role': 'class-teacher' }))
    expect(rows[0]!.slice(0, 4)).toEqual(['№', 'Фамилия, имя, отчество', '09.11', 'Всего'])
    expect(rows.find((row) => row[1] === BORIS)!.slice(2, 4)).toEqual(['Н/б 1', '1'])
    expect(rows.find((row) => row[1] === ANNA)!.slice(2, 4)).toEqual(['', ''])
    expectProblem(await school.ask('mathematician', path), 'class-not-led')
  })

  it('R-7A.16c: the log of substitutions says who was to give the lesson, who gives it, and by which order', async () => {
    const school = schools.next()
    await school.done('deputy', orderSubstitution, {
      year: YEAR,
      journal: ALGEBRA,
      date: '2026-11-16',
      number: 3,
      substitute: STRANGER,
      order: { number: '14', date: '2026-11-09' },
      reason: 'Курсы учителя',
    })
    const path = 'timetable/changes/print?from=2026-11-09&until=2026-11-21&format=html'
    const [, row] = rowsOf(await school.seen<string>('head', path))
    expect(row).toMatchObject({ 0: '16.11.2026', 1: '3', 3: 'замена', 5: STRANGER })
    expect(row!.slice(6, 8)).toEqual(['Курсы учителя', '№ 14 от 09.11.2026'])
    expectProblem(await school.ask('mathematician', path), 'role-not-permitted')
  })

  it('R-A2.7: a blank of the page with the class list of any date is prepared in advance', async () => {
    const school = schools.next()
    const path = `pages/${PAGE}/blank?date=2026-11-16&format=html`
    const html = await school.seen<string>('mathematician', path)
    for (const said of ['Страница журнала на время сбоя', '16.11.2026, понедельник', '7А', 'Н/б — '])
      expect(html).toContain(said)
    const listed = rowsOf(html).filter((row) => row.length === 6)
    expect(listed.map((row) => row[1])).toEqual(expect.arrayContaining([ANNA, BORIS]))
    expect(listed.at(-1)).toEqual([String(listed.length - 1), '', '', '', '', ''])
  })

  it('R-7A.16c: the week of the diary is printed for the family, and not for another', async () => {
    const school = await taught()
    const html = await school.seen<string>('mother', `pupils/${ANNA}/diary/print?format=html`)
    expect(html).toContain('понедельник, 09.11.2026')
    const [, row] = rowsOf(html)
    expect(row).toMatchObject({ 0: '3', 1: 'Алгебра', 4: '5' })
    expectProblem(await school.ask('mother', `pupils/${BORIS}/diary/print`), 'diary-not-yours')
  })
})

interface Check {
  readonly same: boolean
  readonly content: string
  readonly registered: { readonly digest: string; readonly certified_at: string | null } | null
}
interface Register {
  readonly printouts: ReadonlyArray<Readonly<Record<string, unknown>>>
  readonly next: string | null
}

/** Asks for a file that is registered: its number, its bytes, and the digest that came with it. */
async function issue(school: SchoolAtWork, login: LogIn, path: string, role?: string) {
  const client = await school.api.as(login, school.name)
  const headers = role === undefined ? {} : { 'letopis-role': role }
  const url = `/v1/schools/${school.name}/${path}`
  const authorization = `Bearer ${client.token}`
  const answer = await school.api.app.inject({ method: 'POST', url, headers: { authorization, ...headers } })
  await school.api.shown()
  return {
    status: answer.statusCode,
    body: answer.rawPayload,
    printout: String(answer.headers['letopis-printout']),
    digest: String(answer.headers['letopis-digest']),
    reason: answer.statusCode >= 400 ? answer.json<{ reason: string }>().reason : null,
  }
}

describe('papers that are documents', () => {
  it('R-5.2c: an extract is given to a representative in one request, and who, when, to whom and the hash of the file are recorded', async () => {
    const school = await taught()
    const path = `pupils/${ANNA}/extract?from=2026-11-02&until=2026-11-14&recipient=${MOTHER}`
    const { status, body, printout, digest } = await issue(school, 'english', path, 'class-teacher')
    expect(status).toBe(201)
    expect(body.subarray(0, 8).toString()).toBe('%PDF-1.4')
    expect(digest).toBe(hash('sha256', body))
    const recorded = (await school.log()).find(({ type }) => type === 'PrintoutIssued')!
    expect(JSON.parse(recorded.canonical)).toMatchObject({
      data: {
        printout,
        template: 'pupil-extract/1',
        of: { kind: 'pupil', pupil: ANNA },
        recipient: MOTHER,
        digest,
        bytes: body.length,
      },
      meta: { by: accountOf('english'), role: 'class-teacher', at: '2026-11-09T03:50:00.000Z' },
    })
    expect(
      (await issue(school, 'english', `pupils/${ANNA}/extract?recipient=${STRANGER}`, 'class-teacher'))
        .reason,
    ).toBe('representative-unknown')
    expect((await issue(school, 'mother', `pupils/${ANNA}/extract`)).reason).toBe('role-not-permitted')
    expect((await issue(school, 'stranger', `pupils/${ANNA}/extract`, 'class-teacher')).reason).toBe(
      'diary-not-yours',
    )
    const { printouts } = await school.seen<Register>('auditor', 'printouts')
    expect(printouts).toEqual([
      expect.objectContaining({ printout, digest, recipient: MOTHER, certified_at: null }),
    ])
  })

  it('R-3.1 R-2.14b R-3.2: a page and a summary sheet are prepared by the deputy, and certified by the head by the hash of the file, once', async () => {
    const school = await taught()
    const page = await issue(school, 'deputy', `pages/${PAGE}/printouts`)
    const sheet = await issue(school, 'deputy', `summaries/${CLASS_7A}/printouts?paper=A3`)
    // The register is read in parts, each by what the one before said.
    const first = await school.seen<Register>('auditor', 'printouts?limit=1')
    const second = await school.seen<Register>('auditor', `printouts?limit=1&cursor=${first.next}`)
    const inParts = [...first.printouts, ...second.printouts].map((row) => row['printout'])
    expect(new Set(inParts)).toEqual(new Set([page.printout, sheet.printout]))
    expect([page.status, sheet.status]).toEqual([201, 201])
    const certify = async (login: LogIn, { printout }: { printout: string }, digest: string) => {
      const client = await school.api.as(login, school.name)
      return client.post(`printouts/${printout}/certification?digest=${digest}`)
    }
    expectProblem(await certify('deputy', sheet, sheet.digest), 'role-not-permitted')
    expectProblem(await certify('head', sheet, page.digest), 'printout-differs')
    // Whoever has the file comes to the same digest with sha256sum.
    expect((await certify('head', sheet, hash('sha256', sheet.body))).status).toBe(201)
    expectProblem(await certify('head', sheet, sheet.digest), 'printout-certified')
    await school.api.shown()
    const { printouts } = await school.seen<Register>('archivist', 'printouts')
    const certified = printouts.filter(({ certified_by: by }) => by !== null)
    expect(certified).toEqual([
      expect.objectContaining({
        printout: sheet.printout,
        template: 'summary-sheet/1',
        digest: sheet.digest,
        certified_by: accountOf('head'),
      }),
    ])
  })

  it('R-3.1: by the number or the snapshot at its foot it is known whether a paper still says what the journal says', async () => {
    const school = await taught()
    const { printout, digest } = await issue(school, 'deputy', `pages/${PAGE}/printouts`)
    const snapshot = snapshotIn(
      await school.seen<string>('english', `pages/${PAGE}/print?format=html`, {
        'letopis-role': 'class-teacher',
      }),
    )
    const diary = snapshotIn(await school.seen<string>('mother', `pupils/${ANNA}/diary/print?format=html`))
    const columns = snapshotIn(
      await school.seen<string>('mathematician', `summaries/${CLASS_7A}/print?format=html`),
    )
    for (const print of [printout, snapshot, diary, columns])
      expect(await school.seen<Check>('head', `prints/${print}`), print).toMatchObject({ same: true })
    expect(await school.seen<Check>('head', `prints/${printout}`)).toMatchObject({
      registered: { digest, certified_at: null },
    })

    const grid = await school.grid()
    const mark = grid.cells.find(({ pupil }) => pupil === ANNA)!.marks[0]!
    const correction = {
      page: PAGE,
      entry: mark.entry,
      value: 4,
      expectedVersion: mark.version,
      reason: 'typing-error',
    }
    await school.done('mathematician', correctMark, correction)
    for (const print of [printout, snapshot, diary])
      expect(await school.seen<Check>('head', `prints/${print}`), print).toMatchObject({ same: false })
    // The mark of one lesson is no final.
    expect(await school.seen<Check>('head', `prints/${columns}`)).toMatchObject({ same: true })

    expect(await school.seen<Check>('mother', `prints/${diary}`)).toMatchObject({
      same: false,
      registered: null,
    })
    expectProblem(await school.ask('mother', `prints/${snapshot}`), 'journal-not-taught')
    expectProblem(await school.ask('head', `prints/${snapshot}0`), 'printout-unknown')
    expectProblem(await school.ask('head', `prints/${STRANGER}`), 'printout-unknown')
  })

  it('R-3.1: where the log is sealed a printout carries the newest checkpoint as it was signed', async () => {
    const school = await taught()
    const { database, execution } = school.api.installation
    expect(await school.seen<string>('head', `pages/${PAGE}/print?format=html`)).not.toContain(ORIGIN)
    const size = (await Array.fromAsync(execution.store.readAll())).length
    const seal = sealing(database, execution.store, folder.path, { clock: execution.clock })
    await seal.upTo(size)
    const { body: note } = await school.ask<string>('head', '/log/checkpoint')
    expect(note).toContain(`${ORIGIN}\n${size}\n`)
    expect(await school.seen<string>('head', `pages/${PAGE}/print?format=html`)).toContain(note)
    const pdf = await school.ask<string>('head', `pages/${PAGE}/print`)
    expect(pdf.body.startsWith('%PDF-1.4')).toBe(true)
  })
})
