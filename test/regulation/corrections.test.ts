import { describe, expect, it } from 'vitest'
import { addComment } from '#commands/journal-page/add-comment.ts'
import { awaitAssessmentResults } from '#commands/journal-page/await-assessment-results.ts'
import { changeAbsenceCode } from '#commands/journal-page/change-absence-code.ts'
import { correctAssessmentResults } from '#commands/journal-page/correct-assessment-results.ts'
import { correctComment } from '#commands/journal-page/correct-comment.ts'
import { correctHomework } from '#commands/journal-page/correct-homework.ts'
import { correctLesson } from '#commands/journal-page/correct-lesson.ts'
import { correctMark } from '#commands/journal-page/correct-mark.ts'
import { declineHomework } from '#commands/journal-page/decline-homework.ts'
import { receiveAssessmentResults } from '#commands/journal-page/receive-assessment-results.ts'
import { recordMarks } from '#commands/journal-page/record-marks.ts'
import { setHomework } from '#commands/journal-page/set-homework.ts'
import { takeAttendance } from '#commands/journal-page/take-attendance.ts'
import { withdrawMark } from '#commands/journal-page/withdraw-mark.ts'
import { adoptPolicy } from '#commands/policy/adopt-policy.ts'
import { query } from '#events/store/sql.ts'
import { auditTrail } from '#projections/audit-trail/projection.ts'
import { rebuild } from '#projections/rebuild.ts'
import { STARTING_POLICY } from '#values/policy.ts'
import { workId } from '#values/school.ts'
import { accountOf } from '#support/api.ts'
import { type SchoolAtWork, schoolsAtWork } from '#support/at-work.ts'
import { ANNA, ASSESSMENT, BORIS, LESSON, PAGE } from '#support/class-7a.ts'

const schools = schoolsAtWork(5, ['mathematician', 'deputy', 'auditor', 'head', 'administrator'])
const here = { page: PAGE, lesson: LESSON }
const results = { page: PAGE, assessment: ASSESSMENT, receivedAt: '2026-11-09T03:00:00.000Z' }
const reason = 'typing-error'
const note = 'Перепутал строки'

/** Monday's lesson with everything that can be corrected; the versions that stand. */
async function filled(school: SchoolAtWork) {
  await school.recordLesson()
  const attendance = { ...here, absentees: [{ pupil: BORIS, code: 'Н' }] }
  await school.done('mathematician', takeAttendance, attendance)
  const marks = [{ pupil: ANNA, value: 4 }]
  await school.done('mathematician', recordMarks, { ...here, kind: 'test', marks })
  await school.done('mathematician', recordMarks, { ...here, kind: 'homework', marks })
  await school.done('mathematician', setHomework, { ...here, text: 'Стр. 45, № 340' })
  const exam = { date: '2026-11-09', kind: 'exam', name: 'Пробный экзамен' }
  await school.done('mathematician', awaitAssessmentResults, { page: PAGE, assessment: ASSESSMENT, ...exam })
  await school.done('mathematician', receiveAssessmentResults, { ...results, pupils: [BORIS] })
  const on = { kind: 'lesson' }
  const made = await school.done('mathematician', addComment, { ...here, on, text: 'Кабинет 305' })
  const { comment } = made.events[0]!.data as { readonly comment: string }
  const { lessons, cells, assessments } = await school.grid()
  const [lesson] = lessons
  const mark = (kind: string) =>
    cells.flatMap((cell) => cell.marks).find(({ work }) => work === workId(LESSON, kind))!
  return {
    lesson: { version: lesson!.version },
    homework: { version: lesson!.homework!.version },
    absence: { version: cells.find(({ pupil }) => pupil === BORIS)!.absence!.version },
    mark: mark('test'),
    other: mark('homework'),
    receipt: { version: assessments[0]!.receipts[0]!.version },
    comment: { comment, version: made.revision },
  }
}

type Filled = Awaited<ReturnType<typeof filled>>

