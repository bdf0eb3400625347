import { expect, it } from 'vitest'
import { changeAbsenceCode } from '#commands/journal-page/change-absence-code.ts'
import { correctMark } from '#commands/journal-page/correct-mark.ts'
import { explainPaperDifference } from '#commands/journal-page/explain-paper-difference.ts'
import { recordMarks } from '#commands/journal-page/record-marks.ts'
import { registerPaperDifference } from '#commands/journal-page/register-paper-difference.ts'
import { takeAttendance } from '#commands/journal-page/take-attendance.ts'
import type { LogIn } from '#support/api.ts'
import { type SchoolAtWork, schoolsAtWork } from '#support/at-work.ts'
import { ALGEBRA, ANNA, BORIS, LESSON, MONDAY, PAGE, GLEB } from '#support/class-7a.ts'

const schools = schoolsAtWork(2, [
  'mathematician',
  'stranger',
  'deputy',
  'head',
  'auditor',
  'mother',
  'administrator',
])

interface Difference {
  readonly difference: string
  readonly what: string
  readonly state: string
  readonly paper: string | null
  readonly electronic: string | null
  readonly fixed_by: string | null
  readonly explanation: string | null
}
const register = async (school: SchoolAtWork, login: LogIn, query = '') =>
  (await school.seen<{ differences: Difference[] }>(login, `paper-differences?${query}`)).differences
const stateOf = async (school: SchoolAtWork) =>
  Object.fromEntries((await register(school, 'deputy')).map(({ what, state }) => [what, state]))

/** A place of Monday's lesson, with what the paper says there. */
const at = (what: string, pupil: string, paper: string | null) => ({
  page: PAGE,
  lesson: LESSON,
  what,
  pupil,
  paper,
})

/** Monday's lesson: Anna has a 3 for the test, Boris was away. */
async function monday(): Promise<SchoolAtWork> {
  const school = await schools.next().recordLesson()
  const here = { page: PAGE, lesson: LESSON }
  await school.done('mathematician', takeAttendance, { ...here, absentees: [{ pupil: BORIS, code: 'Н' }] })
  const marks = [{ pupil: ANNA, value: 3 }]
  await school.done('mathematician', recordMarks, { ...here, kind: 'test', marks })
  return school
}
const cellOf = async (school: SchoolAtWork, pupil: string) =>
  (await school.grid()).cells.find((cell) => cell.pupil === pupil)!

it('R-A1.2i: differences between the paper page and the journal are registered with both values, and fixed as corrections with the reason «сверка», or explained', async () => {
  const school = await monday()
  // The paper page is the print of the page: for a journal and a period, in the layout of the paper journal.
  const print = await school.ask('mathematician', `pages/${PAGE}/print?format=html`)
  expect(print.status).toBe(200)

  school.at('2026-11-10T03:00:00.000Z')
  await school.done('mathematician', registerPaperDifference, at('mark', ANNA, '4'))
  school.at('2026-11-10T03:01:00.000Z')
  await school.done('deputy', registerPaperDifference, { ...at('absence', BORIS, 'Н/б'), foundOn: MONDAY })
  school.at('2026-11-10T03:02:00.000Z')
  const other = await school.done('deputy', registerPaperDifference, at('mark', GLEB, '5'))
  const topic = { page: PAGE, lesson: LESSON, what: 'topic', paper: 'Степень' }
  school.at('2026-11-10T03:03:00.000Z')
  const { events } = await school.done('mathematician', registerPaperDifference, topic)
  expect((await register(school, 'deputy', 'state=open')).map((one) => [one.what, one.electronic])).toEqual([
    ['mark', '3'],
    ['absence', 'Н'],
    ['mark', null],
    ['topic', expect.any(String)],
  ])
  const found = (await register(school, 'mathematician', `page=${PAGE}`))[1]!
  expect(found).toMatchObject({
    what: 'absence',
    paper: 'Н/б',
    date: MONDAY,
    journal: ALGEBRA,
    pupil: BORIS,
    found_on: MONDAY,
    author_name: expect.any(String),
    role: 'deputy',
  })

  // A correction for another reason leaves the difference open; one with «сверка» fixes it.
  const { entry, version } = (await cellOf(school, ANNA)).marks[0]!
  const correction = { page: PAGE, entry, expectedVersion: version }
  await school.done('mathematician', correctMark, { ...correction, value: 5, reason: 'typing-error' })
  expect(await register(school, 'deputy', 'state=fixed')).toEqual([])
  const later = (await cellOf(school, ANNA)).marks[0]!.version
  const fixed = await school.done('mathematician', correctMark, {
    ...correction,
    expectedVersion: later,
    value: 4,
    reason: 'paper-reconciliation',
  })
  expect(fixed.events.map(({ type }) => type)).toEqual(['MarkCorrected', 'PaperDifferenceFixed'])
  await school.done('mathematician', changeAbsenceCode, {
    page: PAGE,
    lesson: LESSON,
    pupil: BORIS,
    code: 'Н/б',
    reason: 'paper-reconciliation',
    expectedVersion: (await cellOf(school, BORIS)).absence!.version,
  })
  // What the journal did not have is recorded.
  await school.done('mathematician', recordMarks, {
    page: PAGE,
    lesson: LESSON,
    kind: 'lesson-answer',
    marks: [{ pupil: GLEB, value: 5 }],
  })
  const { difference } = events[0]!.data as { difference: string }
  const text = 'На бумаге тема сокращена'
  await school.done('deputy', explainPaperDifference, { page: PAGE, difference, text })
  expect((await register(school, 'deputy')).map((one) => [one.state, one.fixed_by, one.explanation])).toEqual(
    [
      ['fixed', 'correction', null],
      ['fixed', 'correction', null],
      ['fixed', 'record', null],
      ['explained', null, text],
    ],
  )
  expect(await stateOf(school)).toEqual({ mark: 'fixed', absence: 'fixed', topic: 'explained' })
  const { difference: settled } = other.events[0]!.data as { difference: string }
  const again = await school.give('deputy', explainPaperDifference, { page: PAGE, difference: settled, text })
  expect([again.status, again.body.reason]).toEqual([409, 'difference-settled'])
  // The comparison itself is on record, and nothing in it was removed.
  const lines = (await school.lines('audit-trail?limit=500')).map(({ type }) => type)
  expect(lines.filter((type) => type.startsWith('PaperDifference'))).toHaveLength(8)
})

it('R-A1.2i (rights): the deputy and the teacher of the journal compare; the head and the auditor see the register, families and others do not', async () => {
  const school = await monday()
  const input = { page: PAGE, lesson: LESSON, what: 'mark', pupil: ANNA, paper: '4' }
  for (const login of ['stranger', 'head', 'auditor', 'mother', 'administrator'] as const)
    expect((await school.give(login, registerPaperDifference, input)).status, login).toBe(403)
  await school.done('mathematician', registerPaperDifference, input)
  expect(await register(school, 'head')).toHaveLength(1)
  expect(await register(school, 'auditor')).toHaveLength(1)
  expect(await register(school, 'stranger')).toEqual([])
  for (const login of ['mother', 'administrator'] as const)
    expect((await school.ask(login, 'paper-differences')).status, login).toBe(403)
})
