import { describe, expect, it } from 'vitest'
import { endRole } from '#commands/access/end-role.ts'
import { changeAbsenceCode } from '#commands/journal-page/change-absence-code.ts'
import { correctMark } from '#commands/journal-page/correct-mark.ts'
import { recordMarks } from '#commands/journal-page/record-marks.ts'
import { setHomework } from '#commands/journal-page/set-homework.ts'
import { takeAttendance } from '#commands/journal-page/take-attendance.ts'
import { correctPersonName } from '#commands/roster/correct-person-name.ts'
import { enrolPupil } from '#commands/roster/enrol-pupil.ts'
import { placeInClass } from '#commands/roster/place-in-class.ts'
import { removeFromClass } from '#commands/roster/remove-from-class.ts'
import { releaseTeacher } from '#commands/teaching-load/release-teacher.ts'
import { workId } from '#values/school.ts'
import { accountOf, expectProblem } from '#support/api.ts'
import { schoolsAtWork } from '#support/at-work.ts'
import { ALGEBRA, ANNA, BORIS, CLASS_7A, id, LESSON, MATHEMATICIAN, PAGE, YEAR } from '#support/class-7a.ts'

const schools = schoolsAtWork(4, [
  'mathematician',
  'english',
  'head-and-deputy',
  'deputy',
  'administrator',
  'auditor',
  'mother',
])
const here = { page: PAGE, lesson: LESSON }

/** Grid, diary, finals, summary, rosters, load, rules, and who answers for the journal. */
const PATHS = [
  `pages/${PAGE}`,
  `pupils/${ANNA}/diary?from=2026-11-09`,
  `pupils/${BORIS}/diary?from=2026-11-09`,
  `pupils/${ANNA}/finals?year=${YEAR}`,
  `summaries/${CLASS_7A}`,
  `units/${CLASS_7A}/members?on=2026-11-20`,
  `units/${CLASS_7A}/members`,
  `years/${YEAR}/journals`,
  `years/${YEAR}/units`,
  `policy`,
  `accountable`,
  `role-holders`,
  `role-holders?on=2026-11-10`,
  `people/pupils?on=2026-11-20`,
  `movements?since=2026-08-25&until=2026-12-31`,
]
const asOf = (path: string, instant: string): string =>
  `${path}${path.includes('?') ? '&' : '?'}as_of=${instant}`

const minute = (n: number): string => `2026-11-09T04:${String(n).padStart(2, '0')}:00.000Z`
const members = (body: unknown): string[] =>
  (body as { members: Array<{ pupil: string }> }).members.map(({ pupil }) => pupil)

