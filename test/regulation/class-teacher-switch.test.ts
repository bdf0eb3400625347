import { describe, expect, it } from 'vitest'
import { openPage } from '#commands/journal-page/open-page.ts'
import { recordFinals } from '#commands/journal-page/record-finals.ts'
import { recordLesson } from '#commands/journal-page/record-lesson.ts'
import { recordMarks } from '#commands/journal-page/record-marks.ts'
import { setHomework } from '#commands/journal-page/set-homework.ts'
import { takeAttendance } from '#commands/journal-page/take-attendance.ts'
import { adoptPolicy } from '#commands/policy/adopt-policy.ts'
import { STARTING_POLICY } from '#values/policy.ts'
import { bySwitch, mayAct } from '#values/rights.ts'
import { lessonId, pageId } from '#values/school.ts'
import { accountOf, beforehand } from '#support/api.ts'
import { type SchoolAtWork, schoolsAtWork } from '#support/at-work.ts'
import { algebraOf7B, ANNA, BORIS, DINA, id, LESSON, MONDAY, PAGE, Q2, YEAR } from '#support/class-7a.ts'
import { WHOLE_LIFE } from '#support/whole-life.ts'

const schools = schoolsAtWork(
  4,
  ['mathematician', 'english', 'stranger', 'deputy', 'head', 'auditor', 'mother', 'administrator'],
  [...beforehand, ...algebraOf7B],
)

const as = { 'letopis-role': 'class-teacher' } as const
const MARKS = { page: PAGE, lesson: LESSON, kind: 'quiz', marks: [{ pupil: ANNA, value: 4 }] }
const HOMEWORK = { page: PAGE, lesson: LESSON, text: 'Стр. 45, № 340' }
const FINALS = { page: PAGE, finals: [{ pupil: BORIS, value: 4 }] }
/** What the switch opens, as it stands in the whole life of a school, on the page of algebra. */
const SWITCHED = WHOLE_LIFE.filter(({ command }) => bySwitch(command.operation).length > 0).map((step) => ({
  ...step,
  input: { ...step.input, page: PAGE },
}))

const turned = (school: SchoolAtWork, classTeacherWrites: boolean, effectiveFrom: string) =>
  school.done('administrator', adoptPolicy, {
    effectiveFrom,
    policy: { ...STARTING_POLICY, classTeacherWrites },
  })

describe('R-2.4: the class teacher sees the journal of the own class without the right to edit', () => {
  it('R-2.4: by default he writes no mark, no final and no homework, whatever the command', async () => {
    const school = await schools.next().recordLesson()
    const before = await school.log()
    expect(STARTING_POLICY.classTeacherWrites).toBe(false)
    expect(new Set(SWITCHED.map(({ command }) => command.name)).size).toBeGreaterThan(12)
    for (const { command, input } of SWITCHED) {
      expect(mayAct(command.operation), command.name).not.toContain('class-teacher')
      expect(await school.give('english', command, input, as), command.name).toMatchObject({
        status: 403,
        body: { reason: 'role-not-permitted' },
      })
    }
    expect(await school.log()).toEqual(before)
    const shown = await school.seen('head', 'class-teacher-switch')
    expect(shown).toEqual({ on: MONDAY, writes: false, switched: [] })
  })

  it('R-2.4 (the switch of a school): from its date on he writes them in all subjects of the own class, in that role, and nothing else', async () => {
    const school = await schools.next().recordLesson()
    await turned(school, true, '2026-11-10')
    expect(await school.give('english', recordMarks, MARKS, as)).toMatchObject({ status: 403 })

    school.at('2026-11-10T03:50:00.000Z')
    await school.done('english', recordMarks, MARKS, as)
    await school.done('english', setHomework, HOMEWORK, as)
    await school.done('english', recordFinals, FINALS, as)
    const line = (await school.cell(ANNA, LESSON)).find(({ type }) => type === 'MarkRecorded')
    expect(line).toMatchObject({ account: accountOf('english'), role: 'class-teacher' })

    // What a lesson is, and who was there, only its teacher says.
    const attendance = { page: PAGE, lesson: LESSON, absentees: [] }
    expect(await school.give('english', takeAttendance, attendance, as)).toMatchObject({
      status: 403,
      body: { reason: 'role-not-permitted' },
    })
    const lesson = { page: PAGE, date: '2026-11-10', number: 3, topic: 'Одночлены' }
    expect(await school.give('english', recordLesson, lesson, as)).toMatchObject({ status: 403 })
    // The role is named by whoever has several: nobody becomes a class teacher by accident.
    expect(await school.give('english', recordMarks, MARKS)).toMatchObject({
      status: 403,
      body: { reason: 'journal-not-taught' },
    })
  })

  it('R-2.4 (the switch of a school): it opens no page of a class that he does not lead', async () => {
    const school = await schools.next().recordLesson()
    await turned(school, true, '2026-11-09')
    const journal = id('journal/7Б/algebra')
    const page = pageId(journal, Q2)
    await school.done('stranger', openPage, { year: YEAR, journal, period: 'q2' })
    const lesson = { page, date: MONDAY, number: 3, topic: 'Одночлены' }
    await school.done('stranger', recordLesson, lesson, { 'letopis-role': 'teacher' })
    const marks = { kind: 'quiz', marks: [{ pupil: DINA, value: 4 }] }
    const there = { page, lesson: lessonId(journal, MONDAY, 3), ...marks }
    expect(await school.give('english', recordMarks, there, as)).toMatchObject({
      status: 403,
      body: { reason: 'class-not-led' },
    })
    // A class teacher of no class is one of none, here as everywhere.
    expect(await school.give('stranger', recordMarks, MARKS, as)).toMatchObject({
      status: 403,
      body: { reason: 'class-not-led' },
    })
    expect((await school.give('english', recordMarks, MARKS, as)).status).toBe(201)
  })

  it('R-2.4 (the switch of a school): is reported to the head, shown among the rights, and leaves authorship when it goes', async () => {
    const school = await schools.next().recordLesson()
    await turned(school, true, '2026-11-09')
    await turned(school, false, '2026-11-11')
    await school.done('english', recordMarks, MARKS, as)
    const report = {
      on: MONDAY,
      writes: true,
      switched: [
        { from: MONDAY, writes: true, role: 'system-administrator', account: accountOf('administrator') },
        { from: '2026-11-11', writes: false, role: 'system-administrator' },
      ],
    }
    for (const login of ['head', 'deputy', 'auditor'] as const)
      expect(await school.seen(login, 'class-teacher-switch')).toMatchObject(report)
    for (const login of ['mathematician', 'english', 'mother'] as const)
      expect(await school.ask(login, 'class-teacher-switch')).toMatchObject({ status: 403 })
    const rows = async () => {
      const { roles } = await school.seen<{
        roles: Array<{ role: string; rights: Array<{ operation: string; right: string }> }>
      }>('english', 'rights')
      const { rights } = roles.find(({ role }) => role === 'class-teacher')!
      return rights.filter(({ operation }) => operation === '4')
    }
    expect(await rows()).toMatchObject([{ operation: '4', right: 'запись в пределах своего' }])

    school.at('2026-11-11T03:50:00.000Z')
    expect(await school.give('english', setHomework, HOMEWORK, as)).toMatchObject({
      status: 403,
      body: { reason: 'role-not-permitted' },
    })
    expect(await rows()).toEqual([])
    const line = (await school.cell(ANNA, LESSON)).find(({ type }) => type === 'MarkRecorded')
    expect(line).toMatchObject({ account: accountOf('english'), role: 'class-teacher' })
  })
})
