import { describe, expect, it } from 'vitest'
import { correctHomework } from '#commands/journal-page/correct-homework.ts'
import { declineHomework } from '#commands/journal-page/decline-homework.ts'
import { openPage } from '#commands/journal-page/open-page.ts'
import { recordLesson } from '#commands/journal-page/record-lesson.ts'
import { reviewHomework } from '#commands/journal-page/review-homework.ts'
import { setHomework } from '#commands/journal-page/set-homework.ts'
import { setIndividualHomework } from '#commands/journal-page/set-individual-homework.ts'
import { lessonId, pageId } from '#values/school.ts'
import type { LogIn } from '#support/api.ts'
import { type SchoolAtWork, schoolsAtWork } from '#support/at-work.ts'
import {
  ALGEBRA,
  BORIS,
  CLASS_7A,
  CLASS_7B,
  ENGLISH,
  LESSON,
  MONDAY,
  PAGE,
  Q2,
  YEAR,
} from '#support/class-7a.ts'

const schools = schoolsAtWork(3, ['mathematician', 'english', 'stranger', 'deputy', 'head', 'mother'])
const here = { page: PAGE, lesson: LESSON }
const as = (role: string) => ({ 'letopis-role': role })
const FOURTH = lessonId(ALGEBRA, MONDAY, 4)

interface Load {
  readonly days: ReadonlyArray<{
    readonly class: string
    readonly date: string
    readonly items: number
    readonly lessons: ReadonlyArray<{
      readonly lesson: string
      readonly version: number | null
      readonly minutes: number | null
      readonly review: object | null
    }>
  }>
}
const load = (school: SchoolAtWork, query = '', login: LogIn = 'deputy', headers = {}) =>
  school.seen<Load>(login, `reports/homework-load?from=${MONDAY}&until=${MONDAY}${query}`, headers)
const lessonOf = ({ days }: Load, lesson: string = LESSON) =>
  days.flatMap(({ lessons }) => lessons).find((one) => one.lesson === lesson)

/** Monday in 7А: algebra with homework of 30 minutes and, at the fourth lesson, none; English, of a group, with some. */
async function given(): Promise<SchoolAtWork> {
  const school = await schools.next().recordLesson()
  await school.done('mathematician', setHomework, {
    ...here,
    text: '§ 12, № 340–345 (письменно)',
    minutes: 30,
  })
  const topic = 'Степень с натуральным показателем'
  await school.done('mathematician', recordLesson, { page: PAGE, date: MONDAY, number: 4, topic })
  await school.done('mathematician', declineHomework, { page: PAGE, lesson: FOURTH })
  await school.done('english', openPage, { year: YEAR, journal: ENGLISH, period: Q2 }, as('teacher'))
  const english = { page: pageId(ENGLISH, Q2), lesson: lessonId(ENGLISH, MONDAY, 5) }
  await school.done(
    'english',
    recordLesson,
    { page: english.page, date: MONDAY, number: 5, topic },
    as('teacher'),
  )
  await school.done('english', setHomework, { ...english, text: 'Unit 4, ex. 2' }, as('teacher'))
  return school
}

