import { describe, expect, it } from 'vitest'
import { recordMarks } from '#commands/journal-page/record-marks.ts'
import { recordLesson } from '#commands/journal-page/record-lesson.ts'
import { planTest } from '#commands/test-schedule/plan-test.ts'
import { adoptPolicy } from '#commands/policy/adopt-policy.ts'
import { KindId, type Policy, STARTING_POLICY } from '#values/policy.ts'
import { lessonId, workId } from '#values/school.ts'
import { type SchoolAtWork, schoolsAtWork } from '#support/at-work.ts'
import { ALGEBRA, ANNA, BORIS, date, LESSON, MONDAY, PAGE, YEAR } from '#support/class-7a.ts'

const schools = schoolsAtWork(7, ['mathematician', 'deputy'])

const marked = (school: SchoolAtWork, kind: string, pupil = ANNA, lesson = LESSON) =>
  school.done('mathematician', recordMarks, { page: PAGE, lesson, kind, marks: [{ pupil, value: 4 }] })

/** The Monday lesson, for whose day the schedule has a test of internal control. */
async function testOfControl(): Promise<SchoolAtWork> {
  const school = await schools.next().recordLesson()
  const test = { year: YEAR, journal: ALGEBRA, date: MONDAY, internalControl: true }
  await school.done('deputy', planTest, test)
  return school
}

/** By how many seconds the mark of a pupil in a column was late, as the grid shows it. */
async function lateBy(school: SchoolAtWork, kind: string, pupil = ANNA): Promise<number | undefined> {
  const { cells } = await school.grid()
  return cells.find((cell) => cell.pupil === pupil)?.marks.find(({ work }) => work === workId(LESSON, kind))
    ?.lateBy
}

/** The school's rules with the days of one kind of work changed, or a kind added. */
function withDays(kind: string, dueInDays: number): Policy {
  const others = STARTING_POLICY.kindsOfWork.filter((known) => known.kind !== kind)
  const changed = { kind: KindId.parse(kind), name: kind, dueInDays, days: 'calendar', weight: 1 }
  return { ...STARTING_POLICY, kindsOfWork: [...others, changed] as Policy['kindsOfWork'] }
}

describe('R-2.5a: a mark of a lesson is set on the day of the lesson', () => {
  it('is on time until 23:59:59 by the clock of the school, and late from 00:00:00 on', async () => {
    const school = await schools.next().recordLesson()
    school.at('2026-11-09T16:59:59.999Z')
    const { events } = await marked(school, 'lesson-answer')
    expect(events[1]).toMatchObject({ data: { dueAt: '2026-11-09T16:59:59.000Z' } })
    school.at('2026-11-09T17:00:00.000Z')
    await marked(school, 'lesson-answer', BORIS)

    expect(await lateBy(school, 'lesson-answer', ANNA)).toBe(0)
    expect(await lateBy(school, 'lesson-answer', BORIS)).toBe(1)
    const lines = await school.lines('audit-trail?type=MarkRecorded')
    expect(lines.map(({ person, late_by }) => [person, late_by])).toEqual([
      [BORIS, 1],
      [ANNA, 0],
    ])
  })

  it('counts by the time of the server, whatever date the lesson has, and never blocks an entry', async () => {
    const school = await schools.next().recordLesson()
    school.at('2026-12-09T03:00:00.000Z')
    await marked(school, 'lesson-answer')
    expect(await lateBy(school, 'lesson-answer')).toBeGreaterThan(29 * 86_400)
  })
})

describe('R-2.11: marks of a test of internal control are set within three days', () => {
  it('is on time until 23:59:59 of the third day after it, and late from 00:00:00 on', async () => {
    const school = await testOfControl()
    school.at('2026-11-12T16:59:59.999Z')
    const { events } = await marked(school, 'internal-control')
    expect(events[1]).toMatchObject({ data: { dueAt: '2026-11-12T16:59:59.000Z' } })
    school.at('2026-11-12T17:00:00.000Z')
    await marked(school, 'internal-control', BORIS)
    expect(await lateBy(school, 'internal-control', ANNA)).toBe(0)
    expect(await lateBy(school, 'internal-control', BORIS)).toBe(1)
  })
})

const WRITTEN_WORKS = [
  'test',
  'independent-work',
  'dictation',
  'exposition',
  'composition',
  'laboratory-work',
  'practical-work',
]

describe('R-2.12: the marks of written work', () => {
  it('are due at 23:59:59 on the seventh day after the work, on time until then and late after', async () => {
    const school = await schools.next().recordLesson()
    for (const kind of WRITTEN_WORKS) {
      school.at('2026-11-16T16:59:59.999Z')
      const { events } = await marked(school, kind)
      for (const { data } of events) expect(data).toMatchObject({ dueAt: '2026-11-16T16:59:59.000Z' })
      school.at('2026-11-16T17:00:00.000Z')
      await marked(school, kind, BORIS)
      expect(await lateBy(school, kind, ANNA), kind).toBe(0)
      expect(await lateBy(school, kind, BORIS), kind).toBe(1)
    }
    const { works } = await school.grid()
    expect(new Set(works.map(({ due_at }) => due_at))).toEqual(new Set(['2026-11-16T16:59:59.000Z']))
  })
})

describe('R-2.5b: the deadline of a kind of work is a setting of the school from a date on, and changes no work already held', () => {
  it('of three days ends on the third day at 23:59:59', async () => {
    const school = await testOfControl()
    await school.done('deputy', adoptPolicy, {
      effectiveFrom: '2026-11-09',
      policy: withDays('internal-control', 3),
    })
    school.at('2026-11-12T16:59:59.000Z')
    await marked(school, 'internal-control')
    school.at('2026-11-12T17:00:00.000Z')
    await marked(school, 'internal-control', BORIS)
    expect(await lateBy(school, 'internal-control', ANNA)).toBe(0)
    expect(await lateBy(school, 'internal-control', BORIS)).toBe(1)
  })

  it('does not change for works that were held before', async () => {
    const school = await schools.next().recordLesson()
    await marked(school, 'test')
    await school.done('deputy', adoptPolicy, { effectiveFrom: '2026-11-09', policy: withDays('test', 1) })
    const { events } = await marked(school, 'test', BORIS)
    expect(events).toMatchObject([{ type: 'MarkRecorded', data: { dueAt: '2026-11-16T16:59:59.000Z' } }])
    expect((await school.grid()).works).toMatchObject([{ kind: 'test', due_at: '2026-11-16T16:59:59.000Z' }])
  })

  it('holds for lessons from its date on and for none before', async () => {
    const school = await schools.next().recordLesson()
    school.at('2026-11-11T04:00:00.000Z')
    await school.done('deputy', adoptPolicy, { effectiveFrom: '2026-11-11', policy: withDays('test', 1) })
    const topic = 'Контрольная работа'
    await school.done('mathematician', recordLesson, { page: PAGE, date: '2026-11-11', number: 2, topic })
    await marked(school, 'test', ANNA, lessonId(ALGEBRA, date('2026-11-11'), 2))
    await marked(school, 'test')
    const { works } = await school.grid()
    expect(new Map(works.map(({ lesson, due_at }) => [lesson, due_at]))).toEqual(
      new Map([
        [LESSON, '2026-11-16T16:59:59.000Z'],
        [lessonId(ALGEBRA, date('2026-11-11'), 2), '2026-11-12T16:59:59.000Z'],
      ]),
    )
  })
})
