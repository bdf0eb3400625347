import { describe, expect, it } from 'vitest'
import { adoptPolicy } from '#commands/policy/adopt-policy.ts'
import { recordFinals } from '#commands/journal-page/record-finals.ts'
import { recordMarks } from '#commands/journal-page/record-marks.ts'
import { setHomework } from '#commands/journal-page/set-homework.ts'
import { takeAttendance } from '#commands/journal-page/take-attendance.ts'
import { declarePilot } from '#commands/roster/declare-pilot.ts'
import { endPilot } from '#commands/roster/end-pilot.ts'
import { registerOutage } from '#commands/school/register-outage.ts'
import { withdrawOutage } from '#commands/school/withdraw-outage.ts'
import { STARTING_POLICY } from '#values/policy.ts'
import type { LogIn } from '#support/api.ts'
import { type GridPage, type SchoolAtWork, schoolsAtWork } from '#support/at-work.ts'
import {
  ALGEBRA,
  ANNA,
  CLASS_7A,
  LAST_AFTERNOON,
  LESSON,
  MATHEMATICIAN,
  MONDAY,
  PAGE,
  Q2,
  YEAR,
} from '#support/class-7a.ts'

const schools = schoolsAtWork(5, ['mathematician', 'english', 'deputy', 'head', 'administrator', 'mother'])
const here = { page: PAGE, lesson: LESSON }
/** From the first lesson of Monday to noon of Tuesday, in Tomsk. */
const monday = {
  from: '2026-11-09T01:30:00.000Z',
  until: '2026-11-10T05:00:00.000Z',
  text: 'Оборвана линия связи',
  order: { number: '91', date: '2026-11-10' },
}

interface Figures {
  readonly lessons: { readonly excused: number }
  readonly completeness: object
  readonly marks: readonly object[]
}
interface Timeliness {
  readonly rows: ReadonlyArray<Figures & { teacher: string; journal: string; behind: readonly object[] }>
  readonly total: Figures
}
const timeliness = (school: SchoolAtWork) =>
  school.seen<Timeliness>('head', `reports/timeliness?from=${MONDAY}&until=2026-11-12`)
const algebra = async (school: SchoolAtWork) =>
  (await timeliness(school)).rows.find(
    ({ teacher, journal }) => teacher === MATHEMATICIAN && journal === ALGEBRA,
  )!
type GridWithExcused = GridPage & { readonly excused: readonly object[] }
const excusedOn = async (school: SchoolAtWork) =>
  ((await school.grid(PAGE, 'mathematician')) as GridWithExcused).excused

/** On Wednesday morning the lesson of Monday is entered from paper, the next one only half. */
async function enteredFromPaper(school: SchoolAtWork): Promise<SchoolAtWork> {
  school.at('2026-11-11T03:00:00.000Z')
  await school.recordLesson()
  await school.done('mathematician', takeAttendance, { ...here, absentees: [] })
  await school.done('mathematician', setHomework, { ...here, text: 'Параграф 12, № 340' })
  await school.done('mathematician', recordMarks, {
    ...here,
    kind: 'lesson-answer',
    marks: [{ pupil: ANNA, value: 5 }],
  })
  await school.recordLesson(MONDAY, 4)
  return school
}

