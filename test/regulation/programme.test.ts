import { describe, expect, it } from 'vitest'
import { adoptCurriculum } from '#commands/curriculum/adopt-curriculum.ts'
import { recordLesson } from '#commands/journal-page/record-lesson.ts'
import { adoptTopicPlan } from '#commands/topic-plan/adopt-topic-plan.ts'
import { expectProblem, type LogIn } from '#support/api.ts'
import { type SchoolAtWork, schoolsAtWork } from '#support/at-work.ts'
import { ALGEBRA, CLASS_7A, CLASS_7B, ENGLISH, id, PAGE, YEAR } from '#support/class-7a.ts'
import { hundredths } from '#values/share.ts'

const schools = schoolsAtWork(4, ['mathematician', 'english', 'deputy', 'head', 'mother'])

interface Hours {
  readonly hours: number | null
  readonly due: number | null
  readonly fact: number
  readonly percent_due: number | null
  readonly percent_year: number | null
}
interface Programme {
  readonly rows: ReadonlyArray<Hours & { readonly journal: string; readonly off_plan: number }>
  readonly totals: ReadonlyArray<
    Hours & { by: string; name: string | null; journals: number; without_plan: number }
  >
  readonly topics: { readonly left: readonly object[]; readonly off_plan: readonly object[] } | null
}
const programme = (school: SchoolAtWork, query = '', login: LogIn = 'head') =>
  school.seen<Programme>(login, `reports/programme${query}`)
const ofJournal = ({ rows }: Programme, journal: string = ALGEBRA) =>
  rows.find((row) => row.journal === journal)

const items = [
  { topic: 'Определение степени', hours: 2, plannedOn: '2026-11-09' },
  { topic: 'Контрольная работа № 3', hours: 1, plannedOn: '2026-11-11' },
  { topic: 'Сложение многочленов', hours: 4, plannedOn: '2026-12-01' },
]
const plan = (journal: string, some: readonly object[]) => ({
  year: YEAR,
  journal,
  effectiveFrom: '2026-09-01',
  sections: [{ title: 'Степень', items: some }],
})

/** Wednesday 11 November: of three lessons of algebra in 7А one was off the plan. */
async function taught(dated = true): Promise<SchoolAtWork> {
  const school = schools.next().at('2026-11-11T04:00:00.000Z')
  const shown = dated ? items : items.map(({ plannedOn: _day, ...item }) => item)
  await school.done('mathematician', adoptTopicPlan, plan(ALGEBRA, shown))
  const give = (date: string, number: number, topic?: string) =>
    school.done('mathematician', recordLesson, { page: PAGE, date, number, ...(topic && { topic }) })
  await give('2026-11-09', 3)
  await give('2026-11-09', 4, 'Поход в планетарий')
  await give('2026-11-11', 2)
  return school
}

