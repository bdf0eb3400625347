import { describe, expect, it } from 'vitest'
import { addComment } from '#commands/journal-page/add-comment.ts'
import { correctComment } from '#commands/journal-page/correct-comment.ts'
import { recordMarks } from '#commands/journal-page/record-marks.ts'
import { setHomework } from '#commands/journal-page/set-homework.ts'
import { accountOf } from '#support/api.ts'
import { type SchoolAtWork, schoolsAtWork } from '#support/at-work.ts'
import { ANNA, BORIS, LESSON, PAGE } from '#support/class-7a.ts'

const schools = schoolsAtWork(4, ['mathematician', 'mother', 'anna', 'boris', 'deputy'])
const here = { page: PAGE, lesson: LESSON }

/** Monday's lesson with homework, and a mark for each of two pupils. */
async function lesson(): Promise<{ school: SchoolAtWork; entry: string }> {
  const school = await schools.next().recordLesson()
  await school.done('mathematician', setHomework, { ...here, text: 'Стр. 45, № 340–345' })
  const marks = [ANNA, BORIS].map((pupil) => ({ pupil, value: 4 }))
  await school.done('mathematician', recordMarks, { ...here, kind: 'test', marks })
  const { cells } = await school.grid()
  return { school, entry: cells.find(({ pupil }) => pupil === ANNA)!.marks[0]!.entry }
}

describe('R-F14: a comment', () => {
  it('is attached to homework, to a mark or to a lesson', async () => {
    const { school, entry } = await lesson()
    const comment = (on: object, text: string) =>
      school.done('mathematician', addComment, { ...here, on, text })
    await comment({ kind: 'homework' }, 'Можно с калькулятором')
    await comment({ kind: 'mark', entry }, 'Ошибка в знаке')
    await comment({ kind: 'lesson' }, 'Урок в кабинете 305')

    const { lessons, cells } = await school.grid()
    expect(lessons).toMatchObject([
      {
        comments: [{ text: 'Урок в кабинете 305' }],
        homework: { comments: [{ text: 'Можно с калькулятором' }] },
      },
    ])
    expect(cells.find(({ pupil }) => pupil === ANNA)?.marks).toMatchObject([
      { entry, comments: [{ text: 'Ошибка в знаке' }] },
    ])
  })

  it('on a mark is seen in the diary of that pupil only', async () => {
    const { school, entry } = await lesson()
    const text = 'Ошибка в знаке, остальное верно'
    await school.done('mathematician', addComment, { ...here, on: { kind: 'mark', entry }, text })

    for (const reader of ['anna', 'mother', 'mathematician'] as const) {
      const [own] = await school.diary(ANNA, '2026-11-09', reader)
      expect(own?.marks[0]?.comments).toMatchObject([{ text }])
    }
    const other = await school.diary(BORIS, '2026-11-09', 'boris')
    expect(other[0]?.marks).toHaveLength(1)
    expect(JSON.stringify(other)).not.toContain(text)
    // Nor can the other pupil open the diary in which it stands.
    const closed = await school.ask('boris', `pupils/${ANNA}/diary?from=2026-11-09`)
    expect(closed).toMatchObject({ status: 403, body: { reason: 'diary-not-yours' } })
  })

  it('has up to 2,000 characters', async () => {
    const { school } = await lesson()
    const given = (text: string) =>
      school.give('mathematician', addComment, { ...here, on: { kind: 'lesson' }, text })
    expect(await given('ж'.repeat(2_000))).toMatchObject({ status: 201 })
    expect(await given('ж'.repeat(2_001))).toMatchObject({ status: 422, body: { reason: 'text-too-long' } })
    expect((await school.grid()).lessons[0]?.comments.map(({ text }) => (text as string).length)).toEqual([
      2_000,
    ])
  })

  it('keeps every earlier wording, with author and time', async () => {
    const { school, entry } = await lesson()
    const on = { kind: 'mark', entry }
    const made = await school.done('mathematician', addComment, { ...here, on, text: 'Ошибка' })
    const { comment } = made.events[0]!.data as { readonly comment: string }
    let version = made.revision
    for (const [minute, text] of [
      ['55', 'Ошибка в знаке'],
      ['56', 'Ошибка в знаке числа'],
    ] as const) {
      school.at(`2026-11-09T03:${minute}:00.000Z`)
      const input = { page: PAGE, comment, expectedVersion: version, text }
      version = (await school.done('mathematician', correctComment, input)).revision
    }

    const [own] = await school.diary(ANNA, '2026-11-09')
    expect(own?.marks[0]?.comments).toMatchObject([{ text: 'Ошибка в знаке числа', corrected: true }])
    const lines = (await school.cell(ANNA, LESSON)).filter(({ type }) => type.startsWith('Comment'))
    const author = accountOf('mathematician')
    expect(lines.map(({ at, account, before, after }) => [at, account, before, after])).toEqual([
      ['2026-11-09T03:50:00.000Z', author, null, { text: 'Ошибка' }],
      ['2026-11-09T03:55:00.000Z', author, { text: 'Ошибка' }, { text: 'Ошибка в знаке' }],
      ['2026-11-09T03:56:00.000Z', author, { text: 'Ошибка в знаке' }, { text: 'Ошибка в знаке числа' }],
    ])
  })
})
