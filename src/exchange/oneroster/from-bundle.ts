import { schoolYearOf } from '#values/school.ts'
import { addDays, LocalDate } from '#values/time.ts'
import type { FileError, Source } from '../import-rows.ts'
import type { List } from '../list.ts'
import { assignments } from '../lists/assignments.ts'
import { classMembers } from '../lists/class-members.ts'
import { classes } from '../lists/classes.ts'
import { groupMembers } from '../lists/group-members.ts'
import { groups } from '../lists/groups.ts'
import { journals } from '../lists/journals.ts'
import { pupils } from '../lists/pupils.ts'
import { representatives } from '../lists/representatives.ts'
import { staff } from '../lists/staff.ts'
import { subjects } from '../lists/subjects.ts'
import { type Headings, readRows } from '../rows.ts'
import { type Bundle, type BundleRow, namesIn } from './bundle.ts'
import { schoolYears } from './school-years.ts'
import type { TableName } from './tables.ts'

/** The lists that a bundle comes to, in the order in which they rest on one another. */
export const BUNDLE_LISTS: readonly List[] = [
  schoolYears,
  subjects,
  staff,
  pupils,
  representatives,
  classes,
  classMembers,
  groups,
  groupMembers,
  journals,
  assignments,
]

/** What only Letopis writes into a bundle: columns that the standard leaves to everybody. */
export const OWN = {
  component: 'metadata.letopis.component',
  kinship: 'metadata.letopis.kinship',
  agentsFrom: 'metadata.letopis.agentsFrom',
  agentsUntil: 'metadata.letopis.agentsUntil',
  kind: 'metadata.letopis.kind',
  classes: 'metadata.letopis.classes',
  learners: 'metadata.letopis.learners',
  type: 'metadata.letopis.type',
  grading: 'metadata.letopis.grading',
} as const

/** The class types of a bundle: classes of the school, journals, and groups, which the standard does not have. */
export const HOMEROOM = 'homeroom'
export const SCHEDULED = 'scheduled'
export const GROUP = 'ext:group'

const LEARNING = new Set(['student'])
const REPRESENTING = new Set(['guardian', 'parent', 'relative'])

/** A row of a list in the making: the text of its cells, and the line of the file from which it comes. */
interface Made {
  readonly line: number
  readonly cells: Readonly<Record<string, string | undefined>>
}

/**
 * Makes the rows of lists of a bundle (docs/spec/oneroster.md).
 *
 * @returns the rows by list, and what has no place in any
 */
export function sourcesOf(bundle: Bundle): { readonly sources: Source[]; readonly errors: FileError[] } {
  return new Reading(bundle).sources()
}

class Reading {
  readonly #bundle: Bundle
  readonly #errors: FileError[] = []
  readonly #users: ReadonlyMap<string, BundleRow>
  readonly #classes: ReadonlyMap<string, BundleRow>
  readonly #sessions: ReadonlyMap<string, BundleRow>
  /** The first day of the first year: what no date is said of began on it. */
  readonly #begin: string | undefined

  constructor(bundle: Bundle) {
    this.#bundle = bundle
    this.#users = byId(bundle.users.rows)
    this.#classes = byId(bundle.classes.rows)
    this.#sessions = byId(bundle.academicSessions.rows)
    this.#begin = this.#yearSessions()
      .map(({ cells }) => cells['startDate']!)
      .toSorted()[0]
  }

