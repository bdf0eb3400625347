import { expect, it } from 'vitest'
import { recordMarks } from '#commands/journal-page/record-marks.ts'
import { adoptPolicy } from '#commands/policy/adopt-policy.ts'
import { addSchoolDay } from '#commands/school-year/add-school-day.ts'
import { planHolidays } from '#commands/school-year/plan-holidays.ts'
import { setSchoolWeek } from '#commands/school-year/set-school-week.ts'
import { planTest } from '#commands/test-schedule/plan-test.ts'
import { STARTING_POLICY } from '#values/policy.ts'
import { type SchoolAtWork, schoolsAtWork } from '#support/at-work.ts'
import { ALGEBRA, ANNA, CLASS_7A, CLASS_7B, LESSON, PAGE, YEAR } from '#support/class-7a.ts'

const schools = schoolsAtWork(4, ['mathematician', 'deputy', 'head'])
const quarantine = { name: 'Карантин', from: '2026-11-10', until: '2026-11-16', grades: null }
const planned = (units: readonly string[]) => ({ year: YEAR, holidays: [{ ...quarantine, units }] })

interface Overdue {
  readonly items: ReadonlyArray<{ readonly date: string; readonly number: number; readonly due_at: string }>
}
const due = async (school: SchoolAtWork, duty: string) =>
  (
    await school.seen<Overdue>(
      'head',
      `overdue?from=2026-11-01&until=2026-11-20&duty=${duty}&journal=${ALGEBRA}`,
    )
  ).items

it('R-F3, R-2.2: a class that rests apart from its grade has no lessons then, and nothing of them is overdue', async () => {
  const school = schools.next().at('2026-11-21T03:00:00.000Z')
  const before = (await due(school, 'lesson')).map(({ date }) => date)
  expect(before).toEqual(expect.arrayContaining(['2026-11-11', '2026-11-16', '2026-11-18']))
  await school.done('deputy', planHolidays, planned([CLASS_7B]))
  expect((await due(school, 'lesson')).map(({ date }) => date)).toEqual(before)
  await school.done('deputy', planHolidays, planned([CLASS_7A]))
  const after = (await due(school, 'lesson')).map(({ date }) => date)
  expect(after).toEqual(before.filter((date) => date < '2026-11-10' || date > '2026-11-16'))
  // One day of it is made up for, by the class alone.
  await school.done('deputy', addSchoolDay, { year: YEAR, date: '2026-11-11', units: [CLASS_7A] })
  expect((await due(school, 'lesson')).map(({ date }) => date)).toContain('2026-11-11')
  const again = { year: YEAR, date: '2026-11-11', units: [CLASS_7A] }
  expect(await school.give('deputy', addSchoolDay, again)).toMatchObject({
    status: 200,
    body: { events: [] },
  })
  const shown = await school.seen<{ holidays: object[]; school_days: object[] }>('deputy', `years/${YEAR}`)
  expect(shown.holidays).toContainEqual({ ...quarantine, grades: [7], units: [CLASS_7A] })
  expect(shown.school_days).toEqual([{ date: '2026-11-11', grades: [7], units: [CLASS_7A] }])
})

it('R-2.12, R-F3: working days of a deadline are those of the class, whose rest and week are its own', async () => {
  const kindsOfWork = STARTING_POLICY.kindsOfWork.map((kind) => ({ ...kind, days: 'working' as const }))
  const of = async (...changes: ReadonlyArray<Parameters<SchoolAtWork['done']>>) => {
    const school = schools.next().at('2026-11-09T04:30:00.000Z')
    await school.done('deputy', adoptPolicy, {
      effectiveFrom: '2026-11-09',
      policy: { ...STARTING_POLICY, kindsOfWork },
    })
    for (const change of changes) await school.done(...change)
    await school.done('deputy', planTest, {
      year: YEAR,
      journal: ALGEBRA,
      date: '2026-11-09',
      form: 'test',
      internalControl: true,
    })
    await school.recordLesson()
    const marks = [{ pupil: ANNA, value: 4 }]
    const given = { page: PAGE, lesson: LESSON, kind: 'internal-control', marks }
    const { events } = await school.done('mathematician', recordMarks, given)
    return (events.find(({ type }) => type === 'WorkHeld')!.data as { dueAt: string }).dueAt
  }
  // Three working days after Monday: Thursday; with rest from Tuesday until the next Monday, Thursday a week later.
  expect(await of()).toBe('2026-11-12T16:59:59.000Z')
  expect(await of(['deputy', planHolidays, planned([CLASS_7A])])).toBe('2026-11-19T16:59:59.000Z')
  const four = { year: YEAR, effectiveFrom: '2026-11-09', schoolDays: [1, 2, 5, 6], units: [CLASS_7A] }
  expect(await of(['deputy', setSchoolWeek, four])).toBe('2026-11-14T16:59:59.000Z')
})
