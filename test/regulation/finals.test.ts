import { describe, expect, it } from 'vitest'
import { closePage } from '#commands/journal-page/close-page.ts'
import { correctFinal } from '#commands/journal-page/correct-final.ts'
import { correctMark } from '#commands/journal-page/correct-mark.ts'
import { openPage } from '#commands/journal-page/open-page.ts'
import { postponeFinal } from '#commands/journal-page/postpone-final.ts'
import { recordFinals } from '#commands/journal-page/record-finals.ts'
import { recordLesson } from '#commands/journal-page/record-lesson.ts'
import { recordMarks } from '#commands/journal-page/record-marks.ts'
import { reopenPage } from '#commands/journal-page/reopen-page.ts'
import { setHomework } from '#commands/journal-page/set-homework.ts'
import { takeAttendance } from '#commands/journal-page/take-attendance.ts'
import { decidePromotion } from '#commands/roster/decide-promotion.ts'
import { expectProblem } from '#support/api.ts'
import { type GridPage, type SchoolAtWork, schoolsAtWork } from '#support/at-work.ts'
import {
  ALGEBRA,
  ANNA,
  BORIS,
  CLASS_7A,
  LAST_AFTERNOON,
  LESSON,
  PAGE,
  VERA,
  YEAR,
} from '#support/class-7a.ts'
import { pageId, PeriodId, workId } from '#values/school.ts'

const schools = schoolsAtWork(14, [
  'mathematician',
  'english',
  'deputy',
  'head',
  'mother',
  'auditor',
  'archivist',
])
const here = { page: PAGE, lesson: LESSON }
const order = { number: '141', date: '2026-12-25' }

interface Final {
  readonly pupil: string
  readonly period: string
  readonly kind: string
  readonly value: number | string
  readonly version: number
  readonly early: boolean
  readonly late_by: number
  readonly after_close: boolean
}
interface Sheet {
  readonly pupils: ReadonlyArray<{ pupil: string; decision: object | null }>
  readonly journals: ReadonlyArray<{
    journal: string
    pages: ReadonlyArray<{ period: string; locked: boolean; closed_at: string | null }>
  }>
  readonly finals: readonly Final[]
  readonly postponements: ReadonlyArray<{ pupil: string; until: string; resolved: boolean; expired: boolean }>
  readonly missing: ReadonlyArray<{ pupil: string; period: string; journal: string }>
}

const sheet = (school: SchoolAtWork, login: 'deputy' | 'archivist' | 'english' = 'deputy', period = 'q2') =>
  school.seen<Sheet>(login, `summaries/${CLASS_7A}?period=${period}`, login === 'english' ? LEADING : {})
const LEADING = { 'letopis-role': 'class-teacher' }
const finalsOf = async (school: SchoolAtWork) => (await sheet(school)).finals

/** Finals of the pupils of 7А: Anna, Boris and Vera on the last day of the quarter. */
const finals = (...values: ReadonlyArray<readonly [string, number | string]>) => ({
  page: PAGE,
  finals: values.map(([pupil, value]) => ({ pupil, value })),
})
const everybody = finals([ANNA, 5], [BORIS, 3], [VERA, 'осв'])

/** A quarter with a lesson and a mark of each, closed on its last day; Vera is postponed where it is said. */
async function closed(postponed = false): Promise<SchoolAtWork> {
  const school = await schools.next().recordLesson()
  const marks = [ANNA, BORIS].map((pupil) => ({ pupil, value: 4 }))
  await school.done('mathematician', recordMarks, { ...here, kind: 'test', marks })
  school.at('2026-12-28T04:00:00.000Z')
  if (postponed) {
    const until = '2027-01-22'
    await school.done('deputy', postponeFinal, { page: PAGE, pupil: VERA, until, reason: 'illness', order })
  }
  const set = postponed ? finals([ANNA, 5], [BORIS, 3]) : everybody
  await school.done('mathematician', recordFinals, set)
  school.at(LAST_AFTERNOON)
  await school.done('mathematician', closePage, { page: PAGE })
  return school
}

