import { describe, expect, it } from 'vitest'
import { reportBreach } from '#commands/incident/report-breach.ts'
import { enrolPupil } from '#commands/roster/enrol-pupil.ts'
import { formClass } from '#commands/roster/form-class.ts'
import { placeInClass } from '#commands/roster/place-in-class.ts'
import { orderSubstitution } from '#commands/timetable/order-substitution.ts'
import type { Uuid } from '#values/uuid.ts'
import { accountOf } from '#support/api.ts'
import { type SchoolAtWork, schoolsAtWork } from '#support/at-work.ts'
import { ALGEBRA, id, STRANGER, YEAR } from '#support/class-7a.ts'
import { narrowed } from '#support/narrowed.ts'

const schools = schoolsAtWork(2, ['deputy', 'head', 'administrator'])

describe('R-7A.16b: lists that a deputy within a competence reads', () => {
  /** A pupil of the eighth grade, whom an order of October brought to the school; the deputy is still of the whole of it. */
  async function withEighthGrade(school: SchoolAtWork): Promise<SchoolAtWork> {
    const [eighth, order] = [id('class/8А'), { number: '91-у', date: '2026-10-01' }]
    await school.done('deputy', formClass, { class: eighth, year: YEAR, grade: 8, name: '8А' })
    const name = { family: 'Ким', given: 'Егор', patronymic: null }
    await school.done('deputy', enrolPupil, { pupil: EGOR, name, from: '2026-10-01', order })
    await school.done('deputy', placeInClass, { class: eighth, pupils: [EGOR], from: '2026-10-01', order })
    return school
  }
  const EGOR = id('pupil/egor')
  const LISTS = ['pupils', 'class-members', 'classes', 'journals', 'assignments', 'timetable'] as const
  const listed = async (school: SchoolAtWork) => {
    const { people } = await school.seen<{ people: Array<{ person: Uuid }> }>('deputy', 'people/pupils')
    const { movements } = await school.seen<{ movements: Array<{ pupil: Uuid }> }>(
      'deputy',
      'movements?since=2026-09-01&until=2026-11-30',
    )
    const rows: Record<string, Array<Record<string, unknown>>> = {}
    for (const list of LISTS)
      rows[list] = (await school.seen<{ rows: never[] }>('deputy', `exports/${list}?format=json`)).rows
    return {
      people: people.map(({ person }) => person),
      movements: movements.map(({ pupil }) => pupil),
      rows,
    }
  }

  it('R-7A.16b: the list of pupils, the register of movements and the exports are cut to the classes of his grades', async () => {
    const school = await withEighthGrade(schools.next())
    const whole = await listed(school)
    expect(whole.people).toContain(EGOR)
    expect(whole.people.length).toBeGreaterThan(3)

    const own = await listed(await narrowed(school, { grades: [8] }))
    expect(own).toMatchObject({ people: [EGOR], movements: [EGOR, EGOR] })
    expect(Object.entries(own.rows).map(([list, rows]) => [list, rows.length])).toEqual([
      ['pupils', 1],
      ['class-members', 1],
      ['classes', 1],
      ['journals', 0],
      ['assignments', 0],
      ['timetable', 0],
    ])
    const other = await listed(await narrowed(school, { grades: [7] }))
    expect(other.people).toEqual(whole.people.filter((pupil) => pupil !== EGOR))
    const seventh = new Set(other.people)
    expect(other.movements).toEqual(whole.movements.filter((pupil) => seventh.has(pupil)))
    expect(other.movements.length).toBeGreaterThan(3)
    for (const list of LISTS) {
      const foreign = new Set<unknown>([EGOR, id('class/8А')])
      const kept = whole.rows[list]!.filter((row) => !Object.values(row).some((of) => foreign.has(of)))
      expect(other.rows[list], list).toEqual(kept)
    }
  })

  it('R-7A.16b: changes of the timetable are those of his journals, and a breach is no matter of a part', async () => {
    const school = schools.next()
    const change = { year: YEAR, journal: ALGEBRA, date: '2026-11-16', number: 3 }
    await school.done('deputy', orderSubstitution, { ...change, substitute: STRANGER })
    const breach = { account: accountOf('administrator'), learnedAt: '2026-11-09T03:00:00.000Z' }
    const changes = async () => {
      const path = 'timetable/changes?since=2026-11-01&until=2026-11-30'
      return (await school.seen<{ changes: unknown[] }>('deputy', path)).changes.length
    }
    await narrowed(school, { grades: [8] })
    expect(await changes()).toBe(0)
    await narrowed(school, { grades: [7] })
    expect(await changes()).toBe(1)
    const reported = await school.done('head', reportBreach, breach)
    const { incident } = reported.events[0]!.data as { incident: Uuid }
    expect(await school.seen('head', 'incidents')).toMatchObject({ incidents: [{ incident }] })
    expect(await school.seen('deputy', 'incidents')).toEqual({ incidents: [] })
    expect(await school.ask('deputy', `incidents/${incident}`)).toMatchObject({ status: 404 })
  })
})
