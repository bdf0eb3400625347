import { describe, expect, it } from 'vitest'
import { closePage } from '#commands/journal-page/close-page.ts'
import { openPage } from '#commands/journal-page/open-page.ts'
import { recordFinals } from '#commands/journal-page/record-finals.ts'
import { recordLesson } from '#commands/journal-page/record-lesson.ts'
import { recordMarks } from '#commands/journal-page/record-marks.ts'
import { setHomework } from '#commands/journal-page/set-homework.ts'
import { movePeriod } from '#commands/school-year/move-period.ts'
import { planPeriods } from '#commands/school-year/plan-periods.ts'
import { scheduleBells } from '#commands/school-year/schedule-bells.ts'
import { lessonId, pageId } from '#values/school.ts'
import type { Uuid } from '#values/uuid.ts'
import { schoolsAtWork } from '#support/at-work.ts'
import {
  ALGEBRA,
  ANNA,
  BORIS,
  CLASS_7A,
  CLASS_7B,
  date,
  ENGLISH,
  GLEB,
  GROUP_ENGLISH,
  LESSON,
  PAGE,
  Q1,
  YEAR,
} from '#support/class-7a.ts'

const schools = schoolsAtWork(5, ['mathematician', 'deputy'])

interface Calendar {
  readonly periods: ReadonlyArray<{
    period: string
    grades: number[]
    structure: string
    from: string
    until: string
  }>
}
const calendar = `years/${YEAR}`
const halfYears = {
  year: YEAR,
  structure: 'half-years',
  grades: [10, 11],
  periods: [
    { period: 'h1', name: 'I полугодие', from: '2026-09-01', until: '2026-12-29' },
    { period: 'h2', name: 'II полугодие', from: '2027-01-11', until: '2027-05-26' },
  ],
}

const border = (until: string, from: string) => ({
  year: YEAR,
  period: 'q1',
  grades: [7],
  from: '2026-09-01',
  until,
  also: [{ period: 'q2', from, until: '2026-12-29' }],
})

