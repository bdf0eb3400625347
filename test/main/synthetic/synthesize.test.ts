import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { SchoolCommand } from '#main/synthetic/school-command.ts'
import { yearOf } from '#main/synthetic/departures.ts'
import { plannedLessons } from '#main/synthetic/lessons.ts'
import { schoolOf } from '#main/synthetic/school.ts'
import { synthesize } from '#main/synthetic/synthesize.ts'
import { STARTING_POLICY } from '#values/policy.ts'
import { lessonId, pageId } from '#values/school.ts'
import { dateAt, endOfDay, type LocalDate } from '#values/time.ts'
import { ZONE } from '#main/synthetic/calendar.ts'
import { adoptCurriculum } from '#commands/curriculum/adopt-curriculum.ts'
import { planTest } from '#commands/test-schedule/plan-test.ts'
import { adoptTopicPlan } from '#commands/topic-plan/adopt-topic-plan.ts'
import { recordMarks } from '#commands/journal-page/record-marks.ts'
import { takeAttendance } from '#commands/journal-page/take-attendance.ts'
import { changeAbsenceCode } from '#commands/journal-page/change-absence-code.ts'
import { correctMark } from '#commands/journal-page/correct-mark.ts'
import { recordLesson } from '#commands/journal-page/record-lesson.ts'
import { openPage } from '#commands/journal-page/open-page.ts'
import { recordWholeLesson } from '#commands/journal-page/record-whole-lesson.ts'
import { addComment } from '#commands/journal-page/add-comment.ts'

const options = { seed: 'letopis', preset: 'S', year: 2025, password: 'correct horse' } as const
const date = (text: string) => text as LocalDate
/** Until everything of the year has been entered. */
const year = synthesize({ ...options, until: date('2026-06-30') })
const school = schoolOf(options.seed, options.year)

const inputsOf = <Output>(of: { name: string; input: { parse(input: unknown): Output } }) =>
  year.life.filter(({ command }) => command.name === of.name).map(({ input }) => of.input.parse(input))
/** The lessons that are noted on paper while the journal is down (DOMAIN.md G.9, episode 8). */
const papers = inputsOf(recordWholeLesson).map(({ absentees = [], columns, homework, ...of }) => {
  const { journal } = year.life
    .filter(({ command }) => command.name === openPage.name)
    .map(({ input }) => openPage.input.parse(input))
    .find(({ journal, period }) => pageId(journal, period) === of.page)!
  return { ...of, absentees, columns, homework, lesson: lessonId(journal, of.date, of.number) }
})
/** Entered once more, because the first time was after the notice of a breach (episode 1). */
const AGAIN = 1

const plain = ({ command, ...rest }: SchoolCommand) => ({ ...rest, command: command.name })
const digest = (commands: Iterable<SchoolCommand>) =>
  createHash('sha256')
    .update(JSON.stringify(Array.from(commands, plain)))
    .digest('hex')
const pupilsInAll = school.classes.flatMap(({ pupils }) => pupils).length

/** As many as there would be with the 88 pupils of the model. */
const perPupil = (of: number) => of / (pupilsInAll / 88)
const within = (share: number, of: number, expected: number) =>
  expect(Math.abs(of / expected - 1), `${of} of ${expected}`).toBeLessThan(share)

