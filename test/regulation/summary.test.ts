import { describe, expect, it } from 'vitest'
import { closePage } from '#commands/journal-page/close-page.ts'
import { correctFinal } from '#commands/journal-page/correct-final.ts'
import { openPage } from '#commands/journal-page/open-page.ts'
import { postponeFinal } from '#commands/journal-page/postpone-final.ts'
import { recordFinals } from '#commands/journal-page/record-finals.ts'
import { formGroup } from '#commands/roster/form-group.ts'
import { joinGroup } from '#commands/roster/join-group.ts'
import { assignTeacher } from '#commands/teaching-load/assign-teacher.ts'
import { openJournal } from '#commands/teaching-load/open-journal.ts'
import { query } from '#events/store/sql.ts'
import { rebuild } from '#projections/rebuild.ts'
import { summarySheet } from '#projections/summary-sheet/projection.ts'
import { schemaOf } from '#projections/read-model.ts'
import { expectProblem, type LogIn } from '#support/api.ts'
import { type SchoolAtWork, schoolsAtWork } from '#support/at-work.ts'
import {
  ALGEBRA,
  ANNA,
  BORIS,
  CLASS_7A,
  CLASS_7B,
  DINA,
  ENGLISH,
  GROUP_ENGLISH,
  id,
  LAST_AFTERNOON,
  MATHEMATICIAN,
  PAGE,
  Q2,
  VERA,
  YEAR,
} from '#support/class-7a.ts'
import { pageId } from '#values/school.ts'

const SUMMARY = schemaOf(summarySheet)
const PEOPLE = [
  'mathematician',
  'english',
  'stranger',
  'deputy',
  'head',
  'auditor',
  'archivist',
  'administrator',
  'mother',
  'anna',
] as const
const schools = schoolsAtWork(6, PEOPLE)
const ENGLISH_PAGE = pageId(ENGLISH, Q2)
const order = { number: '141', date: '2026-12-25' }

interface Sheet {
  readonly name: string
  readonly kind: string
  readonly pupils: ReadonlyArray<{ pupil: string }>
  readonly periods: ReadonlyArray<{ period: string }>
  readonly journals: ReadonlyArray<{ journal: string }>
  readonly finals: ReadonlyArray<{ journal: string; period: string; pupil: string; value: number | string }>
  readonly postponements: readonly object[]
}
interface Check {
  readonly pages: number
  readonly behind: readonly string[]
  readonly differences: readonly object[]
}

const sheetOf = (school: SchoolAtWork, unit: string, login: LogIn = 'deputy', role?: string) =>
  school.seen<Sheet>(login, `summaries/${unit}`, role === undefined ? {} : { 'letopis-role': role })
const check = (school: SchoolAtWork, unit: string = CLASS_7A) =>
  school.seen<Check>('auditor', `summaries/${unit}/check`)
const column = (page: string, ...values: ReadonlyArray<readonly [string, number | string]>) => ({
  page,
  finals: values.map(([pupil, value]) => ({ pupil, value })),
})

/** Finals of algebra and English for the second quarter, a postponement, and a closing. */
async function ended(): Promise<SchoolAtWork> {
  const school = schools.next().at(LAST_AFTERNOON)
  await school.done(
    'english',
    openPage,
    { year: YEAR, journal: ENGLISH, period: 'q2' },
    { 'letopis-role': 'teacher' },
  )
  await school.done('mathematician', recordFinals, column(PAGE, [ANNA, 5], [BORIS, 3]))
  const until = '2027-01-22'
  await school.done('deputy', postponeFinal, { page: PAGE, pupil: VERA, until, reason: 'illness', order })
  await school.done('english', recordFinals, column(ENGLISH_PAGE, [ANNA, 'н/а']), {
    'letopis-role': 'teacher',
  })
  await school.done('mathematician', closePage, { page: PAGE })
  return school
}

const triples = ({ finals }: Sheet) =>
  finals.map(({ journal, pupil, value }) => `${journal} ${pupil} ${value}`).toSorted()

