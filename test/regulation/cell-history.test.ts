import { describe, expect, it } from 'vitest'
import { addComment } from '#commands/journal-page/add-comment.ts'
import { changeAbsenceCode } from '#commands/journal-page/change-absence-code.ts'
import { correctMark } from '#commands/journal-page/correct-mark.ts'
import { recordMarks } from '#commands/journal-page/record-marks.ts'
import { takeAttendance } from '#commands/journal-page/take-attendance.ts'
import { withdrawMark } from '#commands/journal-page/withdraw-mark.ts'
import { workId } from '#values/school.ts'
import { accountOf } from '#support/api.ts'
import { schoolsAtWork } from '#support/at-work.ts'
import { ANNA, BORIS, LESSON, PAGE } from '#support/class-7a.ts'

const schools = schoolsAtWork(1, ['mathematician', 'english', 'stranger', 'deputy', 'auditor'])
const here = { page: PAGE, lesson: LESSON }

describe('R-D2: the history of one cell, pupil × lesson', () => {
  it('holds every event of it in order, the first entry included: value, author, role, time, reason', async () => {
    const school = await schools.next().recordLesson()
    const minute = (n: number) => school.at(`2026-11-09T04:${String(n).padStart(2, '0')}:00.000Z`)
    const entry = async (kind: string) => {
      const { cells } = await school.grid()
      const { marks } = cells.find(({ pupil }) => pupil === ANNA)!
      return marks.find(({ work }) => work === workId(LESSON, kind))!
    }
    minute(0)
    const absentees = [ANNA, BORIS].map((pupil) => ({ pupil, code: 'Н' }))
    const { revision } = await school.done('mathematician', takeAttendance, { ...here, absentees })
    minute(1)
    const cameLate = { ...here, pupil: ANNA, code: 'Опз', expectedVersion: revision, reason: 'typing-error' }
    await school.done('mathematician', changeAbsenceCode, cameLate)
    minute(2)
    const marks = [{ pupil: ANNA, value: 3 }]
    await school.done('mathematician', recordMarks, { ...here, kind: 'test', marks })
    minute(3)
    await school.done('mathematician', recordMarks, { ...here, kind: 'homework', marks })
    minute(4)
    const test = await entry('test')
    const corrected = { page: PAGE, entry: test.entry, expectedVersion: test.version, value: 4 }
    await school.done('deputy', correctMark, { ...corrected, reason: 'appeal', note: 'Решение комиссии' })
    minute(5)
    const homework = await entry('homework')
    const taken = { page: PAGE, entry: homework.entry, expectedVersion: homework.version }
    await school.done('mathematician', withdrawMark, { ...taken, reason: 'wrong-pupil' })
    minute(6)
    const on = { kind: 'mark', entry: test.entry }
    await school.done('mathematician', addComment, { ...here, on, text: 'Молодец' })
    minute(7)
    await school.done('mathematician', recordMarks, {
      ...here,
      kind: 'quiz',
      marks: [{ pupil: ANNA, value: 5 }],
    })

    const teacher = [accountOf('mathematician'), 'teacher'] as const
    const lines = await school.cell(ANNA, LESSON)
    const told = lines.map(({ type, account, role, at, before, after, reason, note }) => [
      type,
      at.slice(14, 16),
      account,
      role,
      before,
      after,
      reason,
      note,
    ])
    expect(told).toEqual([
      ['AttendanceTaken', '00', ...teacher, null, { code: 'Н' }, null, null],
      ['AbsenceCodeCorrected', '01', ...teacher, { code: 'Н' }, { code: 'Опз' }, 'typing-error', null],
      ['MarkRecorded', '02', ...teacher, null, { value: 3 }, null, null],
      ['MarkRecorded', '03', ...teacher, null, { value: 3 }, null, null],
      [
        'MarkCorrected',
        '04',
        accountOf('deputy'),
        'deputy',
        { value: 3 },
        { value: 4 },
        'appeal',
        'Решение комиссии',
      ],
      ['MarkWithdrawn', '05', ...teacher, { value: 3 }, null, 'wrong-pupil', null],
      ['CommentMade', '06', ...teacher, null, { text: 'Молодец' }, null, null],
      ['MarkRecorded', '07', ...teacher, null, { value: 5 }, null, null],
    ])
    expect((await school.cell(BORIS, LESSON)).map(({ after }) => after)).toEqual([{ code: 'Н' }])

    const path = `pages/${PAGE}/lessons/${LESSON}/pupils/${ANNA}/history`
    for (const login of ['auditor', 'mathematician', 'english'] as const)
      expect(await school.lines(path, login)).toEqual(lines)
    expect(await school.ask('stranger', path)).toMatchObject({ status: 403 })
  })
})
