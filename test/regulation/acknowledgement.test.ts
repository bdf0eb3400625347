import { expect, it } from 'vitest'
import { acknowledgeDiary } from '#commands/diary/acknowledge-diary.ts'
import { refuseConsent } from '#commands/family/refuse-consent.ts'
import { recordMarks } from '#commands/journal-page/record-marks.ts'
import { type LogIn, MOTHER } from '#support/api.ts'
import { type SchoolAtWork, schoolsAtWork } from '#support/at-work.ts'
import { ANNA, BORIS, CLASS_7A, CLASS_7B, LESSON, MONDAY, PAGE } from '#support/class-7a.ts'

const schools = schoolsAtWork(4, [
  'mathematician',
  'english',
  'stranger',
  'deputy',
  'head',
  'auditor',
  'administrator',
  'mother',
  'anna',
])
const LEADING = { 'letopis-role': 'class-teacher' }

interface Week {
  readonly week: string
  readonly version: string
  readonly acknowledged: ReadonlyArray<{ seen: string; changed_since: boolean; item: string | null }>
}
const weekOf = async (school: SchoolAtWork, login: LogIn = 'mother', headers = {}, from = MONDAY as string) =>
  (await school.seen<{ weeks: Week[] }>(login, `pupils/${ANNA}/diary?from=${from}`, headers)).weeks[0]!

interface Report {
  readonly from: string
  readonly until: string
  readonly classes: ReadonlyArray<{
    readonly name: string
    readonly weeks: ReadonlyArray<{ week: string; acknowledged: object; viewed_only: number }>
    readonly pupils: ReadonlyArray<{
      pupil: string
      weeks: ReadonlyArray<{ week: string; acknowledged: readonly object[]; viewed_at: string | null }>
    }> | null
  }>
}
const report = (school: SchoolAtWork, login: LogIn, query = '', headers = {}) =>
  school.seen<Report>(login, `reports/acknowledgement${query}`, headers)

it('R-7A.15: a parent acknowledges a week of the diary in the version that was seen; what changed since shows', async () => {
  const school = await schools.next().recordLesson()
  const first = await weekOf(school)
  expect(first).toMatchObject({ week: MONDAY, acknowledged: [] })
  // The same to everybody, and whichever days of the week are asked for.
  expect((await weekOf(school, 'deputy')).version).toBe(first.version)
  expect((await weekOf(school, 'mother', {}, '2026-11-11')).version).toBe(first.version)

  const given = { pupil: ANNA, week: MONDAY, seen: first.version }
  const { events } = await school.done('mother', acknowledgeDiary, given)
  expect(events).toMatchObject([
    {
      type: 'DiaryAcknowledged',
      data: { representative: MOTHER, week: MONDAY, item: null, seen: first.version },
    },
  ])
  expect(await school.give('mother', acknowledgeDiary, given)).toMatchObject({
    status: 200,
    body: { events: [] },
  })
  expect((await weekOf(school)).acknowledged).toMatchObject([
    { representative: MOTHER, at: '2026-11-09T03:50:00.000Z', seen: first.version, changed_since: false },
  ])

  await school.done('mathematician', recordMarks, {
    page: PAGE,
    lesson: LESSON,
    kind: 'test',
    marks: [{ pupil: BORIS, value: 4 }],
  })
  expect((await weekOf(school)).version).toBe(first.version)
  const marks = [{ pupil: ANNA, value: 4 }]
  await school.done('mathematician', recordMarks, { page: PAGE, lesson: LESSON, kind: 'homework', marks })
  const second = await weekOf(school)
  expect(second.version).not.toBe(first.version)
  expect(second.acknowledged).toMatchObject([{ seen: first.version, changed_since: true }])
  await school.done('mother', acknowledgeDiary, { ...given, seen: second.version })
  expect((await weekOf(school)).acknowledged).toMatchObject([
    { changed_since: true },
    { seen: second.version, changed_since: false },
  ])
  // One thing of the week.
  await school.done('mother', acknowledgeDiary, { ...given, seen: second.version, item: LESSON })
  expect((await weekOf(school)).acknowledged.at(-1)).toMatchObject({ item: LESSON, changed_since: false })
})

it('R-7A.15: the class teacher, who controls, sees the acknowledgements beside the diary; pupil and teachers do not', async () => {
  const school = schools.next()
  const { version: seen } = await weekOf(school)
  await school.done('mother', acknowledgeDiary, { pupil: ANNA, week: MONDAY, seen })
  for (const login of ['deputy', 'head', 'auditor'] as const)
    expect((await weekOf(school, login)).acknowledged).toHaveLength(1)
  expect((await weekOf(school, 'english', LEADING)).acknowledged).toHaveLength(1)
  for (const login of ['anna', 'mathematician'] as const)
    expect((await weekOf(school, login)).acknowledged).toEqual([])
  const refused = await school.give('mother', acknowledgeDiary, { pupil: BORIS, week: MONDAY, seen })
  expect(refused).toMatchObject({ status: 403, body: { reason: 'diary-not-yours' } })
  const tuesday = await school.give('mother', acknowledgeDiary, { pupil: ANNA, week: '2026-11-10', seen })
  expect(tuesday).toMatchObject({ status: 400, body: { reason: 'week-not-from-monday' } })
  const ahead = await school.give('mother', acknowledgeDiary, { pupil: ANNA, week: '2026-11-16', seen })
  expect(ahead).toMatchObject({ status: 422, body: { reason: 'week-not-begun' } })
  const nothing = await school.give('mother', acknowledgeDiary, { pupil: ANNA, week: MONDAY, seen: '5' })
  expect(nothing).toMatchObject({ status: 400, body: { reason: 'malformed-request' } })
})