/** A correction of each kind of record data, but for its version and its reason. */
const correctionsOf = ({ lesson, homework, absence, mark, other, receipt }: Filled) =>
  [
    [correctLesson, { ...here, topic: 'Многочлены' }, lesson],
    [changeAbsenceCode, { ...here, pupil: BORIS, code: 'Н/б' }, absence],
    [correctMark, { page: PAGE, entry: mark.entry, value: 5 }, mark],
    [withdrawMark, { page: PAGE, entry: other.entry }, other],
    [correctHomework, { ...here, text: 'Стр. 46, № 350' }, homework],
    [correctAssessmentResults, { ...results, pupils: [ANNA] }, receipt],
  ] as const

describe('R-F19: a correction', () => {
  it('names the version that stands and a reason of the list of the school, whatever it corrects', async () => {
    const school = schools.next()
    const standing = await filled(school)
    school.at('2026-11-09T03:50:00.001Z')
    for (const [command, input, { version: expectedVersion }] of correctionsOf(standing)) {
      const given = (more: object) => school.give('mathematician', command, { ...input, ...more })
      expect(await given({ reason }), command.name).toMatchObject({ status: 400 })
      expect(await given({ expectedVersion, reason: 'because' }), command.name).toMatchObject({
        status: 422,
        body: { reason: 'reason-unknown' },
      })
      expect(await given({ expectedVersion: expectedVersion + 1, reason }), command.name).toMatchObject({
        status: 409,
        body: { reason: 'stale-version' },
      })
      expect(await given({ expectedVersion }), command.name).toMatchObject({
        status: 422,
        body: { reason: 'reason-required' },
      })
      expect(await given({ expectedVersion, reason, note }), command.name).toMatchObject({ status: 201 })
    }
    const { version: expectedVersion } = (await school.grid()).lessons[0]!.homework!
    for (const [more, status] of [
      [{ reason }, 409],
      [{ expectedVersion }, 422],
      [{ expectedVersion, reason }, 201],
    ] as const) {
      expect(await school.give('mathematician', declineHomework, { ...here, ...more })).toMatchObject({
        status,
      })
    }
  })

  it('needs no reason within the grace time of the school, and one from the next moment on', async () => {
    const school = schools.next()
    const policy = { ...STARTING_POLICY, graceMinutes: 10 }
    await school.done('deputy', adoptPolicy, { effectiveFrom: '2026-11-09', policy })
    const { mark } = await filled(school)
    const corrected = (expectedVersion: number, value: number, login: 'mathematician' | 'deputy') =>
      school.give(login, correctMark, { page: PAGE, entry: mark.entry, expectedVersion, value })

    school.at('2026-11-09T04:00:00.000Z')
    // What the teacher has just typed is not for others to reword without a word.
    expect(await corrected(mark.version, 3, 'deputy')).toMatchObject({ body: { reason: 'reason-required' } })
    const { status, body } = await corrected(mark.version, 5, 'mathematician')
    expect(status).toBe(201)
    school.at('2026-11-09T04:10:00.001Z')
    expect(await corrected(body.revision, 4, 'mathematician')).toMatchObject({
      status: 422,
      body: { reason: 'reason-required' },
    })
  })

  it('is an event with what was, what is, author, role, time and reason; what it corrects stays', async () => {
    const school = schools.next()
    const { mark } = await filled(school)
    const before = await school.log()
    school.at('2026-11-10T02:00:00.000Z')
    const input = { page: PAGE, entry: mark.entry, expectedVersion: mark.version, value: 5, reason, note }
    await school.done('deputy', correctMark, input)

    const after = await school.log()
    expect(after.slice(0, -1)).toEqual(before)
    expect(after.at(-1)).toMatchObject({
      type: 'MarkCorrected',
      data: { entry: mark.entry, pupil: ANNA, previous: 4, value: 5, reason, note: { $pd: { v: 1 } } },
      meta: { by: accountOf('deputy'), role: 'deputy', at: '2026-11-10T02:00:00.000Z' },
    })
    expect(await school.cell(ANNA, LESSON)).toMatchObject([
      { type: 'MarkRecorded', after: { value: 4 }, role: 'teacher' },
      { type: 'MarkRecorded' },
      { type: 'MarkCorrected', before: { value: 4 }, after: { value: 5 }, role: 'deputy', reason, note },
    ])
  })
})

