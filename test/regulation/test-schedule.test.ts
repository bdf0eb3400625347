import { describe, expect, it } from 'vitest'
import { addSubject } from '#commands/curriculum/add-subject.ts'
import { adoptPolicy } from '#commands/policy/adopt-policy.ts'
import { openJournal } from '#commands/teaching-load/open-journal.ts'
import { cancelTest } from '#commands/test-schedule/cancel-test.ts'
import { moveTest } from '#commands/test-schedule/move-test.ts'
import { planTest } from '#commands/test-schedule/plan-test.ts'
import type { LogIn } from '#support/api.ts'
import { type SchoolAtWork, schoolsAtWork } from '#support/at-work.ts'
import { ALGEBRA, ANNA, BORIS, CLASS_7A, CLASS_7B, ENGLISH, id, YEAR } from '#support/class-7a.ts'
import { STARTING_POLICY } from '#values/policy.ts'
import type { Uuid } from '#values/uuid.ts'

const schools = schoolsAtWork(4, [
  'deputy',
  'administrator',
  'head',
  'mathematician',
  'english',
  'stranger',
  'mother',
  'anna',
  'boris',
])
const RUSSIAN = id('journal/russian')

interface Schedule {
  readonly tests: ReadonlyArray<{
    test: Uuid
    date: string
    journal: Uuid
    form: string
    internal_control: boolean
    classes: ReadonlyArray<{ name: string }>
    moves: ReadonlyArray<{ from: string; note: string | null }>
  }>
  readonly overloads: ReadonlyArray<{ date: string; name: string; tests: number; limit: number }>
}
type OfPupil = Pick<Schedule, 'tests'> & { readonly since: string; readonly until: string }

/** A journal of another subject, so that a day can be too full. */
async function withRussian(school: SchoolAtWork, of = CLASS_7A): Promise<SchoolAtWork> {
  const subject = id('subject/russian')
  await school.done('deputy', addSubject, { subject, name: 'Русский язык' })
  const learners = { kind: 'class', class: of }
  await school.done('deputy', openJournal, {
    year: YEAR,
    journal: RUSSIAN,
    subject,
    learners,
    name: 'Русский язык',
  })
  return school
}

const plan = (
  school: SchoolAtWork,
  journal: Uuid,
  date: string,
  more: object = {},
  login: LogIn = 'deputy',
) => school.done(login, planTest, { year: YEAR, journal, date, ...more })

const schedule = (school: SchoolAtWork, login: LogIn = 'deputy', query = '') =>
  school.seen<Schedule>(login, `years/${YEAR}/tests${query}`)

const ofPupil = (school: SchoolAtWork, login: LogIn, pupil: Uuid, query = '') =>
  school.seen<OfPupil>(login, `pupils/${pupil}/tests${query}`)

