import type { Actor } from '#commands/command.ts'
import type { Role } from '#values/role.ts'
import type { PeriodId } from '#values/school.ts'
import { addDays, type LocalDate, mondayOf, weekday } from '#values/time.ts'
import { Uuid, uuidV5 } from '#values/uuid.ts'
import { type Calendar, calendarOf } from './calendar.ts'
import { type DrawsAt, drawsOf } from './draws.ts'
import { type Person, type Pupil, grownUp, pupilsOf } from './people.ts'
import { POSTS, type Post, postOf, SPLIT } from './staff.ts'
import { hoursOf, type Subject, SUBJECTS } from './subjects.ts'
import { type Course, type Placed, timetableOf } from './timetable.ts'

/** Fixed for ever: the ids of every synthetic school follow from it and its seed. */
const NAMESPACE = Uuid.parse('7b1c2f0e-5d34-5c8a-9a46-3c1f0a6f2e11')

export interface Account {
  readonly account: Uuid
  readonly person: Uuid
}

export interface Teacher extends Person, Account {
  readonly post: Post
  /** How reliably this person enters in time: Beta(8, 2) (DOMAIN.md G.8). */
  readonly discipline: number
}

export interface SchoolClass {
  readonly id: Uuid
  readonly grade: number
  readonly name: string
  readonly pupils: readonly Pupil[]
  readonly teacher: Teacher
}

export interface Group {
  readonly id: Uuid
  /** The class out of which it is formed. */
  readonly class: Uuid
  readonly name: string
  readonly pupils: readonly Pupil[]
}

export interface Journal {
  readonly id: Uuid
  readonly path: string
  readonly name: string
  readonly subject: Subject
  readonly class: SchoolClass
  readonly group: Group | null
  readonly teacher: Teacher
  readonly graded: boolean
}

/** One place of the week with the journals that are kept there: several when the class is in groups. */
export interface Slot {
  readonly weekday: number
  readonly number: number
  readonly journals: readonly Journal[]
}

/** A lesson that the year's timetable has, counted within its journal and its period. */
export interface PlannedLesson {
  readonly journal: Journal
  readonly date: LocalDate
  readonly number: number
  readonly period: PeriodId
  /** Counted from 0 in the journal, and how many it has. */
  readonly index: number
  readonly of: number
  /** Counted from 0 in the period, and how many it has. */
  readonly indexInPeriod: number
  readonly ofPeriod: number
}

export interface School {
  readonly calendar: Calendar
  readonly drawsAt: DrawsAt
  readonly id: (path: string) => Uuid
  readonly teachers: readonly Teacher[]
  readonly classes: readonly SchoolClass[]
  readonly groups: readonly Group[]
  readonly journals: readonly Journal[]
  /** Changes group on a date, with marks in both (DOMAIN.md G.9, episode 5). */
  readonly mover: {
    readonly pupil: Pupil
    readonly to: Group
    readonly from: Group
    readonly date: LocalDate
  }
  /** Leaves the school from a date on (episode 6). */
  readonly leaver: { readonly pupil: Pupil; readonly class: SchoolClass; readonly date: LocalDate }
  /** Was ill for the last three weeks of the second quarter: one final is postponed (episode 3). */
  readonly postponed: {
    readonly pupil: Pupil
    readonly journal: Journal
    readonly from: LocalDate
    readonly until: LocalDate
    /** When the final is set, and the day by which it had to be. */
    readonly setOn: LocalDate
    readonly limit: LocalDate
  }
  /** A page of the first quarter that is opened again by order № 47 (episode 4). */
  readonly reopened: { readonly journal: Journal; readonly date: LocalDate }
  /** The week of a class in a half of the year. */
  weekOf(of: SchoolClass, half: 0 | 1): readonly Slot[]
  accountOf(person: Uuid): Account
}