  sources(): { sources: Source[]; errors: FileError[] } {
    const schools = this.#bundle.orgs.rows.filter(({ cells }) => folded(cells['type']) === 'school')
    for (const other of schools.slice(1)) {
      this.#wrong('orgs', other, 'type', 'в наборе больше одной школы: выгрузите каждую отдельно')
    }
    const learners = this.#learners()
    const sources = [
      this.#source(schoolYears, 'academicSessions', { from: 'startDate', until: 'endDate' }, this.#years()),
      this.#source(subjects, 'courses', { externalId: 'sourcedId', name: 'title' }, this.#subjects()),
      this.#source(staff, 'users', NAMES, this.#people('staff')),
      this.#source(pupils, 'users', NAMES, this.#people('pupil')),
      this.#source(
        representatives,
        'users',
        { pupil: 'sourcedId', externalId: 'agentSourcedIds' },
        this.#agents(),
      ),
      this.#source(classes, 'classes', CLASS, this.#homerooms()),
      this.#source(classMembers, 'enrollments', MEMBER, this.#members(HOMEROOM, 'class')),
      this.#source(groups, 'classes', CLASS, [...this.#groups(), ...learners.groups]),
      this.#source(groupMembers, 'enrollments', { ...MEMBER, group: 'classSourcedId' }, [
        ...this.#members(GROUP, 'group'),
        ...learners.members,
      ]),
      this.#source(
        journals,
        'classes',
        { ...CLASS, subject: 'courseSourcedId' },
        this.#journals(learners.of),
      ),
      this.#source(assignments, 'enrollments', TEACHER, this.#assignments()),
    ]
    return { sources, errors: this.#errors }
  }

  /** The rows of a list, read as those of its own file would be, and told by the columns of the bundle. */
  #source(
    list: List,
    table: TableName,
    places: Readonly<Record<string, string>>,
    made: readonly Made[],
  ): Source {
    const columns = Object.keys(list.columns)
    const { header } = this.#bundle[table]
    const headings: Headings = {
      placeOf: (name) => columns.indexOf(name),
      sayOf: (name) => {
        const place = header.indexOf(places[name] ?? '')
        return place < 0
          ? { column: null, heading: list.columns[name]!.title }
          : { column: place + 1, heading: header[place]! }
      },
    }
    const rows = made.map(({ line, cells }) => ({ line, cells: columns.map((name) => cells[name] ?? '') }))
    const read = readRows(list, { delimiter: ',', header: columns, rows }, headings)
    return { list, read, headings, file: `${table}.csv` }
  }

  #wrong(table: TableName, { line }: BundleRow, column: string, message: string): void {
    const place = this.#bundle[table].header.indexOf(column)
    const where = { column: place < 0 ? null : place + 1, heading: column }
    this.#errors.push({ file: `${table}.csv`, line, ...where, problem: 'cell-invalid', message })
  }

  #yearSessions(): BundleRow[] {
    return this.#bundle.academicSessions.rows.filter(({ cells }) => folded(cells['type']) === 'schoolyear')
  }

  #years(): Made[] {
    return this.#yearSessions().map(({ line, cells }) => {
      const from = LocalDate.parse(cells['startDate'])
      // The standard leaves the last day out.
      const until = addDays(LocalDate.parse(cells['endDate']), -1)
      return { line, cells: { year: String(schoolYearOf(from)), from, until } }
    })
  }

  /** The school year of a class, by its first term. */
  #yearOf({ cells }: BundleRow): string | undefined {
    let session = this.#sessions.get(namesIn(cells['termSourcedIds'], true)[0] ?? '')
    for (
      let depth = 0;
      session !== undefined && folded(session.cells['type']) !== 'schoolyear' && depth < 10;
      depth++
    ) {
      const parent = this.#sessions.get(session.cells['parentSourcedId'] ?? '')
      if (parent === undefined) break
      session = parent
    }
    const from = session?.cells['startDate']
    return from === undefined ? undefined : String(schoolYearOf(LocalDate.parse(from)))
  }

  /** Courses that stand for nothing but the classes of the school are no subjects. */
  #subjects(): Made[] {
    const used = new Map<string, boolean>()
    for (const { cells } of this.#bundle.classes.rows) {
      const course = cells['courseSourcedId']!
      used.set(course, (used.get(course) ?? false) || folded(cells['classType']) === SCHEDULED)
    }
    return this.#bundle.courses.rows
      .filter(({ cells }) => cells[OWN.component] !== undefined || used.get(cells['sourcedId']!) !== false)
      .map(({ line, cells }) => {
        const component = cells[OWN.component] ?? 'federal'
        return { line, cells: { externalId: cells['sourcedId'], name: cells['title'], component } }
      })
  }

  /** Users by what they are; of whom nobody says that, an error. */
  #people(kind: 'staff' | 'pupil'): Made[] {
    const agents = new Set(
      this.#bundle.users.rows.flatMap(({ cells }) => namesIn(cells['agentSourcedIds'], true)),
    )
    const roles = new Map<string, BundleRow[]>()
    for (const role of this.#bundle.roles.rows) {
      const user = role.cells['userSourcedId']!
      roles.set(user, [...(roles.get(user) ?? []), role])
    }
    const made: Made[] = []
    for (const user of this.#bundle.users.rows) {
      const id = user.cells['sourcedId']!
      const held = roles.get(id) ?? []
      const role = held.find(({ cells }) => kindOf(cells['role']!) === kind)
      if (role !== undefined) {
        made.push({
          line: user.line,
          cells: { externalId: id, ...nameOf(user), from: role.cells['beginDate'] ?? this.#begin },
        })
      }
      if (kind === 'staff') continue
      if (held.length === 0) this.#wrong('users', user, 'sourcedId', 'роль не названа в roles.csv')
      else if (held.every(({ cells }) => kindOf(cells['role']!) === 'representative') && !agents.has(id)) {
        this.#wrong(
          'users',
          user,
          'sourcedId',
          'представитель не назван ни у одного обучающегося (agentSourcedIds)',
        )
      }
    }
    return made
  }

  #agents(): Made[] {
    return this.#bundle.users.rows.flatMap(({ line, cells }) => {
      const [kinships, from, until] = [OWN.kinship, OWN.agentsFrom, OWN.agentsUntil].map(
        (column) => cells[column]?.split(',').map((part) => part.trim()) ?? [],
      )
      return namesIn(cells['agentSourcedIds'], true).map((agent, i) => ({
        line,
        cells: {
          externalId: agent,
          pupil: cells['sourcedId'],
          ...nameOf(this.#users.get(agent)!),
          kinship: kinships![i] || 'other',
          from: from![i] || this.#begin,
          until: until![i],
        },
      }))
    })
  }

  #ofType(type: string): BundleRow[] {
    return this.#bundle.classes.rows.filter(({ cells }) => folded(cells['classType']) === type)
  }

  /** The enrollments in classes of a type, of people of a role. */
  #enrolled(type: string, role: 'student' | 'teacher'): BundleRow[] {
    return this.#bundle.enrollments.rows.filter(
      ({ cells }) =>
        folded(cells['role']) === role &&
        folded(this.#classes.get(cells['classSourcedId']!)?.cells['classType']) === type,
    )
  }

  #homerooms(): Made[] {
    const leading = this.#enrolled(HOMEROOM, 'teacher')
    return this.#ofType(HOMEROOM).map((row) => {
      const { line, cells } = row
      const own = leading.filter((one) => one.cells['classSourcedId'] === cells['sourcedId'])
      const leads = own.find((one) => folded(one.cells['primary']) === 'true') ?? own[0]
      const teacher = leads && {
        teacher: leads.cells['userSourcedId'],
        teacherFrom: leads.cells['beginDate'] ?? this.#begin,
      }
      const base = { externalId: cells['sourcedId'], year: this.#yearOf(row), name: cells['title'] }
      return { line, cells: { ...base, grade: cells['grades'], ...teacher } }
    })
  }

  #members(type: string, column: 'class' | 'group'): Made[] {
    return this.#enrolled(type, 'student').map(({ line, cells }) => ({
      line,
      cells: {
        [column]: cells['classSourcedId'],
        pupil: cells['userSourcedId'],
        from: cells['beginDate'] ?? this.#begin,
      },
    }))
  }

  #groups(): Made[] {
    return this.#ofType(GROUP).map((row) => {
      const { cells } = row
      const classes = namesIn(cells[OWN.classes], true).join('|')
      return this.#group(
        row,
        cells[OWN.kind] ?? 'subgroup',
        classes || this.#homeroomsOf(this.#studentsOf(row)).join('|'),
      )
    })
  }

  #group(row: BundleRow, kind: string, classes: string): Made {
    const { line, cells } = row
    const base = { externalId: cells['sourcedId'], year: this.#yearOf(row), name: cells['title'] }
    return { line, cells: { ...base, kind, classes } }
  }

  #studentsOf({ cells }: BundleRow): string[] {
    return this.#bundle.enrollments.rows
      .filter(
        (one) =>
          one.cells['classSourcedId'] === cells['sourcedId'] && LEARNING.has(folded(one.cells['role'])),
      )
      .map((one) => one.cells['userSourcedId']!)
  }

  #homeroomsOf(students: readonly string[]): string[] {
    const wanted = new Set(students)
    const found = this.#enrolled(HOMEROOM, 'student').filter(({ cells }) =>
      wanted.has(cells['userSourcedId']!),
    )
    return [...new Set(found.map(({ cells }) => cells['classSourcedId']!))]
  }

  /**
   * Who learns in each scheduled class. Where the bundle does not say: the class whose pupils are exactly those who are
   * enrolled, or a group that is made of them.
   */
  #learners(): { of: Map<string, { class?: string; group?: string }>; groups: Made[]; members: Made[] } {
    const whole = new Map(
      this.#ofType(HOMEROOM).map((row) => [setOf(this.#studentsOf(row)), row.cells['sourcedId']!]),
    )
    const of = new Map<string, { class?: string; group?: string }>()
    const made: Made[] = []
    for (const row of this.#ofType(SCHEDULED)) {
      const id = row.cells['sourcedId']!
      const named = this.#classes.get(row.cells[OWN.learners] ?? '')
      const students = this.#studentsOf(row)
      const known =
        named?.cells['sourcedId'] ?? (students.length === 0 ? undefined : whole.get(setOf(students)))
      if (known !== undefined) {
        const isGroup = folded(this.#classes.get(known)!.cells['classType']) === GROUP
        of.set(id, isGroup ? { group: known } : { class: known })
      } else if (students.length === 0) {
        this.#wrong(
          'classes',
          row,
          'sourcedId',
          'в enrollments.csv у этих занятий нет ни одного обучающегося',
        )
      } else {
        of.set(id, { group: id })
        const classes = this.#homeroomsOf(students)
        made.push(this.#group(row, classes.length > 1 ? 'stream' : 'subgroup', classes.join('|')))
      }
    }
    const formed = new Set(made.map(({ cells }) => cells['externalId']))
    const members = this.#members(SCHEDULED, 'group').filter(({ cells }) => formed.has(cells['group']))
    return { of, groups: made, members }
  }

  #journals(learners: ReadonlyMap<string, { class?: string; group?: string }>): Made[] {
    return this.#ofType(SCHEDULED).flatMap((row) => {
      const { line, cells } = row
      const of = learners.get(cells['sourcedId']!)
      if (of === undefined) return []
      const base = { externalId: cells['sourcedId'], year: this.#yearOf(row), name: cells['title'] }
      const kind = { type: cells[OWN.type] ?? 'lesson', grading: cells[OWN.grading] ?? 'g5' }
      return [{ line, cells: { ...base, subject: cells['courseSourcedId'], ...of, ...kind } }]
    })
  }

  #assignments(): Made[] {
    return this.#enrolled(SCHEDULED, 'teacher').map(({ line, cells }) => ({
      line,
      cells: {
        year: this.#yearOf(this.#classes.get(cells['classSourcedId']!)!),
        journal: cells['classSourcedId'],
        staff: cells['userSourcedId'],
        from: cells['beginDate'] ?? this.#begin,
        until: cells['endDate'],
      },
    }))
  }
}

const NAMES = { externalId: 'sourcedId', family: 'familyName', given: 'givenName', patronymic: 'middleName' }
const CLASS = { externalId: 'sourcedId', name: 'title', grade: 'grades', year: 'termSourcedIds' }
const MEMBER = { class: 'classSourcedId', pupil: 'userSourcedId', from: 'beginDate' }
const TEACHER = { journal: 'classSourcedId', staff: 'userSourcedId', from: 'beginDate', until: 'endDate' }

function nameOf({ cells }: BundleRow): Record<string, string | undefined> {
  return { family: cells['familyName'], given: cells['givenName'], patronymic: cells['middleName'] }
}

function kindOf(role: string): 'staff' | 'pupil' | 'representative' {
  if (LEARNING.has(folded(role))) return 'pupil'
  return REPRESENTING.has(folded(role)) ? 'representative' : 'staff'
}

const byId = (rows: readonly BundleRow[]): Map<string, BundleRow> =>
  new Map(rows.map((row) => [row.cells['sourcedId']!, row]))
/** Words of the standard are alike in any case. */
const folded = (word: string | undefined): string => (word ?? '').toLowerCase()
const setOf = (ids: readonly string[]): string => [...new Set(ids)].toSorted().join(' ')
