import { describe, expect, it } from 'vitest'
import { answerFinding } from '#commands/control/answer-finding.ts'
import { closeFinding } from '#commands/control/close-finding.ts'
import { recordInspection } from '#commands/control/record-inspection.ts'
import { reopenFinding } from '#commands/control/reopen-finding.ts'
import { expectProblem, type LogIn } from '#support/api.ts'
import { type SchoolAtWork, schoolsAtWork } from '#support/at-work.ts'
import {
  ALGEBRA,
  ANNA,
  CLASS_7A,
  ENGLISH,
  ENGLISH_TEACHER,
  LESSON,
  MATHEMATICIAN,
  PAGE,
  YEAR,
} from '#support/class-7a.ts'

const schools = schoolsAtWork(5, [
  'mathematician',
  'english',
  'stranger',
  'head',
  'deputy',
  'auditor',
  'mother',
  'administrator',
])

interface Inspections {
  readonly counts: { inspections: number; open: number; overdue: number; fixed: number }
  readonly inspections: ReadonlyArray<{
    readonly inspection: string
    readonly name: string
    readonly state: string
    readonly author_name: string | null
    readonly purpose: string | null
    readonly answerable: ReadonlyArray<{ staff: string; name: string }>
    readonly findings: ReadonlyArray<{
      finding: string
      state: string
      answered: boolean
      overdue: boolean
      remedy_by: string | null
      history: ReadonlyArray<{ kind: string; text: string | null; author_name: string | null }>
    }>
  }>
  readonly next: string | null
}

const LEADING = { 'letopis-role': 'class-teacher' }
const TEACHING = { 'letopis-role': 'teacher' }
const TEXT = 'За контрольную работу нет отметки'
const journal = { kind: 'journal', journal: ALGEBRA }
const list = (school: SchoolAtWork, login: LogIn = 'deputy', query = '', headers = {}) =>
  school.seen<Inspections>(login, `inspections${query}`, headers)

/** Monday 9 November: algebra of 7А is checked, and one finding is to be put right by Wednesday. */
async function checked() {
  const school = await schools.next().recordLesson()
  await school.done('deputy', recordInspection, {
    year: YEAR,
    of: journal,
    purpose: 'Накопляемость отметок',
    findings: [{ page: PAGE, lesson: LESSON, pupil: ANNA, text: TEXT, remedyBy: '2026-11-11' }],
  })
  const { inspections } = await list(school)
  return { school, about: { year: YEAR, finding: inspections[0]!.findings[0]!.finding } }
}