describe('finals of a period', () => {
  it('R-2.8a: a final is a mark or осв, н/а, безотм, and the page is closed only when everybody has one; the refusal names the others', async () => {
    const school = schools.next().at(LAST_AFTERNOON)
    await school.done('mathematician', recordFinals, finals([ANNA, 'н/а']))
    const refused = await school.give('mathematician', closePage, { page: PAGE })
    expect(refused.status).toBe(409)
    expectProblem(refused, 'closing-incomplete', { finals: [BORIS, VERA], works: [] })
    await school.done('mathematician', recordFinals, finals([BORIS, 'безотм'], [VERA, 'осв']))
    await school.done('mathematician', closePage, { page: PAGE })
    const set = new Map((await finalsOf(school)).map(({ pupil, value }) => [pupil, value]))
    expect(set).toEqual(
      new Map([
        [ANNA, 'н/а'],
        [BORIS, 'безотм'],
        [VERA, 'осв'],
      ]),
    )
  })

  it('R-2.13: the window opens a week before the end of the last school day; what is early or late is accepted and shown as such', async () => {
    const school = schools.next()
    const record = async (at: string, pupil: string) => {
      await school.at(at).done('mathematician', recordFinals, finals([pupil, 4]))
      return (await finalsOf(school)).find((final) => final.pupil === pupil)
    }
    // 23 December 00:00 and 29 December 23:59:59 in Tomsk.
    expect(await record('2026-12-22T16:59:59.999Z', ANNA)).toMatchObject({ early: true, late_by: 0 })
    expect(await record('2026-12-29T16:59:59.999Z', BORIS)).toMatchObject({ early: false, late_by: 0 })
    expect(await record('2026-12-29T17:00:00.000Z', VERA)).toMatchObject({ early: false, late_by: 1 })
  })

  it('R-2.13: who has no final when the holidays begin is listed, from their first day on', async () => {
    const school = schools.next().at(LAST_AFTERNOON)
    await school.done('mathematician', recordFinals, finals([ANNA, 4]))
    const lacking = async () =>
      (await sheet(school)).missing.filter(({ journal }) => journal === ALGEBRA).map(({ pupil }) => pupil)
    expect(await lacking()).toEqual([])
    school.at('2026-12-29T17:00:00.000Z')
    expect((await lacking()).toSorted()).toEqual([BORIS, VERA].toSorted())
  })

  it('proposes the weighted average rounded half up, and shows the marks on which it rests', async () => {
    const school = await schools.next().recordLesson()
    const column = (kind: string, weight: number, value: number | string) =>
      school.done('mathematician', recordMarks, { ...here, kind, weight, marks: [{ pupil: ANNA, value }] })
    await column('test', 3, 5)
    await column('homework', 3, 2)
    await column('lesson-answer', 1, 'Д')
    const { pupils } = await school.seen<{ pupils: Array<Record<string, unknown> & { pupil: string }> }>(
      'mathematician',
      `pages/${PAGE}/final-proposals`,
    )
    const of = (pupil: string) => pupils.find((one) => one.pupil === pupil)
    // (3·5 + 3·2) / 6 = 3.5
    expect(of(ANNA)).toMatchObject({ proposed: 4, sum: 21, weight: 6, standing: null })
    expect(of(ANNA)!['rests_on']).toHaveLength(3)
    expect(of(ANNA)!['rests_on']).toContainEqual(
      expect.objectContaining({ value: 'Д', counted: false, kind: 'lesson-answer' }),
    )
    expect(of(BORIS)).toMatchObject({ proposed: null, weight: 0, rests_on: [] })
  })
})

