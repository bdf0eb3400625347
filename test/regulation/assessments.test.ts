import { describe, expect, it } from 'vitest'
import type { z } from 'zod'
import { overdueList } from '#api/views/overdue.ts'
import { timelinessReport } from '#api/views/timeliness.ts'
import { addAssessmentMarks } from '#commands/journal-page/add-assessment-marks.ts'
import { awaitAssessmentResults } from '#commands/journal-page/await-assessment-results.ts'
import { correctAssessmentResults } from '#commands/journal-page/correct-assessment-results.ts'
import { correctMark } from '#commands/journal-page/correct-mark.ts'
import { receiveAssessmentResults } from '#commands/journal-page/receive-assessment-results.ts'
import { recordAssessment } from '#commands/journal-page/record-assessment.ts'
import { registerOutage } from '#commands/school/register-outage.ts'
import { adoptPolicy } from '#commands/policy/adopt-policy.ts'
import { declarePilot } from '#commands/roster/declare-pilot.ts'
import type { DiaryAssessment } from '#projections/pupil-diary/queries.ts'
import { type SchoolAtWork, schoolsAtWork } from '#support/at-work.ts'
import { ALGEBRA, ANNA, BORIS, CLASS_7A, GLEB, id, MATHEMATICIAN, PAGE } from '#support/class-7a.ts'
import { KindId, STARTING_POLICY } from '#values/policy.ts'
import { workId } from '#values/school.ts'

const schools = schoolsAtWork(7, ['mathematician', 'deputy', 'mother', 'boris'])
const EXAM = id('assessment/exam')
const exam = {
  page: PAGE,
  assessment: EXAM,
  date: '2026-11-07',
  kind: 'exam',
  name: 'Промежуточная аттестация по алгебре',
  resultsReceivedAt: '2026-11-08T10:00:00.000Z',
  marks: [
    { pupil: ANNA, value: 5 },
    { pupil: BORIS, value: 3 },
  ],
}

it('R-F15: an assessment outside the timetable stands in the grid, in the diary of each pupil, and in the summary where the school says so', async () => {
  const school = schools.next()
  await school.done('deputy', recordAssessment, exam)
  const project = { ...exam, assessment: id('assessment/project'), kind: 'project', name: 'Защита проектов' }
  await school.done('mathematician', recordAssessment, { ...project, marks: [{ pupil: ANNA, value: 4 }] })

  const grid = await school.grid()
  expect(grid.lessons).toEqual([])
  expect(grid.assessments.toSorted((a, b) => a.kind.localeCompare(b.kind))).toMatchObject([
    {
      assessment: EXAM,
      date: '2026-11-07',
      kind: 'exam',
      name: exam.name,
      results_received_at: exam.resultsReceivedAt,
    },
    { kind: 'project' },
  ])
  const inExam = grid.cells.filter(({ lesson }) => lesson === EXAM)
  expect(new Map(inExam.map(({ pupil, marks }) => [pupil, marks[0]?.value]))).toEqual(
    new Map([
      [ANNA, 5],
      [BORIS, 3],
    ]),
  )

  const { entry, version } = inExam.find(({ pupil }) => pupil === BORIS)!.marks[0]!
  const why = { expectedVersion: version, reason: 'appeal' }
  await school.done('deputy', correctMark, { page: PAGE, entry, value: 4, ...why })
  const diary = async (pupil: string, login: 'mother' | 'boris') =>
    (
      await school.seen<{ assessments: DiaryAssessment[] }>(
        login,
        `pupils/${pupil}/diary?from=2026-11-02&until=2026-11-08`,
      )
    ).assessments.map(({ name, subject, marks }) => [
      name,
      subject,
      marks.map(({ value, kind }) => [value, kind]),
    ])
  expect(await diary(BORIS, 'boris')).toEqual([[exam.name, 'Алгебра', [[4, 'exam']]]])
  expect(new Set((await diary(ANNA, 'mother')).map(([name]) => name))).toEqual(
    new Set(['Защита проектов', exam.name]),
  )

  const summary = async () =>
    (
      await school.seen<{ assessments: ReadonlyArray<Record<string, unknown>> }>(
        'deputy',
        `summaries/${CLASS_7A}`,
      )
    ).assessments
  expect(await summary()).toEqual([])
  await school.done('deputy', adoptPolicy, {
    effectiveFrom: '2026-11-05',
    policy: { ...STARTING_POLICY, assessmentsInSummary: [KindId.parse('exam')] },
  })
  expect((await summary()).map(({ journal, kind, pupil, value }) => [journal, kind, pupil, value])).toEqual(
    [ANNA, BORIS].toSorted().map((pupil) => [ALGEBRA, 'exam', pupil, pupil === ANNA ? 5 : 4]),
  )
})