it('R-7A.15: head, deputy and class teacher see the share of children by class and week, and whose diary was only looked at', async () => {
  const school = schools.next()
  const query = `?from=2026-11-02&until=2026-11-22`
  expect((await report(school, 'head', query)).classes).toMatchObject([
    {
      name: '7А',
      weeks: [{ acknowledged: { part: 0, of: 3, percent: 0 }, viewed_only: 0 }, {}, {}],
      pupils: null,
    },
    { name: '7Б', weeks: [{ acknowledged: { part: 0, of: 1 } }, {}, {}] },
  ])
  // Looking is not acknowledging: it stands in the register of reads alone.
  const { version: seen } = await weekOf(school)
  expect((await report(school, 'head', query)).classes[0]!.weeks).toMatchObject([
    { week: '2026-11-02', viewed_only: 0 },
    { week: MONDAY, acknowledged: { part: 0, of: 3 }, viewed_only: 1 },
    // Gleb has gone to 7Б and Vera has come.
    { week: '2026-11-16', acknowledged: { part: 0, of: 3 }, viewed_only: 0 },
  ])
  expect((await school.log()).some(({ type }) => type === 'DiaryAcknowledged')).toBe(false)
  await school.done('mother', acknowledgeDiary, { pupil: ANNA, week: MONDAY, seen })
  await school.done('mother', acknowledgeDiary, { pupil: ANNA, week: MONDAY, seen, item: LESSON })
  for (const [login, headers] of [
    ['head', {}],
    ['deputy', {}],
    ['auditor', {}],
    ['english', LEADING],
  ] as const) {
    expect((await report(school, login, query, headers)).classes[0]).toMatchObject({
      name: '7А',
      weeks: [
        { acknowledged: { part: 0, of: 3, percent: 0 } },
        { acknowledged: { part: 1, of: 3, percent: 33.3 }, viewed_only: 0 },
        { acknowledged: { part: 0, of: 3, percent: 0 } },
      ],
    })
  }
  // A class teacher sees the own class alone, by child on request.
  expect((await report(school, 'english', query, LEADING)).classes.map(({ name }) => name)).toEqual(['7А'])
  const each = await report(school, 'english', `${query}&class=${CLASS_7A}`, LEADING)
  expect(each.classes[0]!.pupils!.find(({ pupil }) => pupil === ANNA)!.weeks).toMatchObject([
    { week: '2026-11-02', acknowledged: [], viewed_at: null },
    {
      week: MONDAY,
      acknowledged: [{ representative: MOTHER, item: null }, { item: LESSON }],
      viewed_at: '2026-11-09T03:50:00.000Z',
    },
    { week: '2026-11-16', acknowledged: [] },
  ])
  const other = await school.ask('english', `reports/acknowledgement?class=${CLASS_7B}`, LEADING)
  expect(other).toMatchObject({ status: 403, body: { reason: 'class-not-led' } })
  for (const login of ['mother', 'anna', 'mathematician', 'administrator'] as const)
    expect((await school.ask(login, 'reports/acknowledgement')).status).toBe(403)
  // Whose diary is open to nobody at home is not waited for (DOMAIN.md C.5); what was acknowledged stays.
  await school.done('mother', refuseConsent, { pupil: ANNA, representative: MOTHER })
  expect((await report(school, 'head', query)).classes[0]!.weeks).toMatchObject([
    { acknowledged: { part: 0, of: 2 } },
    { acknowledged: { part: 1, of: 3 } },
    { acknowledged: { part: 0, of: 2 } },
  ])
})

it('R-7A.15: weeks are counted in the zone of the school, the last four of them where none are named', async () => {
  // Sunday 23:59 in Tomsk, and a minute later.
  const school = schools.next().at('2026-11-15T16:59:00.000Z')
  await weekOf(school)
  expect(await report(school, 'head')).toMatchObject({ from: '2026-10-19', until: '2026-11-15' })
  school.at('2026-11-15T17:00:00.000Z')
  const { from, until, classes } = await report(school, 'head')
  expect([from, until]).toEqual(['2026-10-26', '2026-11-22'])
  expect(classes[0]!.weeks.map(({ viewed_only }) => viewed_only)).toEqual([0, 0, 1, 0])
  await weekOf(school)
  expect((await report(school, 'head')).classes[0]!.weeks.map((one) => one.viewed_only)).toEqual([0, 0, 1, 1])
  for (const query of ['?from=2026-11-16&until=2026-11-02', '?from=2025-01-01&until=2026-11-15'])
    expect(await school.ask('head', `reports/acknowledgement${query}`)).toMatchObject({
      status: 400,
      body: { reason: 'malformed-request' },
    })
})