describe('homework and what suits (п. 7А.10)', () => {
  it('R-7A.10g: homework by class and day, with all items and the minutes that were declared; nothing is judged by itself', async () => {
    const school = await given()
    const shown = await load(school)
    expect(shown.days).toMatchObject([
      {
        class: CLASS_7A,
        date: MONDAY,
        items: 2,
        minutes: 30,
        undeclared: 1,
        most: 30,
        declined: 1,
        not_filled: 0,
        reviewed: 0,
        unsuitable: 0,
      },
    ])
    expect(lessonOf(shown)).toMatchObject({
      state: 'set',
      text: '§ 12, № 340–345 (письменно)',
      minutes: 30,
      review: null,
    })
    expect(lessonOf(shown, FOURTH)).toMatchObject({ state: 'declined', text: null, minutes: null })
    // A pupil with more of his own has more than the class.
    const more = { ...here, pupils: [BORIS], text: 'Повторить § 11', minutes: 15 }
    await school.done('mathematician', setIndividualHomework, more)
    expect((await load(school)).days).toMatchObject([{ items: 2, minutes: 30, most: 45 }])
    // For the day for which it is set: algebra for Wednesday, English for the next Monday.
    const due = await school.seen<Load>(
      'head',
      'reports/homework-load?from=2026-11-11&until=2026-11-16&by=due',
    )
    expect(due.days.map(({ date, items }) => [date, items])).toEqual([
      ['2026-11-11', 1],
      ['2026-11-16', 1],
    ])
    // Minutes are a field of homework, and the family sees them.
    const [lesson] = await school.diary(BORIS, MONDAY)
    expect(lesson!.homework!.content).toMatchObject({ minutes: 30 })
  })

  it('R-7A.10g: a reviewer records a verdict with comment as an event; a corrected homework says that it was another', async () => {
    const school = await given()
    const { version } = lessonOf(await load(school))!
    const verdict = {
      ...here,
      expectedVersion: version!,
      verdict: 'unsuitable',
      aspects: ['volume'],
      text: 'На среду уже заданы две работы',
    }
    for (const login of ['mathematician', 'mother'] as const)
      expect((await school.give(login, reviewHomework, verdict)).status).toBe(403)
    const recorded = await school.done('deputy', reviewHomework, verdict)
    expect(recorded.events.map(({ type }) => type)).toEqual(['HomeworkReviewed'])
    // What was typed is sealed in the log.
    expect(
      JSON.stringify(await school.log(), (_, of) => (typeof of === 'bigint' ? String(of) : of)),
    ).not.toContain('две работы')
    const review = { verdict: 'unsuitable', aspects: ['volume'], text: verdict.text, stale: false }
    expect(lessonOf(await load(school))!.review).toMatchObject(review)
    expect((await load(school)).days).toMatchObject([{ reviewed: 1, unsuitable: 1 }])
    // Whoever set it sees what was found.
    expect(lessonOf(await load(school, '', 'mathematician'))!.review).toMatchObject(review)
    await school.done('mathematician', correctHomework, {
      ...here,
      expectedVersion: version!,
      text: '§ 12, № 340 (письменно)',
      minutes: 10,
      reason: 'typing-error',
    })
    const after = lessonOf(await load(school))!
    expect(after).toMatchObject({ minutes: 10, review: { stale: true } })
    expect(await school.give('head', reviewHomework, verdict)).toMatchObject({
      status: 409,
      body: { reason: 'stale-version' },
    })
    const suitable = { ...here, expectedVersion: after.version!, verdict: 'suitable' }
    await school.done('head', reviewHomework, suitable)
    expect(lessonOf(await load(school))!.review).toMatchObject({
      verdict: 'suitable',
      aspects: [],
      text: null,
      stale: false,
    })
  })

  it('R-7A.10g (rights and paper): a teacher sees the own journals, a class teacher the own class, a family nothing; the sheets say the same', async () => {
    const school = await given()
    expect((await load(school, '', 'mathematician')).days).toMatchObject([{ items: 1 }])
    expect((await load(school, '', 'english', as('class-teacher'))).days).toMatchObject([{ items: 2 }])
    expect((await load(school, '', 'stranger', as('class-teacher'))).days).toEqual([])
    expect((await load(school, `&class=${CLASS_7B}`)).days).toEqual([])
    expect((await school.ask('mother', 'reports/homework-load')).status).toBe(403)
    expect((await school.ask('head', 'reports/homework-load?from=2026-09-01&until=2026-11-01')).status).toBe(
      400,
    )
    const query = `from=${MONDAY}&until=${MONDAY}`
    const sheet = await school.seen<{ parts: Array<{ rows: string[][] }> }>(
      'head',
      `reports/homework-load/sheet?${query}`,
    )
    expect(sheet.parts[0]!.rows).toEqual([['09.11.2026', '7А', '2', '30', '30', '1', '1', '0', '0', '0']])
    const list = await school.ask<string>('head', `reports/homework-reviews/sheet?${query}&format=csv`)
    expect(list.body).toContain('§ 12, № 340–345 (письменно)')
  })
})
