import { describe, expect, it } from 'vitest'
import { recordMarks } from '#commands/journal-page/record-marks.ts'
import { INTERNAL_CONTROL, STARTING_POLICY } from '#values/policy.ts'
import { workId } from '#values/school.ts'
import { schoolsAtWork } from '#support/at-work.ts'
import { ANNA, BORIS, id, LESSON, PAGE, VERA } from '#support/class-7a.ts'

const schools = schoolsAtWork(7, ['mathematician', 'mother', 'deputy'])

/** Those of every lesson: a test of internal control is planned first (R-7A.11). */
const KINDS = STARTING_POLICY.kindsOfWork.map(({ kind }) => kind).filter((kind) => kind !== INTERNAL_CONTROL)

const column = (kind: string, ...marks: ReadonlyArray<readonly [string, number | string]>) => ({
  page: PAGE,
  lesson: LESSON,
  kind,
  marks: marks.map(([pupil, value]) => ({ pupil, value })),
})

describe('R-F13: a current mark', () => {
  it('is refused without lesson, pupil, kind of work or value, by a machine code', async () => {
    const school = await schools.next().recordLesson()
    const whole = column('test', [ANNA, 5])
    const { lesson: _, ...noLesson } = whole
    const { kind: __, ...noKind } = whole
    for (const input of [
      noLesson,
      noKind,
      { ...whole, marks: [{ value: 5 }] },
      { ...whole, marks: [{ pupil: ANNA }] },
      { ...whole, marks: [] },
    ]) {
      const answer = await school.give('mathematician', recordMarks, input)
      expect(answer).toMatchObject({ status: 400, body: { reason: 'malformed-request' } })
    }
    expect((await school.grid()).cells).toEqual([])
  })

  it('is refused for a lesson that is not recorded and a pupil who does not learn here on that day', async () => {
    const school = await schools.next().recordLesson()
    const elsewhere = { ...column('test', [ANNA, 5]), lesson: id('lesson/nowhere') }
    expect(await school.give('mathematician', recordMarks, elsewhere)).toMatchObject({
      status: 404,
      body: { reason: 'lesson-unknown' },
    })
    // Вера comes a week later.
    for (const [pupil, status, reason] of [
      [VERA, 422, 'pupil-not-member'],
      [id('pupil/nobody'), 404, 'pupil-unknown'],
    ] as const) {
      const answer = await school.give('mathematician', recordMarks, column('test', [pupil, 5]))
      expect(answer).toMatchObject({ status, body: { reason } })
    }
    expect((await school.grid()).cells).toEqual([])
  })

  it('is refused where the grading system of the journal does not know the value', async () => {
    const school = await schools.next().recordLesson()
    for (const value of [0, 1, 6, 10, 100, 'Н/б', '5', 'отлично']) {
      const answer = await school.give('mathematician', recordMarks, column('test', [ANNA, value]))
      expect(answer, String(value)).toMatchObject({ status: 422, body: { reason: 'value-outside-grading' } })
    }
    for (const value of [4.5, -1, 101, null, '']) {
      const input = { ...column('test'), marks: [{ pupil: ANNA, value }] }
      const answer = await school.give('mathematician', recordMarks, input)
      expect(answer, String(value)).toMatchObject({ status: 400, body: { reason: 'malformed-request' } })
    }
    for (const [i, value] of [2, 3, 4, 5, 'Зач', 'Д'].entries()) {
      const kind = KINDS[i]!
      await school.done('mathematician', recordMarks, column(kind, [ANNA, value]))
    }
  })

  it('stands beside others of the pupil at the lesson when the kinds of work differ, and the grid shows all', async () => {
    const school = await schools.next().recordLesson()
    await school.done('mathematician', recordMarks, column('lesson-answer', [ANNA, 4], [BORIS, 3]))
    await school.done('mathematician', recordMarks, column('test', [ANNA, 5]))
    await school.done('mathematician', recordMarks, column('homework', [ANNA, 2]))
    const again = await school.give('mathematician', recordMarks, column('test', [ANNA, 4]))
    expect(again).toMatchObject({ status: 409, body: { reason: 'mark-exists', facts: { value: 5 } } })

    const { cells, works } = await school.grid()
    const kindOf = new Map(works.map(({ work, kind }) => [work, kind]))
    const shown = (pupil: string) =>
      cells.find((cell) => cell.pupil === pupil)?.marks.map(({ work, value }) => [kindOf.get(work), value])
    expect(shown(ANNA)).toEqual([
      ['lesson-answer', 4],
      ['test', 5],
      ['homework', 2],
    ])
    expect(shown(BORIS)).toEqual([['lesson-answer', 3]])
  })
})

describe('R-2.6b: the kind of work', () => {
  it('is one of the dictionary of the school for every mark', async () => {
    const school = await schools.next().recordLesson()
    const unknown = await school.give('mathematician', recordMarks, column('essay', [ANNA, 5]))
    expect(unknown).toMatchObject({ status: 422, body: { reason: 'kind-of-work-unknown' } })
    const two = { ...column('test', [ANNA, 5]), kind: ['test', 'homework'] }
    expect((await school.give('mathematician', recordMarks, two)).status).toBe(400)
    const none = { ...column('test', [ANNA, 5]), kind: '' }
    expect((await school.give('mathematician', recordMarks, none)).status).toBe(400)
    expect((await school.grid()).works).toEqual([])
  })

  it('belongs to exactly one column, in which each mark of it stands', async () => {
    const school = await schools.next().recordLesson()
    const kinds = KINDS
    for (const kind of kinds) await school.done('mathematician', recordMarks, column(kind, [ANNA, 5]))
    await school.done('mathematician', recordMarks, column('test', [BORIS, 3]))

    const { cells, works } = await school.grid()
    expect(works.map(({ kind }) => kind).toSorted()).toEqual(kinds.toSorted())
    expect(new Set(works.map(({ work }) => work)).size).toBe(kinds.length)
    const marks = cells.flatMap((cell) => cell.marks)
    expect(marks).toHaveLength(kinds.length + 1)
    for (const { work } of marks) expect(works.filter((one) => one.work === work)).toHaveLength(1)
    const inColumn = marks.filter(({ work }) => work === workId(LESSON, 'test'))
    expect(new Set(inColumn.map(({ value }) => value))).toEqual(new Set([3, 5]))
    expect(inColumn).toHaveLength(2)
  })

  it('stands next to the mark in the diary', async () => {
    const school = await schools.next().recordLesson()
    await school.done('mathematician', recordMarks, column('test', [ANNA, 5]))
    await school.done('mathematician', recordMarks, column('lesson-answer', [ANNA, 4]))
    const [lesson] = await school.diary(ANNA, '2026-11-09', 'mother')
    expect(lesson?.marks.map(({ kind, value }) => [kind, value])).toEqual([
      ['test', 5],
      ['lesson-answer', 4],
    ])
  })
})
