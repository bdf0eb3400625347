import { describe, expect, it } from 'vitest'
import { openReleasedReport } from '#commands/control/open-released-report.ts'
import { correctMark } from '#commands/journal-page/correct-mark.ts'
import { recordFinals } from '#commands/journal-page/record-finals.ts'
import { recordMarks } from '#commands/journal-page/record-marks.ts'
import { takeAttendance } from '#commands/journal-page/take-attendance.ts'
import { expectProblem, type LogIn } from '#support/api.ts'
import { type SchoolAtWork, schoolsAtWork } from '#support/at-work.ts'
import { ANNA, BORIS, CLASS_7A, CLASS_7B, DINA, LESSON, PAGE, YEAR } from '#support/class-7a.ts'

const schools = schoolsAtWork(4, [
  'mathematician',
  'english',
  'stranger',
  'head',
  'deputy',
  'auditor',
  'mother',
])

interface Release {
  readonly release: string
  readonly report: string
  readonly class_name: string
  readonly pupil_name: string | null
  readonly as_of: string
  readonly content: string
  readonly author_name: string
  readonly opened: ReadonlyArray<{ name: string; at: string }>
}
interface Opened {
  readonly release: Release
  readonly as_released: boolean
  readonly sheet: { readonly content: string; readonly parts: ReadonlyArray<{ rows: string[][] }> }
}

const LEADING = { 'letopis-role': 'class-teacher' }
const TEACHING = { 'letopis-role': 'teacher' }
const FINALS_AT = '2026-12-28T04:00:00.000Z'

async function releaseOf(school: SchoolAtWork, report: string, query: string, login: LogIn = 'deputy') {
  const client = await school.api.as(login, school.name)
  return client.post<{ release: string; as_of: string; content: string }>(
    `years/${YEAR}/reports/${report}/release?${query}`,
    {},
  )
}
const list = async (school: SchoolAtWork, login: LogIn = 'deputy', query = '', headers = {}) =>
  (await school.seen<{ releases: Release[] }>(login, `released-reports${query}`, headers)).releases
const shown = (school: SchoolAtWork, release: string, login: LogIn = 'english', headers: object = LEADING) =>
  school.seen<Opened>(login, `years/${YEAR}/released-reports/${release}`, { ...headers })

