import { LESSONS_OF_SHIFT } from './calendar.ts'
import type { Group, Journal, People, SchoolClass, Slot, Teacher, Weeks } from './parts.ts'
import { subject, type Subject } from './subjects.ts'

const unmarked = { component: 'school', ungraded: true } as const

/** Electives and clubs, one hour a week and without marks (DOMAIN.md G.3). */
const ELECTIVES: readonly Subject[] = [
  ['mathematics-club', 'Занимательная математика'],
  ['robotics', 'Робототехника'],
  ['theatre', 'Театральная студия'],
  ['chess', 'Шахматы'],
  ['ecology', 'Юный эколог'],
  ['press', 'Школьная газета'],
  ['choir', 'Хор'],
  ['first-aid', 'Первая помощь'],
].map(([key, name]) => subject(key!, name!, {}, unmarked))
/** The stream of two classes, the day after the lessons, and what somebody with a plan of his own learns alone. */
const STREAM = subject('physics-stream', 'Избранные вопросы физики', {}, unmarked)
const AFTER_SCHOOL = subject('after-school', 'Группа продлённого дня', {}, unmarked)
const OWN_PLAN = subject('own-plan', 'Занятие по индивидуальному учебному плану', {}, unmarked)

/** The last lesson for which there is a bell before the second shift has begun in earnest. */
const LAST_OF_DAY = LESSONS_OF_SHIFT + 1
const WEEKDAYS = [1, 2, 3, 4, 5]

/** Journals beside the curriculum, and the weeks with their lessons in them. */
interface Extras {
  readonly journals: readonly Journal[]
  readonly groups: readonly Group[]
  readonly weeks: readonly [Weeks, Weeks]
}

export function extrasOf(people: People, weeks: readonly [Weeks, Weeks]): Extras {
  const planner = new Planner(people, weeks)
  const { shape, classes } = people
  const morning = classes.filter(({ grade }) => !shape.secondShift.includes(grade))
  const primary = morning.filter(({ grade }) => grade < 5)
  const upper = morning.filter(({ grade, profile }) => grade > 9 && profile === 'technological')
  for (let i = 0; i < shape.afterSchool; i++) {
    const of = primary.filter(({ grade }) => shape.afterSchool === 1 || (grade < 3 ? 0 : 1) === i)
    const pupils = of.flatMap((one) => one.pupils.slice(0, Math.ceil(25 / of.length)))
    planner.add(
      { subject: AFTER_SCHOOL, kind: 'after-school', type: 'after-school', classes: of, pupils },
      5,
      i,
    )
  }
  if (shape.stream > 0) {
    const pupils = upper.flatMap((one) => one.pupils).slice(0, shape.stream)
    planner.add({ subject: STREAM, kind: 'stream', type: 'elective', classes: upper, pupils }, 1, 0)
  }
  for (const one of upper.slice(0, shape.individualPlans)) {
    for (const [i, pupil] of one.pupils.slice(0, 2).entries()) {
      const kind = 'individual-plan' as const
      planner.add({ subject: OWN_PLAN, kind, type: 'elective', classes: [one], pupils: [pupil] }, 1, i)
    }
  }
  // Twice the classes of a small school have an elective, and then another one.
  const open = morning.filter(({ grade }) => grade > 1)
  for (let i = 0; i < shape.electives && open.length > 0; i++) {
    const one = open[i % open.length]!
    const elective = ELECTIVES[i % ELECTIVES.length]!
    const kind = i % 3 === 2 ? ('club' as const) : ('elective' as const)
    const pupils = one.pupils.filter((_, at) => at % 2 === 1)
    planner.add(
      { subject: elective, kind, type: kind, classes: [one], pupils },
      1,
      Math.floor(i / open.length),
    )
  }
  return planner.extras()
}

interface Wanted extends Pick<Group, 'kind' | 'classes' | 'pupils'>, Pick<Journal, 'type' | 'subject'> {}

/** Finds a teacher and places after the lessons, where neither the classes nor the teacher have anything else. */
class Planner {
  readonly #people: People
  readonly #weeks: readonly [Map<string, Slot[]>, Map<string, Slot[]>]
  readonly #journals: Journal[] = []
  readonly #groups: Group[] = []
  readonly #hours = new Map<Teacher, number>()
  readonly #busy = new Set<string>()

  constructor(people: People, [first, second]: readonly [Weeks, Weeks]) {
    this.#people = people
    this.#weeks = [copy(first), copy(second)]
    for (const slots of first.values()) for (const slot of slots) this.#take(slot)
  }

  add({ subject, kind, type, classes, pupils }: Wanted, weekly: number, nth: number): void {
    const { id, year, teachers } = this.#people
    const names = classes.map(({ name }) => name).join('+')
    const path = `year/${year}/class/${names}/extra/${subject.key}/${nth + 1}`
    const byLoad = teachers.toSorted(
      (a, b) => (this.#hours.get(a) ?? 0) - (this.#hours.get(b) ?? 0) || a.post.number - b.post.number,
    )
    for (const teacher of byLoad) {
      const places = this.#placesFor(classes, teacher)
      if (places.length < weekly) continue
      const name = `${subject.name}, ${names}${nth === 0 ? '' : `, ${nth + 1}`}`
      const group: Group = { id: id(`${path}/group`), kind, classes, name, pupils }
      const of = classes[0]!
      const journal: Journal = {
        id: id(path),
        path,
        name,
        type,
        subject,
        class: of,
        group,
        teacher,
        graded: false,
      }
      for (const place of places.slice(0, weekly)) {
        const slot = { ...place, journals: [journal] }
        this.#take(slot)
        for (const week of this.#weeks) for (const { name } of classes) week.get(name)!.push(slot)
      }
      this.#groups.push(group)
      this.#journals.push(journal)
      return
    }
    throw new Error(`nobody is free for ${path}`)
  }

  extras(): Extras {
    return { journals: this.#journals, groups: this.#groups, weeks: this.#weeks }
  }

  /** One place a day at most, right after the lessons of these classes. */
  #placesFor(classes: readonly SchoolClass[], teacher: Teacher): Array<Omit<Slot, 'journals'>> {
    return WEEKDAYS.flatMap((weekday) => {
      const taken = classes.flatMap(({ name }) =>
        this.#weeks[0]
          .get(name)!
          .filter((slot) => slot.weekday === weekday)
          .map(({ number }) => number),
      )
      const number = Math.max(...taken) + 1
      if (number > LAST_OF_DAY || times(number).some((time) => this.#isBusy(teacher, weekday, time)))
        return []
      return [{ weekday, number }]
    })
  }

  #isBusy({ post }: Teacher, weekday: number, time: number): boolean {
    return this.#busy.has(`${post.number}/${weekday}/${time}`)
  }

  #take({ weekday, number, journals }: Slot): void {
    for (const { teacher } of journals) {
      this.#hours.set(teacher, (this.#hours.get(teacher) ?? 0) + 1)
      for (const time of times(number)) this.#busy.add(`${teacher.post.number}/${weekday}/${time}`)
    }
  }
}

/** The lessons of the second shift at the same time are taken with the last ones of the first. */
function times(number: number): number[] {
  return number >= LESSONS_OF_SHIFT && number <= LAST_OF_DAY ? [number, number + 1] : [number]
}

function copy(weeks: Weeks): Map<string, Slot[]> {
  return new Map([...weeks].map(([name, slots]) => [name, [...slots]]))
}