describe('the end of a period', () => {
  it('R-7V.1: after the closing every write on the page is 409 period-locked, reading stays open, other periods stay writable', async () => {
    const school = await closed()
    const before = await school.log()
    const writes = [
      [recordLesson, { page: PAGE, date: '2026-12-28', number: 3, topic: 'Повторение' }],
      [takeAttendance, { ...here, absentees: [] }],
      [recordMarks, { ...here, kind: 'homework', marks: [{ pupil: ANNA, value: 5 }] }],
      [setHomework, { ...here, text: 'Повторить § 14' }],
      [recordFinals, finals([ANNA, 4])],
      [correctFinal, { page: PAGE, pupil: ANNA, value: 4, expectedVersion: 5, reason: 'typing-error' }],
    ] as const
    for (const [command, input] of writes) {
      const answer = await school.give('mathematician', command, input)
      expect(answer.status, command.name).toBe(409)
      expectProblem(answer, 'period-locked')
    }
    expect(await school.log()).toEqual(before)
    const grid = await school.seen<GridPage & { closing: object; finals: object[] }>(
      'mathematician',
      `pages/${PAGE}`,
    )
    expect(grid.closing).toMatchObject({ closed_at: LAST_AFTERNOON, locked: true, reopened: [] })
    expect(grid.finals).toHaveLength(3)
    await school.done('mathematician', openPage, { year: YEAR, journal: ALGEBRA, period: 'q1' })
    const other = {
      page: pageId(ALGEBRA, PeriodId.parse('q1')),
      date: '2026-10-19',
      number: 3,
      topic: 'Одночлены',
    }
    await school.done('mathematician', recordLesson, other)
  })

  it('R-7V.1: closing is proposed from the last school day of the period on, until the page is closed (A-05)', async () => {
    const school = schools.next()
    const proposed = async (login: 'mathematician' | 'deputy' = 'mathematician') =>
      (await school.seen<{ closing: { proposed: boolean } }>(login, `pages/${PAGE}`)).closing.proposed
    // 28 December 23:59:59 and 29 December 00:00:00 in Tomsk.
    school.at('2026-12-28T16:59:59.000Z')
    expect(await proposed()).toBe(false)
    school.at('2026-12-28T17:00:00.000Z')
    expect(await proposed()).toBe(true)
    expect(await proposed('deputy')).toBe(true)
    await school.done('mathematician', recordFinals, everybody)
    await school.done('mathematician', closePage, { page: PAGE })
    expect(await proposed()).toBe(false)
    const until = '2027-01-15T11:00:00.000Z'
    await school.done('deputy', reopenPage, { page: PAGE, until, reason: 'appeal', order })
    expect(await proposed()).toBe(false)
  })

  it('R-7V.1: the deputy closes the page of an idle teacher, and it is on record that the deputy did (A-05)', async () => {
    const school = schools.next().at(LAST_AFTERNOON)
    await school.done('mathematician', recordFinals, everybody)
    await school.done('deputy', closePage, { page: PAGE })
    const [line] = await school.lines(`audit-trail?page=${PAGE}&type=PageClosed`)
    expect(line).toMatchObject({ role: 'deputy', after_close: false })
    expectProblem(await school.give('mathematician', closePage, { page: PAGE }), 'page-closed')
  })

  it('R-D6: a work whose marks are still to come keeps the page open until they are there or it is excused', async () => {
    const school = schools.next().at('2026-12-28T04:00:00.000Z')
    const test = { page: PAGE, date: '2026-12-28', number: 3, topic: 'Контрольная работа', type: 'test' }
    const { events } = await school.done('mathematician', recordLesson, test)
    const { lesson } = events[0]!.data as { lesson: string }
    school.at(LAST_AFTERNOON)
    await school.done('mathematician', recordFinals, everybody)
    const refused = await school.give('mathematician', closePage, { page: PAGE })
    const work = workId(lesson as never, 'test')
    expect(refused.body.facts).toMatchObject({
      finals: [],
      works: [{ work, lesson, kind: 'test', date: '2026-12-28', dueAt: '2027-01-04T16:59:59.000Z' }],
    })
    const { events: closing } = await school.done('mathematician', closePage, { page: PAGE, excuse: [work] })
    expect(closing[0]!.data).toEqual({ postponed: [], excused: [work] })
  })

  it('R-5.5b: a postponement lets the page close for the others; the final comes after the lock, for that pupil alone', async () => {
    const school = await closed(true)
    expect((await sheet(school)).postponements).toMatchObject([
      { pupil: VERA, until: '2027-01-22', resolved: false, expired: false },
    ])
    school.at('2027-01-19T05:00:00.000Z')
    expectProblem(await school.give('mathematician', recordFinals, finals([ANNA, 4])), 'period-locked')
    await school.done('mathematician', recordFinals, finals([VERA, 4]))
    const after = await sheet(school)
    expect(after.postponements).toMatchObject([{ pupil: VERA, resolved: true, expired: false }])
    expect(after.finals.find(({ pupil }) => pupil === VERA)).toMatchObject({ value: 4, after_close: true })
    expect(after.finals.find(({ pupil }) => pupil === ANNA)).toMatchObject({ after_close: false })
  })

  it('R-5.5b: an expired postponement raises a flag and opens nothing any more', async () => {
    const school = await closed(true)
    school.at('2027-01-22T17:00:00.000Z')
    const { postponements, missing } = await sheet(school)
    expect(postponements).toMatchObject([{ pupil: VERA, resolved: false, expired: true }])
    expect(missing).toContainEqual({ journal: ALGEBRA, period: 'q2', pupil: VERA })
    expectProblem(await school.give('mathematician', recordFinals, finals([VERA, 4])), 'period-locked')
  })

  it('R-D5: a closed page is opened by the head or the deputy, by order, for a time; it locks itself, and what was changed is marked "after close"', async () => {
    const school = await closed()
    school.at('2027-01-13T03:00:00.000Z')
    const until = '2027-01-15T11:00:00.000Z'
    const reopening = { page: PAGE, until, reason: 'appeal', order: { number: '47', date: '2027-01-13' } }
    expect(await school.give('mathematician', reopenPage, reopening)).toMatchObject({ status: 403 })
    await school.done('head', reopenPage, { ...reopening, pupils: [BORIS] })
    const [final, other] = [BORIS, ANNA].map((pupil) => async (value: number) => {
      const { version } = (await finalsOf(school)).find((one) => one.pupil === pupil)!
      const input = { page: PAGE, pupil, value, expectedVersion: version, reason: 'appeal' }
      return school.give('deputy', correctFinal, input)
    })
    expect(await final!(4)).toMatchObject({ status: 201 })
    expectProblem(await other!(4), 'period-locked')
    school.at(until)
    expectProblem(await final!(5), 'period-locked')

    expect((await finalsOf(school)).find(({ pupil }) => pupil === BORIS)).toMatchObject({
      value: 4,
      corrected: true,
      after_close: true,
    })
    const register = await school.lines('corrections?after_close=true')
    expect(register).toMatchObject([
      {
        type: 'FinalMarkCorrected',
        person: BORIS,
        before: { value: 3 },
        after: { value: 4 },
        after_close: true,
      },
    ])
    const [reopened] = await school.lines('audit-trail?type=PageReopened')
    expect(reopened).toMatchObject({ role: 'head', reason: 'appeal', after: { order: { number: '47' } } })
  })

  it('R-D5: a correction before the closing is not marked, one of the whole page reopened is', async () => {
    const school = await schools.next().recordLesson()
    const marks = [{ pupil: ANNA, value: 4 }]
    await school.done('mathematician', recordMarks, { ...here, kind: 'test', marks })
    const correct = async (value: number) => {
      const { entry, version } = (await school.grid()).cells[0]!.marks[0]!
      const input = { page: PAGE, entry, value, expectedVersion: version, reason: 'appeal' }
      await school.done('deputy', correctMark, input)
    }
    await correct(5)
    school.at(LAST_AFTERNOON)
    await school.done('mathematician', recordFinals, everybody)
    await school.done('mathematician', closePage, { page: PAGE })
    school.at('2027-01-13T03:00:00.000Z')
    const until = '2027-01-15T11:00:00.000Z'
    await school.done('deputy', reopenPage, { page: PAGE, until, reason: 'appeal', order })
    await correct(3)
    expect((await school.lines('corrections')).map(({ after_close }) => after_close)).toEqual([true, false])
  })
})

