import { describe, expect, it } from 'vitest'
import { grantRole } from '#commands/access/grant-role.ts'
import { recordFinals } from '#commands/journal-page/record-finals.ts'
import { recordMarks } from '#commands/journal-page/record-marks.ts'
import { takeAttendance } from '#commands/journal-page/take-attendance.ts'
import { adoptPolicy } from '#commands/policy/adopt-policy.ts'
import { changeGrading } from '#commands/journal-page/change-grading.ts'
import { movePeriod } from '#commands/school-year/move-period.ts'
import { planHolidays } from '#commands/school-year/plan-holidays.ts'
import { planPeriods } from '#commands/school-year/plan-periods.ts'
import { scheduleBells } from '#commands/school-year/schedule-bells.ts'
import { STARTING_POLICY } from '#values/policy.ts'
import { REPORT_NAMES, type ReportForm, usualForm } from '#values/report-form.ts'
import { lessonId } from '#values/school.ts'
import { accountOf, expectProblem } from '#support/api.ts'
import { type SchoolAtWork, schoolsAtWork } from '#support/at-work.ts'
import { ALGEBRA, ANNA, BORIS, CLASS_7A, date, LESSON, PAGE, YEAR } from '#support/class-7a.ts'

const schools = schoolsAtWork(7, ['administrator', 'deputy', 'mathematician', 'mother', 'stranger'])

/** The deadline that was recorded. */
const due = (recorded: { events: ReadonlyArray<{ data: unknown }> }) =>
  recorded.events.map(({ data }) => (data as { dueAt?: string }).dueAt).find((at) => at !== undefined)
/** Rules from Thursday on, with forms of reports. */
const rulesWith = (reportForms: readonly ReportForm[]) => ({
  effectiveFrom: '2026-11-12',
  policy: { ...STARTING_POLICY, reportForms },
})

