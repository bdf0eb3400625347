import { describe, expect, it } from 'vitest'
import { addComment } from '#commands/journal-page/add-comment.ts'
import { correctHomework } from '#commands/journal-page/correct-homework.ts'
import { correctLesson } from '#commands/journal-page/correct-lesson.ts'
import { recordLesson } from '#commands/journal-page/record-lesson.ts'
import { setHomework } from '#commands/journal-page/set-homework.ts'
import { accountOf } from '#support/api.ts'
import { schoolsAtWork } from '#support/at-work.ts'
import { ANNA, CLUB, id, LESSON, PAGE, Q2 } from '#support/class-7a.ts'
import { pageId } from '#values/school.ts'

const schools = schoolsAtWork(7, ['mathematician', 'deputy', 'mother'])
const lesson = { page: PAGE, date: '2026-11-09', number: 3, topic: 'Степень с натуральным показателем' }
const here = { page: PAGE, lesson: LESSON }

describe('R-F12: a conducted lesson is recorded', () => {
  it('on the page of a journal and on a date, and nowhere else', async () => {
    const school = schools.next()
    const { page: _, date: __, ...rest } = lesson
    for (const [input, status, reason] of [
      [{ ...rest, page: PAGE }, 400, 'malformed-request'],
      [{ ...lesson, page: id('page/none') }, 404, 'page-unknown'],
      [{ ...lesson, page: pageId(CLUB, Q2) }, 404, 'page-unknown'],
      [{ ...lesson, date: '2026-10-05' }, 422, 'date-outside-period'],
      [{ ...lesson, date: '2026-11-04' }, 422, 'date-in-holidays'],
      [{ ...lesson, date: '2026-11-03' }, 422, 'lesson-not-in-timetable'],
    ] as const) {
      expect(await school.give('mathematician', recordLesson, input)).toMatchObject({
        status,
        body: { reason },
      })
    }
    expect((await school.grid()).lessons).toEqual([])
    await school.done('mathematician', recordLesson, lesson)
    const twice = await school.give('mathematician', recordLesson, lesson)
    expect(twice).toMatchObject({ status: 409, body: { reason: 'lesson-exists' } })
  })

  it('with date, number, topic, material and homework, each a field of its own', async () => {
    const school = schools.next()
    const material = 'Свойства степени: произведение и частное'
    const text = 'Стр. 45, № 340'
    await school.done('mathematician', recordLesson, { ...lesson, material })
    await school.done('mathematician', setHomework, { ...here, text })
    const { date, number, topic } = lesson
    const recorded = { date, number, topic, material, homework: { content: { text } } }
    expect((await school.grid()).lessons).toMatchObject([recorded])
    expect(await school.diary(ANNA, '2026-11-09', 'mother')).toMatchObject([recorded])
  })

  it('and each later change of a field is an event of its own, with author and time', async () => {
    const school = schools.next()
    const { revision } = await school.done('mathematician', recordLesson, lesson)
    const homework = await school.done('mathematician', setHomework, { ...here, text: 'Стр. 45' })
    const before = await school.log()
    const why = { reason: 'typing-error' }
    school.at('2026-11-09T05:00:00.000Z')
    const changed = { ...here, topic: 'Многочлены', material: 'Сложение', type: 'test' }
    await school.done('mathematician', correctLesson, { ...changed, expectedVersion: revision, ...why })
    school.at('2026-11-09T06:00:00.000Z')
    const reworded = { ...here, text: 'Стр. 46', expectedVersion: homework.revision, ...why }
    await school.done('deputy', correctHomework, reworded)

    const [at5, at6] = ['2026-11-09T05:00:00.000Z', '2026-11-09T06:00:00.000Z']
    const teacher = { by: accountOf('mathematician'), at: at5 }
    const added = (await school.log()).slice(before.length)
    expect(added.map(({ type, data, meta }) => [type, data['field'], meta['by'], meta['at']])).toEqual([
      ['LessonCorrected', 'topic', teacher.by, at5],
      ['LessonCorrected', 'material', teacher.by, at5],
      ['LessonCorrected', 'type', teacher.by, at5],
      ['HomeworkCorrected', undefined, accountOf('deputy'), at6],
    ])
  })

  it('never without a topic; a lesson of the timetable that nobody recorded is listed as such', async () => {
    const school = schools.next()
    const { topic: _, ...noTopic } = lesson
    // A journal with a topic plan takes the topic from there (R-2.6a); this one has none.
    const untitled = await school.give('mathematician', recordLesson, noTopic)
    expect(untitled).toMatchObject({ status: 422, body: { reason: 'topic-missing' } })
    await school.done('mathematician', recordLesson, lesson)
    const unrecorded = async () => {
      const path = 'lessons?from=2026-11-09&recorded=false'
      const { lessons } = await school.seen<{ lessons: Array<{ number: number }> }>('mathematician', path)
      return lessons.map(({ number }) => number)
    }
    expect(await unrecorded()).toEqual([4, 7])
  })
})