describe('R-7A.7: control of the correctness of journals and diaries during the year', () => {
  it('R-7A.7: the deputy records a check with findings, the teacher answers, the checker takes it for fixed or opens it again; all of it is kept', async () => {
    const { school, about } = await checked()
    await school.done('mathematician', answerFinding, { ...about, text: 'Работа переписана, отметка стоит' })
    expect((await list(school)).inspections[0]).toMatchObject({
      state: 'open',
      findings: [{ state: 'open', answered: true }],
    })
    await school.done('deputy', reopenFinding, {
      ...about,
      text: 'Отметки всё ещё нет',
      remedyBy: '2026-11-13',
    })
    await school.done('mathematician', answerFinding, { ...about, text: 'Теперь стоит' })
    await school.done('head', closeFinding, about)
    const { counts, inspections } = await list(school)
    expect(counts).toEqual({ inspections: 1, open: 0, overdue: 0, fixed: 1 })
    expect(inspections).toMatchObject([
      {
        name: 'Алгебра, 7А',
        purpose: 'Накопляемость отметок',
        state: 'fixed',
        answerable: [{ staff: MATHEMATICIAN }],
      },
    ])
    const [finding] = inspections[0]!.findings
    expect(finding).toMatchObject({ state: 'fixed', answered: false, remedy_by: '2026-11-13' })
    expect(finding!.history.map(({ kind, text }) => [kind, text])).toEqual([
      ['made', TEXT],
      ['answered', 'Работа переписана, отметка стоит'],
      ['reopened', 'Отметки всё ещё нет'],
      ['answered', 'Теперь стоит'],
      ['fixed', null],
    ])
    // What was typed about a pupil stands in the log sealed.
    expect(JSON.stringify((await school.log()).map(({ data }) => data))).not.toContain(TEXT)
    // The state of before is shown as it was then (R-D1).
    const then = await list(school, 'auditor', `?as_of=2026-11-09T03:49:59.000Z`)
    expect(then.inspections).toEqual([])
  })

  it('R-7A.7: what was not put right by its day is overdue, in the list of checks and among the duties of the teacher', async () => {
    const { school, about } = await checked()
    const duties = async (login: LogIn) =>
      (
        await school.seen<{
          items: Array<{ finding: string; state: string; due_at: string; journal: string }>
        }>(login, 'overdue?duty=finding')
      ).items
    // The last second of 11 November in Tomsk.
    school.at('2026-11-11T16:59:59.000Z')
    expect((await list(school, 'deputy', '?overdue=true')).inspections).toEqual([])
    expect(await duties('mathematician')).toMatchObject([{ state: 'due' }])
    school.at('2026-11-11T17:00:00.000Z')
    expect((await list(school, 'deputy', '?overdue=true')).counts).toEqual({
      inspections: 1,
      open: 1,
      overdue: 1,
      fixed: 0,
    })
    const due = {
      finding: about.finding,
      state: 'overdue',
      due_at: '2026-11-11T16:59:59.000Z',
      journal: ALGEBRA,
    }
    expect(await duties('mathematician')).toMatchObject([due])
    expect(await duties('head')).toMatchObject([due])
    await school.done('deputy', closeFinding, about)
    expect(await duties('head')).toEqual([])
    expect((await list(school, 'deputy', '?overdue=false')).counts).toMatchObject({ fixed: 1 })
  })

  it('R-7A.7: the diaries of a class or a pupil are checked, too, and the class teacher answers', async () => {
    const school = schools.next()
    await school.done('head', recordInspection, {
      year: YEAR,
      of: { kind: 'diaries', class: CLASS_7A, pupil: null },
      findings: [{ pupil: ANNA, text: 'Дневник не подтверждён две недели', remedyBy: '2026-11-10' }],
    })
    const own = await list(school, 'english', '', LEADING)
    expect(own.inspections).toMatchObject([
      { name: '7А', answerable: [{ staff: ENGLISH_TEACHER }], findings: [{ state: 'open' }] },
    ])
    const about = { year: YEAR, finding: own.inspections[0]!.findings[0]!.finding }
    const text = 'Мать уведомлена'
    expectProblem(await school.give('mathematician', answerFinding, { ...about, text }), 'class-not-led')
    await school.done('english', answerFinding, { ...about, text }, LEADING)
    school.at('2026-11-11T03:00:00.000Z')
    const { items } = await school.seen<{ items: object[] }>('english', 'overdue?duty=finding', LEADING)
    expect(items).toMatchObject([{ finding: about.finding, journal: null, state: 'overdue' }])
    // Diaries are no matter of a teacher of one subject, and the journals of others none of a class teacher.
    expect((await list(school, 'mathematician')).inspections).toEqual([])
    await school.done('deputy', recordInspection, { year: YEAR, of: journal })
    expect((await list(school, 'english', '', LEADING)).inspections).toHaveLength(1)
  })

  it('R-7A.7: the list has filters and parts; each sees what is his, and an outsider nothing', async () => {
    const { school } = await checked()
    await school.done('deputy', recordInspection, { year: YEAR, of: journal, date: '2026-10-05' })
    await school.done('deputy', recordInspection, {
      year: YEAR,
      of: { kind: 'journal', journal: ENGLISH },
      date: '2026-10-06',
      findings: [{ text: 'Темы записаны сокращённо' }],
    })
    const days = async (query: string, login: LogIn = 'deputy', headers = {}) =>
      (
        await school.seen<{ inspections: Array<{ date: string }> }>(login, `inspections${query}`, headers)
      ).inspections.map(({ date }) => date)
    expect(await days('')).toEqual(['2026-11-09', '2026-10-06', '2026-10-05'])
    expect(await days('?state=clean')).toEqual(['2026-10-05'])
    expect(await days('?state=open')).toEqual(['2026-11-09', '2026-10-06'])
    expect(await days(`?journal=${ENGLISH}`)).toEqual(['2026-10-06'])
    expect(await days(`?class=${CLASS_7A}`)).toEqual([])
    expect(await days(`?teacher=${MATHEMATICIAN}`)).toEqual(['2026-11-09', '2026-10-05'])
    expect(await days('?from=2026-10-06&until=2026-10-31')).toEqual(['2026-10-06'])
    const first = await list(school, 'auditor', '?limit=2')
    expect(first.inspections).toHaveLength(2)
    expect(first.counts.inspections).toBe(3)
    expect(await days(`?limit=2&after=${first.next}`)).toEqual(['2026-10-05'])
    expect((await list(school, 'auditor', `?limit=1&after=${first.next}`)).next).toBe(null)
    expect(await days('', 'mathematician')).toEqual(['2026-11-09', '2026-10-05'])
    expect(await days('', 'english', TEACHING)).toEqual(['2026-10-06'])
    for (const login of ['mother', 'administrator'] as const)
      expectProblem(await school.ask(login, 'inspections'), 'role-not-permitted')
    const denied = await school.give('mathematician', recordInspection, { year: YEAR, of: journal })
    expectProblem(denied, 'role-not-permitted')
  })

  it('R-7A.7: a command that comes twice is recorded once, and a place that the journal does not have is said', async () => {
    const { school, about } = await checked()
    const once = { 'idempotency-key': about.finding }
    const text = 'Исправлено'
    await school.done('mathematician', answerFinding, { ...about, text }, once)
    const again = await school.give('mathematician', answerFinding, { ...about, text }, once)
    expect(again).toMatchObject({ status: 200, body: { repeated: true } })
    expect((await list(school)).inspections[0]!.findings[0]!.history).toHaveLength(2)
    const input = { year: YEAR, of: journal, findings: [{ text: TEXT, page: ANNA }] }
    expectProblem(await school.give('deputy', recordInspection, input), 'page-unknown')
    const unplaced = { year: YEAR, of: journal, findings: [{ text: TEXT, lesson: LESSON }] }
    expectProblem(await school.give('deputy', recordInspection, unplaced), 'malformed-request')
  })
})
