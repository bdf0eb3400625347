import { hash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { expectProblem, type LogIn } from '#support/api.ts'
import { type SchoolAtWork, schoolsAtWork } from '#support/at-work.ts'
import { date, id, MATHEMATICIAN, past, Q2, school as class7a, YEAR } from '#support/class-7a.ts'
import type { Past } from '#support/spec.ts'
import { KindId } from '#values/policy.ts'
import { lessonId, pageId } from '#values/school.ts'
import { Instant } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'

const from = date('2026-09-01')
const order = { number: '1-у', date: from }
const dueAt = Instant.parse('2026-12-29T16:59:59.000Z')

/** A class with the finals of the quarter by value, and how many were away on Monday. */
function formed(name: string, grade: number, finals: Readonly<Record<number, number>>, away = 0): Past[] {
  const of = id(`class/${name}`)
  const journal = id(`journal/${name}`)
  const page = pageId(journal, Q2)
  const values = Object.entries(finals).flatMap(([value, count]) =>
    Array.from({ length: count }, () => Number(value)),
  )
  const pupils = values.map((value, i): readonly [Uuid, number] => [id(`pupil/${name}/${i}`), value])
  const lesson = lessonId(journal, date('2026-11-09'), 1)
  const onPage = (event: Past['event']): Past => past('journalPage', page, event, '2026-11-09T03:00:00.000Z')
  return [
    past('roster', 'main', { type: 'ClassFormed', data: { class: of, year: YEAR, grade, name } }),
    ...pupils.flatMap(([pupil]) => [
      past('roster', 'main', { type: 'PupilEnrolled', data: { pupil, from, order } }),
      past('roster', 'main', { type: 'PupilPlacedInClass', data: { class: of, pupil, from, order } }),
    ]),
    past('teachingLoad', YEAR, {
      type: 'JournalOpened',
      data: {
        journal,
        subject: id('subject/algebra'),
        learners: { kind: 'class', class: of },
        type: 'lesson',
        grading: 'g5',
        name: `Алгебра, ${name}`,
      },
    }),
    onPage({ type: 'PageOpened', data: { journal, year: YEAR, period: Q2, grading: 'g5' } }),
    onPage({
      type: 'LessonRecorded',
      data: {
        lesson,
        date: date('2026-11-09'),
        number: 1,
        type: KindId.parse('lesson'),
        topic: 'Степень',
        material: null,
        teacher: MATHEMATICIAN,
        scheduled: [MATHEMATICIAN],
        substitution: null,
        combination: null,
        transferredFrom: null,
        plan: null,
        dueAt,
      },
    }),
    onPage({
      type: 'AttendanceTaken',
      data: { lesson, absentees: pupils.slice(0, away).map(([pupil]) => ({ pupil, code: 'Н' })), dueAt },
    }),
    ...pupils.map(([pupil, value]) =>
      onPage({ type: 'FinalMarkRecorded', data: { pupil, kind: 'period', value, opensAt: dueAt, dueAt } }),
    ),
  ]
}

const others = class7a.filter(
  ({ category, event }) =>
    ['schoolYear', 'policy', 'curriculum'].includes(category) || event.type === 'StaffHired',
)
const quarters = class7a.find(({ event }) => event.type === 'PeriodsPlanned')!
const ofOthers = {
  ...quarters,
  event: { ...quarters.event, data: { ...quarters.event.data, grades: [8, 9] } } as Past['event'],
}
const planned = past('topicPlan', id('journal/7А'), {
  type: 'TopicPlanAdopted',
  data: {
    journal: id('journal/7А'),
    year: YEAR,
    version: 1,
    effectiveFrom: from,
    sections: [
      {
        title: null,
        items: [
          { number: 1, topic: 'Степень', hours: 2, kinds: [], plannedOn: date('2026-11-09') },
          { number: 2, topic: 'Многочлены', hours: 1, kinds: [], plannedOn: date('2027-02-01') },
        ],
      },
    ],
  },
})

/** 7А has five without success, 7Б three and 7В two; 8А is of three pupils. */
const history = [
  ...others,
  ofOthers,
  ...formed('7А', 7, { 5: 10, 4: 10, 2: 5 }, 6),
  ...formed('7Б', 7, { 5: 12, 3: 10, 2: 3 }),
  ...formed('7В', 7, { 4: 10, 3: 8, 2: 2 }),
  ...formed('8А', 8, { 5: 3 }),
  ...formed('9А', 9, { 4: 15 }),
  ...formed('9Б', 9, { 5: 16 }),
  planned,
]
const schools = schoolsAtWork(
  4,
  ['head', 'deputy', 'auditor', 'mathematician', 'mother', 'administrator'],
  history,
)

interface Counted {
  readonly of: string
  readonly name: string
  readonly pupils: number | null
  readonly success: { part: number; of: number; percent: number } | null
  readonly quality: { part: number; of: number } | null
  readonly missed: { pupils: number; lessons: number } | null
  readonly missed_without_reason: { pupils: number; lessons: number } | null
  readonly programme: { hours: number; due: number; fact: number; percent_due: number | null }
}
interface Report {
  readonly until: string
  readonly fewest: number
  readonly rows: readonly Counted[]
}

const END = '2026-12-30T04:00:00.000Z'
const report = (school: SchoolAtWork, login: LogIn = 'head') =>
  school.seen<Report>(login, 'reports/authority?period=q2')
/** The same as a table. */
async function releaseTable(school: SchoolAtWork) {
  const client = await school.api.as('head', school.name)
  return client.post<string>(`authority-reports?${TO}&format=csv`, {})
}
async function release(school: SchoolAtWork, query: string, login: LogIn = 'head') {
  const client = await school.api.as(login, school.name)
  return client.post<Report>(`authority-reports?${query}`, {})
}
const AUTHORITY = 'Департамент общего образования'
const TO = `authority=${encodeURIComponent(AUTHORITY)}&period=q2`

describe('R-A2.19: a report for an education authority, with counts and nobody in them', () => {
  it('R-A2.19: pupils, results, absences and the programme by class, grade and school; what is small is hidden, and what would give it away', async () => {
    const school = schools.next().at(END)
    const { rows, fewest, until } = await report(school)
    expect({ fewest, until }).toEqual({ fewest: 5, until: '2026-12-29' })
    const of = (name: string) => rows.find((row) => row.name === name)!
    // 8А is too small to be named, and all of its grade; grade 9 and its smaller class stand before it.
    expect(rows.map(({ name, pupils }) => [name, pupils])).toEqual([
      ['школа', 104],
      ['7', 70],
      ['7А', 25],
      ['7Б', 25],
      ['7В', 20],
      ['8', null],
      ['8А', null],
      ['9', null],
      ['9А', null],
      ['9Б', 16],
    ])
    expect(of('7А')).toMatchObject({
      success: { part: 20, of: 25, percent: 80 },
      quality: { part: 20, of: 25 },
    })
    // Three and two without success: neither is shown, and their sum is five.
    expect([of('7Б').success, of('7В').success]).toEqual([null, null])
    expect(of('7').success).toMatchObject({ part: 60, of: 70, percent: 85.7 })
    expect(of('9Б')).toMatchObject({ success: { part: 16, of: 16 }, quality: { part: 16, of: 16 } })
    expect(of('школа').success).toMatchObject({ part: 94, of: 104 })
    expect(of('7А').missed).toEqual({ pupils: 6, lessons: 6 })
    expect(of('7А').missed_without_reason).toEqual({ pupils: 6, lessons: 6 })
    expect(of('7Б').missed).toEqual({ pupils: 0, lessons: 0 })
    expect(of('7А').programme).toEqual({ hours: 3, due: 2, fact: 1, percent_due: 50 })
    expect(of('школа').programme).toMatchObject({ hours: 3, due: 2 })
    // No number between one and four people is anywhere, nor is any difference between what is shown.
    const shown = rows.flatMap(({ pupils, success, quality, missed }) => [
      pupils,
      ...[success, quality].flatMap((one) => (one === null ? [] : [one.part, one.of - one.part])),
      missed?.pupils,
    ])
    expect(shown.filter((count) => typeof count === 'number' && count > 0 && count < 5)).toEqual([])
  })

  it('R-A2.19: there is no id and no name of anybody in it', async () => {
    const school = schools.next().at(END)
    const text = JSON.stringify(await report(school))
    expect(text).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-/)
    const csv = await releaseTable(school)
    expect(csv.body).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-/)
    // Nothing of it is a read of a child.
    const { reads } = await school.seen<{ reads: object[] }>('head', `pupils/${id('pupil/7А/0')}/reads`)
    expect(reads).toEqual([])
  })

  it('R-A2.19: its release is an event with who, when, to whom, of what and the digest of the file; the register shows it', async () => {
    const school = schools.next().at(END)
    const json = await release(school, TO)
    expect(json.status).toBe(201)
    expect(json.body).toEqual(await report(school))
    const text = `${JSON.stringify(json.body)}\n`
    expect(json.headers['letopis-digest']).toBe(hash('sha256', text))
    // Asked for again, the same file is the same release; and it stands in the register once.
    const again = await release(school, TO)
    expect({ status: again.status, release: again.headers['letopis-release'] }).toEqual({
      status: 200,
      release: json.headers['letopis-release'],
    })
    school.at('2026-12-30T05:00:00.000Z')
    const csv = await releaseTable(school)
    const lines = csv.body.trim().split(/\r?\n/)
    expect(lines).toHaveLength(11)
    expect(lines.find((line) => line.includes('7А'))).toContain('80')
    expect(lines.find((line) => line.includes('8А'))).toContain('скрыто')
    expect(csv.headers['letopis-digest']).toBe(hash('sha256', csv.body))
    const event = (await school.log()).findLast(({ type }) => type === 'AuthorityReportReleased')
    expect(event).toMatchObject({
      data: {
        authority: AUTHORITY,
        year: YEAR,
        period: 'q2',
        fewest: 5,
        format: 'csv',
        digest: csv.headers['letopis-digest'],
      },
      meta: { role: 'head', at: '2026-12-30T05:00:00.000Z' },
    })
    interface Register {
      readonly releases: ReadonlyArray<{ release: string; format: string; authority: string; digest: string }>
      readonly next: string | null
    }
    const first = await school.seen<Register>('auditor', 'authority-reports?limit=1')
    expect(first.releases).toMatchObject([
      { release: csv.headers['letopis-release'], format: 'csv', authority: AUTHORITY },
    ])
    const rest = await school.seen<Register>('auditor', `authority-reports?after=${first.next}`)
    expect(rest).toMatchObject({
      releases: [{ format: 'json', digest: json.headers['letopis-digest'] }],
      next: null,
    })
  })

  it('R-A2.19: the head releases; deputy and auditor look, and nobody else; a period that nobody has is none', async () => {
    const school = schools.next().at(END)
    for (const login of ['deputy', 'auditor'] as const) {
      expect((await report(school, login)).rows[0]!.pupils).toBe(104)
      expectProblem(await release(school, TO, login), 'role-not-permitted')
    }
    for (const login of ['mathematician', 'mother', 'administrator'] as const) {
      expectProblem(await school.ask(login, 'reports/authority?period=q2'), 'role-not-permitted')
      expectProblem(await school.ask(login, 'authority-reports'), 'role-not-permitted')
    }
    expectProblem(await school.ask('head', 'reports/authority?period=q9'), 'period-unknown')
    expect((await release(school, 'period=q2')).status).toBe(400)
    expect(await school.seen('head', 'authority-reports')).toEqual({ releases: [], next: null })
  })
})
