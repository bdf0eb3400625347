import { expect, it } from 'vitest'
import { recordWholeLesson } from '#commands/journal-page/record-whole-lesson.ts'
import { schoolsAtWork } from '#support/at-work.ts'
import { ANNA, BORIS, LESSON, PAGE } from '#support/class-7a.ts'

const schools = schoolsAtWork(2, ['mathematician', 'mother', 'deputy'])

it('R-T4 (entry of a whole lesson from a shared device): topic, attendance, homework and marks come in one request, all or none, and twice is once', async () => {
  const school = schools.next()
  const whole = {
    page: PAGE,
    date: '2026-11-09',
    number: 3,
    topic: 'Степень с натуральным показателем',
    absentees: [{ pupil: BORIS, code: 'Н' }],
    homework: { text: '§ 12, № 340 письменно' },
    columns: [{ kind: 'lesson-answer', marks: [{ pupil: ANNA, value: 5 }] }],
  }
  const bad = { ...whole, columns: [{ kind: 'lesson-answer', marks: [{ pupil: BORIS, value: 5 }] }] }
  expect(await school.give('mathematician', recordWholeLesson, bad)).toMatchObject({
    status: 422,
    body: { reason: 'mark-on-absent', facts: { part: 'marks lesson-answer' } },
  })
  expect((await school.grid()).lessons).toEqual([])

  const key = { 'idempotency-key': '6a1de0d2-6df0-4a3e-9d7f-3f1f0a9f0b11' }
  const first = await school.done('mathematician', recordWholeLesson, whole, key)
  expect(first.events).toHaveLength(5)
  const again = await school.give('mathematician', recordWholeLesson, whole, key)
  expect(again.body.repeated).toBe(true)
  const { lessons, cells } = await school.grid()
  expect(lessons).toMatchObject([{ lesson: LESSON, topic: whole.topic }])
  expect(cells).toHaveLength(2)
  const [shown] = await school.diary(ANNA, '2026-11-09', 'mother')
  expect(shown).toMatchObject({
    homework: { content: { text: '§ 12, № 340 письменно' } },
    marks: [{ value: 5 }],
  })
})

const lesson = (date: string, number: number, change: object = {}) => ({
  page: PAGE,
  date,
  number,
  topic: 'Степень с натуральным показателем',
  absentees: [],
  homework: null,
  delay: { reason: 'technical-failure', note: 'Не было связи с понедельника' },
  ...change,
})

interface Week {
  readonly lessons: ReadonlyArray<{ date: string; outcome: string; refused: { reason: string } | null }>
}

it('R-T4 (entry of a week, without the pilot flag): each lesson of a week stands or falls by itself, with the reason of the delay, and a repeated week is recorded once', async () => {
  const school = schools.next().at('2026-11-12T03:00:00.000Z')
  const client = await school.api.as('mathematician', school.name)
  const week = {
    lessons: [
      lesson('2026-11-11', 2),
      lesson('2026-11-09', 3),
      lesson('2026-11-09', 4, { columns: [{ kind: 'test', marks: [{ pupil: ANNA, value: 7 }] }] }),
    ],
  }
  const key = { 'idempotency-key': '6a1de0d2-6df0-4a3e-9d7f-3f1f0a9f0b12' }
  const outcomes = async () => {
    const { status, body } = await client.post<Week>('record-whole-lessons', week, key)
    expect(status).toBe(200)
    return body.lessons.map(({ date, outcome, refused }) => [date, outcome, refused?.reason ?? null])
  }
  expect(await outcomes()).toEqual([
    ['2026-11-09', 'recorded', null],
    ['2026-11-09', 'refused', 'value-outside-grading'],
    ['2026-11-11', 'recorded', null],
  ])
  expect(await outcomes()).toEqual([
    ['2026-11-09', 'repeated', null],
    ['2026-11-09', 'refused', 'value-outside-grading'],
    ['2026-11-11', 'repeated', null],
  ])
  const log = await school.log()
  expect(log.filter(({ type }) => type === 'LessonRecorded')).toHaveLength(2)
  expect(log.filter(({ type }) => type === 'EntryExplained')).toMatchObject([
    // What was typed stands there sealed.
    { data: { reason: 'technical-failure', note: { $pd: { v: 1 } } } },
    { data: { reason: 'technical-failure' } },
  ])
})