it('R-5.6: results are available within 24 hours of their receipt, at 24:00:00 in time and at 24:00:01 late, in grid and diary', async () => {
  const school = schools.next()
  const marksOf = async (assessment: string) => {
    const { cells } = await school.grid()
    return cells.filter(({ lesson }) => lesson === assessment).flatMap(({ marks }) => marks)
  }
  school.at('2026-11-09T10:00:00.000Z')
  await school.done('deputy', recordAssessment, exam)
  expect((await marksOf(EXAM)).map(({ lateBy }) => lateBy)).toEqual([0, 0])
  school.at('2026-11-09T10:00:01.000Z')
  const more = { page: PAGE, assessment: EXAM, marks: [{ pupil: GLEB, value: 4 }] }
  await school.done('deputy', addAssessmentMarks, more)
  expect((await marksOf(EXAM)).map(({ lateBy }) => lateBy).toSorted((a, b) => a - b)).toEqual([0, 0, 1])
  // What nobody sent has the deadline of its kind of work.
  const own = { ...exam, assessment: id('assessment/own'), name: 'Проект', kind: 'project' }
  const { resultsReceivedAt: _none, ...unsent } = own
  await school.done('mathematician', recordAssessment, unsent)
  expect((await marksOf(own.assessment)).map(({ lateBy }) => lateBy)).toEqual([0, 0])
  // The family sees them from that moment on.
  const diary = await school.seen<{ assessments: DiaryAssessment[] }>(
    'mother',
    `pupils/${ANNA}/diary?from=2026-11-02&until=2026-11-08`,
  )
  expect(diary.assessments.map(({ name }) => name)).toContain(exam.name)
})

/** What the report says of the teacher of algebra, who had no lesson that day. */
const row = (marks: object) => [{ teacher: MATHEMATICIAN, journal: ALGEBRA, expected: 0, marks: [marks] }]