describe('R-7V.6: what is entered is clear to pupils and parents', () => {
  it('topic and homework say at least three letters', async () => {
    const school = schools.next()
    for (const topic of ['', '   ', '…', '12', '№ 5', 'аб', '— — —']) {
      const answer = await school.give('mathematician', recordLesson, { ...lesson, topic })
      expect(answer, topic).toMatchObject({ status: 422, body: { reason: 'blank-text' } })
    }
    await school.done('mathematician', recordLesson, { ...lesson, topic: 'Куб' })
    for (const text of ['', '  ', '№ 340–345', 'а б']) {
      const answer = await school.give('mathematician', setHomework, { ...here, text })
      expect(answer, text).toMatchObject({ status: 422, body: { reason: 'blank-text' } })
    }
    await school.done('mathematician', setHomework, { ...here, text: 'Стр. 45' })
    for (const topic of ['', '12']) {
      const input = { ...here, expectedVersion: 1, reason: 'typing-error', topic }
      expect(await school.give('mathematician', correctLesson, input)).toMatchObject({ status: 422 })
    }
    expect((await school.grid()).lessons).toMatchObject([
      { topic: 'Куб', homework: { content: { text: 'Стр. 45' } } },
    ])
  })

  it('abbreviations are stored as typed, in the log, the journal and the diary', async () => {
    const school = schools.next()
    const topic = 'Контр. раб. № 2 «Ст. с нат. пок.», п. 3–5; ч/б 10 %'
    const text = 'упр. 12 (а, б), стр. 45—46, т. е. всё кр. № 7'
    const comment = 'см. § 3; к/р — 12.11'
    await school.done('mathematician', recordLesson, { ...lesson, topic })
    await school.done('mathematician', setHomework, { ...here, text })
    await school.done('mathematician', addComment, { ...here, on: { kind: 'lesson' }, text: comment })
    const typed = { topic, homework: { content: { text } }, comments: [{ text: comment }] }
    expect((await school.grid()).lessons).toMatchObject([typed])
    expect(await school.diary(ANNA, '2026-11-09', 'mother')).toMatchObject([typed])
    const log = (await school.log()).map(({ canonical }) => canonical).join('\n')
    for (const words of [topic, text]) expect(log).toContain(words)
    // What is said about somebody stands there sealed.
    expect(log).not.toContain(comment)
  })

  it('mark-up is text like any other: kept, and sent as JSON that no browser renders', async () => {
    const school = schools.next()
    const topic = '<b>Степень</b><script>alert(1)</script> &amp; показатель'
    await school.done('mathematician', recordLesson, { ...lesson, topic })
    const answer = await school.ask('mother', `pupils/${ANNA}/diary?from=2026-11-09`)
    expect(answer).toMatchObject({ status: 200, body: { lessons: [{ topic }] } })
    expect(answer.headers['content-type']).toMatch(/^application\/json/)
  })
})
