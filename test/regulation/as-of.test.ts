import { describe, expect, it } from 'vitest'
import { endRole } from '#commands/access/end-role.ts'
import { changeAbsenceCode } from '#commands/journal-page/change-absence-code.ts'
import { correctMark } from '#commands/journal-page/correct-mark.ts'
import { recordMarks } from '#commands/journal-page/record-marks.ts'
import { setHomework } from '#commands/journal-page/set-homework.ts'
import { takeAttendance } from '#commands/journal-page/take-attendance.ts'
import { removeFromClass } from '#commands/roster/remove-from-class.ts'
import { releaseTeacher } from '#commands/teaching-load/release-teacher.ts'
import { workId } from '#values/school.ts'
import { accountOf, expectProblem } from '#support/api.ts'
import { schoolsAtWork } from '#support/at-work.ts'
import { ALGEBRA, ANNA, BORIS, CLASS_7A, LESSON, MATHEMATICIAN, PAGE, YEAR } from '#support/class-7a.ts'

const schools = schoolsAtWork(2, [
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
