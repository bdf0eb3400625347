import { describe, expect, it } from 'vitest'
import { calendarOf } from '#main/synthetic/calendar.ts'
import { scaled } from '#main/synthetic/plan.ts'
import { plannedLessons } from '#main/synthetic/lessons.ts'
import { membersOn, schoolOf } from '#main/synthetic/school.ts'
import { hoursOf, SUBJECTS } from '#main/synthetic/subjects.ts'
import { addDays, weekday } from '#values/time.ts'

const school = schoolOf('letopis', 2025)
const halves = [0, 1] as const

/** The row "Total" of DOMAIN.md G.3. */
const TOTALS = [21, 23, 23, 23, 29, 30, 32, 33, 33, 34, 34]
/** Its row "Часть, формируемая участниками"; electives fill grade 11 to 34. */
const OWN_PART = [1, 1, 1, 0, 2, 1, 2, 2, 0.5, 0, 1]

/** The weekly hours of a grade, on the mean of both halves of the year. */
const sum = (grade: number, component?: string) =>
  SUBJECTS.filter((subject) => component === undefined || subject.component === component)
    .map((subject) => hoursOf(subject, { grade, profile: null }))
    .reduce((total, [first, second]) => total + (first + second) / 2, 0)

describe('the calendar', () => {
  it('has the 168 school days of 2025/26, and 163 for the first grade', () => {
    const calendar = calendarOf(2025)
    const days = calendar.quarters.map(
      ({ from, until }) => calendar.daysOf(5).filter((d) => from <= d && d <= until).length,
    )
    expect(days).toEqual([40, 40, 53, 35])
    expect(calendar.daysOf(1)).toHaveLength(163)
  })

  it('keeps the weekdays of another year and does not begin in August', () => {
    const { from, quarters, until } = calendarOf(2026)
    expect(from).toBe('2026-09-01')
    expect(quarters[1]!.from).toBe('2026-11-04')
    expect(weekday(quarters[1]!.from)).toBe(weekday(calendarOf(2025).quarters[1]!.from))
    expect(until).toBe('2027-05-25')
  })
})

describe('the curriculum', () => {
  it('has the weekly hours of the table, on the mean of both halves of the year', () => {
    expect(TOTALS.map((_, i) => sum(i + 1))).toEqual(TOTALS)
    expect(OWN_PART.map((_, i) => sum(i + 1, 'school'))).toEqual(OWN_PART)
  })

  it('stretches the blocks of a plan to the lessons of the year', () => {
    const blocks = [['Введение', 2] as const, ['Раздел', 5] as const, ['Повторение', 4] as const]
    expect(scaled(blocks, 34).reduce((sum, [, hours]) => sum + hours, 0)).toBe(34)
    expect(scaled(blocks, 11)).toEqual(blocks)
  })
})

describe('the timetable', () => {
  it('gives every class its hours, at most seven a day and without gaps', () => {
    for (const half of halves) {
      for (const of of school.classes) {
        const week = school.weekOf(of, half)
        expect(week, of.name).toHaveLength(TOTALS[of.grade - 1]!)
        for (const day of [1, 2, 3, 4, 5]) {
          const numbers = week.filter((slot) => slot.weekday === day).map(({ number }) => number)
          expect(numbers.toSorted((a, b) => a - b)).toEqual(Array.from(numbers, (_, i) => i + 1))
          expect(numbers.length).toBeLessThanOrEqual(of.grade === 1 ? 5 : 7)
        }
      }
    }
  })

  it('gives every journal its weekly hours', () => {
    for (const journal of school.journals) {
      const given = halves.map(
        (half) =>
          school.weekOf(journal.class, half).filter(({ journals }) => journals.includes(journal)).length,
      )
      expect(given, journal.name).toEqual(hoursOf(journal.subject, journal.class))
    }
  })

  it('has nobody in two rooms at once', () => {
    for (const half of halves) {
      const taken = school.classes.flatMap((of) =>
        school.weekOf(of, half).flatMap(({ weekday, number, journals }) =>
          // A lesson that two classes have together stands in the weeks of both.
          journals
            .filter((journal) => journal.class === of)
            .map(({ teacher }) => `${teacher.id} ${weekday}/${number}`),
        ),
      )
      expect(new Set(taken).size).toBe(taken.length)
    }
  })

  it('needs twelve teachers, none with more than 28 hours', () => {
    const load = school.teachers.map(
      (teacher) =>
        school.classes
          .flatMap((of) => school.weekOf(of, 0))
          .filter(({ journals }) => journals.some((journal) => journal.teacher === teacher)).length,
    )
    expect(load).toHaveLength(12)
    expect(Math.min(...load)).toBeGreaterThanOrEqual(25)
    expect(Math.max(...load)).toBeLessThanOrEqual(28)
  })
})

describe('the people', () => {
  it('are the same in a class whatever the year brings to others', () => {
    expect(schoolOf('letopis', 2026).classes[4]!.pupils).toEqual(school.classes[4]!.pupils)
    expect(schoolOf('annals', 2025).classes[4]!.pupils).not.toEqual(school.classes[4]!.pupils)
  })

  it('number about eight in a class, in the order of the alphabet by code point', () => {
    for (const { pupils, name } of school.classes) {
      expect(pupils.length, name).toBeGreaterThanOrEqual(4)
      const families = pupils.map(({ name }) => name.family)
      expect(families).toEqual(families.toSorted())
    }
    const all = school.classes.flatMap(({ pupils }) => pupils)
    expect(all.length).toBeGreaterThan(75)
    expect(all.length).toBeLessThan(101)
  })

  it('move: one pupil changes the group of English, one leaves the school', () => {
    const { journals } = school
    const [mover, leaver] = [school.mover!, school.leaver!]
    const [first, second] = journals.filter(({ group }) => group?.kind === 'subgroup')
    expect(membersOn(school, first!, addDays(mover.date, -1))).toContain(mover.pupil)
    expect(membersOn(school, first!, mover.date)).not.toContain(mover.pupil)
    expect(membersOn(school, second!, mover.date)).toContain(mover.pupil)
    const sixth = journals.find((journal) => journal.class === leaver.class)!
    expect(membersOn(school, sixth, addDays(leaver.date, -1))).toContain(leaver.pupil)
    expect(membersOn(school, sixth, leaver.date)).not.toContain(leaver.pupil)
  })

  it('have their lessons counted from the first to the last', () => {
    const lessons = plannedLessons(school)
    expect(lessons).toHaveLength(10_596)
    const algebra = lessons.filter(({ journal }) => journal.path.endsWith('7А/subject/algebra'))
    expect(algebra.map(({ index }) => index)).toEqual(algebra.map((_, i) => i))
    expect(new Set(algebra.map(({ of }) => of))).toEqual(new Set([algebra.length]))
  })
})