describe('the consolidated schedule of tests (п. 7А.5, 7А.6; приложение 2, п. 11)', () => {
  it('R-7A.6e: holds tests by class, date, subject and form of control, and the mark of internal control', async () => {
    const school = await withRussian(schools.next())
    await plan(school, ALGEBRA, '2026-11-11', { internalControl: true, topic: 'Степень' })
    await plan(school, RUSSIAN, '2026-11-18', { form: 'dictation' }, 'administrator')
    for (const login of ['deputy', 'head', 'english'] as const) {
      expect((await schedule(school, login)).tests).toMatchObject([
        {
          date: '2026-11-11',
          journal: ALGEBRA,
          form: 'test',
          internal_control: true,
          classes: [{ name: '7А' }],
        },
        { date: '2026-11-18', journal: RUSSIAN, form: 'dictation', internal_control: false },
      ])
    }
    expect((await schedule(school, 'deputy', '?since=2026-11-12')).tests).toHaveLength(1)
    expect((await schedule(school, 'deputy', `?class=${CLASS_7B}`)).tests).toEqual([])
    // Who teaches and leads none of the classes sees none of their tests.
    expect((await schedule(school, 'stranger')).tests).toEqual([])
    const planning = { year: YEAR, journal: ALGEBRA, date: '2026-11-16' }
    for (const login of ['head', 'mathematician', 'mother'] as const) {
      expect(await school.give(login, planTest, planning)).toMatchObject({ status: 403 })
    }
  })

  it('R-7A.6e: warns of a class with more tests in a day than the school means to give, and forbids nothing', async () => {
    const school = await withRussian(schools.next())
    await plan(school, ALGEBRA, '2026-11-11')
    const { events } = await plan(school, RUSSIAN, '2026-11-11')
    expect(events).toMatchObject([{ data: { overload: [{ class: CLASS_7A, tests: 2, limit: 1 }] } }])
    expect((await schedule(school)).overloads).toMatchObject([
      { date: '2026-11-11', name: '7А', tests: 2, limit: 1 },
    ])
    // Two a day from 16 November on.
    await school.done('deputy', adoptPolicy, {
      effectiveFrom: '2026-11-16',
      policy: { ...STARTING_POLICY, testsPerDay: 2 },
    })
    const [first, second] = (await schedule(school)).tests
    await school.done('deputy', moveTest, { year: YEAR, test: first!.test, date: '2026-11-18' })
    const moved = await school.done('deputy', moveTest, {
      year: YEAR,
      test: second!.test,
      date: '2026-11-18',
    })
    expect(moved.events).toMatchObject([{ data: { overload: [] } }])
    expect((await schedule(school)).overloads).toEqual([])
  })

  it('R-7A.6e: shows where a test was moved from, and no test that was cancelled', async () => {
    const school = schools.next()
    await plan(school, ALGEBRA, '2026-11-11')
    const [{ test }] = (await schedule(school)).tests as [Schedule['tests'][number]]
    await school.done('deputy', moveTest, {
      year: YEAR,
      test,
      date: '2026-11-16',
      note: 'Совпала с диктантом',
    })
    expect((await schedule(school)).tests).toMatchObject([
      { test, date: '2026-11-16', moves: [{ from: '2026-11-11', note: 'Совпала с диктантом' }] },
    ])
    await school.done('deputy', cancelTest, { year: YEAR, test })
    expect((await schedule(school)).tests).toEqual([])
    expect((await school.log()).map(({ type }) => type).slice(-3)).toEqual([
      'TestPlanned',
      'TestMoved',
      'TestCancelled',
    ])
  })

  it('R-7A.6e: is open to the pupil and the parents for the reporting period, and to nobody else', async () => {
    const school = await withRussian(schools.next(), CLASS_7B)
    await plan(school, ALGEBRA, '2026-10-05')
    await plan(school, ALGEBRA, '2026-12-07', { internalControl: true })
    await plan(school, ENGLISH, '2026-12-14')
    await plan(school, RUSSIAN, '2026-12-07')
    for (const login of ['mother', 'anna'] as const) {
      const shown = await ofPupil(school, login, ANNA)
      expect(shown).toMatchObject({ since: '2026-11-02', until: '2026-12-29' })
      // Those of her class and of her group; not those of the first quarter, nor those of another class.
      expect(shown.tests.map(({ date, journal }) => [date, journal])).toEqual([
        ['2026-12-07', ALGEBRA],
        ['2026-12-14', ENGLISH],
      ])
      // What is a matter within the school stays there.
      for (const test of shown.tests) expect(test).not.toHaveProperty('internal_control')
    }
    const ofFirst = await ofPupil(school, 'mother', ANNA, '?since=2026-09-01&until=2026-10-23')
    expect(ofFirst.tests.map(({ date }) => date)).toEqual(['2026-10-05'])
    // Boris is in no group of English.
    expect((await ofPupil(school, 'boris', BORIS)).tests.map(({ journal }) => journal)).toEqual([ALGEBRA])
    for (const login of ['mother', 'anna', 'stranger'] as const) {
      expect((await school.ask(login, `pupils/${BORIS}/tests`)).status).toBe(403)
    }
    expect((await school.ask('mother', `years/${YEAR}/tests`)).status).toBe(403)
  })
})
