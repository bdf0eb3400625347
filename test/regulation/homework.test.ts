import { describe, expect, it } from 'vitest'
import { correctHomework } from '#commands/journal-page/correct-homework.ts'
import { declineHomework } from '#commands/journal-page/decline-homework.ts'
import { openPage } from '#commands/journal-page/open-page.ts'
import { recordLesson } from '#commands/journal-page/record-lesson.ts'
import { setHomework } from '#commands/journal-page/set-homework.ts'
import { formGroup } from '#commands/roster/form-group.ts'
import { scheduleBells } from '#commands/school-year/schedule-bells.ts'
import { assignTeacher } from '#commands/teaching-load/assign-teacher.ts'
import { openJournal } from '#commands/teaching-load/open-journal.ts'
import { scheduleWeek } from '#commands/timetable/schedule-week.ts'
import { lessonId, pageId } from '#values/school.ts'
import { schoolsAtWork } from '#support/at-work.ts'
import {
  ALGEBRA,
  ANNA,
  CLASS_7A,
  CLASS_7B,
  CLUB,
  date,
  ENGLISH,
  id,
  LESSON,
  MATHEMATICIAN,
  PAGE,
  Q2,
  STRANGER,
  YEAR,
} from '#support/class-7a.ts'

const schools = schoolsAtWork(11, ['mathematician', 'stranger', 'mother', 'deputy'])
const here = { page: PAGE, lesson: LESSON }
const text = '§ 12, № 340–345 (письменно)'

describe('R-2.7a: homework', () => {
  it('is text, date, manner and attachments, each a field of its own', async () => {
    const school = await schools.next().recordLesson()
    const attachments = [{ title: 'Карточка 4', url: 'https://school.example/карточка-4.pdf' }]
    const homework = { text, due: '2026-11-16', manner: 'практическая работа, письменно', attachments }
    await school.done('mathematician', setHomework, { ...here, ...homework })

    expect((await school.grid()).lessons).toMatchObject([{ homework: { content: homework } }])
    expect(await school.diary(ANNA, '2026-11-09', 'mother')).toMatchObject([
      { homework: { content: homework } },
    ])
  })

  it('needs its text alone; it is due at the next lesson of that journal, holidays passed over', async () => {
    const school = await schools.next().recordLesson()
    expect(await school.give('mathematician', setHomework, { ...here, manner: 'устно' })).toMatchObject({
      status: 400,
      body: { reason: 'malformed-request' },
    })
    await school.done('mathematician', setHomework, { ...here, text })
    expect((await school.grid()).lessons[0]?.homework?.content).toEqual({
      text,
      due: '2026-11-11',
      manner: null,
      attachments: [],
      minutes: null,
    })

    // Wednesday 4 November is a day of rest: after Monday 2 November comes Monday 9.
    await school.recordLesson('2026-11-02', 4)
    const lesson = lessonId(ALGEBRA, date('2026-11-02'), 4)
    await school.done('mathematician', setHomework, { page: PAGE, lesson, text })
    const shown = (await school.grid()).lessons.find((one) => one.lesson === lesson)
    expect(shown?.homework?.content?.due).toBe('2026-11-09')
  })

  it('that is not set is said so, and differs from what nobody filled in', async () => {
    const school = await schools.next().recordLesson()
    const shown = async () => {
      const [lesson] = (await school.grid()).lessons
      const [inDiary] = await school.diary(ANNA, '2026-11-09', 'mother')
      const path = 'lessons?from=2026-11-09&recorded=true'
      const { lessons } = await school.seen<{ lessons: Array<{ homework: string | null }> }>('deputy', path)
      return { grid: lesson?.homework, diary: inDiary?.homework, list: lessons[0]?.homework }
    }
    expect(await shown()).toEqual({ grid: null, diary: null, list: null })

    const { revision } = await school.done('mathematician', declineHomework, here)
    const declined = { content: null, version: revision }
    expect(await shown()).toMatchObject({ grid: declined, diary: declined, list: 'declined' })

    const corrected = { ...here, expectedVersion: revision, reason: 'typing-error', text }
    await school.done('mathematician', correctHomework, corrected)
    const set = { content: { text, due: '2026-11-11' }, corrected: true }
    expect(await shown()).toMatchObject({ grid: set, diary: set, list: 'set' })
  })
})

/** By how many seconds homework of a lesson on Monday was late, as the grid shows it. */
const lateBy = async (school: ReturnType<typeof schools.next>, page = PAGE, lesson = LESSON) =>
  (await school.grid(page)).lessons.find((one) => one.lesson === lesson)?.homework?.lateBy

