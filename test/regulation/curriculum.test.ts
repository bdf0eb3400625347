import { describe, expect, it } from 'vitest'
import { addSubject } from '#commands/curriculum/add-subject.ts'
import { adoptCurriculum } from '#commands/curriculum/adopt-curriculum.ts'
import { formClass } from '#commands/roster/form-class.ts'
import { openJournal } from '#commands/teaching-load/open-journal.ts'
import { scheduleWeek } from '#commands/timetable/schedule-week.ts'
import { type SchoolAtWork, schoolsAtWork } from '#support/at-work.ts'
import { ALGEBRA, ANNA, CLASS_7A, CLUB, ENGLISH, GROUP_ENGLISH, id, YEAR } from '#support/class-7a.ts'
import type { Uuid } from '#values/uuid.ts'

const schools = schoolsAtWork(4, ['deputy', 'administrator', 'mathematician', 'english', 'head', 'mother'])
const subject = { algebra: id('subject/algebra'), geometry: id('subject/geometry'), lore: id('subject/lore') }

interface Plan {
  readonly name: string
  readonly for: object
  readonly hours: { federal: number; school: number; total: number }
}
interface ClassPlan {
  readonly curricula: ReadonlyArray<{ name: string }>
  readonly pupils: number
  readonly lines: ReadonlyArray<{
    subject: Uuid
    planned: { total: number }
    scheduled: { least: number; most: number }
    agrees: boolean
  }>
  readonly planned: { total: number }
  readonly scheduled: { least: number; most: number }
}

async function withSubjects(school: SchoolAtWork): Promise<SchoolAtWork> {
  await school.done('deputy', addSubject, { subject: subject.geometry, name: 'Геометрия' })
  await school.done('deputy', addSubject, { subject: subject.lore, name: 'Краеведение', component: 'school' })
  return school
}

const adopt = (school: SchoolAtWork, of: object, name: string, lines: object[], more: object = {}) =>
  school.done('deputy', adoptCurriculum, {
    year: YEAR,
    name,
    for: of,
    lines,
    effectiveFrom: '2026-09-01',
    ...more,
  })

const plans = async (school: SchoolAtWork, on: string): Promise<readonly Plan[]> =>
  (await school.seen<{ curricula: Plan[] }>('head', `years/${YEAR}/curricula?on=${on}`)).curricula

const of7A = async (school: SchoolAtWork, on = '2026-11-09'): Promise<readonly ClassPlan[]> =>
  (await school.seen<{ plans: ClassPlan[] }>('deputy', `units/${CLASS_7A}/curriculum?on=${on}`)).plans