export function schoolOf(seed: string, year: number): School {
  const drawsAt = drawsOf(seed)
  const namespace = uuidV5(NAMESPACE, seed)
  const id = (path: string) => uuidV5(namespace, path)
  const calendar = calendarOf(year)

  const teachers = POSTS.map((post): Teacher => {
    const draws = drawsAt(`teacher/${post.number}`)
    const discipline = draws.discipline()
    const person = grownUp(`teacher/${post.number}`, draws, id)
    return { post, discipline, ...person, ...accountOf(person.id) }
  })
  const classes = Array.from({ length: 11 }, (_, i) => i + 1).map((grade): SchoolClass => {
    const name = `${grade}А`
    const teacher = teachers.find(({ post }) => post.leads === grade)!
    return { id: id(`year/${year}/class/${name}`), grade, name, pupils: pupilsOf(name, drawsAt, id), teacher }
  })
  const split = classes.find(({ grade }) => grade === SPLIT.grade)!
  const groups = [1, 2].map(
    (number): Group => ({
      id: id(`year/${year}/class/${split.name}/${SPLIT.subject}/${number}`),
      class: split.id,
      name: `${split.name} английский, группа ${number}`,
      pupils: split.pupils.filter((_, i) => i % 2 === number - 1),
    }),
  )
  const journals = classes.flatMap((of) => journalsOf(of, groups, teachers, id, year))
  const weeks = weeksOf(classes, journals)
  return {
    calendar,
    drawsAt,
    id,
    teachers,
    classes,
    groups,
    journals,
    mover: {
      pupil: groups[0]!.pupils.at(-1)!,
      from: groups[0]!,
      to: groups[1]!,
      date: addDays(mondayOf(calendar.quarters[1]!.from), 14),
    },
    leaver: {
      pupil: classes[5]!.pupils.at(-1)!,
      class: classes[5]!,
      date: calendar.moved('2026-03-10'),
    },
    postponed: {
      pupil: classes[7]!.pupils[1]!,
      journal: journals.find(({ class: of, subject }) => of.grade === 8 && subject.key === 'algebra')!,
      from: addDays(calendar.quarters[1]!.until, -20),
      until: calendar.quarters[1]!.until,
      setOn: calendar.moved('2026-01-19'),
      limit: calendar.moved('2026-01-23'),
    },
    reopened: {
      journal: journals.find(({ class: of, subject }) => of.grade === 9 && subject.key === 'physics')!,
      date: calendar.moved('2025-12-10'),
    },
    weekOf: (of, half) => weeks[half].get(of.grade)!,
    accountOf,
  }
}

function accountOf(person: Uuid): Account {
  return { account: uuidV5(person, 'account'), person }
}

export function actorOf({ account, person }: Account, role: Role): Actor {
  return { account, person, role, cred: 1 }
}

function journalsOf(
  of: SchoolClass,
  groups: readonly Group[],
  teachers: readonly Teacher[],
  id: School['id'],
  year: number,
): Journal[] {
  const taught = SUBJECTS.filter((subject) => hoursOf(subject, of.grade).some((hours) => hours > 0))
  return taught.flatMap((subject): Journal[] => {
    const post = postOf(subject.key, of.grade)
    const path = `year/${year}/class/${of.name}/subject/${subject.key}`
    const graded = of.grade > 1 && !subject.ungraded
    const journal = (number: number, path: string, group: Group | null): Journal => {
      const name = `${subject.name}, ${of.name}${group === null ? '' : `, группа ${groups.indexOf(group) + 1}`}`
      const teacher = teachers.find((known) => known.post.number === number)!
      return { id: id(path), path, name, subject, class: of, group, teacher, graded }
    }
    if (subject.key !== SPLIT.subject || of.grade !== SPLIT.grade) return [journal(post.number, path, null)]
    return groups.map((group, i) =>
      journal(i === 0 ? post.number : SPLIT.second, `${path}/group/${i + 1}`, group),
    )
  })
}

type WeekOfGrade = ReadonlyMap<number, readonly Slot[]>

/**
 * The weeks of both halves of the year. The second is the first with the lessons that give way to others, so that
 * nobody's lessons move in January without need; both have the same teacher, hence no new clash.
 */