describe('R-2.7b: homework is entered within 1.5 hours after the classes of that class (substitutions aside)', () => {
  // The last lesson of 7А on Monday is English, the fifth, until 12:50; the club after it does not count.
  it('is on time 90:00 after the end of the last lesson, and late at 90:01', async () => {
    const onTime = await schools.next().recordLesson()
    onTime.at('2026-11-09T07:20:00.999Z')
    await onTime.done('mathematician', setHomework, { ...here, text })
    expect(await lateBy(onTime)).toBe(0)

    const late = await schools.next().recordLesson()
    late.at('2026-11-09T07:20:01.000Z')
    await late.done('mathematician', setHomework, { ...here, text })
    expect(await lateBy(late)).toBe(1)
    const [line] = await late.lines('audit-trail?type=HomeworkSet')
    expect(line?.late_by).toBe(1)
  })

  it('that is declined has the same deadline', async () => {
    const school = await schools.next().recordLesson()
    school.at('2026-11-09T07:20:01.000Z')
    await school.done('mathematician', declineHomework, here)
    expect(await lateBy(school)).toBe(1)
  })

  it('follows the bells in force on that day', async () => {
    const school = await schools.next().recordLesson()
    const bells = [3, 4, 5, 7].map((number) => ({
      number,
      from: `${8 + number}:00`.padStart(5, '0'),
      until: `${8 + number}:30`.padStart(5, '0'),
    }))
    const week = { year: YEAR, shift: 'first', grades: [7], bells }
    await school.done('deputy', scheduleBells, { ...week, effectiveFrom: '2026-11-09' })
    // Shorter lessons from the next day on change nothing of this one: the fifth ends at 13:30.
    const shorter = bells.map((bell) => ({ ...bell, until: bell.from.replace(':00', ':20') }))
    await school.done('deputy', scheduleBells, { ...week, bells: shorter, effectiveFrom: '2026-11-10' })

    school.at('2026-11-09T08:00:00.000Z')
    const { events } = await school.done('mathematician', setHomework, { ...here, text })
    expect(events).toMatchObject([{ data: { dueAt: '2026-11-09T08:00:00.000Z' } }])
    expect(await lateBy(school)).toBe(0)
  })

  it('follows the week in force on that day, without clubs and electives', async () => {
    const school = await schools.next().recordLesson()
    const elective = id('journal/7А/elective')
    await school.done('deputy', openJournal, {
      year: YEAR,
      journal: elective,
      subject: id('subject/algebra'),
      learners: { kind: 'class', class: CLASS_7A },
      type: 'elective',
      name: 'Факультатив, 7А',
    })
    const slots = [
      { weekday: 1, number: 3, journal: ALGEBRA },
      { weekday: 1, number: 4, journal: ENGLISH },
      { weekday: 1, number: 5, journal: elective },
      { weekday: 1, number: 7, journal: CLUB },
    ]
    await school.done('deputy', scheduleWeek, {
      year: YEAR,
      class: CLASS_7A,
      effectiveFrom: '2026-11-09',
      slots,
    })
    // The fourth lesson, until 12:00, is the last of the class.
    const { events } = await school.done('mathematician', setHomework, { ...here, text })
    expect(events).toMatchObject([{ data: { dueAt: '2026-11-09T06:30:00.000Z' } }])
  })

  it('of a group of several classes is due after the latest of them', async () => {
    const school = schools.next()
    const group = id('group/7АБ/drawing')
    const drawing = id('journal/7АБ/drawing')
    const ofB = id('journal/7Б/algebra')
    const subject = id('subject/algebra')
    await school.done('deputy', formGroup, {
      group,
      year: YEAR,
      name: 'Черчение, 7А и 7Б',
      classes: [CLASS_7A, CLASS_7B],
    })
    for (const [journal, learners, staff] of [
      [drawing, { kind: 'group', group }, MATHEMATICIAN],
      [ofB, { kind: 'class', class: CLASS_7B }, STRANGER],
    ] as const) {
      await school.done('deputy', openJournal, { year: YEAR, journal, subject, learners, name: journal })
      await school.done('deputy', assignTeacher, { year: YEAR, journal, staff, from: '2026-09-01' })
    }
    const together = { weekday: 1, number: 1, journal: drawing }
    const week = { year: YEAR, effectiveFrom: '2026-11-09' }
    const algebra = { weekday: 1, number: 3, journal: ALGEBRA }
    await school.done('deputy', scheduleWeek, { ...week, class: CLASS_7A, slots: [together, algebra] })
    // 7А goes home after the third lesson, 7Б after the seventh, at 14:30.
    const seventh = { weekday: 1, number: 7, journal: ofB }
    await school.done('deputy', scheduleWeek, { ...week, class: CLASS_7B, slots: [together, seventh] })
    await school.done('mathematician', openPage, { year: YEAR, journal: drawing, period: 'q2' })
    const page = pageId(drawing, Q2)
    const lesson = lessonId(drawing, date('2026-11-09'), 1)
    const topic = 'Линии чертежа'
    await school.done('mathematician', recordLesson, { page, date: '2026-11-09', number: 1, topic })

    school.at('2026-11-09T09:00:01.000Z')
    const { events } = await school.done('mathematician', setHomework, { page, lesson, text })
    expect(events).toMatchObject([{ data: { dueAt: '2026-11-09T09:00:00.000Z' } }])
    expect(await lateBy(school, page, lesson)).toBe(1)
  })
})