describe('curricula (п. 7А.6; приложение 2, п. 11)', () => {
  it('R-7A.6p: hold weekly hours by subject and component for grade, profile, class, group and pupil, and their sum', async () => {
    const school = await withSubjects(schools.next())
    const targets = [
      ['Параллель', { kind: 'grade', grade: 7 }],
      [
        'Профили',
        {
          kind: 'profile',
          grade: 7,
          profiles: ['natural-science', 'universal'],
          classes: [CLASS_7A],
          groups: [],
        },
      ],
      ['Класс', { kind: 'class', class: CLASS_7A }],
      ['Группа', { kind: 'group', group: GROUP_ENGLISH }],
      ['Обучающийся', { kind: 'pupil', pupil: ANNA }],
    ] as const
    const lines = [
      { subject: subject.algebra, hours: 3 },
      { subject: subject.geometry, hours: 2.5 },
      { subject: subject.lore, hours: 0.5 },
    ]
    for (const [name, of] of targets) await adopt(school, of, name, lines)
    const shown = await plans(school, '2026-11-09')
    expect(shown.map((plan) => plan.name).toSorted()).toEqual(targets.map(([name]) => name).toSorted())
    for (const [name, of] of targets) {
      const plan = shown.find((one) => one.name === name)!
      expect(plan).toMatchObject({ for: of, hours: { federal: 5.5, school: 0.5, total: 6 } })
    }
  })

  it('R-7A.6p: have versions by date: a new one is in force from its day, and earlier days keep the one before', async () => {
    const school = await withSubjects(schools.next())
    const grade = { kind: 'grade', grade: 7 }
    await adopt(school, grade, 'Первый', [{ subject: subject.algebra, hours: 3 }])
    await adopt(school, grade, 'Второй', [{ subject: subject.algebra, hours: 3.5 }], {
      effectiveFrom: '2026-11-10',
    })
    const on = async (date: string) =>
      (await plans(school, date)).map(({ name, hours }) => [name, hours.total])
    expect(await on('2026-11-09')).toEqual([['Первый', 3]])
    expect(await on('2026-11-10')).toEqual([['Второй', 3.5]])
    expect(await on('2026-08-31')).toEqual([])
  })

  it('R-7A.6p: are compared with the timetable, for each plan by which pupils of the class learn', async () => {
    const school = await withSubjects(schools.next())
    await adopt(school, { kind: 'grade', grade: 7 }, 'Параллель', [
      { subject: subject.algebra, hours: 3 },
      { subject: subject.lore, hours: 1 },
    ])
    await adopt(school, { kind: 'pupil', pupil: ANNA }, 'ИУП', [{ subject: subject.algebra, hours: 4 }])
    const [most, own] = await of7A(school)
    // Algebra stands three times a week; Anna has the fourth hour in her group, others have not.
    expect(most).toMatchObject({ curricula: [{ name: 'Параллель' }], pupils: 2, planned: { total: 4 } })
    expect(most!.scheduled).toEqual({ least: 3, most: 3 })
    expect(most!.lines).toMatchObject([
      { subject: subject.algebra, planned: { total: 3 }, scheduled: { least: 3, most: 3 }, agrees: true },
      { subject: subject.lore, planned: { total: 1 }, scheduled: { least: 0, most: 0 }, agrees: false },
    ])
    expect(own).toMatchObject({ curricula: [{ name: 'ИУП' }], pupils: 1, scheduled: { least: 4, most: 4 } })
    expect(own!.lines).toMatchObject([{ subject: subject.algebra, agrees: true }])
    // Before the own plan ends Anna learns by it, and after by that of the grade.
    await adopt(school, { kind: 'pupil', pupil: ANNA }, 'ИУП', [{ subject: subject.algebra, hours: 4 }], {
      until: '2026-11-06',
    })
    expect((await of7A(school)).map(({ pupils }) => pupils)).toEqual([3])
    expect((await of7A(school, '2026-11-06')).map(({ pupils }) => pupils)).toEqual([2, 1])
  })

  it('R-7A.6p: a subject outside the curriculum is not scheduled; deputy and administrator adopt, families do not see', async () => {
    const school = await withSubjects(schools.next())
    await adopt(school, { kind: 'grade', grade: 7 }, 'Параллель', [{ subject: subject.algebra, hours: 3 }])
    const journal = id('journal/geometry')
    const learners = { kind: 'class', class: CLASS_7A }
    const opened = { year: YEAR, journal, subject: subject.geometry, learners, name: 'Геометрия, 7А' }
    await school.done('deputy', openJournal, opened)
    const week = {
      year: YEAR,
      class: CLASS_7A,
      effectiveFrom: '2026-11-16',
      slots: [ALGEBRA, ENGLISH, CLUB, journal].map((one, i) => ({ weekday: 1, number: i + 1, journal: one })),
    }
    const refused = await school.give('deputy', scheduleWeek, week)
    expect(refused).toMatchObject({ status: 422, body: { reason: 'subject-not-in-curriculum' } })
    const adding = {
      year: YEAR,
      name: 'Параллель',
      for: { kind: 'grade', grade: 7 },
      effectiveFrom: '2026-11-16',
    }
    const lines = [subject.algebra, subject.geometry].map((one) => ({ subject: one, hours: 2 }))
    for (const login of ['head', 'mathematician', 'mother'] as const) {
      expect(await school.give(login, adoptCurriculum, { ...adding, lines })).toMatchObject({ status: 403 })
    }
    await school.done('administrator', adoptCurriculum, { ...adding, lines })
    await school.done('deputy', scheduleWeek, week)
    expect((await school.ask('mother', `years/${YEAR}/curricula`)).status).toBe(403)
    expect((await school.ask('mother', `units/${CLASS_7A}/curriculum`)).status).toBe(403)
    await school.done('deputy', formClass, { class: id('class/8А'), year: YEAR, grade: 8, name: '8А' })
    const empty = await school.seen<{ plans: ClassPlan[] }>('deputy', `units/${id('class/8А')}/curriculum`)
    expect(empty.plans).toMatchObject([{ curricula: [], pupils: 0, lines: [] }])
  })
})