function weeksOf(
  classes: readonly SchoolClass[],
  journals: readonly Journal[],
): readonly [WeekOfGrade, WeekOfGrade] {
  const courses = new Map(classes.map(({ grade }) => [grade, coursesOf(grade, journals)]))
  const first = timetableOf(courses)
  const weeks = new Map(
    [...first].map(([grade, placed]) => [
      grade,
      placed.toSorted((a, b) => a.weekday - b.weekday || a.number - b.number).map(slotOf),
    ]),
  )
  const second = new Map(
    [...weeks].map(([grade, slots]) => {
      const begins = journals.filter((j) => j.class.grade === grade && hoursOf(j.subject, grade)[0] === 0)
      const week = [...slots]
      for (const journal of begins) {
        const ending = week.findLastIndex(
          ({ journals: [now] }) => now!.teacher === journal.teacher && lessens(now!.subject, grade),
        )
        week[ending] = { ...week[ending]!, journals: [journal] }
      }
      return [grade, week]
    }),
  )
  return [weeks, second]
}

function lessens(subject: Subject, grade: number): boolean {
  const [first, second] = hoursOf(subject, grade)
  return second < first
}

function slotOf({ weekday, number, course }: Placed<JournalCourse>): Slot {
  return { weekday, number, journals: course.journals }
}

interface JournalCourse extends Course {
  readonly journals: readonly Journal[]
}

function coursesOf(grade: number, journals: readonly Journal[]): JournalCourse[] {
  const own = journals.filter((journal) => journal.class.grade === grade)
  return [...new Set(own.map(({ subject }) => subject))]
    .map((subject) => {
      const together = own.filter((journal) => journal.subject === subject)
      const teachers = together.map(({ teacher }) => teacher.post.number)
      return { key: subject.key, teachers, weekly: hoursOf(subject, grade)[0], journals: together }
    })
    .filter(({ weekly }) => weekly > 0)
}

function orderOf({ journal, date, number }: Pick<PlannedLesson, 'journal' | 'date' | 'number'>): string {
  return `${date}#${number} ${journal.path}`
}

/** Every lesson of the year, in order of day, number and journal. */
export function plannedLessons(school: School): PlannedLesson[] {
  const { calendar } = school
  const lessons: Array<Omit<PlannedLesson, 'index' | 'of' | 'indexInPeriod' | 'ofPeriod'>> = []
  for (const of of school.classes) {
    for (const date of calendar.daysOf(of.grade)) {
      const period = calendar.periodsOf(of.grade).find(({ from, until }) => from <= date && date <= until)
      if (period === undefined) throw new Error(`${date} is in no period of grade ${of.grade}`)
      const day = weekday(date)
      const slots = school.weekOf(of, calendar.halfOf(date)).filter((slot) => slot.weekday === day)
      for (const { number, journals } of slots) {
        for (const journal of journals) lessons.push({ journal, date, number, period: period.period })
      }
    }
  }
  lessons.sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1))
  const counted = new Map<string, number>()
  const count = (name: string) => {
    const before = counted.get(name) ?? 0
    counted.set(name, before + 1)
    return before
  }
  const numbered = lessons.map((lesson) => ({
    ...lesson,
    index: count(lesson.journal.path),
    indexInPeriod: count(`${lesson.journal.path} ${lesson.period}`),
  }))
  return numbered.map((lesson) => ({
    ...lesson,
    of: counted.get(lesson.journal.path)!,
    ofPeriod: counted.get(`${lesson.journal.path} ${lesson.period}`)!,
  }))
}

/** Who learns in a journal on a day. */
export function membersOn(school: School, journal: Journal, date: LocalDate): readonly Pupil[] {
  const { mover, leaver } = school
  const there = journal.class.pupils.filter((pupil) => pupil !== leaver.pupil || date < leaver.date)
  const { group } = journal
  if (group === null) return there
  return there.filter((pupil) => {
    if (pupil !== mover.pupil) return group.pupils.includes(pupil)
    return group === (date < mover.date ? mover.from : mover.to)
  })
}
