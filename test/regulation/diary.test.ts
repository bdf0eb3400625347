import { describe, expect, it } from 'vitest'
import { addComment } from '#commands/journal-page/add-comment.ts'
import { changeAbsenceCode } from '#commands/journal-page/change-absence-code.ts'
import { correctComment } from '#commands/journal-page/correct-comment.ts'
import { correctHomework } from '#commands/journal-page/correct-homework.ts'
import { correctLesson } from '#commands/journal-page/correct-lesson.ts'
import { correctMark } from '#commands/journal-page/correct-mark.ts'
import { declineHomework } from '#commands/journal-page/decline-homework.ts'
import { recordLesson } from '#commands/journal-page/record-lesson.ts'
import { recordMarks } from '#commands/journal-page/record-marks.ts'
import { setHomework } from '#commands/journal-page/set-homework.ts'
import { takeAttendance } from '#commands/journal-page/take-attendance.ts'
import { withdrawMark } from '#commands/journal-page/withdraw-mark.ts'
import { schoolsAtWork } from '#support/at-work.ts'
import { ANNA, LESSON, PAGE } from '#support/class-7a.ts'

const schools = schoolsAtWork(2, ['mathematician', 'mother', 'anna', 'deputy'])
const here = { page: PAGE, lesson: LESSON }
const MONDAY = '2026-11-09'
const reason = 'typing-error'

// `diary` reads with the position that the write answered: what it shows is shown because of that write alone.
describe('R-1.5: what the teacher enters', () => {
  it('is in the diary of the pupil with no step of publishing, for parent and pupil alike', async () => {
    const school = schools.next()
    const today = async () => {
      const [forMother, ...more] = await school.diary(ANNA, MONDAY, 'mother')
      expect(await school.diary(ANNA, MONDAY, 'anna')).toEqual([forMother, ...more].filter(Boolean))
      return forMother
    }
    expect(await today()).toBeUndefined()

    const topic = 'Степень с натуральным показателем'
    await school.done('mathematician', recordLesson, { page: PAGE, date: MONDAY, number: 3, topic })
    expect(await today()).toMatchObject({ topic, marks: [], absence: null, homework: null, comments: [] })

    const late = { ...here, absentees: [{ pupil: ANNA, code: 'Опз' }] }
    await school.done('mathematician', takeAttendance, late)
    expect(await today()).toMatchObject({ absence: { code: 'Опз', corrected: false } })

    const marks = [{ pupil: ANNA, value: 4 }]
    await school.done('mathematician', recordMarks, { ...here, kind: 'test', marks })
    expect(await today()).toMatchObject({ marks: [{ value: 4, kind: 'test', corrected: false }] })

    const text = 'Стр. 45, № 340'
    await school.done('mathematician', setHomework, { ...here, text })
    expect(await today()).toMatchObject({ homework: { content: { text }, corrected: false } })

    const entry = (await today())!.marks[0]!.entry
    for (const on of [{ kind: 'lesson' }, { kind: 'homework' }, { kind: 'mark', entry }])
      await school.done('mathematician', addComment, { ...here, on, text: `К уроку: ${on.kind}` })
    expect(await today()).toMatchObject({
      comments: [{ text: 'К уроку: lesson' }],
      homework: { comments: [{ text: 'К уроку: homework' }] },
      marks: [{ comments: [{ text: 'К уроку: mark' }] }],
    })
  })

  it('and corrects replaces the old value there, marked as corrected', async () => {
    const school = await schools.next().recordLesson()
    const today = async () => (await school.diary(ANNA, MONDAY, 'mother'))[0]!
    const late = { ...here, absentees: [{ pupil: ANNA, code: 'Опз' }] }
    await school.done('mathematician', takeAttendance, late)
    for (const kind of ['test', 'homework']) {
      const marks = [{ pupil: ANNA, value: 3 }]
      await school.done('mathematician', recordMarks, { ...here, kind, marks })
    }
    await school.done('mathematician', setHomework, { ...here, text: 'Стр. 45, № 340' })
    const on = { kind: 'lesson' }
    await school.done('mathematician', addComment, { ...here, on, text: 'Кабинет 305' })

    const { marks, absence, homework, comments } = await today()
    const [mark, wrong] = marks
    const grid = (await school.grid()).lessons[0]!
    for (const [command, input, { version: expectedVersion }] of [
      [correctLesson, { ...here, topic: 'Многочлены' }, grid],
      [changeAbsenceCode, { ...here, pupil: ANNA, code: null }, absence!],
      [correctMark, { page: PAGE, entry: mark!.entry, value: 5 }, mark!],
      [withdrawMark, { page: PAGE, entry: wrong!.entry }, wrong!],
      [correctHomework, { ...here, text: 'Стр. 46, № 350' }, homework!],
    ] as const)
      await school.done('mathematician', command, { ...input, expectedVersion, reason })
    const { comment, version } = comments[0]!
    const reworded = { page: PAGE, comment, expectedVersion: version, text: 'Кабинет 306' }
    await school.done('mathematician', correctComment, reworded)

    const shown = await today()
    expect(shown).toMatchObject({
      topic: 'Многочлены',
      corrected: true,
      absence: { code: null, corrected: true },
      marks: [{ value: 5, corrected: true }],
      homework: { content: { text: 'Стр. 46, № 350' }, corrected: true },
      comments: [{ text: 'Кабинет 306', corrected: true }],
    })
    expect(shown.marks).toHaveLength(1)
    for (const gone of ['Степень', 'Опз', 'Стр. 45', 'Кабинет 305'])
      expect(JSON.stringify(shown)).not.toContain(gone)

    const { version: expectedVersion } = shown.homework!
    await school.done('mathematician', declineHomework, { ...here, expectedVersion, reason })
    expect(await today()).toMatchObject({ homework: { content: null, corrected: true } })
  })
})
