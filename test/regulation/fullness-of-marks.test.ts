import { describe, expect, it } from 'vitest'
import { exemptFromPractice } from '#commands/journal-page/exempt-from-practice.ts'
import { recordAssessment } from '#commands/journal-page/record-assessment.ts'
import { recordMarks } from '#commands/journal-page/record-marks.ts'
import { adoptPolicy } from '#commands/policy/adopt-policy.ts'
import { planPeriods } from '#commands/school-year/plan-periods.ts'
import { STARTING_POLICY } from '#values/policy.ts'
import { expectProblem, type LogIn } from '#support/api.ts'
import { type SchoolAtWork, schoolsAtWork } from '#support/at-work.ts'
import {
  ALGEBRA,
  ANNA,
  BORIS,
  CLASS_7A,
  CLASS_7B,
  CLUB,
  ENGLISH,
  GLEB,
  GROUP_ENGLISH,
  id,
  LESSON,
  PAGE,
  VERA,
  YEAR,
} from '#support/class-7a.ts'

const schools = schoolsAtWork(4, ['mathematician', 'english', 'stranger', 'deputy', 'head', 'mother'])

interface Fullness {
  readonly how: string
  readonly rows: ReadonlyArray<{ readonly journal: string; readonly norm: number | null }>
  readonly pupils: ReadonlyArray<{
    readonly pupil: string
    readonly journal: string
    readonly marks: number
    readonly norm: number | null
    readonly below: boolean
  }>
}
const fullness = (school: SchoolAtWork, query: string, login: LogIn = 'head', headers = {}) =>
  school.seen<Fullness>(login, `reports/fullness-of-marks?${query}`, headers)
const rowOf = ({ rows }: Fullness, journal: string = ALGEBRA) => rows.find((row) => row.journal === journal)
const ofPupil = ({ pupils }: Fullness, pupil: string) => pupils.find((one) => one.pupil === pupil)

/** Algebra has three lessons a week; II quarter has 41 school days, 14 of them until 20 November. */
async function marked(): Promise<SchoolAtWork> {
  const school = schools.next()
  await school.recordLesson()
  const column = { page: PAGE, lesson: LESSON }
  const answers = [
    { pupil: ANNA, value: 5 },
    { pupil: BORIS, value: 'Д' },
    { pupil: GLEB, value: 4 },
  ]
  await school.done('mathematician', recordMarks, { ...column, kind: 'lesson-answer', marks: answers })
  await school.done('mathematician', recordMarks, {
    ...column,
    kind: 'homework',
    marks: [{ pupil: ANNA, value: 4 }],
  })
  return school.at('2026-11-20T05:00:00.000Z')
}

