import { describe, expect, it } from 'vitest'
import { recordLesson } from '#commands/journal-page/record-lesson.ts'
import { recordMarks } from '#commands/journal-page/record-marks.ts'
import { setHomework } from '#commands/journal-page/set-homework.ts'
import { movePeriod } from '#commands/school-year/move-period.ts'
import { planPeriods } from '#commands/school-year/plan-periods.ts'
import { scheduleBells } from '#commands/school-year/schedule-bells.ts'
import { lessonId } from '#values/school.ts'
import { schoolsAtWork } from '#support/at-work.ts'
import { ALGEBRA, ANNA, date, LESSON, PAGE, YEAR } from '#support/class-7a.ts'

const schools = schoolsAtWork(3, ['mathematician', 'deputy'])

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
