import { describe, expect, it } from 'vitest'
import { grantRole } from '#commands/access/grant-role.ts'
import { recordFinals } from '#commands/journal-page/record-finals.ts'
import { recordMarks } from '#commands/journal-page/record-marks.ts'
import { adoptPolicy } from '#commands/policy/adopt-policy.ts'
import { changeGrading } from '#commands/journal-page/change-grading.ts'
import { movePeriod } from '#commands/school-year/move-period.ts'
import { planHolidays } from '#commands/school-year/plan-holidays.ts'
import { planPeriods } from '#commands/school-year/plan-periods.ts'
import { scheduleBells } from '#commands/school-year/schedule-bells.ts'
import { STARTING_POLICY } from '#values/policy.ts'
import { accountOf } from '#support/api.ts'
import { schoolsAtWork } from '#support/at-work.ts'
import { ANNA, CLASS_7A, LESSON, PAGE, YEAR } from '#support/class-7a.ts'

const schools = schoolsAtWork(2, ['administrator', 'deputy', 'mathematician', 'mother', 'stranger'])

describe('the school adapts the journal itself (§1, §6)', () => {
  it('R-F6 (part: all but the forms of reports): periods, holidays, grading, codes, reasons, deadlines, bells and roles are changed by people of the school, while the service runs', async () => {
    const school = schools.next()
    await school.done('administrator', planPeriods, {
      year: YEAR,
      structure: 'half-years',
      grades: [10],
      periods: [{ period: 'h1', name: 'I полугодие', from: '2026-09-01', until: '2026-12-29' }],
    })
    await school.done('administrator', movePeriod, {
      year: YEAR,
      period: 'q2',
      grades: [7],
      from: '2026-11-02',
      until: '2026-12-30',
    })
    const frost = { name: 'Мороз', from: '2026-12-14', until: '2026-12-15', grades: null }
    await school.done('administrator', planHolidays, { year: YEAR, holidays: [frost] })
    await school.done('administrator', scheduleBells, {
      year: YEAR,
      shift: 'second',
      effectiveFrom: '2026-11-09',
      grades: [7],
      bells: [{ number: 3, from: '10:30', until: '11:10' }],
    })
    const { valueCodes, kindsOfWork, correctionReasons } = STARTING_POLICY
    const policy = {
      ...STARTING_POLICY,
      valueCodes: [...valueCodes, { code: 'Олимп', name: 'на олимпиаде', kind: 'absence', valid: true }],
      kindsOfWork: kindsOfWork.map((of) => (of.kind === 'test' ? { ...of, dueInDays: 5 } : of)),
      correctionReasons: [...correctionReasons, { reason: 'commission', name: 'Решение комиссии' }],
      gradings: [{ system: 'g100', success: 60, quality: 80 }],
      homeworkMinutes: 120,
    }
    await school.done('administrator', adoptPolicy, { effectiveFrom: '2026-11-09', policy })
    await school.done('deputy', changeGrading, { page: PAGE, grading: 'g100' })
    await school.done('administrator', grantRole, {
      account: accountOf('stranger'),
      role: 'deputy',
      from: '2026-11-09',
    })

    // Each is in force at once: seen, and followed by what is recorded next.
    const calendar = await school.seen<{ periods: object[]; holidays: object[] }>('deputy', `years/${YEAR}`)
    expect(calendar.periods).toContainEqual(expect.objectContaining({ period: 'q2', until: '2026-12-30' }))
    expect(calendar.holidays).toContainEqual({ ...frost, units: [] })
    const rules = await school.seen<{ policy: typeof policy }>('mathematician', 'policy')
    expect(rules.policy).toMatchObject({ valueCodes: policy.valueCodes, homeworkMinutes: 120 })
    await school.recordLesson()
    const marks = [{ pupil: ANNA, value: 87 }]
    const { events } = await school.done('mathematician', recordMarks, {
      page: PAGE,
      lesson: LESSON,
      kind: 'test',
      marks,
    })
    expect(events[1]!.data).toMatchObject({ value: 87, dueAt: '2026-11-14T16:59:59.000Z' })
    const { roles } = await school.seen<{ roles: Array<{ role: string }> }>('stranger', 'rights')
    expect(roles.map(({ role }) => role)).toContain('deputy')
  })

  it('R-6.2 (part: all but printing): what was entered once is shown everywhere, and asked for nowhere again', async () => {
    const school = await schools.next().recordLesson()
    const marks = [{ pupil: ANNA, value: 2 }]
    await school.done('mathematician', recordMarks, { page: PAGE, lesson: LESSON, kind: 'test', marks })
    const { cells } = await school.grid()
    expect(cells).toMatchObject([{ pupil: ANNA, marks: [{ value: 2 }] }])
    expect(await school.diary(ANNA, '2026-11-09', 'mother')).toMatchObject([{ marks: [{ value: 2 }] }])
    const proposals = await school.seen<{ pupils: Array<{ pupil: string; proposed: number | null }> }>(
      'mathematician',
      `pages/${PAGE}/final-proposals`,
    )
    expect(proposals.pupils.find(({ pupil }) => pupil === ANNA)?.proposed).toBe(2)
    const bad = await school.seen('mother', `reports/unsatisfactory-marks?pupil=${ANNA}`)
    expect(JSON.stringify(bad)).toContain(LESSON)

    school.at('2026-12-28T04:00:00.000Z')
    await school.done('mathematician', recordFinals, { page: PAGE, finals: [{ pupil: ANNA, value: 3 }] })
    const sheet = await school.seen<{ finals: object[] }>('deputy', `summaries/${CLASS_7A}`)
    const diary = await school.seen<{ finals: object[] }>('mother', `pupils/${ANNA}/finals?year=${YEAR}`)
    for (const { finals } of [sheet, diary]) expect(finals).toMatchObject([{ pupil: ANNA, value: 3 }])
    const report = await school.seen('deputy', `reports/attainment?unit=${CLASS_7A}&period=q2`)
    expect(JSON.stringify(report)).toContain(ANNA)
  })
})
