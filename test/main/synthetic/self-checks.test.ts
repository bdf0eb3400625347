import { beforeAll, describe, expect, it } from 'vitest'
import { incidentFold } from '#commands/incident/state.ts'
import { isAbsence } from '#commands/journal-page/attendance-codes.ts'
import { recordMarks } from '#commands/journal-page/record-marks.ts'
import { finalKey } from '#commands/journal-page/state.ts'
import { type Membership, promotionKey, rosterFold } from '#commands/roster/state.ts'
import { lastSchoolDay, schoolYearFold, spanOfPage, WHOLE_YEAR } from '#commands/school-year/state.ts'
import { yearOf } from '#main/synthetic/departures.ts'
import { classesOfJournal } from '#main/synthetic/journals.ts'
import { plannedLessons } from '#main/synthetic/lessons.ts'
import type { Journal } from '#main/synthetic/parts.ts'
import { membersOn, pupilsOn, schoolOf } from '#main/synthetic/school.ts'
import { type SyntheticSchool, synthesize } from '#main/synthetic/synthesize.ts'
import { LivedSchool } from '#support/lived-school.ts'
import { STARTING_POLICY } from '#values/policy.ts'
import { lessonId, pageId, type PeriodId } from '#values/school.ts'
import type { LocalDate } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'

const options = { seed: 'letopis', year: 2025, until: '2026-06-30' as LocalDate, password: 'correct horse' }
/** Of every stage a class, two groups of one, a second shift, a parallel of three. */
const SMALL = '1А,3А,5А,6А,6Б,6В,8А,10А,10Б/12+6,8'
/** The large ones take minutes: `SYNTHETIC_PRESETS=M,L npx vitest run test/main/synthetic/self-checks.test.ts`. */
const presets = [SMALL, ...(process.env['SYNTHETIC_PRESETS']?.split(',') ?? [])]

/** The row "Total" of DOMAIN.md G.3; both profiles have the same. */
const HOURS = [21, 23, 23, 23, 29, 30, 32, 33, 33, 34, 34]

/** DOMAIN.md F.2: lesson records, marks, absences with late ones and new codes, homework, finals that are marks. */
const VOLUMES: Readonly<Record<string, readonly number[]>> = {
  M: [17_200, 85_400, 35_300, 12_600, 19_100],
  L: [43_500, 248_000, 102_000, 32_000, 56_500],
}

