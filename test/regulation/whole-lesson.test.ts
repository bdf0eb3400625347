import { expect, it } from 'vitest'
import { recordWholeLesson } from '#commands/journal-page/record-whole-lesson.ts'
import { schoolsAtWork } from '#support/at-work.ts'
import { ANNA, BORIS, LESSON, PAGE } from '#support/class-7a.ts'

const schools = schoolsAtWork(1, ['mathematician', 'mother', 'deputy'])

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