describe('the fullness of marks (п. 7А.10)', () => {
  it('R-7A.10c: marks per pupil and journal against the norm by weekly hours, and who has fewer', async () => {
    const school = await marked()
    const whole = await fullness(school, 'period=q2&on=2026-12-29')
    expect(rowOf(whole)).toMatchObject({
      weekly: 3,
      norm_of_quarter: 7,
      ground: 'quarter',
      school_days: 41,
      of_days: 41,
      norm: 7,
      pupils: 3,
      marks: 2,
      average: 0.7,
      below: 3,
    })
    // Vera has learnt here since 16 November, 32 of the 41 days; Gleb has left.
    expect(ofPupil(whole, VERA)).toMatchObject({ norm: 5, marks: 0, below: true })
    expect(ofPupil(whole, GLEB)).toBe(undefined)
    expect(rowOf(whole, ENGLISH)).toMatchObject({ weekly: 1, norm: 3, pupils: 1, below: 1 })
    // No marks are given in the club.
    expect(rowOf(whole, CLUB)).toBe(undefined)
    expect(whole.how).toContain('Норма четверти')

    // Until today: 7 × 14 / 41 = 2.4; the note of a debt is no mark.
    const now = await fullness(school, `period=q2&journal=${ALGEBRA}`)
    expect(rowOf(now)).toMatchObject({ until: '2026-11-20', school_days: 14, norm: 2, below: 2 })
    expect(ofPupil(now, ANNA)).toMatchObject({ marks: 2, norm: 2, below: false })
    expect(ofPupil(now, BORIS)).toMatchObject({ marks: 0, norm: 2, below: true })
    const below = await fullness(school, 'period=q2')
    expect(below.pupils.every((one) => one.below)).toBe(true)
    expect(below.pupils.filter(({ journal }) => journal === ALGEBRA).map(({ pupil }) => pupil)).toEqual(
      expect.arrayContaining([BORIS, VERA]),
    )
    // A quarter that is over is counted to its end, one that is to come asks for nothing yet.
    const first = await fullness(school, `period=q1&journal=${ALGEBRA}`)
    expect(rowOf(first)).toMatchObject({ until: '2026-10-23', norm: 7 })
    const early = await fullness(school, `period=q2&on=2026-10-30&unit=${CLASS_7A}`)
    expect(rowOf(early)).toMatchObject({ school_days: 0, norm: 0, below: 0 })
  })

  it('R-7A.10c: the norm is a setting of the school, an exam outside the lessons counts, days of exemption do not', async () => {
    const school = await marked()
    const policy = { ...STARTING_POLICY, marksNorm: [{ weekly: 2, marks: 41 }] }
    await school.done('deputy', adoptPolicy, { effectiveFrom: '2026-11-20', policy })
    await school.done('deputy', recordAssessment, {
      page: PAGE,
      assessment: id('assessment/project'),
      date: '2026-11-18',
      kind: 'project',
      name: 'Защита проектов',
      marks: [{ pupil: BORIS, value: 4 }],
    })
    await school.done('deputy', exemptFromPractice, {
      page: PAGE,
      pupil: BORIS,
      from: '2026-11-02',
      until: '2026-11-13',
      document: { number: '45/2026', date: '2026-11-02' },
    })
    const shown = await fullness(school, `period=q2&unit=${CLASS_7A}`)
    expect(rowOf(shown)).toMatchObject({ norm_of_quarter: 41, norm: 14, marks: 3 })
    expect(ofPupil(shown, BORIS)).toMatchObject({ marks: 1, norm: 5, below: true })
    // Nothing is said of one lesson a week.
    expect(rowOf(shown, ENGLISH)).toMatchObject({ norm_of_quarter: null, norm: null, below: 0 })
  })

  it('R-7A.10c: for other periods the year has four norms of a quarter, by the part of its school days', async () => {
    const school = await marked()
    await school.done('deputy', planPeriods, {
      year: YEAR,
      structure: 'half-years',
      grades: [],
      units: [GROUP_ENGLISH],
      periods: [
        { period: 'h1', name: 'I полугодие', from: '2026-09-01', until: '2026-12-29' },
        { period: 'h2', name: 'II полугодие', from: '2027-01-11', until: '2027-05-26' },
      ],
    })
    // 4 × 3 × 85 / 183 = 5.6
    const half = await fullness(school, 'period=h1&on=2026-12-29')
    expect(half.rows).toMatchObject([
      { journal: ENGLISH, ground: 'year', norm_of_quarter: 3, school_days: 85, of_days: 183, norm: 6 },
    ])
    // The year of algebra: two quarters are planned, 39 and 41 days.
    const year = await fullness(school, `period=year&on=2026-10-23&journal=${ALGEBRA}`)
    expect(rowOf(year)).toMatchObject({ ground: 'year', school_days: 39, of_days: 80, norm: 14 })
  })

  it('R-7A.10c (rights and paper): one’s own journals and pupils alone, a family nothing; the sheets say the same', async () => {
    const school = await marked()
    const own = await fullness(school, 'period=q2', 'mathematician')
    expect(own.rows.map(({ journal }) => journal)).toEqual([ALGEBRA])
    const led = await fullness(school, 'period=q2', 'english', { 'letopis-role': 'class-teacher' })
    expect(led.rows.map(({ journal }) => journal)).toEqual(expect.arrayContaining([ALGEBRA, ENGLISH]))
    const strange = await fullness(school, 'period=q2', 'stranger', { 'letopis-role': 'class-teacher' })
    expect(strange).toMatchObject({ rows: [], pupils: [] })
    expect((await school.ask('mother', 'reports/fullness-of-marks?period=q2')).status).toBe(403)
    const path = 'reports/fullness-of-marks?period=q2'
    expectProblem(await school.ask('mathematician', `${path}&journal=${ENGLISH}`), 'journal-unknown')
    expectProblem(await school.ask('head', `${path}&unit=${id('nobody')}`), 'class-unknown')
    expect((await fullness(school, `period=q2&unit=${CLASS_7B}`)).rows).toEqual([])

    const sheet = await school.seen<{ parts: Array<{ rows: string[][] }> }>(
      'head',
      'reports/fullness-of-marks/sheet?period=q2',
    )
    expect(sheet.parts[0]!.rows[0]!.slice(-6)).toEqual(['14', '2', '3', '2', '0,7', '2'])
    const list = await school.seen<{ parts: Array<{ rows: string[][] }> }>(
      'head',
      `reports/marks-below-norm/sheet?period=q2&journal=${ALGEBRA}`,
    )
    expect(list.parts[0]!.rows).toHaveLength(2)
  })
})