describe('results that are to come', () => {
  const { resultsReceivedAt: _none, marks: _marks, ...held } = exam
  const results = { page: PAGE, assessment: EXAM }
  const receivedAt = '2026-11-08T10:00:00.000Z'
  type Listed = Pick<
    z.output<typeof overdueList.reply>['items'][number],
    'state' | 'due_at' | 'overdue_by' | 'duty' | 'pupils'
  >
  const listed = async (school: SchoolAtWork, login: 'mathematician' | 'deputy' = 'deputy') => {
    const { items, counts } = overdueList.reply.parse(
      await school.seen(login, `overdue?journal=${ALGEBRA}&from=${held.date}&until=${held.date}&limit=500`),
    )
    const found: Listed[] = items
      .filter(({ assessment }) => assessment?.id === EXAM)
      .map(({ state, due_at, overdue_by, duty, pupils }) => ({ state, due_at, overdue_by, duty, pupils }))
    return { found, counts }
  }

  it('R-5.6, R-D10: an exam whose results have not come waits in the lists of teacher and deputy, however long, and is never overdue', async () => {
    const school = schools.next().at('2026-11-08T09:00:00.000Z')
    await school.done('mathematician', awaitAssessmentResults, held)
    const waiting = { state: 'waiting', due_at: null, overdue_by: 0, duty: 'results', pupils: [] }
    school.at('2026-12-20T09:00:00.000Z')
    for (const login of ['mathematician', 'deputy'] as const) {
      const { found, counts } = await listed(school, login)
      expect(found).toEqual([waiting])
      expect(counts).toMatchObject({ overdue: 0, waiting: 1 })
    }
    const early = { ...results, marks: [{ pupil: ANNA, value: 5 }] }
    const { body } = await school.give('deputy', addAssessmentMarks, early)
    expect(body).toMatchObject({ reason: 'assessment-results-not-received' })
  })

  it('R-5.6, R-D10: results that came and are not recorded for some pupils are due until 24:00:00 and overdue at 24:00:01, until the last of them stands', async () => {
    const school = schools.next().at(receivedAt)
    await school.done('mathematician', awaitAssessmentResults, held)
    await school.done('deputy', receiveAssessmentResults, { ...results, receivedAt, pupils: [ANNA, BORIS] })
    const marked = (pupil: string, value: number) =>
      school.done('deputy', addAssessmentMarks, { ...results, marks: [{ pupil, value }] })
    await marked(ANNA, 5)
    school.at('2026-11-09T10:00:00.000Z')
    const due_at = '2026-11-09T10:00:00.000Z'
    const missing = { state: 'due', due_at, overdue_by: 0, duty: 'results', pupils: [BORIS] }
    expect((await listed(school)).found).toEqual([missing])
    school.at('2026-11-09T10:00:01.000Z')
    for (const login of ['mathematician', 'deputy'] as const)
      expect((await listed(school, login)).found).toEqual([{ ...missing, state: 'overdue', overdue_by: 1 }])
    // What came on a later day has its own 24 hours.
    const later = '2026-11-09T09:00:00.000Z'
    await school.done('deputy', receiveAssessmentResults, { ...results, receivedAt: later, pupils: [GLEB] })
    await marked(BORIS, 3)
    const ofGleb = { ...missing, due_at: '2026-11-10T09:00:00.000Z', pupils: [GLEB] }
    expect((await listed(school)).found).toEqual([ofGleb])
    await marked(GLEB, 4)
    expect((await listed(school)).found).toEqual([])
    const { cells, assessments } = await school.grid()
    const late = new Map(cells.flatMap(({ pupil, marks }) => marks.map(({ lateBy }) => [pupil, lateBy])))
    expect(late).toEqual(
      new Map([
        [ANNA, 0],
        [BORIS, 1],
        [GLEB, 0],
      ]),
    )
    expect(assessments).toMatchObject([{ receipts: [{ pupils: [ANNA, BORIS] }, { pupils: [GLEB] }] }])
    const diary = await school.seen<{ assessments: DiaryAssessment[] }>(
      'boris',
      `pupils/${BORIS}/diary?from=2026-11-02&until=2026-11-08`,
    )
    expect(diary.assessments).toMatchObject([{ name: exam.name, results_received_at: receivedAt }])
  })

  it('R-5.6, R-F19: who was named by mistake is taken off the receipt by a correction with its reason, and nothing is missing of him', async () => {
    const school = schools.next().at(receivedAt)
    await school.done('mathematician', awaitAssessmentResults, held)
    const receipt = { ...results, receivedAt, pupils: [ANNA, GLEB] }
    const { revision } = await school.done('deputy', receiveAssessmentResults, receipt)
    const silently = await school.give('deputy', receiveAssessmentResults, { ...receipt, pupils: [ANNA] })
    expect(silently.body).toMatchObject({ reason: 'assessment-results-received' })
    const corrected = async (pupils: readonly string[]) => {
      const { version: expectedVersion } = (await school.grid()).assessments[0]!.receipts[0]!
      const why = { expectedVersion, reason: 'typing-error', note: 'Список другого класса' }
      return school.done('deputy', correctAssessmentResults, { ...results, receivedAt, pupils, ...why })
    }
    // Its column follows the receipt.
    expect((await school.grid()).assessments[0]!.receipts[0]!.version).toBe(revision - 1)
    await corrected([ANNA])
    expect((await listed(school)).found).toMatchObject([
      { duty: 'results', pupils: [ANNA], due_at: '2026-11-09T10:00:00.000Z' },
    ])
    await corrected([])
    // Nothing came after all: the exam waits again.
    expect((await listed(school)).found).toMatchObject([{ duty: 'results', state: 'waiting', due_at: null }])
    const early = { ...results, marks: [{ pupil: ANNA, value: 5 }] }
    const { body } = await school.give('deputy', addAssessmentMarks, early)
    expect(body).toMatchObject({ reason: 'assessment-results-not-received', facts: { pupils: [ANNA] } })
  })

  it('R-5.6 (report): what was recorded more than 24 hours after its receipt is late in the report of timeliness, to the teacher of the journal', async () => {
    const school = schools.next().at(receivedAt)
    await school.done('mathematician', awaitAssessmentResults, held)
    const marksOf = async (login: 'mathematician' | 'deputy' = 'deputy') => {
      const { rows, total } = timelinessReport.reply.parse(
        await school.seen(login, `reports/timeliness?from=${held.date}&until=${held.date}`),
      )
      expect(total.marks).toEqual(rows.flatMap(({ marks }) => marks))
      return rows.map(({ teacher, journal, lessons, marks }) => ({
        teacher,
        journal,
        expected: lessons.expected,
        marks,
      }))
    }
    // Without results there is no column, and nothing to be late with.
    expect(await marksOf()).toEqual([])
    const receipt = { ...results, receivedAt, pupils: [ANNA, BORIS] }
    await school.done('deputy', receiveAssessmentResults, receipt)
    const work = workId(EXAM, 'exam')
    const none = {
      kind: 'exam',
      works: 1,
      marks: 0,
      on_time: 0,
      late: 0,
      excused: 0,
      timeliness: { part: 0, of: 0, percent: null },
    }
    school.at('2026-11-09T10:00:00.000Z')
    expect(await marksOf()).toEqual(row({ ...none, without_marks: [] }))
    school.at('2026-11-09T10:00:00.001Z')
    expect(await marksOf()).toEqual(row({ ...none, without_marks: [work] }))

    school.at('2026-11-09T10:00:00.000Z')
    const marked = (pupil: string) =>
      school.done('deputy', addAssessmentMarks, { ...results, marks: [{ pupil, value: 4 }] })
    await marked(ANNA)
    school.at('2026-11-09T10:00:01.000Z')
    await marked(BORIS)
    const late = { ...none, marks: 2, on_time: 1, without_marks: [] }
    for (const login of ['deputy', 'mathematician'] as const)
      expect(await marksOf(login)).toEqual(
        row({ ...late, late: 1, timeliness: { part: 1, of: 2, percent: 50 } }),
      )
    await school.done('deputy', registerOutage, {
      from: '2026-11-09T09:00:00.000Z',
      until: '2026-11-09T10:00:01.000Z',
      text: 'Не было связи',
      order: { number: '12', date: '2026-11-09' },
    })
    expect(await marksOf()).toEqual(
      row({ ...late, excused: 1, timeliness: { part: 1, of: 1, percent: 100 } }),
    )
  })

  it('R-5.6 (report): an exam whose receipt was a mistake waits again, and a pilot that does not count is not in it', async () => {
    const school = schools.next().at(receivedAt)
    await school.done('mathematician', awaitAssessmentResults, held)
    await school.done('deputy', receiveAssessmentResults, { ...results, receivedAt, pupils: [ANNA] })
    school.at('2026-11-10T10:00:00.000Z')
    const counted = async () =>
      timelinessReport.reply
        .parse(await school.seen('deputy', `reports/timeliness?from=${held.date}&until=${held.date}`))
        .total.marks.map(({ works }) => works)
    expect(await counted()).toEqual([1])
    await school.done('deputy', declarePilot, { class: CLASS_7A, from: '2026-11-01' })
    const policy = { ...STARTING_POLICY, pilotsCounted: false }
    await school.done('deputy', adoptPolicy, { effectiveFrom: '2026-11-02', policy })
    expect(await counted()).toEqual([])
    await school.done('deputy', adoptPolicy, { effectiveFrom: '2026-11-03', policy: STARTING_POLICY })
    expect(await counted()).toEqual([1])
    const { version: expectedVersion } = (await school.grid()).assessments[0]!.receipts[0]!
    const why = { expectedVersion, reason: 'typing-error' }
    await school.done('deputy', correctAssessmentResults, { ...results, receivedAt, pupils: [], ...why })
    expect(await counted()).toEqual([])
  })
})