describe('the synthetic school', () => {
  it('is the same for the same seed, and another for another', () => {
    const until = date('2025-09-19')
    const one = digest(synthesize({ ...options, until }).commands())
    expect(digest(synthesize({ ...options, until }).commands())).toBe(one)
    expect(digest(synthesize({ ...options, seed: 'annals', until }).commands())).not.toBe(one)
  })

  it('is told in order of time, with a new id for every command', () => {
    const commands = [...year.commands()]
    expect(commands).toHaveLength(year.total)
    expect(commands.every(({ at }, i) => i === 0 || commands[i - 1]!.at <= at)).toBe(true)
    expect(new Set(commands.map(({ id }) => id)).size).toBe(commands.length)
  })

  it('stops at the end of its last day', () => {
    const until = date('2025-10-08')
    const { life, setUp } = synthesize({ ...options, until })
    expect(life.at(-1)!.at <= endOfDay(until, ZONE)).toBe(true)
    expect(dateAt(life.at(-1)!.at, ZONE)).toBe(until)
    expect(setUp.at(-1)!.at < life[0]!.at).toBe(true)
    expect(synthesize({ ...options, until: date('2025-08-31') }).life).toEqual([])
  })

  it('lives the same days whenever it is stopped, but for the day that the demo teacher leaves open', () => {
    const until = date('2025-10-08')
    const shorter = synthesize({ ...options, until })
    const { account } = shorter.people.teacher
    const others = (commands: readonly SchoolCommand[]) =>
      commands
        .filter(({ at, actor }) => !(dateAt(at, ZONE) === until && actor.account === account))
        .map(plain)
    const upTo = year.life.filter(({ at }) => at <= endOfDay(until, ZONE))
    expect(others(shorter.life)).toEqual(others(upTo))
    expect(shorter.setUp.map(plain)).toEqual(year.setUp.map(plain))
  })

  it('leaves the lessons of the demo teacher on the last school day to the visitor, on pages that are open', () => {
    const { unrecorded, life, people } = synthesize({ ...options, until: date('2025-10-12') })
    expect(unrecorded.length).toBeGreaterThan(2)
    const opened = life.filter(({ command }) => command.name === 'open-page').map(({ input }) => input)
    for (const { date, page, journal, number } of unrecorded) {
      expect(date).toBe('2025-10-10')
      expect(opened.some((input) => pageId(input.journal as never, input.period as never) === page)).toBe(
        true,
      )
      const recorded = life.filter(
        ({ command, input }) => command.name === 'record-lesson' && input.page === page,
      )
      expect(recorded.length).toBeGreaterThan(0)
      const ids = recorded.map(({ input }) => lessonId(journal, input.date as never, input.number as number))
      expect(ids).not.toContain(lessonId(journal, date, number))
      expect(new Set(recorded.map(({ actor }) => actor.account))).toEqual(new Set([people.teacher.account]))
    }
  })

  it('adopts curricula with the weekly hours of the table, before it opens a journal', () => {
    const adopted = year.setUp.filter(({ command }) => command.name === adoptCurriculum.name)
    const curricula = adopted.map(({ input }) => adoptCurriculum.input.parse(input))
    const sums = curricula.map(({ lines }) => lines.reduce((sum, { hours }) => sum + hours, 0))
    // The row "Total" of DOMAIN.md G.3.
    expect(sums).toEqual([21, 23, 23, 23, 29, 30, 32, 33, 33, 34, 34])
    expect(curricula.map(({ for: of }) => of.kind)).toEqual([
      ...Array.from({ length: 9 }, () => 'grade'),
      'profile',
      'profile',
    ])
    const names = year.setUp.map(({ command }) => command.name)
    expect(names.lastIndexOf('adopt-curriculum')).toBeLessThan(names.indexOf('open-journal'))
  })

  it('plans the topics of each journal for exactly the lessons of its year, in their order', () => {
    const adopted = year.setUp.filter(({ command }) => command.name === adoptTopicPlan.name)
    expect(adopted).toHaveLength(school.journals.length)
    const planned = Map.groupBy(plannedLessons(school), ({ journal }) => journal.id)
    for (const { input } of adopted) {
      const { journal, sections } = adoptTopicPlan.input.parse(input)
      const dates = sections.flatMap(({ items }) => items.map(({ plannedOn }) => plannedOn))
      expect(dates).toEqual(planned.get(journal)!.map(({ date }) => date))
    }
  })

  it('schedules the tests of the plans on days on which their journals have lessons, one of each for the school', () => {
    const scheduled = year.setUp.filter(({ command }) => command.name === planTest.name)
    const tests = scheduled.map(({ input }) => planTest.input.parse(input))
    const lessons = new Set(plannedLessons(school).map(({ journal, date }) => `${journal.id} ${date}`))
    expect(tests.length).toBeGreaterThan(100)
    expect(tests.filter(({ journal, date }) => !lessons.has(`${journal} ${date}`))).toEqual([])
    const journals = new Set(tests.map(({ journal }) => journal))
    expect(tests.filter(({ internalControl }) => internalControl)).toHaveLength(journals.size)
  })

  it('has log-ins for every part that can be played', () => {
    const { teacher, classteacher, parent, pupil } = year.people
    expect(Object.keys(year.people)).toHaveLength(9)
    expect(teacher.roles).toEqual(['teacher', 'class-teacher'])
    expect(classteacher.roles).toEqual(['teacher', 'class-teacher'])
    const child = school.classes.flatMap(({ pupils }) => pupils).find(({ id }) => id === pupil.person)!
    expect(child.parents.map(({ id }) => id)).toContain(parent.person)
    const opened = year.setUp
      .filter(({ command }) => command.name === 'open-account')
      .map(({ input }) => input)
    for (const { login, account } of Object.values(year.people))
      expect(opened).toContainEqual(expect.objectContaining({ login, account, password: options.password }))
  })
})