describe('the year', () => {
  const page = pageId(ALGEBRA, PeriodId.parse('year'))
  it('R-2.8a: the page of the year takes year, exam and final marks, proposes them, closes; the decision of transfer stands beside them (C.4)', async () => {
    const school = schools.next().at(LAST_AFTERNOON)
    await school.done('mathematician', recordFinals, everybody)
    school.at('2027-05-25T03:00:00.000Z')
    await school.done('mathematician', openPage, { year: YEAR, journal: ALGEBRA, period: 'year' })
    const lesson = { page, date: '2027-05-24', number: 3, topic: 'Повторение' }
    expectProblem(await school.give('mathematician', recordLesson, lesson), 'date-outside-period')
    const proposed = async (kind: string) => {
      const path = `pages/${page}/final-proposals?kind=${kind}`
      const { pupils } = await school.seen<{ pupils: Array<{ pupil: string; proposed: number | null }> }>(
        'mathematician',
        path,
      )
      return pupils.find(({ pupil }) => pupil === ANNA)!.proposed
    }
    expect(await proposed('year')).toBe(5)
    const give = (kind: string, values: ReadonlyArray<readonly [string, number | string]>) =>
      school.done('mathematician', recordFinals, { ...finals(...values), page, kind })
    await give('year', [
      [ANNA, 5],
      [BORIS, 3],
      [VERA, 'осв'],
    ])
    await give('exam', [[ANNA, 4]])
    // (5 + 4) / 2 = 4.5
    expect(await proposed('final')).toBe(5)
    school.at('2027-05-26T09:00:00.000Z')
    expectProblem(await school.give('mathematician', closePage, { page }), 'closing-incomplete', {
      finals: [],
      works: [],
      exams: [ANNA],
    })
    await give('final', [[ANNA, 5]])
    await school.done('mathematician', closePage, { page })
    const decided = { class: CLASS_7A, pupils: [ANNA], decision: 'promoted', order }
    await school.done('deputy', decidePromotion, decided)
    const of = await sheet(school, 'archivist', 'year')
    expect(of.finals.filter(({ pupil }) => pupil === ANNA).map(({ kind, value }) => [kind, value])).toEqual([
      ['exam', 4],
      ['final', 5],
      ['year', 5],
    ])
    expect(of.pupils.find(({ pupil }) => pupil === ANNA)!.decision).toMatchObject({ decision: 'promoted' })
    const mothers = await school.seen<{ finals: Final[] }>('mother', `pupils/${ANNA}/finals?year=${YEAR}`)
    expect(mothers.finals.map(({ period, kind }) => `${period} ${kind}`)).toEqual([
      'q2 period',
      'year exam',
      'year final',
      'year year',
    ])
  })
})