describe('R-D1: any view as it was at a past instant', () => {
  it('shows what it showed then, whatever was recorded since: journal, diary, summary, rosters, load, rights', async () => {
    const school = schools.next()
    const snapshots: Array<{ instant: string; shown: ReadonlyMap<string, unknown> }> = []
    const look = async (instant: string): Promise<void> => {
      const shown = new Map<string, unknown>()
      for (const path of PATHS) shown.set(path, await school.seen('auditor', path))
      snapshots.push({ instant, shown })
    }
    const step = async (n: number, work: () => Promise<unknown>): Promise<void> => {
      school.at(minute(n))
      await work()
      await look(minute(n))
    }
    const markOf = async () => {
      const { cells } = await school.grid()
      const { marks } = cells.find(({ pupil }) => pupil === ANNA)!
      return marks.find(({ work }) => work === workId(LESSON, 'test'))!
    }
    let version = 0
    await step(0, () => school.recordLesson())
    await step(1, async () => {
      const absentees = [{ pupil: BORIS, code: 'Н' }]
      version = (await school.done('mathematician', takeAttendance, { ...here, absentees })).revision
    })
    await step(2, async () => {
      const marks = [{ pupil: ANNA, value: 3 }]
      await school.done('mathematician', recordMarks, { ...here, kind: 'test', marks })
    })
    await step(3, () =>
      school.done('mathematician', setHomework, { ...here, text: 'упражнения с 340 по 345' }),
    )
    await step(4, async () => {
      const { entry, version: expectedVersion } = await markOf()
      const corrected = { page: PAGE, entry, expectedVersion, value: 5, reason: 'appeal' }
      await school.done('deputy', correctMark, corrected)
    })
    await step(5, () =>
      school.done('mathematician', changeAbsenceCode, {
        ...here,
        pupil: BORIS,
        code: 'Н/б',
        expectedVersion: version,
        reason: 'absence-document',
      }),
    )
    await step(6, () =>
      school.done('deputy', removeFromClass, { class: CLASS_7A, pupil: BORIS, from: '2026-11-16' }),
    )
    await step(7, () =>
      school.done('deputy', releaseTeacher, {
        year: YEAR,
        journal: ALGEBRA,
        staff: MATHEMATICIAN,
        from: '2026-11-16',
      }),
    )
    await step(8, () =>
      school.done('administrator', endRole, {
        account: accountOf('head-and-deputy'),
        role: 'deputy',
        from: '2026-11-09',
      }),
    )

    school.at('2026-12-20T04:00:00.000Z')
    // Not in order: a past that is looked at again is the same.
    for (const { instant, shown } of [...snapshots.toReversed(), ...snapshots.slice(0, 2)]) {
      for (const path of PATHS) {
        expect(await school.seen('auditor', asOf(path, instant)), `${path} as of ${instant}`).toEqual(
          shown.get(path),
        )
      }
    }
    // The two axes are two: what was known on the 9th of the 20th, and what is known now of the 20th.
    const onThe20th = `units/${CLASS_7A}/members?on=2026-11-20`
    expect(members(await school.seen('auditor', asOf(onThe20th, minute(5))))).toContain(BORIS)
    expect(members(await school.seen('auditor', onThe20th))).not.toContain(BORIS)
    // A millisecond before an operation it is not there.
    const before = '2026-11-09T04:01:59.999Z'
    const { cells } = await school.seen<{ cells: Array<{ pupil: string; marks: unknown[] }> }>(
      'auditor',
      asOf(`pages/${PAGE}`, before),
    )
    expect(cells.flatMap(({ marks }) => marks)).toEqual([])
  })

  it('R-D8 (part: names of a past): has the names that were known then, on both axes, and of a person who was erased none', async () => {
    const school = schools.next()
    const pupil = id('pupil/renamed twice')
    const names = [
      { family: 'Тютчеева', given: 'Ульяна', patronymic: 'Львовна' },
      { family: 'Тютчева', given: 'Ульяна', patronymic: 'Львовна' },
      { family: 'Фет', given: 'Ульяна', patronymic: 'Львовна' },
    ]
    const shown = async (asked: { on?: string; as_of?: string }): Promise<string | undefined> => {
      const query = new URLSearchParams(asked).toString()
      const path = `units/${CLASS_7A}/members?${query}`
      const { members: listed } = await school.seen<{ members: Array<{ pupil: string; name: string }> }>(
        'auditor',
        path,
      )
      return listed.find((one) => one.pupil === pupil)?.name.split(' ')[0]
    }
    school.at(minute(0))
    await school.done('deputy', enrolPupil, { pupil, name: names[0], from: '2026-09-01' })
    await school.done('deputy', placeInClass, { class: CLASS_7A, pupils: [pupil], from: '2026-09-01' })
    school.at(minute(2))
    await school.done('deputy', correctPersonName, { person: pupil, name: names[1], reason: 'mistyped' })
    school.at('2026-11-20T04:00:00.000Z')
    const document = { kind: 'name-change', date: '2026-11-12' }
    await school.done('deputy', correctPersonName, {
      person: pupil,
      name: names[2],
      reason: 'changed',
      document,
    })

    school.at('2026-12-20T04:00:00.000Z')
    expect(await shown({})).toBe('Фет')
    // Record time: what stood then, a slip of the pen too; the millisecond of a correction is after it.
    expect(await shown({ as_of: minute(1) })).toBe('Тютчеева')
    expect(await shown({ as_of: '2026-11-09T04:01:59.999Z' })).toBe('Тютчеева')
    expect(await shown({ as_of: minute(2) })).toBe('Тютчева')
    expect(await shown({ as_of: '2026-11-20T03:59:59.999Z' })).toBe('Тютчева')
    expect(await shown({ as_of: '2026-11-20T04:00:00.000Z' })).toBe('Фет')
    // Dates of life: known since the 20th, right from the 12th on; known on the 19th, right for ever.
    expect(await shown({ on: '2026-11-11' })).toBe('Тютчева')
    expect(await shown({ on: '2026-11-11', as_of: '2026-11-20T04:00:00.000Z' })).toBe('Тютчева')
    expect(await shown({ on: '2026-11-12', as_of: '2026-11-20T04:00:00.000Z' })).toBe('Фет')
    expect(await shown({ on: '2026-11-12', as_of: '2026-11-19T04:00:00.000Z' })).toBe('Тютчева')

    const { keys } = school.api.installation
    await keys.quarantine(school.name, pupil, ['identity'], school.api.now())
    for (const asked of [{}, { as_of: minute(1) }, { as_of: minute(2) }, { on: '2026-11-11' }]) {
      expect(await shown(asked)).toBe(pupil)
    }
  })

  it('of this very instant holds what is recorded in it after somebody looked', async () => {
    const school = schools.next()
    school.at(minute(0))
    await school.recordLesson()
    const marksSeen = async (): Promise<number> => {
      const { cells } = await school.seen<{ cells: Array<{ marks: unknown[] }> }>(
        'auditor',
        asOf(`pages/${PAGE}`, minute(0)),
      )
      return cells.flatMap(({ marks }) => marks).length
    }
    const before = await marksSeen()
    const marks = [{ pupil: ANNA, value: 4 }]
    await school.done('mathematician', recordMarks, { ...here, kind: 'test', marks })
    expect(await marksSeen()).toBe(before + 1)
  })

  it('is for those who see the audit trail, and for instants that have come', async () => {
    const school = schools.next()
    school.at('2026-11-09T04:00:00.000Z')
    await school.recordLesson()
    const path = `pages/${PAGE}`
    for (const login of ['auditor', 'deputy'] as const) {
      expect(await school.ask(login, asOf(path, '2026-11-09T04:00:00.000Z'))).toMatchObject({ status: 200 })
    }
    for (const login of ['mathematician', 'english'] as const) {
      expectProblem(await school.ask(login, asOf(path, '2026-11-09T04:00:00.000Z')), 'role-not-permitted')
    }
    expectProblem(await school.ask('mother', asOf(path, '2026-11-09T04:00:00.000Z')), 'role-not-permitted')
    expectProblem(await school.ask('auditor', asOf(path, '2026-11-09T04:00:00.001Z')), 'as-of-ahead')
    expectProblem(await school.ask('auditor', asOf(path, 'yesterday')), 'malformed-request')
    // Before there was a page, there is none; and a query without a past does not take the parameter.
    expectProblem(await school.ask('auditor', asOf(path, '2026-08-01T00:00:00.000Z')), 'page-unknown')
    expectProblem(
      await school.ask('auditor', asOf('audit-trail', '2026-11-09T04:00:00.000Z')),
      'malformed-request',
    )
  })
})