describe('the summary sheet', () => {
  it('R-2.14a: is formed of the events: a final, and its correction, show in it at once, and a rebuild makes the same rows', async () => {
    const school = schools.next().at(LAST_AFTERNOON)
    expect((await sheetOf(school, CLASS_7A)).finals).toEqual([])
    await school.done('mathematician', recordFinals, column(PAGE, [ANNA, 5]))
    expect(triples(await sheetOf(school, CLASS_7A))).toEqual([`${ALGEBRA} ${ANNA} 5`])
    const correction = { page: PAGE, pupil: ANNA, value: 4, expectedVersion: 1, reason: 'typing-error' }
    await school.done('mathematician', correctFinal, correction)
    const shown = await sheetOf(school, CLASS_7A)
    expect(triples(shown)).toEqual([`${ALGEBRA} ${ANNA} 4`])
    const { database, execution } = school.api.installation
    const parts = { store: execution.store, database: database.kysely, clock: execution.clock }
    for (const { differing, digest } of (await rebuild(summarySheet, school.name, parts)).tables) {
      expect(differing).toBe(0)
      expect(digest.rebuilt).toBe(digest.live)
    }
    expect(await sheetOf(school, CLASS_7A)).toEqual(shown)
  })

  it('R-5.5c: nothing can be written into it, and its check against the journals finds no difference, or names it', async () => {
    const school = await ended()
    const before = await school.log()
    const paths = Object.keys((await school.seen<{ paths: object }>('deputy', '/openapi.json')).paths)
    const own = paths.filter((path) => path.includes('/summaries/'))
    // Its own, its check, its table, and its print; a print that is registered is of another stream.
    expect(own).toHaveLength(5)
    for (const login of PEOPLE) {
      const client = await school.api.as(login, school.name)
      for (const path of ['', '/check', '/table'].map((of) => `summaries/${CLASS_7A}${of}`))
        expect((await client.post(path, { pupil: ANNA, value: 5 })).status).toBe(404)
    }
    expect(await school.log()).toEqual(before)

    expect(await check(school)).toEqual({ unit: CLASS_7A, pages: 2, behind: [], differences: [] })
    const { kysely } = school.api.installation.database
    const own7a = `school = '${school.name}' and pupil`
    await query(kysely, `update ${SUMMARY}.final set value = '5' where ${own7a} = '${BORIS}'`)
    await query(kysely, `delete from ${SUMMARY}.postponement where ${own7a} = '${VERA}'`)
    await query(kysely, `update ${SUMMARY}.page set closed_at = null where school = '${school.name}'`)
    const { differences } = await check(school)
    expect(differences).toEqual([
      {
        journal: ALGEBRA,
        period: 'q2',
        what: 'final',
        pupil: BORIS,
        kind: 'period',
        journal_says: { value: 3, version: 2 },
        summary_says: { value: 5, version: 2 },
      },
      {
        journal: ALGEBRA,
        period: 'q2',
        what: 'postponement',
        pupil: VERA,
        kind: null,
        journal_says: '2027-01-22',
        summary_says: null,
      },
      {
        journal: ALGEBRA,
        period: 'q2',
        what: 'closing',
        pupil: null,
        kind: null,
        journal_says: LAST_AFTERNOON,
        summary_says: null,
      },
    ])
  })

  it('R-A1.5: is made for a class, a group, a stream and an individual plan, each with its own pupils and subjects', async () => {
    const school = await ended()
    const from = '2026-11-02'
    const unit = async (name: string, kind: string, classes: string[], pupils: string[]) => {
      const group = id(`group/${name}`)
      await school.done('deputy', formGroup, { group, year: YEAR, name, kind, classes })
      await school.done('deputy', joinGroup, { group, pupils, from })
      const journal = id(`journal/${name}`)
      const learners = { kind: 'group', group }
      const opened = { year: YEAR, journal, subject: id('subject/algebra'), learners, name }
      await school.done('deputy', openJournal, opened)
      await school.done('deputy', assignTeacher, { year: YEAR, journal, staff: MATHEMATICIAN, from })
      await school.done('mathematician', openPage, { year: YEAR, journal, period: 'q2' })
      const page = pageId(journal, Q2)
      await school.done(
        'mathematician',
        recordFinals,
        column(page, ...pupils.map((pupil) => [pupil, 4] as const)),
      )
      return { group, journal }
    }
    const stream = await unit('Поток', 'stream', [CLASS_7A, CLASS_7B], [BORIS, DINA])
    const plan = await unit('План', 'individual-plan', [CLASS_7A], [BORIS])
    const of = async (unit: string) => {
      const sheet = await sheetOf(school, unit)
      return {
        pupils: sheet.pupils.map(({ pupil }) => pupil).toSorted(),
        finals: triples(sheet),
      }
    }
    const ofStream = [BORIS, DINA].map((pupil) => `${stream.journal} ${pupil} 4`)
    const ofPlan = `${plan.journal} ${BORIS} 4`
    expect(await of(stream.group)).toEqual({ pupils: [BORIS, DINA].toSorted(), finals: ofStream.toSorted() })
    expect(await of(GROUP_ENGLISH)).toEqual({ pupils: [ANNA], finals: [`${ENGLISH} ${ANNA} н/а`] })
    // The plan has its own journals and those of the groups in which its pupil learns.
    expect(await of(plan.group)).toEqual({ pupils: [BORIS], finals: [ofPlan, ofStream[0]!].toSorted() })
    const { finals } = await of(CLASS_7A)
    expect(finals).toEqual(
      [
        `${ALGEBRA} ${ANNA} 5`,
        `${ALGEBRA} ${BORIS} 3`,
        `${ENGLISH} ${ANNA} н/а`,
        ofStream[0]!,
        ofPlan,
      ].toSorted(),
    )
    for (const unit of [CLASS_7A, GROUP_ENGLISH, stream.group, plan.group]) {
      expect((await check(school, unit)).differences).toEqual([])
      // On paper each is the same form, headed by whose it is.
      const { name } = await sheetOf(school, unit)
      const html = await school.seen<string>('deputy', `summaries/${unit}/print?format=html`)
      for (const said of ['Сводная ведомость', 'Класс (группа)', name]) expect(html).toContain(said)
    }
  })

  it('shows the periods of the year, or the one that is asked for, and knows no other', async () => {
    const school = await ended()
    const { periods } = await sheetOf(school, CLASS_7A)
    expect(periods.map(({ period }) => period)).toEqual(['q1', 'q2', 'year'])
    const only = await school.seen<Sheet>('deputy', `summaries/${CLASS_7A}?period=q1`)
    expect(only).toMatchObject({ periods: [{ period: 'q1' }], finals: [] })
    expectProblem(await school.ask('deputy', `summaries/${CLASS_7A}?period=q7`), 'period-unknown')
    expectProblem(await school.ask('deputy', `summaries/${id('class/none')}`), 'class-unknown')
  })

  it('is read by row 32 of the matrix: the school, the archivist, the class teacher, and teachers their own columns', async () => {
    const school = await ended()
    for (const login of ['head', 'deputy', 'auditor', 'archivist'] as const)
      expect((await sheetOf(school, CLASS_7A, login)).finals).toHaveLength(3)
    expect((await sheetOf(school, CLASS_7A, 'english', 'class-teacher')).finals).toHaveLength(3)
    expect(triples(await sheetOf(school, CLASS_7A, 'english', 'teacher'))).toEqual([`${ENGLISH} ${ANNA} н/а`])
    const own = await sheetOf(school, CLASS_7A, 'mathematician')
    expect(own.finals.map(({ journal }) => journal)).toEqual([ALGEBRA, ALGEBRA])
    for (const [login, role] of [
      ['stranger', 'teacher'],
      ['stranger', 'class-teacher'],
      ['administrator', 'system-administrator'],
      ['mother', 'parent'],
      ['anna', 'pupil'],
    ] as const) {
      const answer = await school.ask(login, `summaries/${CLASS_7A}`, { 'letopis-role': role })
      expect(answer, `${login} as ${role}`).toMatchObject({ status: 403 })
    }
    expect(await school.ask('mathematician', `summaries/${CLASS_7A}/check`)).toMatchObject({ status: 403 })
  })
})