describe('outages', () => {
  it('R-A2.7 (later entry; the blank page is printed elsewhere): what was due in a registered outage is accepted later with the reason «сбой» and not counted against the teacher', async () => {
    const school = await enteredFromPaper(schools.next())
    const late = await algebra(school)
    expect(late).toMatchObject({
      lessons: { expected: 2, on_time: 0, late: 2, excused: 0, timeliness: { part: 0, of: 2 } },
      behind: [
        { number: 3, late: ['lesson', 'attendance', 'homework'], excused: [] },
        { number: 4, missing: ['attendance', 'homework'], late: ['lesson'], excused: [] },
      ],
    })
    expect(await excusedOn(school)).toEqual([])

    await school.done('deputy', registerOutage, monday)
    expect(await algebra(school)).toMatchObject({
      lessons: {
        expected: 2,
        on_time: 0,
        late: 0,
        missing: 0,
        excused: 2,
        median_late_by: null,
        timeliness: { part: 0, of: 0, percent: null },
      },
      attendance: { late: 0, missing: 0, excused: 2 },
      // What is not filled in is not complete, whoever may answer for it: two topics, one attendance, one homework.
      completeness: { part: 4, of: 6 },
      marks: [{ kind: 'lesson-answer', marks: 1, on_time: 0, late: 0, excused: 1 }],
      behind: [
        { number: 3, missing: [], late: [], excused: ['lesson', 'attendance', 'homework'] },
        { number: 4, missing: [], late: [], excused: ['lesson', 'attendance', 'homework'] },
      ],
    })
    // The grid says so at each entry, and how late it was stays as it is.
    const excused = await excusedOn(school)
    const why = { reason: 'technical-failure', text: 'Оборвана линия связи' }
    for (const entry of ['lesson', 'attendance', 'homework', 'mark'])
      expect(excused).toContainEqual(expect.objectContaining({ lesson: LESSON, entry, ...why }))
    expect(excused).toHaveLength(5)
    expect((await school.grid()).lessons[0]).toMatchObject({ late_by: 122_401 })
  })

  it('R-A2.7 (bounds): lateness is counted again after the last day for entering from paper, and when the outage is withdrawn', async () => {
    const school = await enteredFromPaper(schools.next())
    await school.done('head', registerOutage, { ...monday, enterBy: '2026-11-10' })
    expect((await algebra(school)).lessons).toMatchObject({ late: 2, excused: 0 })
    const { outages } = await school.seen<{ outages: Array<{ outage: string }> }>(
      'deputy',
      `outages?from=${MONDAY}&until=2026-11-10`,
    )
    await school.done('deputy', registerOutage, { ...monday, until: '2026-11-10T06:00:00.000Z' })
    expect((await algebra(school)).lessons).toMatchObject({ late: 0, excused: 2 })
    const listed = await school.seen<{ outages: Array<{ outage: string }>; measured: unknown }>(
      'head',
      `outages?from=${MONDAY}&until=2026-11-10`,
    )
    expect(listed.measured).toBeNull()
    const second = listed.outages.find(({ outage }) => outage !== outages[0]!.outage)!
    expect(second).toMatchObject({ text: monday.text, order: monday.order, measured: false, confirmed: null })
    await school.done('head', withdrawOutage, { outage: second.outage, text: 'Связь была' })
    expect((await algebra(school)).lessons).toMatchObject({ late: 2, excused: 0 })
    expect((await school.ask('mathematician', 'outages')).status).toBe(403)
  })
})

const journalsOfReport = async (school: SchoolAtWork) =>
  (await timeliness(school)).rows.map(({ journal }) => journal)

describe('pilots', () => {
  it('R-T4 (flag and reports; entry of a whole week elsewhere): a class is a pilot between two dates, and leaves the statutory reports where the rules of the school say so', async () => {
    const school = await enteredFromPaper(schools.next())
    const pilot = { class: CLASS_7A, from: '2026-11-01', until: '2026-11-10' }
    await school.done('deputy', declarePilot, pilot)
    const listed = `years/${YEAR}/pilots`
    expect(await school.seen('head', listed)).toEqual({
      counted: true,
      pilots: [{ ...pilot, name: '7А', now: false }],
    })
    expect(await journalsOfReport(school)).toContain(ALGEBRA)
    const before = (await timeliness(school)).total.lessons

    const policy = { ...STARTING_POLICY, pilotsCounted: false }
    await school.done('deputy', adoptPolicy, { effectiveFrom: '2026-11-02', policy })
    // The lesson of Wednesday the 11th is after the pilot.
    const after = (await timeliness(school)).total.lessons
    expect(after).toMatchObject({ expected: (before as { expected?: number }).expected! - 4 })
    // On paper as before: no entry is refused, and the journal shows it.
    expect((await school.grid()).lessons).toHaveLength(2)
    expect((await school.ask('mathematician', listed)).status).toBe(403)
  })

  it('R-T4 (success and quality): the finals of a class that is a pilot on the last day of the period do not count', async () => {
    const school = schools.next().at(LAST_AFTERNOON)
    await school.done('mathematician', recordFinals, {
      page: PAGE,
      finals: [{ pupil: ANNA, value: 4 }],
    })
    const attainment = async (login: LogIn = 'head') =>
      (await school.seen<{ pupils: object[] }>(login, `reports/attainment?unit=${CLASS_7A}&period=${Q2}`))
        .pupils.length
    const all = await attainment()
    expect(all).toBeGreaterThan(0)
    const policy = { ...STARTING_POLICY, pilotsCounted: false }
    await school.done('deputy', adoptPolicy, { effectiveFrom: '2026-11-02', policy })
    await school.done('deputy', declarePilot, { class: CLASS_7A, from: '2026-12-01' })
    expect(await attainment()).toBe(0)
    await school.done('deputy', endPilot, { class: CLASS_7A, until: '2026-12-29' })
    expect(await attainment()).toBe(all)
  })
})
