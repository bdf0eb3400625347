import { describe, expect, it } from 'vitest'
import { changeGrading } from '#commands/journal-page/change-grading.ts'
import { openPage } from '#commands/journal-page/open-page.ts'
import { recordFinals } from '#commands/journal-page/record-finals.ts'
import { recordMarks } from '#commands/journal-page/record-marks.ts'
import { adoptPolicy } from '#commands/policy/adopt-policy.ts'
import { POLICY_PRESETS, STARTING_POLICY } from '#values/policy.ts'
import { pageId, PeriodId } from '#values/school.ts'
import { schoolsAtWork } from '#support/at-work.ts'
import { ALGEBRA, ANNA, BORIS, CLASS_7A, LESSON, PAGE, YEAR } from '#support/class-7a.ts'

const schools = schoolsAtWork(6, ['mathematician', 'deputy', 'administrator'])

interface Gradings {
  readonly gradings: ReadonlyArray<{
    readonly system: string
    readonly average: boolean
    readonly values: ReadonlyArray<{
      value: number | string
      success: boolean | null
      quality: boolean | null
    }>
  }>
}

const mark = (pupil: string, said: object, kind = 'test') => ({
  page: PAGE,
  lesson: LESSON,
  kind,
  marks: [{ pupil, ...said }],
})

const act = (number: string, date: string) => ({
  act: 'corrections' as const,
  title: 'Регламент исправлений в электронном журнале',
  number,
  date,
  url: `https://school35.example/journal/corrections-${number}.pdf`,
})

describe('grading systems (§1)', () => {
  it('R-F4 (part: all but averages and reports): the six systems are there, chosen for each journal and period, and say what counts', async () => {
    const school = schools.next()
    const { gradings } = await school.seen<Gradings>('deputy', 'policy/gradings')
    expect(gradings.map(({ system }) => system)).toEqual(
      expect.arrayContaining(['pass', 'g5', 'g10', 'g100', 'level', 'crit']),
    )
    const of = (system: string) => gradings.find((one) => one.system === system)!
    expect(of('g10').values).toHaveLength(10 + 3)
    expect(
      of('g10')
        .values.filter(({ quality }) => quality)
        .map(({ value }) => value),
    ).toEqual([7, 8, 9, 10])
    expect(of('level')).toMatchObject({ average: false })
    await school.done('mathematician', openPage, {
      year: YEAR,
      journal: ALGEBRA,
      period: 'q1',
      grading: 'pass',
    })
    const page = await school.seen<{ page: object }>(
      'deputy',
      `pages/${pageId(ALGEBRA, PeriodId.parse('q1'))}`,
    )
    expect(page.page).toMatchObject({ grading: 'pass' })
    expect((await school.grid()).page).toMatchObject({ grading: 'g5' })
  })

  it('R-F4 (part): switching the system never rewrites the marks that stand', async () => {
    const school = await schools.next().recordLesson()
    await school.done('mathematician', recordMarks, mark(ANNA, { value: 4 }))
    await school.done('deputy', changeGrading, { page: PAGE, grading: 'crit' })
    const refused = await school.give('mathematician', recordMarks, mark(BORIS, { value: 4 }))
    expect(refused).toMatchObject({ status: 422, body: { reason: 'criteria-needed' } })
    const criteria = [
      { criterion: 'решение', score: 5, max: 6 },
      { criterion: 'оформление', score: 2, max: 4 },
    ]
    await school.done('mathematician', recordMarks, mark(BORIS, { criteria }))
    const { page, cells } = await school.grid()
    expect(page).toMatchObject({ grading: 'crit' })
    const marks = Object.fromEntries(cells.map((cell) => [cell.pupil, cell.marks[0]]))
    expect(marks[ANNA]).toMatchObject({ value: 4, criteria: null, corrected: false })
    expect(marks[BORIS]).toMatchObject({ value: 4, criteria })
  })
})

