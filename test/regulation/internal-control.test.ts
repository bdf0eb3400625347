import { describe, expect, it } from 'vitest'
import { recordMarks } from '#commands/journal-page/record-marks.ts'
import { cancelTest } from '#commands/test-schedule/cancel-test.ts'
import { planTest } from '#commands/test-schedule/plan-test.ts'
import { type SchoolAtWork, schoolsAtWork } from '#support/at-work.ts'
import { ALGEBRA, ANNA, BORIS, ENGLISH, id, LESSON, MONDAY, PAGE, YEAR } from '#support/class-7a.ts'

const schools = schoolsAtWork(2, ['mathematician', 'deputy'])
const TEST = id('test/1')
const column = (kind: string, pupil = ANNA) => ({
  page: PAGE,
  lesson: LESSON,
  kind,
  marks: [{ pupil, value: 4 }],
})
const plan = (school: SchoolAtWork, journal: string, date: string, form: string, internalControl = true) =>
  school.done('deputy', planTest, { year: YEAR, journal, date, form, internalControl })

describe('R-7A.11 (the columns; reports on them are R-7A.13b): marks of internal control', () => {
  it('are set in the column of a test that the schedule has for this journal and day, and nowhere else', async () => {
    const school = await schools.next().recordLesson()
    const refused = async () =>
      (await school.give('mathematician', recordMarks, column('internal-control'))).body.reason
    expect(await refused()).toBe('test-not-planned')
    await plan(school, ENGLISH, MONDAY, 'test')
    await plan(school, ALGEBRA, '2026-11-16', 'test')
    expect(await refused()).toBe('test-not-planned')
    const planned = { year: YEAR, test: TEST, journal: ALGEBRA, date: MONDAY, internalControl: true }
    await school.done('deputy', planTest, planned)
    await school.done('mathematician', recordMarks, column('internal-control'))
    await school.done('mathematician', recordMarks, column('lesson-answer'))
    const { works } = await school.grid()
    expect(works.map(({ kind, test }) => [kind, test])).toEqual([
      ['internal-control', TEST],
      ['lesson-answer', null],
    ])
    // What was held was held: the last marks of it may come after a change of plan.
    await school.done('deputy', cancelTest, { year: YEAR, test: TEST })
    await school.done('mathematician', recordMarks, column('internal-control', BORIS))
  })

  it('A-04: of a test written as another kind of work, the column is flagged and the shorter deadline holds', async () => {
    const school = await schools.next().recordLesson()
    await plan(school, ALGEBRA, MONDAY, 'dictation')
    await school.done('mathematician', recordMarks, column('dictation'))
    const { works } = await school.grid()
    expect(works).toMatchObject([{ kind: 'dictation', due_at: '2026-11-12T16:59:59.000Z' }])
    expect(works[0]?.test).not.toBeNull()
    const again = await school.give('mathematician', recordMarks, column('internal-control'))
    expect(again.body.reason).toBe('test-has-column')
  })
})