describe('the fulfilment of the programme (п. 7А.10, 7А.13)', () => {
  it('R-7A.10e: plan against fact by journal as of any date, in per cent with two decimals; topics that were not given, and lessons off the plan', async () => {
    const school = await taught()
    expect(ofJournal(await programme(school))).toMatchObject({
      version: 1,
      hours: 7,
      due: 3,
      fact: 2,
      off_plan: 1,
      // 2 / 3 and 2 / 7
      percent_due: 66.67,
      percent_year: 28.57,
    })
    expect(ofJournal(await programme(school, '?on=2026-11-10'))).toMatchObject({
      due: 2,
      fact: 1,
      percent_due: 50,
      off_plan: 1,
    })
    expect(ofJournal(await programme(school, '?on=2026-11-08'))).toMatchObject({
      due: 0,
      fact: 0,
      percent_due: null,
      percent_year: 0,
    })
    const one = await programme(school, `?journal=${ALGEBRA}`)
    expect(one.rows).toHaveLength(1)
    expect(one.topics).toEqual({
      left: [{ number: 2, topic: 'Контрольная работа № 3', hours: 1, given: 0, planned_on: '2026-11-11' }],
      off_plan: [{ date: '2026-11-09', number: 4, topic: 'Поход в планетарий' }],
    })
    expect((await programme(school)).topics).toBe(null)
    expectProblem(await school.ask('head', `reports/programme?journal=${id('nobody')}`), 'journal-unknown')
  })

  it('R-7A.10e: a plan without dates is held against the year alone, and all its topics are still to be given', async () => {
    const school = await taught(false)
    const shown = await programme(school, `?journal=${ALGEBRA}`)
    expect(ofJournal(shown)).toMatchObject({ due: null, percent_due: null, percent_year: 28.57 })
    expect(shown.topics!.left).toMatchObject([
      { number: 2, given: 0 },
      { number: 3, given: 0 },
    ])
    expect(shown.totals[0]).toMatchObject({ by: 'school', hours: 7, due: null, percent_due: null })
  })

  it('R-7A.13f: hours add up by profile, class and subject and for the school; a journal without a plan is counted as such', async () => {
    const school = await taught()
    await school.done('english', adoptTopicPlan, plan(ENGLISH, [{ topic: 'The Present Perfect', hours: 5 }]))
    await school.done('deputy', adoptCurriculum, {
      year: YEAR,
      for: { kind: 'profile', grade: 7, profiles: ['natural-science'], classes: [CLASS_7A], groups: [] },
      name: 'Естественно-научный',
      effectiveFrom: '2026-11-11',
      lines: [{ subject: id('subject/algebra'), component: 'federal', hours: 3 }],
    })
    const { rows, totals } = await programme(school)
    const [whole] = totals
    const planned = rows.filter(({ hours }) => hours !== null)
    expect(planned).toHaveLength(2)
    expect(whole).toMatchObject({
      by: 'school',
      name: null,
      journals: rows.length,
      without_plan: rows.length - 2,
      hours: 12,
      due: 3,
      fact: 2,
      percent_due: 66.67,
      percent_year: hundredths(2, 12),
    })
    const of = (by: string, name: string) => totals.find((one) => one.by === by && one.name === name)
    expect(of('profile', 'Естественно-научный')).toMatchObject({ hours: 7, due: 3, fact: 2 })
    // Two curricula may be called the same: the one of class 7Б has no plan yet.
    await school.done('deputy', adoptCurriculum, {
      year: YEAR,
      for: { kind: 'profile', grade: 7, profiles: ['universal'], classes: [CLASS_7B], groups: [] },
      name: 'Естественно-научный',
      effectiveFrom: '2026-11-11',
      lines: [{ subject: id('subject/algebra'), component: 'federal', hours: 3 }],
    })
    const again = (await programme(school)).totals.filter(({ by }) => by === 'profile')
    expect(again).toMatchObject([{ name: 'Естественно-научный', hours: 7, due: 3, fact: 2 }])
    expect(of('unit', '7А')).toMatchObject({ hours: 7, due: 3, fact: 2, percent_due: 66.67 })
    const bySubject = totals.filter(({ by }) => by === 'subject')
    expect(bySubject.reduce((sum, one) => sum + (one.hours ?? 0), 0)).toBe(12)
    expect(bySubject.reduce((sum, one) => sum + one.journals, 0)).toBe(rows.length)
  })

  it('R-7A.10e (rights and paper): a teacher sees the own journals, a family nothing; the sheet says the same', async () => {
    const school = await taught()
    const own = await programme(school, '', 'mathematician')
    expect(own.rows.map(({ journal }) => journal)).toEqual([ALGEBRA])
    expect(own.totals[0]).toMatchObject({ by: 'school', journals: 1, hours: 7 })
    expect((await school.ask('mother', 'reports/programme')).status).toBe(403)
    const sheet = await school.seen<{ columns: string[]; parts: Array<{ rows: string[][] }> }>(
      'mathematician',
      'reports/programme/sheet',
    )
    expect(sheet.columns).toContain('К дате, %')
    expect(sheet.parts[0]!.rows[0]).toEqual(expect.arrayContaining(['7', '3', '2', '66,67', '28,57', '1']))
  })
})