describe('averages, success and quality (§1)', () => {
  interface Proposals {
    readonly pupils: ReadonlyArray<{ pupil: string; average: number | null; proposed: unknown }>
  }
  interface Attainment {
    readonly pupils: ReadonlyArray<{ pupil: string; success: object; quality: object }>
  }

  it('R-F4 (averages and reports): come from the system of the page: ten points have thresholds of their own', async () => {
    const school = await schools.next().recordLesson()
    await school.done('deputy', changeGrading, { page: PAGE, grading: 'g10' })
    await school.done('mathematician', recordMarks, mark(ANNA, { value: 4 }))
    await school.done('mathematician', recordMarks, mark(ANNA, { value: 8 }, 'dictation'))
    await school.done('mathematician', recordMarks, mark(BORIS, { value: 6 }))
    const { pupils } = await school.seen<Proposals>('mathematician', `pages/${PAGE}/final-proposals`)
    // (4 · 2 + 8 · 1) : 3; a test weighs twice.
    expect(pupils.find(({ pupil }) => pupil === ANNA)).toMatchObject({ proposed: 5 })
    // A four of ten is no success, though a four of five is one, and of quality.
    const bad = await school.seen<{ marks: object[] }>('deputy', `reports/unsatisfactory-marks?pupil=${ANNA}`)
    expect(bad.marks).toMatchObject([{ value: 4 }])

    school.at('2026-12-28T04:00:00.000Z')
    const finals = [
      { pupil: ANNA, value: 4 },
      { pupil: BORIS, value: 6 },
    ]
    await school.done('mathematician', recordFinals, { page: PAGE, finals })
    const report = await school.seen<Attainment>('deputy', `reports/attainment?unit=${CLASS_7A}&period=q2`)
    const of = (pupil: string) => report.pupils.find((one) => one.pupil === pupil)
    expect(of(ANNA)).toMatchObject({ success: { part: 0, of: 1 }, quality: { part: 0, of: 1 } })
    expect(of(BORIS)).toMatchObject({ success: { part: 1, of: 1 }, quality: { part: 0, of: 1 } })
  })

  it('R-F4 (averages and reports): levels have no average, and succeed from the level that the school says', async () => {
    const school = await schools.next().recordLesson()
    await school.done('deputy', changeGrading, { page: PAGE, grading: 'level' })
    await school.done('mathematician', recordMarks, mark(ANNA, { value: 'ниже базового' }))
    await school.done('mathematician', recordMarks, mark(BORIS, { value: 'повышенный' }))
    const { pupils } = await school.seen<Proposals>('mathematician', `pages/${PAGE}/final-proposals`)
    expect(pupils.map(({ proposed }) => proposed)).toEqual(pupils.map(() => null))
    for (const [pupil, marks] of [
      [ANNA, [{ value: 'ниже базового' }]],
      [BORIS, []],
    ] as const) {
      const bad = await school.seen<{ marks: object[] }>(
        'deputy',
        `reports/unsatisfactory-marks?pupil=${pupil}`,
      )
      expect(bad.marks).toMatchObject(marks)
    }
  })
})

describe('the rules of the school (п. 2.8, §2)', () => {
  it('R-2.8b: a school takes the preset by name, adds codes of its own later, and old entries keep their meaning', async () => {
    const school = await schools.next().recordLesson()
    const adopted = await school.done('administrator', adoptPolicy, {
      effectiveFrom: '2026-11-10',
      preset: 'tesh-2015',
    })
    expect(adopted.events).toMatchObject([
      { data: { policy: { valueCodes: POLICY_PRESETS['tesh-2015'].valueCodes } } },
    ])
    const own = { code: 'Н/с', name: 'на соревнованиях', kind: 'absence' as const, valid: true }
    const policy = { ...STARTING_POLICY, valueCodes: [...POLICY_PRESETS['tesh-2015'].valueCodes, own] }
    await school.done('administrator', adoptPolicy, { effectiveFrom: '2026-11-11', policy })
    const codes = async (on: string) =>
      (
        await school.seen<{ policy: { valueCodes: Array<{ code: string }> } }>('deputy', `policy?on=${on}`)
      ).policy.valueCodes.map(({ code }) => code)
    expect(await codes('2026-11-10')).not.toContain('Н/с')
    expect(await codes('2026-11-11')).toContain('Н/с')
    expect(await codes('2026-11-09')).toContain('Незач')
    // The lesson of the 9th is judged by the rules of the 9th, whatever was decided since.
    await school.done('mathematician', recordMarks, mark(ANNA, { value: 'Незач' }))
    const unknown = await school.give('mathematician', recordMarks, mark(BORIS, { value: 'Ъ' }))
    expect(unknown).toMatchObject({ status: 422, body: { reason: 'value-outside-grading' } })
  })

  it('R-T3: the acts of the school are linked, and the version that governs a date is shown', async () => {
    const school = schools.next()
    for (const [from, number] of [
      ['2026-10-01', '12'],
      ['2026-12-01', '19'],
    ] as const) {
      const policy = { ...STARTING_POLICY, acts: [act(number, from)] }
      await school.done('deputy', adoptPolicy, { effectiveFrom: from, policy })
    }
    const shown = async (on: string) =>
      (await school.seen<{ policy: { acts: Array<{ number: string }> } }>('deputy', `policy?on=${on}`)).policy
        .acts
    expect(await shown('2026-09-10')).toEqual([])
    expect(await shown('2026-11-30')).toMatchObject([{ number: '12' }])
    expect(await shown('2026-12-01')).toMatchObject([{ number: '19' }])
  })
})