describe.each(presets)('the self-checks of DOMAIN.md G.10: school %s', (preset) => {
  const school = schoolOf(options.seed, options.year, preset)
  const { calendar } = school
  let synthetic: SyntheticSchool
  const kinds = new Set<string>()
  const marked = new Set<string>()
  const lived = new LivedSchool(({ type, data }) => {
    if (type === 'WorkHeld') kinds.add(data.kind)
    if (type === 'MarkRecorded') marked.add(data.pupil)
  })
  const periodsOf = (journal: Journal) => [
    ...calendar.periodsOf(journal.class.grade).map(({ period }) => period),
    WHOLE_YEAR,
  ]
  const share = (...types: string[]) => (100 * count(...types)) / plannedLessons(school).length
  const count = (...types: string[]) => types.reduce((sum, type) => sum + (lived.counted.get(type) ?? 0), 0)

  beforeAll(() => {
    synthetic = synthesize({ ...options, preset })
    lived.live(synthetic.commands())
  }, 900_000)

  it('records as many lessons as the hours come to over the school days, but for those that are cancelled', () => {
    let hours = 0
    for (const of of school.classes) {
      for (const half of [0, 1] as const) {
        const slots = school.weekOf(of, half).map((slot) => ({
          ...slot,
          journals: slot.journals.filter((journal) => classesOfJournal(journal)[0] === of),
        }))
        const weekdays = calendar
          .daysOf(of.grade)
          .filter((date) => calendar.halfOf(date) === half)
          .map((date) => ({ date, on: new Date(date).getUTCDay() }))
        for (const { journals, weekday } of slots) {
          for (const journal of journals) {
            const all = classesOfJournal(journal)
            hours += weekdays.filter(
              ({ date, on }) =>
                on === weekday && all.every(({ grade }) => calendar.daysOf(grade).includes(date)),
            ).length
          }
        }
      }
    }
    expect(count('LessonRecorded')).toBe(hours - count('LessonCancelled') - synthetic.unrecorded.length)
    expect(count('AttendanceTaken')).toBe(count('LessonRecorded'))
  })

  it('departs from the timetable as often as DOMAIN.md G.7 says: 4 % given by others, 1 % moved, 1 % cancelled', () => {
    const given = share('SubstitutionOrdered', 'LessonsCombined')
    expect(given).toBeGreaterThan(3.2)
    expect(given).toBeLessThan(4.8)
    expect(share('LessonTransferred')).toBeGreaterThan(0.6)
    expect(share('LessonTransferred')).toBeLessThan(1.4)
    expect(share('LessonCancelled')).toBeGreaterThan(0.5)
    expect(share('LessonCancelled')).toBeLessThan(1.8)
    for (const { giver, journal } of yearOf(school).lessons)
      expect(giver === journal.teacher || giver !== school.demoTeacher).toBe(true)
  })

  it('gives every class the weekly hours of the table', () => {
    for (const of of school.classes) {
      const lessons = school
        .weekOf(of, 0)
        .filter(({ journals }) => journals.every(({ type }) => type === 'lesson'))
      expect(lessons, of.name).toHaveLength(HOURS[of.grade - 1]!)
    }
  })

  it('has a final, a code or a postponement of every pupil in each journal and period, and closes every page', () => {
    const days = lived.state(schoolYearFold, options.year)
    const left: string[] = []
    for (const journal of school.journals) {
      const classes = classesOfJournal(journal).map(({ id, grade }) => ({ id, grade }))
      const learning = { unit: journal.group?.id ?? journal.class.id, classes }
      for (const period of periodsOf(journal)) {
        const { page, finals, postponements, closing } = lived.page(journal.id, period)
        if (page === null) continue
        if (closing === null && journal.teacher !== school.demoTeacher) left.push(`${journal.name} ${period}`)
        if (closing === null) continue
        const lastDay = lastSchoolDay(days, spanOfPage(days, period, learning)!, learning)
        for (const { id } of membersOn(school, journal, lastDay)) {
          const kind = period === WHOLE_YEAR ? 'year' : 'period'
          if (!finals.has(finalKey(id, kind)) && !postponements.has(id))
            left.push(`${journal.name} ${period} ${id}`)
        }
      }
    }
    expect(left).toEqual([])
  })

  it('marks nobody in grade 1, nobody for a lesson that the pupil missed, and by no kind that the school does not have', () => {
    const first = school.classes.filter(({ grade }) => grade === 1).flatMap(({ pupils }) => pupils)
    expect(first.filter(({ id }) => marked.has(id))).toEqual([])
    expect(
      [...kinds].filter((kind) => !STARTING_POLICY.kindsOfWork.some((known) => known.kind === kind)),
    ).toEqual([])
    const wrong: string[] = []
    let looked = 0
    for (const journal of school.journals) {
      for (const period of periodsOf(journal)) {
        const { marks, lessons } = lived.page(journal.id, period)
        for (const { lesson, pupil } of marks.values()) {
          const code = lessons.get(lesson)?.attendance?.codes.get(pupil)?.code ?? null
          looked += 1
          if (code !== null && isAbsence(STARTING_POLICY, code)) wrong.push(`${journal.name} ${pupil}`)
        }
      }
    }
    expect(wrong).toEqual([])
    expect(looked).toBeGreaterThan(5_000)
  })

  it('promotes everybody who is there at the end of the year', () => {
    const { promotions } = lived.state(rosterFold, 'main')
    for (const of of school.classes) {
      for (const { id } of pupilsOn(school, of, calendar.until))
        expect(promotions.get(promotionKey(of.id, id)), of.name).toBeDefined()
    }
  })

  it.runIf(school.transfer !== null)(
    'lives episode 6: from 6А to 6В and its groups on 1 February, and to another school on 10 March',
    () => {
      const { pupil, from, to, groups, date } = school.transfer!
      expect([from.name, to.name, date, school.leaver!.date]).toEqual([
        '6А',
        '6В',
        '2026-02-01',
        '2026-03-10',
      ])
      const roster = lived.state(rosterFold, 'main')
      const timeIn = (members: readonly Membership[] = []) => members.filter((one) => one.pupil === pupil.id)
      const left = { pupil: pupil.id, from: '2025-09-01', until: date }
      const entered = { pupil: pupil.id, from: date, until: '2026-03-10' }
      expect(timeIn(roster.classes.get(from.id)?.members)).toEqual([left])
      expect(timeIn(roster.classes.get(to.id)?.members)).toEqual([entered])
      expect(groups.length).toBe(
        school.groups.filter((of) => of.kind === 'subgroup' && of.classes[0] === to).length / 2,
      )
      for (const group of groups) expect(timeIn(roster.groups.get(group.id)?.members)).toEqual([entered])
      expect(roster.pupils.get(pupil.id)?.until).toBe('2026-03-10')
      const marksIn = (of: typeof from) =>
        school.journals
          .filter((journal) => journal.class === of)
          .map((journal) => lived.page(journal.id, calendar.quarters[2]!.period))
          .flatMap(({ marks, lessons }) =>
            [...marks.values()]
              .filter((one) => one.pupil === pupil.id)
              .map(({ lesson }) => lessons.get(lesson)!.date),
          )
      const [before, after] = [marksIn(from), marksIn(to)]
      expect(before.length).toBeGreaterThan(3)
      expect(before.every((one) => one < date)).toBe(true)
      expect(after.length).toBeGreaterThan(3)
      expect(after.every((one) => date <= one && one < '2026-03-10')).toBe(true)
      expect(lived.counted.get('PrintoutIssued')).toBe(1)
    },
  )

  it.runIf(school.breached !== null)(
    'lives episode 1 with eleven suspect operations and six void ones',
    () => {
      const [incident] = lived.state(incidentFold, 'main').incidents.values()
      const states = [...incident!.suspects.values()].map(({ state }) => state)
      expect([states.length, incident!.voided.length]).toEqual([11, 6])
      expect(states.filter((state) => state === 'annulled')).toHaveLength(7)
    },
  )

  it('lives episodes 8 and 9: an outage with its papers, and a dispute that was right', () => {
    expect(count('OutageRegistered')).toBe(1)
    expect(count('EntryExplained')).toBeGreaterThan(0)
    expect([count('MarkDisputed'), count('DisputeUpheld')]).toEqual([1, 1])
  })
})

