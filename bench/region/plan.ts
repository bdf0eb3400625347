import { lessonId, pageId, PeriodId, SchoolSlug } from '#values/school.ts'
import { addDays, dateAt, type Instant, type LocalDate, TimeZone } from '#values/time.ts'
import { Uuid, uuidV5 } from '#values/uuid.ts'

/** How large a region is, and how much its schools have already written. */
export interface Shape {
  readonly schools: number
  /** Classes of a school; each has a page for each of its journals. */
  readonly classes: number
  readonly journals: number
  readonly pupils: number
  /** Lessons of a page that were held, one a day until yesterday. */
  readonly lessons: number
  /** Whether attendance, marks, homework, comments and corrections of those lessons were recorded, or the topics alone. */
  readonly entries: boolean
  /** Whether its pages are closed, as those of a package are. */
  readonly closed?: true
  /** Whether what a diary shows beside entries is there too: a timetable, and the names of everybody. */
  readonly planned?: true
  /** Teachers of a school who log in; the classes are theirs in turn. */
  readonly teachers: number
}

export interface Page {
  readonly page: Uuid
  readonly journal: Uuid
  readonly class: SchoolClass
  readonly lessons: ReadonlyArray<{
    readonly lesson: Uuid
    readonly date: LocalDate
    readonly number: number
  }>
}

export interface SchoolClass {
  readonly id: Uuid
  readonly name: string
  readonly pupils: readonly Uuid[]
  readonly teacher: Account
}

/** Somebody who logs in. */
export interface Account {
  readonly login: string
  readonly account: Uuid
  readonly person: Uuid
}

export interface School {
  readonly slug: SchoolSlug
  readonly year: number
  readonly classes: readonly SchoolClass[]
  readonly pages: readonly Page[]
  readonly subjects: readonly Uuid[]
  readonly teachers: readonly Account[]
  readonly deputy: Account
  readonly auditor: Account
}

export interface Region {
  readonly schools: readonly School[]
  readonly today: LocalDate
}

export const ZONE = TimeZone.parse('Asia/Tomsk')
export const PERIOD = PeriodId.parse('q1')
const NAMESPACE = Uuid.parse('3d6c1f57-2b1e-4c53-9f0e-64b8f5a8f001')
/** So many lessons has a day. */
const NUMBERS = 8

/** A region whose year is under way at `now`: the service runs by the clock of the machine. */
export function regionOf(shape: Shape, now: Instant): Region {
  const today = dateAt(now, ZONE)
  return { today, schools: Array.from({ length: shape.schools }, (_, n) => schoolOf(shape, n, today)) }
}

function schoolOf(shape: Shape, n: number, today: LocalDate): School {
  const slug = SchoolSlug.parse(`school${n + 1}`)
  const id = (path: string): Uuid => uuidV5(NAMESPACE, `${slug}/${path}`)
  const account = (login: string): Account => ({ login, account: id(`account/${login}`), person: id(login) })
  const teachers = Array.from({ length: shape.teachers }, (_, i) => account(`teacher${i + 1}`))
  const classes = Array.from({ length: shape.classes }, (_, i): SchoolClass => {
    const name = `${1 + (i % 11)}-${1 + Math.floor(i / 11)}`
    const pupils = Array.from({ length: shape.pupils }, (_, p) => id(`class/${i}/pupil/${p}`))
    return { id: id(`class/${i}`), name, pupils, teacher: teachers[i % teachers.length]! }
  })
  const pages = classes.flatMap((of, i) =>
    Array.from({ length: shape.journals }, (_, j): Page => {
      const journal = id(`class/${i}/journal/${j}`)
      const lessons = Array.from({ length: shape.lessons }, (_, l) => {
        const date = addDays(today, l - shape.lessons)
        const number = 1 + (j % NUMBERS)
        return { lesson: lessonId(journal, date, number), date, number }
      })
      return { page: pageId(journal, PERIOD), journal, class: of, lessons }
    }),
  )
  return {
    slug,
    year: Number(addDays(today, -150).slice(0, 4)),
    classes,
    pages,
    subjects: Array.from({ length: shape.journals }, (_, j) => id(`subject/${j}`)),
    teachers,
    deputy: account('deputy'),
    auditor: account('auditor'),
  }
}