describe('a year of it', () => {
  const columns = [
    ...inputsOf(recordMarks),
    ...papers.flatMap(({ page, lesson, columns }) => columns.map((column) => ({ page, lesson, ...column }))),
  ]
  const marks = columns.flatMap(({ marks, ...at }) => marks.map((mark) => ({ ...at, ...mark })))
  const attendance = [...inputsOf(takeAttendance), ...papers]

  it('marks by kinds of work of the starting policy, and never in the first grade', () => {
    const kinds = STARTING_POLICY.kindsOfWork.map(({ kind }) => kind)
    for (const { kind } of columns) expect(kinds).toContain(kind)
    const first = new Set(school.classes[0]!.pupils.map(({ id }) => id))
    expect(marks.filter(({ pupil }) => first.has(pupil))).toEqual([])
  })

  it('marks nobody for a lesson at which the pupil was not', () => {
    const absent = new Set(
      attendance.flatMap(({ lesson, absentees }) =>
        absentees.filter(({ code }) => code !== 'Опз').map(({ pupil }) => `${lesson} ${pupil}`),
      ),
    )
    expect(absent.size).toBeGreaterThan(4_000)
    expect(marks.filter(({ lesson, pupil }) => absent.has(`${lesson} ${pupil}`))).toEqual([])
  })

  it('has about the lessons, marks and absences of DOMAIN.md F.2, by its number of pupils', () => {
    const away = attendance.flatMap(({ absentees }) => absentees).length
    within(0.02, inputsOf(recordLesson).length, 10_700)
    within(0.1, marks.length, 23_200)
    within(0.1, perPupil(marks.length), 23_200)
    within(0.1, away + inputsOf(changeAbsenceCode).length, 9_300)
    within(0.1, perPupil(away + inputsOf(changeAbsenceCode).length), 9_300)
    within(0.1, year.life.filter(({ command }) => command.name === 'set-homework').length, 8_000)
    within(0.25, inputsOf(addComment).length, 880)
    // 2.5% of the marks and the debts that were made up for.
    within(0.15, inputsOf(correctMark).length, marks.length * 0.033)
  })

  it('has marks as they are given: mostly fours, and few twos', () => {
    for (const [value, percent] of [
      [2, 6.1],
      [3, 27.6],
      [4, 36.4],
      [5, 29.9],
    ] as const) {
      const given = (marks.filter((mark) => mark.value === value).length / marks.length) * 100
      expect(Math.abs(given - percent), `${given}% of ${value}`).toBeLessThan(3)
    }
  })

  it('marks the pupil who changed groups in both of them', () => {
    const pages = school.journals
      .filter(({ group }) => group?.kind === 'subgroup')
      .map(({ id }) => school.calendar.quarters.map(({ period }) => pageId(id, period)))
    const own = marks.filter(({ pupil }) => pupil === school.mover!.pupil.id)
    for (const ofGroup of pages) expect(own.some(({ page }) => ofGroup.includes(page))).toBe(true)
  })

  it('records every lesson of the timetable but those of the last day of the demo teacher', () => {
    const held = yearOf(school).lessons.length - year.unrecorded.length
    expect(papers.length).toBeGreaterThan(0)
    expect(inputsOf(recordLesson)).toHaveLength(held - papers.length + AGAIN)
    expect(attendance).toHaveLength(held + AGAIN)
  })

  it('has one teacher who enters a week of October on its Saturday', () => {
    const late = year.life.filter(
      ({ command, input }) =>
        command.name === 'record-lesson' &&
        String(input.date) >= '2025-10-13' &&
        String(input.date) <= '2025-10-17' &&
        school.teachers.find(({ post }) => post.number === 11)!.id ===
          school.journals.find(({ id }) => pageId(id, school.calendar.quarters[0]!.period) === input.page)
            ?.teacher.id,
    )
    expect(late.length).toBeGreaterThan(10)
    expect(new Set(late.map(({ at }) => dateAt(at, ZONE)))).toEqual(new Set(['2025-10-18']))
  })
})
