import { describe, expect, it } from 'vitest'
import { changeAbsenceCode } from '#commands/journal-page/change-absence-code.ts'
import { creditMissedTopic } from '#commands/journal-page/credit-missed-topic.ts'
import { recordMarks } from '#commands/journal-page/record-marks.ts'
import { takeAttendance } from '#commands/journal-page/take-attendance.ts'
import { type SchoolAtWork, schoolsAtWork } from '#support/at-work.ts'
import { ANNA, BORIS, ENGLISH_TEACHER, LESSON, MATHEMATICIAN, PAGE } from '#support/class-7a.ts'

const schools = schoolsAtWork(3, ['mathematician', 'deputy', 'head', 'mother', 'boris'])
const here = { page: PAGE, lesson: LESSON }
const protocol = { number: 'П-7', date: '2026-11-18' }
const examiners = [MATHEMATICIAN, ENGLISH_TEACHER]
const credit = { ...here, pupil: ANNA, kind: 'test', value: 4, protocol, examiners }

/** A Monday on which Anna was ill and Boris was away for no reason; it is Wednesday of the next week. */
async function afterIllness(): Promise<SchoolAtWork> {
  const school = await schools.next().recordLesson()
  const absentees = [
    { pupil: ANNA, code: 'Н/б' },
    { pupil: BORIS, code: 'Н/п' },
  ]
  await school.done('mathematician', takeAttendance, { ...here, absentees })
  return school.at('2026-11-18T08:00:00.000Z')
}

interface Missed {
  readonly missed: ReadonlyArray<{ code: string; made_up: boolean; valid: boolean | null }>
  readonly totals: ReadonlyArray<{ code: string; lessons: number }>
}

describe('R-2.5c: the credit of a topic that was missed', () => {
  it('sets the mark beside the absence, which stays and is counted as before; the audit has the protocol', async () => {
    const school = await afterIllness()
    const missed = () =>
      school.seen<Missed>('mother', `reports/missed-lessons?pupil=${ANNA}&from=2026-11-01&until=2026-11-30`)
    const before = await missed()
    expect(before).toMatchObject({ missed: [{ code: 'Н/б', made_up: false, valid: true }] })
    const { events } = await school.done('mathematician', creditMissedTopic, credit)
    expect(events.map(({ type }) => type)).toEqual(['WorkHeld', 'MissedTopicCredited'])

    const { cells } = await school.grid()
    expect(cells.find(({ pupil }) => pupil === ANNA)).toMatchObject({
      absence: { code: 'Н/б', corrected: false },
      marks: [{ value: 4, lateBy: 0, credit: { protocol, examiners } }],
    })
    const [lesson] = await school.diary(ANNA, '2026-11-09', 'mother')
    expect(lesson).toMatchObject({
      absence: { code: 'Н/б' },
      marks: [{ kind: 'test', value: 4, credit: { protocol } }],
    })
    const after = await missed()
    expect(after.totals).toEqual(before.totals)
    expect(after).toMatchObject({ missed: [{ code: 'Н/б', made_up: true, valid: true }] })
    const history = await school.cell(ANNA, LESSON)
    expect(history.at(-1)).toMatchObject({
      type: 'MissedTopicCredited',
      after: { value: 4, absence: 'Н/б', protocol, examiners },
      late_by: null,
    })
  })

  it('is refused where the pupil was there, or was away for no valid reason, or no protocol is named', async () => {
    const school = await afterIllness()
    const refused = async (login: 'mathematician' | 'deputy', change: object) =>
      (await school.give(login, creditMissedTopic, { ...credit, ...change })).body.reason
    expect(await refused('mathematician', { pupil: BORIS })).toBe('absence-not-excused')
    expect(await refused('deputy', { protocol: undefined })).toBe('malformed-request')
    expect(await refused('deputy', { examiners: [] })).toBe('malformed-request')
    await school.done('mathematician', changeAbsenceCode, {
      ...here,
      pupil: ANNA,
      code: null,
      expectedVersion: 2,
      reason: 'typing-error',
    })
    expect(await refused('mathematician', {})).toBe('lesson-not-missed')
    // A mark that is no credit still contradicts an absence (C.2).
    const answer = { ...here, kind: 'lesson-answer', marks: [{ pupil: BORIS, value: 5 }] }
    expect((await school.give('mathematician', recordMarks, answer)).body.reason).toBe('mark-on-absent')
  })

  it('is no mark of the work for its timeliness, and never late', async () => {
    const school = await afterIllness()
    await school.done('mathematician', creditMissedTopic, credit)
    const works = async () =>
      (
        await school.seen<{ total: { marks: object[] } }>(
          'head',
          'reports/timeliness?from=2026-11-09&until=2026-11-09',
        )
      ).total.marks
    expect(await works()).toEqual([])
    await school.done('mathematician', changeAbsenceCode, {
      ...here,
      pupil: BORIS,
      code: null,
      expectedVersion: 2,
      reason: 'typing-error',
    })
    const marks = { ...here, kind: 'test', marks: [{ pupil: BORIS, value: 3 }] }
    await school.done('mathematician', recordMarks, marks)
    expect(await works()).toMatchObject([{ kind: 'test', works: 1, marks: 1, on_time: 0, late: 1 }])
  })
})