describe.each(presets.filter((preset) => preset in VOLUMES))('school %s', (preset) => {
  it('has the volumes of DOMAIN.md F.2 within five per cent', () => {
    const school = schoolOf(options.seed, options.year, preset)
    const { setUp, life, total } = synthesize({ ...options, preset })
    const inputsOf = (name: string) =>
      life.filter(({ command }) => command.name === name).map(({ input }) => input)
    const listed = (name: string, field: string) =>
      inputsOf(name).reduce((sum, input) => sum + (input[field] as unknown[]).length, 0)
    // Finals are of the lessons of grades 2 to 11, with marks or without; electives are beside that.
    const ofLessons = new Set(
      school.journals
        .filter(({ type, class: of }) => type === 'lesson' && of.grade > 1)
        .flatMap(({ id, class: of }) =>
          [...calendarPeriods(school.calendar.periodsOf(of.grade)), WHOLE_YEAR].map((period) =>
            pageId(id, period),
          ),
        ),
    )
    const finals = inputsOf('record-finals').filter(({ page }) => ofLessons.has(page as Uuid))
    const found = [
      inputsOf('record-lesson').length,
      listed('record-marks', 'marks'),
      listed('take-attendance', 'absentees') + inputsOf('change-absence-code').length,
      inputsOf('set-homework').length,
      finals.reduce((sum, { finals }) => sum + (finals as unknown[]).length, 0),
    ]
    // What is entered from paper is a whole lesson in one command (episode 8): the volumes of a year bear its absence.
    process.stderr.write(
      `${preset}: ${setUp.length} + ${life.length} = ${total} commands, ${found.join(', ')}\n`,
    )
    const shares = found.map((number, i) => number / VOLUMES[preset]![i]!)
    expect(shares.filter((share) => Math.abs(share - 1) > 0.05)).toEqual([])
  }, 300_000)
})

const calendarPeriods = (periods: ReadonlyArray<{ readonly period: PeriodId }>) =>
  periods.map(({ period }) => period)

describe('class 5А', () => {
  it('has the same marks whatever other classes there are (DOMAIN.md G.10)', () => {
    /** But for the last day, which some teacher of the demo leaves open. */
    const marksOf = (preset: string) => {
      const { journals, calendar } = schoolOf(options.seed, options.year, preset)
      const own = new Set(
        journals
          .filter(({ class: of }) => of.name === '5А')
          .flatMap(({ id }) => calendar.quarters.map(({ period }) => pageId(id, period))),
      )
      return synthesize({ ...options, preset })
        .life.filter(
          ({ command, input }) => command.name === recordMarks.name && own.has(input['page'] as Uuid),
        )
        .map(({ input }) => recordMarks.input.parse(input))
        .filter(({ lesson }) => !open.has(lesson))
        .map(({ lesson, kind, marks }) => `${lesson} ${kind} ${JSON.stringify(marks)}`)
        .toSorted()
    }
    const { journals, calendar } = schoolOf(options.seed, options.year, '5А')
    const open = new Set(
      journals.flatMap(({ id }) =>
        Array.from({ length: 8 }, (_, i) => lessonId(id, calendar.daysOf(5).at(-1)!, i + 1)),
      ),
    )
    const alone = marksOf('5А')
    expect(alone.length).toBeGreaterThan(500)
    expect(marksOf('5А,5Б,6А')).toEqual(alone)
  }, 60_000)
})
