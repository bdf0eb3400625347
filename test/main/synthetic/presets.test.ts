import { describe, expect, it } from 'vitest'
import { calendarOf } from '#main/synthetic/calendar.ts'
import { shapeOf, UnknownPreset } from '#main/synthetic/presets.ts'
import { plannedLessons } from '#main/synthetic/lessons.ts'
import { schoolOf } from '#main/synthetic/school.ts'

describe.each([
  { preset: 'M', classes: 17, pupils: 351, teachers: 23, most: 30, electives: 12 },
  { preset: 'L', classes: 40, pupils: 1_006, teachers: 66, most: 30, electives: 30 },
])('the synthetic school $preset', ({ preset, classes, pupils, teachers, most, electives }) => {
  const school = schoolOf('letopis', 2025, preset)

  it('has its classes, pupils, teachers and electives, and nobody with more hours than a week can bear', () => {
    expect(school.classes).toHaveLength(classes)
    expect(new Set(school.classes.flatMap(({ pupils }) => pupils)).size).toBe(pupils)
    for (const of of school.classes) expect(of.pupils.length).toBeLessThanOrEqual(32)
    expect(school.teachers).toHaveLength(teachers)
    const ofKind = (...kinds: string[]) => school.groups.filter(({ kind }) => kinds.includes(kind))
    expect(ofKind('elective', 'club')).toHaveLength(electives)
    const load = school.teachers.map((teacher) => {
      const own = school.classes.flatMap((of) =>
        school
          .weekOf(of, 0)
          .flatMap(({ weekday, number, journals }) =>
            journals.filter((one) => one.teacher === teacher).map(({ id }) => `${id} ${weekday}/${number}`),
          ),
      )
      return new Set(own).size
    })
    expect(Math.max(...load)).toBeLessThanOrEqual(most)
    expect(Math.min(...load)).toBeGreaterThan(10)
  })

  it('has nobody in two rooms at one time of the clock, and no hour of nothing between its lessons', () => {
    const { bells } = school.calendar
    const bellOf = (grade: number, number: number) =>
      bells.find(({ grades }) => grades.includes(grade))!.bells.find((bell) => bell.number === number)!
    const given = school.journals.flatMap(({ id, class: of, teacher }) =>
      school
        .weekOf(of, 0)
        .filter(({ journals }) => journals.some((one) => one.id === id))
        .map(({ weekday, number }) => ({ teacher, weekday, ...bellOf(of.grade, number) })),
    )
    const byDay = Map.groupBy(given, ({ teacher, weekday }) => `${teacher.id} ${weekday}`)
    for (const lessons of byDay.values()) {
      const inOrder = lessons.toSorted((a, b) => (a.from < b.from ? -1 : 1))
      for (const [i, { from }] of inOrder.entries())
        if (i > 0) expect(from >= inOrder[i - 1]!.until).toBe(true)
    }
    for (const of of school.classes) {
      const first = school.shape.secondShift.includes(of.grade) ? 8 : 1
      for (const day of [1, 2, 3, 4, 5]) {
        const numbers = school
          .weekOf(of, 0)
          .filter(({ weekday, journals }) => weekday === day && journals[0]!.type === 'lesson')
          .map(({ number }) => number)
        const inOrder = [...new Set(numbers)].toSorted((a, b) => a - b)
        expect(inOrder, of.name).toEqual(inOrder.map((_, i) => first + i))
      }
    }
  })

  it('divides classes for languages, informatics and handicraft', () => {
    const subgroups = school.groups.filter(({ kind }) => kind === 'subgroup')
    const lessons = plannedLessons(school)
    const more = lessons.filter(({ journal }) => journal.path.endsWith('/group/2')).length
    expect(subgroups.length).toBeGreaterThan(classes)
    expect(more / (lessons.length - more)).toBeGreaterThan(0.07)
  })
})

describe('the school L', () => {
  const school = schoolOf('letopis', 2025, 'L')

  it('has grades 6 and 8 in the second shift from 14:00 on', () => {
    const second = calendarOf(2025, [6, 8]).bells.filter(({ shift }) => shift === 'second')
    expect(second).toHaveLength(1)
    expect(second[0]!.grades).toEqual([6, 8])
    const [first, sixth] = [second[0]!.bells[0]!, second[0]!.bells[5]!]
    expect([first.number, first.from, sixth.until]).toEqual([8, '14:00', '19:10'])
  })

  it('has two profiles, a stream of 45 pupils, after-school groups and individual plans of two pupils a parallel', () => {
    const profiles = school.classes
      .filter(({ grade }) => grade > 9)
      .map(({ name, profile }) => [name, profile])
    expect(profiles).toEqual([
      ['10А', 'technological'],
      ['10Б', 'humanities'],
      ['11А', 'technological'],
      ['11Б', 'humanities'],
    ])
    const ofKind = (kind: string) => school.groups.filter((group) => group.kind === kind)
    expect(ofKind('stream').map(({ pupils, classes }) => [pupils.length, classes.length])).toEqual([[45, 2]])
    expect(ofKind('after-school')).toHaveLength(2)
    expect(ofKind('individual-plan').map(({ classes }) => classes[0]!.name)).toEqual([
      '10А',
      '10А',
      '11А',
      '11А',
    ])
  })
})

describe('a school to measure', () => {
  it('has the classes that are named, with their mean size and the grades of the afternoon', () => {
    const { classes, size, secondShift } = shapeOf('6А,1А,10Б/12+6')
    expect(classes.map(({ name }) => name)).toEqual(['1А', '6А', '10Б'])
    expect([size, secondShift]).toEqual([12, [6]])
  })

  it.each(['', 'X', '5А,5А', '12А', '0А', '5A', '5А/', '5А+'])('is not made of «%s»', (preset) => {
    expect(() => shapeOf(preset)).toThrow(UnknownPreset)
  })
})
