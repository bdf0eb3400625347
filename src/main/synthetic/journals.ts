import type { Group, Journal, People, SchoolClass } from './parts.ts'
import type { Staffing } from './posts.ts'
import { CLASS_SET } from './staff.ts'
import { hoursOf, type Subject, SUBJECTS } from './subjects.ts'

/** The journals of the curriculum, and the groups in which classes are divided or joined for it. */
export function journalsOf(
  people: People,
  staffing: Staffing,
): { readonly journals: readonly Journal[]; readonly groups: readonly Group[] } {
  const made = people.classes.flatMap((of) =>
    SUBJECTS.filter((subject) => hoursOf(subject, of).some((hours) => hours > 0)).flatMap((subject) =>
      ofClass(people, staffing, of, subject),
    ),
  )
  const groups = made.flatMap(({ group }) => group ?? [])
  return { journals: made, groups }
}

function ofClass(
  { id, year, teachers, shape, classes }: People,
  staffing: Staffing,
  of: SchoolClass,
  subject: Subject,
): Journal[] {
  const path = `year/${year}/class/${of.name}/subject/${subject.key}`
  const graded = of.grade > 1 && !subject.ungraded
  const teacherOf = (number: number) => teachers[number - 1]!
  const common = { type: 'lesson' as const, subject, class: of, graded }
  const givers = staffing.giversOf(of, subject)
  if (shape.village && CLASS_SET.lessons.some((set) => set.subject === subject.key)) {
    const [first, second] = CLASS_SET.grades.map((grade) => classes.find((one) => one.grade === grade)!)
    // The journal of the set stands with its first class, and the second class has none of its own.
    if (of === second) return []
    if (of === first) {
      const set = `${path}/set`
      const name = `${subject.name}, класс-комплект ${first.name}+${second!.name}`
      const pupils = [...first.pupils, ...second!.pupils]
      const group: Group = {
        id: id(`${set}/group`),
        kind: 'class-set',
        classes: [first, second!],
        name,
        pupils,
      }
      return [{ ...common, id: id(set), path: set, name, group, teacher: teacherOf(givers[0]!) }]
    }
  }
  const name = `${subject.name}, ${of.name}`
  if (givers.length === 1) {
    return [{ ...common, id: id(path), path, name, group: null, teacher: teacherOf(givers[0]!) }]
  }
  return givers.map((number, i): Journal => {
    const group: Group = {
      id: id(`${path}/${i + 1}`),
      kind: 'subgroup',
      classes: [of],
      name: `${of.name} ${subject.name.toLowerCase()}, группа ${i + 1}`,
      pupils: of.pupils.filter((_, at) => at % 2 === i),
    }
    const own = `${path}/group/${i + 1}`
    return {
      ...common,
      id: id(own),
      path: own,
      name: `${name}, группа ${i + 1}`,
      group,
      teacher: teacherOf(number),
    }
  })
}

/** The classes that learn in a journal. */
export function classesOfJournal({ group, class: of }: Journal): readonly SchoolClass[] {
  return group?.classes ?? [of]
}