describe('the school adapts the journal itself (§1, §6)', () => {
  it('R-F6: periods, holidays, grading, codes, reasons, deadlines, bells and roles are changed by people of the school, while the service runs', async () => {
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

  it('R-F6: a rule that the school changes holds from its date on: what was before keeps the code, the deadline and the role of then', async () => {
    const school = await schools.next().recordLesson()
    const on = { page: PAGE, lesson: LESSON }
    const given = { ...on, kind: 'test', marks: [{ pupil: ANNA, value: 4 }] }
    expect(due(await school.done('mathematician', recordMarks, given))).toBe('2026-11-16T16:59:59.000Z')

    const { valueCodes, kindsOfWork } = STARTING_POLICY
    const policy = {
      ...STARTING_POLICY,
      valueCodes: [...valueCodes, { code: 'Олимп', name: 'на олимпиаде', kind: 'absence', valid: true }],
      kindsOfWork: kindsOfWork.map((of) => (of.kind === 'test' ? { ...of, dueInDays: 3 } : of)),
    }
    await school.done('administrator', adoptPolicy, { effectiveFrom: '2026-11-11', policy })
    const account = accountOf('stranger')
    await school.done('administrator', grantRole, { account, role: 'deputy', from: '2026-11-11' })
    const frost = {
      year: YEAR,
      holidays: [{ name: 'Мороз', from: '2026-12-14', until: '2026-12-14', grades: null }],
    }
    const deputyNamed = { 'letopis-role': 'deputy' }
    expectProblem(await school.give('stranger', planHolidays, frost, deputyNamed), 'role-not-held')

    school.at('2026-11-11T07:00:00.000Z')
    await school.recordLesson('2026-11-11', 2)
    const later = { page: PAGE, lesson: lessonId(ALGEBRA, date('2026-11-11'), 2) }
    const absentees = [{ pupil: BORIS, code: 'Олимп' }]
    await school.done('mathematician', takeAttendance, { ...later, absentees })
    expectProblem(await school.give('mathematician', takeAttendance, { ...on, absentees }), 'code-unknown')
    const marks = [{ pupil: BORIS, value: 4 }]
    expect(due(await school.done('mathematician', recordMarks, { ...given, marks }))).toBe(
      '2026-11-16T16:59:59.000Z',
    )
    const test = { ...given, ...later }
    expect(due(await school.done('mathematician', recordMarks, test))).toBe('2026-11-14T16:59:59.000Z')
    await school.done('stranger', planHolidays, frost, deputyNamed)
  })

  describe('R-F6: the forms of reports', () => {
    const MISSED = `reports/missed-lessons/sheet?pupil=${ANNA}`
    const [MON, WED] = ['from=2026-11-09&until=2026-11-09', 'from=2026-11-09&until=2026-11-11']
    const ownForm: ReportForm = {
      report: 'missed-lessons',
      title: 'Пропуски занятий',
      columns: [
        { column: 'subject', head: 'Дисциплина' },
        { column: 'date', head: 'День' },
        { column: 'code', head: 'Код' },
        { column: 'topic', head: 'Что проходили' },
        { column: 'made-up', head: 'Сдано' },
      ],
      groupBy: 'subject',
      sortBy: [{ column: 'date', order: 'descending' }],
      signatures: ['head'],
    }
    interface Sheet {
      readonly title: string
      readonly form_from: string | null
      readonly columns: readonly string[]
      readonly parts: ReadonlyArray<{ readonly name: string | null; readonly rows: readonly string[][] }>
      readonly signatures: readonly string[]
      readonly content: string
    }

    /** Anna missed algebra on Monday and on Wednesday; from Wednesday on the school has a form of its own. */
    async function adopted(): Promise<SchoolAtWork> {
      const school = schools.next()
      const policy = { ...STARTING_POLICY, reportForms: [ownForm] }
      await school.done('deputy', adoptPolicy, { effectiveFrom: '2026-11-11', policy })
      for (const [day, number] of [
        ['2026-11-09', 3],
        ['2026-11-11', 2],
      ] as const) {
        school.at(`${day}T07:00:00.000Z`)
        await school.recordLesson(day, number)
        await school.done('mathematician', takeAttendance, {
          page: PAGE,
          lesson: lessonId(ALGEBRA, date(day), number),
          absentees: [{ pupil: ANNA, code: 'Н/б' }],
        })
      }
      return school
    }

    it('are changed by the school from a date on; what is asked for earlier days keeps the form of then', async () => {
      const school = await adopted()
      const before = await school.seen<Sheet>('mother', `${MISSED}&${MON}`)
      const usual = usualForm('missed-lessons')
      expect(before).toMatchObject({ title: usual.title, form_from: null })
      expect(before.columns).toEqual(usual.columns.map(({ head }) => head))
      expect(before.parts).toEqual([
        { name: null, rows: [['09.11.2026', '3', 'Алгебра', expect.any(String), 'Н/б', 'да', 'нет']] },
      ])

      const own = await school.seen<Sheet>('mother', `${MISSED}&${WED}`)
      expect(own).toMatchObject({
        title: 'Пропуски занятий',
        form_from: '2026-11-11',
        signatures: ['Директор'],
      })
      expect(own.columns).toEqual(['День', 'Код', 'Что проходили', 'Сдано'])
      expect(own.parts).toEqual([
        {
          name: 'Алгебра',
          rows: [
            ['11.11.2026', 'Н/б', expect.any(String), 'нет'],
            ['09.11.2026', 'Н/б', expect.any(String), 'нет'],
          ],
        },
      ])
      // What programs read stays as it is, whatever the school calls it.
      const report = await school.seen<{ missed: object[] }>(
        'mother',
        `reports/missed-lessons?pupil=${ANNA}&${WED}`,
      )
      expect(report.missed).toHaveLength(2)
      expect(report.missed[0]).toMatchObject({ code: 'Н/б', made_up: false })
    })

    it('hold for the table of a spreadsheet and for paper alike', async () => {
      const school = await adopted()
      const csv = await school.seen<string>('deputy', `${MISSED}&${WED}&format=csv`)
      expect(csv.replace(/^\uFEFF/, '').split('\r\n')[0]).toBe('Дисциплина;День;Код;Что проходили;Сдано')
      expect(csv.split('\r\n')[1]).toMatch(/^Алгебра;11\.11\.2026;Н\/б;/)
      const html = await school.seen<string>('deputy', `${MISSED}&${WED}&format=html`)
      for (const said of [
        '<h1>Пропуски занятий</h1>',
        '<h2>Алгебра</h2>',
        '<th>Что проходили</th>',
        'Директор ___',
      ])
        expect(html).toContain(said)
      expect(html).not.toContain('<th>Дисциплина</th>')
      const { content } = await school.seen<Sheet>('deputy', `${MISSED}&${WED}`)
      expect(html).toContain(content)
      const pdf = await school.ask<string>('deputy', `${MISSED}&${WED}&format=pdf`)
      expect(pdf.headers['content-type']).toBe('application/pdf')
      expect(pdf.body.startsWith('%PDF-1.4')).toBe(true)
    })

    it('are changed by those who change the rules of the school; nobody else, and never so that a demanded column is hidden', async () => {
      const school = await adopted()
      expectProblem(await school.give('mathematician', adoptPolicy, rulesWith([])), 'role-not-permitted')
      const columns = ownForm.columns.filter(({ column }) => column !== 'topic')
      const refused = await school.give('administrator', adoptPolicy, rulesWith([{ ...ownForm, columns }]))
      expectProblem(refused, 'report-form-unfit')
      expect(refused.body).toMatchObject({ facts: { column: 'topic', problem: 'demanded' } })
      await school.done('administrator', adoptPolicy, rulesWith([]))
      school.at('2026-11-12T07:00:00.000Z')
      const { reports } = await school.seen<{ reports: Array<{ form: ReportForm; own: boolean }> }>(
        'deputy',
        'policy/report-forms',
      )
      expect(reports.map(({ form }) => form)).toEqual(REPORT_NAMES.map(usualForm))
      const then = await school.seen<{ reports: Array<{ form: ReportForm; own: boolean }> }>(
        'deputy',
        'policy/report-forms?on=2026-11-11',
      )
      expect(then.reports.filter(({ own }) => own).map(({ form }) => form)).toEqual([ownForm])
    })

    it('show every report that there is, to whom the report is shown', async () => {
      const school = await adopted()
      const answered = await school.seen<{
        rows: Array<{ name: string; planned: number; conducted: number }>
      }>('deputy', 'reports/conducted-lessons?period=q2')
      const conducted = await school.seen<Sheet>('deputy', 'reports/conducted-lessons/sheet?period=q2')
      expect(conducted.parts[0]!.rows.map((row) => [row[0], row[3], row[4]])).toEqual(
        answered.rows.map(({ name, planned, conducted: of }) => [name, String(planned), String(of)]),
      )
      const { rows } = await school.seen<{
        rows: Array<{ teacher_name: string; journal_name: string; lessons: { expected: number } }>
      }>('deputy', `reports/timeliness?${WED}`)
      const timeliness = await school.seen<Sheet>('deputy', `reports/timeliness/sheet?${WED}`)
      expect(rows.length).toBeGreaterThan(1)
      expect(timeliness.parts[0]!.rows.map((row) => row.slice(0, 3))).toEqual(
        rows.map(({ teacher_name: who, journal_name: of, lessons }) => [who, of, String(lessons.expected)]),
      )
      for (const part of ['pupils', 'subjects']) {
        const path = `reports/attainment-of-${part}/sheet?unit=${CLASS_7A}&period=q2`
        const sheet = await school.seen<Sheet>('deputy', path)
        expect(sheet.parts[0]!.rows.length, part).toBeGreaterThan(0)
      }
      expectProblem(await school.ask('stranger', `${MISSED}&${MON}`), 'diary-not-yours')
    })
  })

  it('R-6.2: what was entered once is shown everywhere, also on paper', async () => {
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
    const page = await school.seen<string>('deputy', `pages/${PAGE}/print?format=html`)
    expect(page).toMatch(new RegExp(`<tr>(?:(?!</tr>).)*${ANNA}(?:(?!</tr>).)*>2<(?:(?!</tr>).)*>3<`, 's'))
    const summary = await school.seen<string>('deputy', `summaries/${CLASS_7A}/print?format=html`)
    expect(summary).toMatch(new RegExp(`${ANNA}(?:(?!${BORIS}).)*>3<`, 's'))
  })
})