describe('the structure of the year (§1)', () => {
  it('R-F3 (part: by grade): grades have periods of different structures side by side, which neither overlap nor leave the year', async () => {
    const school = schools.next()
    const { periods } = halfYears
    const overlapping = [periods[0]!, { ...periods[1]!, from: '2026-12-29' }]
    expect(await school.give('deputy', planPeriods, { ...halfYears, periods: overlapping })).toMatchObject({
      body: { reason: 'period-overlap' },
    })
    const beyond = [periods[0]!, { ...periods[1]!, until: '2027-05-27' }]
    expect(await school.give('deputy', planPeriods, { ...halfYears, periods: beyond })).toMatchObject({
      body: { reason: 'period-outside-year' },
    })
    await school.done('deputy', planPeriods, halfYears)
    const shown = (await school.seen<Calendar>('deputy', calendar)).periods
    expect(shown.map(({ period, structure }) => `${period} ${structure}`).toSorted()).toEqual([
      'h1 half-years',
      'h2 half-years',
      'q1 quarters',
      'q2 quarters',
    ])
  })

  it('R-F3: a border between two periods moves while marks stand: the marks stay and belong by the date of their lesson, until a period is closed', async () => {
    const school = await schools.next().recordLesson()
    const marks = [{ pupil: ANNA, value: 4 }]
    await school.done('mathematician', recordMarks, { page: PAGE, lesson: LESSON, kind: 'test', marks })
    await school.done('mathematician', openPage, { year: YEAR, journal: ALGEBRA, period: 'q1' })
    const first = pageId(ALGEBRA, Q1)
    const cells = async () => ({
      q1: (await school.grid(first)).cells.length,
      q2: (await school.grid()).cells.length,
    })
    expect(await cells()).toEqual({ q1: 0, q2: 1 })
    await school.done('deputy', movePeriod, border('2026-11-13', '2026-11-16'))
    expect(await cells()).toEqual({ q1: 1, q2: 0 })
    const { lessons, works } = await school.grid(first)
    expect([lessons, works]).toMatchObject([[{ lesson: LESSON, page: PAGE }], [{ lesson: LESSON }]])
    const proposal = await school.seen<{ pupils: Array<{ pupil: string; rests_on: unknown[] }> }>(
      'mathematician',
      `pages/${first}/final-proposals`,
    )
    expect(proposal.pupils.find(({ pupil }) => pupil === ANNA)!.rests_on).toMatchObject([
      { value: 4, period: 'q1', date: '2026-11-09' },
    ])

    // The teacher writes where the lesson stands, until the period of its date is closed.
    school.at('2026-11-13T09:00:00.000Z')
    const more = { page: PAGE, lesson: LESSON, kind: 'test', marks: [{ pupil: BORIS, value: 3 }] }
    await school.done('mathematician', recordMarks, more)
    const finals = (await school.grid(first)).pupils
      .filter(({ now }) => now)
      .map(({ pupil }) => ({ pupil, value: 4 }))
    await school.done('mathematician', recordFinals, { page: first, finals })
    await school.done('mathematician', closePage, { page: first })
    const late = { ...more, marks: [{ pupil: GLEB, value: 3 }] }
    expect(await school.give('mathematician', recordMarks, late)).toMatchObject({
      status: 409,
      body: { reason: 'period-locked' },
    })
    expect(await school.give('deputy', movePeriod, border('2026-10-23', '2026-11-02'))).toMatchObject({
      status: 409,
      body: { reason: 'period-locked' },
    })
    expect(await cells()).toEqual({ q1: 2, q2: 0 })
  })

  it('R-F3, R-7A.6a: a class and a group have periods, shift and bells of their own, apart from their grade', async () => {
    const school = schools.next().at('2026-11-09T04:00:00.000Z')
    const modules = {
      year: YEAR,
      structure: 'modules',
      periods: [
        { period: 'm1', name: 'Модуль 1', from: '2026-09-01', until: '2026-11-20' },
        { period: 'm2', name: 'Модуль 2', from: '2026-11-23', until: '2027-05-26' },
      ],
    }
    await school.done('deputy', planPeriods, { ...modules, units: [CLASS_7B, GROUP_ENGLISH] })
    const open = (journal: Uuid, period: string) =>
      school.give('mathematician', openPage, { year: YEAR, journal, period }, { 'letopis-role': 'teacher' })
    const byDeputy = (journal: Uuid, period: string) =>
      school.give('deputy', openPage, { year: YEAR, journal, period })
    expect(await byDeputy(ENGLISH, 'q2')).toMatchObject({ body: { reason: 'period-unknown' } })
    expect(await byDeputy(ENGLISH, 'm1')).toMatchObject({ status: 201 })
    expect(await open(ALGEBRA, 'm1')).toMatchObject({ body: { reason: 'period-unknown' } })

    const bells = [
      { number: 3, from: '16:00', until: '16:40' },
      { number: 5, from: '17:40', until: '18:20' },
    ]
    const second = { year: YEAR, shift: 'second', effectiveFrom: '2026-11-09', bells }
    await school.done('deputy', scheduleBells, { ...second, units: [CLASS_7B] })
    await school.recordLesson()
    const homework = { page: PAGE, lesson: LESSON, text: 'Учебник, с. 45' }
    const { events } = await school.done('mathematician', setHomework, homework)
    // 7А rings as its grade does: its fifth lesson ends at 12:50, 90 minutes before 14:20 of Tomsk.
    expect(events[0]!.data).toMatchObject({ dueAt: '2026-11-09T07:20:00.000Z' })
    const shown = await school.seen<{ bells: Array<{ shift: string; units: string[] }> }>('deputy', calendar)
    expect(shown.bells).toMatchObject([
      { shift: 'first', units: [] },
      { shift: 'second', units: [CLASS_7B] },
    ])
    expect(shown.bells).toHaveLength(2)
    // 7А goes to the second shift the week after, alone.
    await school.done('deputy', scheduleBells, { ...second, effectiveFrom: '2026-11-16', units: [CLASS_7A] })
    await school.at('2026-11-16T04:00:00.000Z').recordLesson('2026-11-16')
    const after = await school.done('mathematician', setHomework, {
      ...homework,
      lesson: lessonId(ALGEBRA, date('2026-11-16'), 3),
    })
    expect(after.events[0]!.data).toMatchObject({ dueAt: '2026-11-16T12:50:00.000Z' })
  })

  it('R-F3 (part): bounds move while marks stand, the marks stay, and no lesson falls out of its period', async () => {
    const school = await schools.next().recordLesson()
    const marks = [{ pupil: ANNA, value: 4 }]
    await school.done('mathematician', recordMarks, { page: PAGE, lesson: LESSON, kind: 'test', marks })
    const move = { year: YEAR, period: 'q2', grades: [7], from: '2026-11-05', until: '2026-12-30' }
    await school.done('deputy', movePeriod, move)
    const shown = (await school.seen<Calendar>('deputy', calendar)).periods
    expect(shown.find(({ period }) => period === 'q2')).toMatchObject({
      from: '2026-11-05',
      until: '2026-12-30',
    })
    const grid = await school.grid()
    expect(grid.cells).toMatchObject([{ pupil: ANNA, marks: [{ value: 4 }] }])
    // The day that the period lost is of no page any more; the one that it won is.
    const lesson = { page: PAGE, topic: 'Степень' }
    school.at('2026-12-30T09:00:00.000Z')
    const lost = { ...lesson, date: '2026-11-02', number: 3 }
    expect(await school.give('mathematician', recordLesson, lost)).toMatchObject({
      body: { reason: 'date-outside-period' },
    })
    await school.done('mathematician', recordLesson, { ...lesson, date: '2026-12-30', number: 2 })
    const narrower = await school.give('deputy', movePeriod, { ...move, until: '2026-12-29' })
    expect(narrower).toMatchObject({ status: 409, body: { reason: 'lesson-outside-period' } })
  })

  it('R-7A.6a (part: by grade): bells have a shift and a date from which they ring, and deadlines follow those in force', async () => {
    const school = schools.next().at('2026-11-16T04:10:00.000Z')
    const bells = [
      { number: 3, from: '16:00', until: '16:40' },
      { number: 5, from: '17:40', until: '18:20' },
    ]
    await school.done('deputy', scheduleBells, {
      year: YEAR,
      shift: 'second',
      effectiveFrom: '2026-11-16',
      grades: [7],
      bells,
    })
    await school.recordLesson('2026-11-09')
    await school.recordLesson('2026-11-16')
    const due = async (day: string) => {
      const lesson = lessonId(ALGEBRA, date(day), 3)
      const homework = { page: PAGE, lesson, text: 'Учебник, с. 45' }
      const { events } = await school.done('mathematician', setHomework, homework)
      return (events[0]!.data as { dueAt: string }).dueAt
    }
    // The fifth lesson ends at 12:50 before the shift was changed, and at 18:20 from then on; Tomsk is UTC+7.
    expect(await due('2026-11-09')).toBe('2026-11-09T07:20:00.000Z')
    expect(await due('2026-11-16')).toBe('2026-11-16T12:50:00.000Z')
  })
})