describe('R-F19: the register of corrections', () => {
  it('lists every correction, and by journal, author, date and kind', async () => {
    const school = schools.next()
    const standing = await filled(school)
    const days = ['10', '11', '12', '13', '16', '17']
    for (const [i, [command, input, { version: expectedVersion }]] of correctionsOf(standing).entries()) {
      school.at(`2026-11-${days[i]}T03:00:00.000Z`)
      const login = i % 2 === 0 ? 'mathematician' : 'deputy'
      await school.done(login, command, { ...input, expectedVersion, reason })
    }
    school.at('2026-11-18T03:00:00.000Z')
    const { comment, version } = standing.comment
    await school.done('mathematician', correctComment, {
      page: PAGE,
      comment,
      expectedVersion: version,
      text: 'Кабинет 306',
    })
    const { version: expectedVersion } = (await school.grid()).lessons[0]!.homework!
    await school.done('mathematician', declineHomework, { ...here, expectedVersion, reason })

    const types = async (filter: string, login: 'deputy' | 'auditor' | 'head' = 'deputy') =>
      (await school.lines(`corrections${filter}`, login)).map(({ type }) => type)
    const all = [
      'HomeworkDeclined',
      'CommentCorrected',
      'AssessmentResultsCorrected',
      'HomeworkCorrected',
      'MarkWithdrawn',
      'MarkCorrected',
      'AbsenceCodeCorrected',
      'LessonCorrected',
    ]
    const corrected = (await school.log()).filter(
      ({ type, data }) => /Corrected|Withdrawn/.test(type) || data['previous'] !== undefined,
    )
    expect(corrected.map(({ type }) => type)).toEqual(all.toReversed())
    for (const reader of ['deputy', 'auditor', 'head'] as const) expect(await types('', reader)).toEqual(all)

    const { journal } = (await school.grid()).page as unknown as { journal: string }
    expect(await types(`?journal=${journal}`)).toEqual(all)
    expect(await types(`?journal=${LESSON}`)).toEqual([])
    expect(await types(`?account=${accountOf('deputy')}`)).toEqual([
      'AssessmentResultsCorrected',
      'MarkWithdrawn',
      'AbsenceCodeCorrected',
    ])
    expect(await types('?since=2026-11-11T03:00:00.000Z&before=2026-11-13T03:00:00.000Z')).toEqual([
      'MarkCorrected',
      'AbsenceCodeCorrected',
    ])
    for (const type of all) expect(await types(`?type=${type}`)).toEqual([type])
    expect(await types('?type=MarkRecorded')).toEqual([])
  })

  it('loses nothing: the log refuses every change, and a line that is gone comes back from it', async () => {
    const school = schools.next()
    const { mark } = await filled(school)
    const input = { page: PAGE, entry: mark.entry, expectedVersion: mark.version, value: 5, reason }
    await school.done('mathematician', correctMark, input)
    const { execution, database } = school.api.installation
    for (const statement of [
      "delete from log.event where canonical like '%MarkCorrected%'",
      "update log.event set canonical = ''",
      'truncate log.event',
    ]) {
      await expect(query(database.kysely, statement), statement).rejects.toThrow('append-only')
    }

    const listed = await school.lines('corrections')
    expect(listed).toHaveLength(1)
    await query(
      database.kysely,
      `delete from audit_trail_v2.line where school = '${school.name}' and reason is not null`,
    )
    expect(await school.lines('corrections')).toEqual([])
    const parts = { store: execution.store, database: database.kysely, clock: execution.clock }
    const { tables } = await rebuild(auditTrail, school.name, parts)
    expect(tables.find(({ table }) => table === 'line')).toMatchObject({ differing: 1 })
    expect(await school.lines('corrections')).toEqual(listed)
  })
})
