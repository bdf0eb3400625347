import { expect, it } from 'vitest'
import { correctMark } from '#commands/journal-page/correct-mark.ts'
import { disputeMark } from '#commands/journal-page/dispute-mark.ts'
import { recordMarks } from '#commands/journal-page/record-marks.ts'
import { refuseDispute } from '#commands/journal-page/refuse-dispute.ts'
import type { LogIn } from '#support/api.ts'
import { type SchoolAtWork, schoolsAtWork } from '#support/at-work.ts'
import { ALGEBRA, ANNA, BORIS, LESSON, MONDAY, PAGE } from '#support/class-7a.ts'

const schools = schoolsAtWork(3, [
  'mathematician',
  'english',
  'stranger',
  'deputy',
  'head',
  'anna',
  'boris',
  'mother',
  'administrator',
])

interface Dispute {
  readonly dispute: string
  readonly entry: string
  readonly state: string
  readonly text: string
  readonly answer: string | null
}
const listed = async (school: SchoolAtWork, login: LogIn, query = '', role?: string) =>
  (
    await school.seen<{ disputes: Dispute[]; next: string | null }>(
      login,
      `disputes?${query}`,
      role === undefined ? {} : { 'letopis-role': role },
    )
  ).disputes

/** Anna has a 3 and Boris a 4 for the test of Monday. */
async function marked(): Promise<{ school: SchoolAtWork; entry: (pupil: string) => Promise<string> }> {
  const school = await schools.next().recordLesson()
  const marks = [
    { pupil: ANNA, value: 3 },
    { pupil: BORIS, value: 4 },
  ]
  await school.done('mathematician', recordMarks, { page: PAGE, lesson: LESSON, kind: 'test', marks })
  return { school, entry: async (pupil) => (await markOf(school, pupil)).entry }
}
const markOf = async (school: SchoolAtWork, pupil: string) =>
  (await school.grid()).cells.find((cell) => cell.pupil === pupil)!.marks[0]!
const of = (pupil: string, entry: string, text: string) => ({ page: PAGE, pupil, entry, text })

it('R-A1.p1: a pupil disputes a mark, which stays; the teacher corrects it and names the dispute, and the diary shows both', async () => {
  const { school, entry } = await marked()
  const mark = await markOf(school, ANNA)
  const text = 'В тетради стоит 5, а в дневнике 3'
  const { events } = await school.done('anna', disputeMark, of(ANNA, mark.entry, text))
  const dispute = (events[0]!.data as { dispute: string }).dispute
  expect(await markOf(school, ANNA)).toEqual(mark)
  const open = {
    dispute,
    entry: mark.entry,
    journal: ALGEBRA,
    date: MONDAY,
    kind: 'test',
    pupil: ANNA,
    value: 3,
    text,
    role: 'pupil',
    state: 'open',
    answer: null,
    filed_at: '2026-11-09T03:50:00.000Z',
  }
  for (const [login, role] of [
    ['mathematician', 'teacher'],
    ['english', 'class-teacher'],
    ['deputy', 'deputy'],
    ['head', 'head'],
    ['mother', 'parent'],
  ] as const)
    expect(await listed(school, login, 'state=open', role)).toMatchObject([open])
  expect(await listed(school, 'stranger', '', 'teacher')).toEqual([])
  expect(await listed(school, 'boris')).toEqual([])
  expect((await school.ask('boris', `disputes?pupil=${ANNA}`)).status).toBe(403)
  expect((await school.ask('administrator', 'disputes')).status).toBe(403)

  await school.done('mathematician', correctMark, {
    page: PAGE,
    entry: await entry(ANNA),
    value: 5,
    expectedVersion: mark.version,
    reason: 'appeal',
    dispute,
  })
  expect(await listed(school, 'deputy', 'state=open')).toEqual([])
  const answered = { ...open, state: 'upheld', upheld_by: 'correction', answer: null }
  expect(await listed(school, 'deputy', 'state=answered')).toMatchObject([answered])
  const diary = (await school.diary(ANNA, MONDAY, 'mother')) as unknown as Array<{
    lesson: string
    marks: Array<{ value: number }>
    disputes: Dispute[]
  }>
  const lesson = diary.find((one) => one.lesson === LESSON)!
  expect(lesson).toMatchObject({ marks: [{ value: 5 }], disputes: [answered] })
  // The history of the cell has it all: the mark, what was said of it, the correction and the answer.
  const lines = (await school.cell(ANNA, LESSON)) as unknown as Array<{ type: string; after: unknown }>
  expect(lines.map(({ type }) => type)).toEqual(
    expect.arrayContaining(['MarkRecorded', 'MarkDisputed', 'MarkCorrected', 'DisputeUpheld']),
  )
  const others = (await school.diary(BORIS, MONDAY, 'boris')) as unknown as Array<{ disputes: Dispute[] }>
  expect(others.flatMap(({ disputes }) => disputes)).toEqual([])
})

it('R-A1.p1: the teacher refuses with a reason, which the family reads; a class teacher may speak for it', async () => {
  const { school, entry } = await marked()
  const asClassTeacher = { 'letopis-role': 'class-teacher' }
  const said = of(BORIS, await entry(BORIS), 'Мать просит пересмотреть: задание № 4 засчитано не полностью')
  const { events } = await school.done('english', disputeMark, said, asClassTeacher)
  const dispute = (events[0]!.data as { dispute: string }).dispute
  const again = await school.give('boris', disputeMark, of(BORIS, await entry(BORIS), 'Ошибка в подсчёте'))
  expect(again).toMatchObject({ status: 409, body: { reason: 'dispute-open', facts: { dispute } } })
  const answer = 'Задание № 4 решено без обоснования, балл снят верно'
  await school.done('mathematician', refuseDispute, { page: PAGE, dispute, text: answer })
  expect(await listed(school, 'boris')).toMatchObject([
    { dispute, state: 'refused', answer, role: 'class-teacher', answered_at: '2026-11-09T03:50:00.000Z' },
  ])
  expect(await markOf(school, BORIS)).toMatchObject({ value: 4, corrected: false })
})

it('R-A1.p1 (list): disputes follow in the order in which they were filed, part by part', async () => {
  const { school, entry } = await marked()
  await school.done('anna', disputeMark, of(ANNA, await entry(ANNA), 'Отметка не моя'))
  school.at('2026-11-09T04:00:00.000Z')
  await school.done('boris', disputeMark, of(BORIS, await entry(BORIS), 'Отметка не моя'))
  const path = 'disputes?limit=1'
  const first = await school.seen<{ disputes: Dispute[]; next: string }>('mathematician', path)
  expect(first.disputes).toMatchObject([{ pupil: ANNA }])
  const after = `${path}&after=${encodeURIComponent(first.next)}`
  expect((await school.seen<{ disputes: Dispute[] }>('mathematician', after)).disputes).toMatchObject([
    { pupil: BORIS },
  ])
})