describe('R-7B.6: the deputy gives the class teacher an analytic report by class and pupils formed by the system', () => {
  it('R-7B.6: a release is recorded with the report, its parameters, its instant and its digest; the class teacher opens it, and that is recorded, too', async () => {
    const school = schools.next().at(FINALS_AT)
    await school.done('mathematician', recordFinals, { page: PAGE, finals: [{ pupil: ANNA, value: 5 }] })
    await school.api.shown()
    school.at('2026-12-28T05:00:00.000Z')
    const { status, body } = await releaseOf(school, 'attainment-of-pupils', `class=${CLASS_7A}&period=q2`)
    expect(status).toBe(201)
    expect(body.as_of).toBe('2026-12-28T05:00:00.000Z')
    const { release } = body

    expect(await list(school)).toMatchObject([
      { release, report: 'attainment-of-pupils', class_name: '7А', as_of: body.as_of, opened: [] },
    ])
    expect(await list(school, 'deputy', '?opened=true')).toEqual([])
    // Before it is opened, nobody has read it.
    const address = `years/${YEAR}/released-reports/${release}`
    expectProblem(await school.ask('english', address, LEADING), 'release-not-opened')
    school.at('2026-12-28T06:00:00.000Z')
    await school.done('english', openReleasedReport, { year: YEAR, release }, LEADING)
    const opened = await shown(school, release)
    expect(opened).toMatchObject({ as_released: true, sheet: { content: body.content } })
    expect(opened.sheet.parts[0]!.rows.some((row) => row.includes('1 из 1'))).toBe(true)
    const at = '2026-12-28T06:00:00.000Z'
    expect(await list(school, 'deputy', '?opened=true')).toMatchObject([{ release, opened: [{ at }] }])
    // Opened again, it is recorded once.
    school.at('2026-12-28T07:00:00.000Z')
    await school.give('english', openReleasedReport, { year: YEAR, release }, LEADING)
    expect((await list(school))[0]!.opened).toHaveLength(1)
    const types = (await school.log()).map(({ type }) => type)
    expect(types.filter((type) => type.startsWith('Release') || type.startsWith('Report'))).toEqual([
      'ReportReleased',
      'ReleasedReportOpened',
    ])
  })

  it('R-7B.6: what was released is shown as it was, whatever is corrected later, as a table and as CSV', async () => {
    const school = await schools.next().recordLesson()
    await school.done('mathematician', takeAttendance, {
      page: PAGE,
      lesson: LESSON,
      absentees: [{ pupil: BORIS, code: 'Н' }],
    })
    const made = await school.done('mathematician', recordMarks, {
      page: PAGE,
      lesson: LESSON,
      kind: 'quiz',
      marks: [{ pupil: ANNA, value: 2 }],
    })
    await school.grid()
    school.at('2026-11-09T05:00:00.000Z')
    const query = `class=${CLASS_7A}&pupil=${ANNA}&from=2026-11-01&until=2026-11-30`
    const { body, status } = await releaseOf(school, 'unsatisfactory-marks', query, 'head')
    expect(status).toBe(201)
    const missed = await releaseOf(
      school,
      'missed-lessons',
      `class=${CLASS_7A}&pupil=${BORIS}&from=2026-11-01&until=2026-11-30`,
    )
    expect(missed.status).toBe(201)
    const recorded = made.events.find(({ type }) => type === 'MarkRecorded')!
    const { entry } = recorded.data as { entry: string }
    school.at('2026-11-10T05:00:00.000Z')
    await school.done('deputy', correctMark, {
      page: PAGE,
      entry,
      expectedVersion: recorded.revision,
      value: 4,
      reason: 'typing-error',
      note: 'Не та строка',
    })
    await school.done('english', openReleasedReport, { year: YEAR, release: body.release }, LEADING)
    const then = await shown(school, body.release)
    expect(then.as_released).toBe(true)
    expect(then.sheet.parts[0]!.rows[0]).toContain('2')
    const live = await school.seen<{ marks: object[] }>(
      'deputy',
      `reports/unsatisfactory-marks?pupil=${ANNA}&from=2026-11-01&until=2026-11-30`,
    )
    expect(live.marks).toEqual([])
    const client = await school.api.as('english', school.name)
    const csv = await client.get<string>(`years/${YEAR}/released-reports/${body.release}?format=csv`, LEADING)
    expect(csv.status).toBe(200)
    // Boris missed the lesson: the auditor sees it without an opening of his own.
    const ofBoris = await shown(school, missed.body.release, 'auditor', {})
    expect(ofBoris).toMatchObject({
      as_released: true,
      release: { opened: [], pupil_name: expect.any(String) },
    })
    expect(ofBoris.sheet.parts[0]!.rows[0]).toContain('Н')
    // Whose report it is hears of it, as of any read.
    const { reads } = await school.seen<{ reads: Array<{ operation: string; role: string }> }>(
      'head',
      `pupils/${BORIS}/reads`,
    )
    expect(reads).toContainEqual(expect.objectContaining({ operation: 'released-report', role: 'auditor' }))
    expect((await list(school, 'english', '', LEADING)).map(({ report }) => report).toSorted()).toEqual([
      'missed-lessons',
      'unsatisfactory-marks',
    ])
  })

  it('R-7B.6: the class teacher sees the own class alone; families and teachers see nothing', async () => {
    const school = schools.next()
    const { body } = await releaseOf(school, 'attainment-of-subjects', `class=${CLASS_7A}&period=q2`)
    await releaseOf(school, 'attainment-of-subjects', `class=${CLASS_7B}&period=q2`)
    expect(await list(school)).toHaveLength(2)
    expect(await list(school, 'deputy', `?class=${CLASS_7B}`)).toHaveLength(1)
    expect((await list(school, 'english', '', LEADING)).map(({ class_name }) => class_name)).toEqual(['7А'])
    expect(await list(school, 'stranger', '', LEADING)).toEqual([])
    const about = { year: YEAR, release: body.release }
    expectProblem(await school.give('stranger', openReleasedReport, about, LEADING), 'class-not-led')
    expectProblem(
      await school.ask('stranger', `years/${YEAR}/released-reports/${body.release}`, LEADING),
      'class-not-led',
    )
    for (const [login, headers] of [
      ['mother', {}],
      ['english', TEACHING],
    ] as const) {
      expectProblem(await school.ask(login, 'released-reports', headers), 'role-not-permitted')
      expectProblem(
        await school.ask(login, `years/${YEAR}/released-reports/${body.release}`, headers),
        'role-not-permitted',
      )
    }
    expectProblem(
      await releaseOf(school, 'attainment-of-pupils', `class=${CLASS_7A}&period=q2`, 'mathematician'),
      'role-not-permitted',
    )
  })

  it('R-7B.6: a release names what its report needs, and what the school has', async () => {
    const school = schools.next()
    const refused = async (report: string, query: string) => (await releaseOf(school, report, query)) as never
    expectProblem(await refused('attainment-of-pupils', `class=${CLASS_7A}`), 'malformed-request')
    expectProblem(
      await refused('attainment-of-pupils', `class=${CLASS_7A}&period=q2&pupil=${ANNA}`),
      'malformed-request',
    )
    expectProblem(await refused('missed-lessons', `class=${CLASS_7A}&pupil=${ANNA}`), 'malformed-request')
    expectProblem(await refused('attainment-of-pupils', `class=${ANNA}&period=q2`), 'class-unknown')
    expectProblem(await refused('attainment-of-pupils', `class=${CLASS_7A}&period=q9`), 'period-unknown')
    const days = 'from=2026-11-01&until=2026-11-30'
    expectProblem(
      await refused('missed-lessons', `class=${CLASS_7A}&pupil=${DINA}&${days}`),
      'pupil-not-in-class',
    )
    const about = { year: YEAR, release: ANNA }
    expectProblem(await school.give('english', openReleasedReport, about, LEADING), 'release-unknown')
    expect(await list(school)).toEqual([])
    expect((await school.ask('deputy', 'released-reports?after=x')).status).toBe(400)
  })
})
