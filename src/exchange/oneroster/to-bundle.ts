import type { SchoolSlug } from '#values/school.ts'
import { addDays, type LocalDate } from '#values/time.ts'
import { type Uuid, uuidV5 } from '#values/uuid.ts'
import { idOf } from '../ids.ts'
import type { RowOfList } from '../lists/catalogue.ts'
import { writeBundle } from './bundle.ts'
import { GROUP, HOMEROOM, OWN, SCHEDULED } from './from-bundle.ts'

/** A school as lists of one date, with what a bundle says beside them. */
export interface BundleLists {
  readonly subjects: ReadonlyArray<RowOfList<'subjects'>>
  readonly staff: ReadonlyArray<RowOfList<'staff'>>
  readonly pupils: ReadonlyArray<RowOfList<'pupils'>>
  readonly representatives: ReadonlyArray<RowOfList<'representatives'>>
  readonly classes: ReadonlyArray<RowOfList<'classes'>>
  readonly classMembers: ReadonlyArray<RowOfList<'class-members'>>
  readonly groups: ReadonlyArray<RowOfList<'groups'>>
  readonly groupMembers: ReadonlyArray<RowOfList<'group-members'>>
  readonly journals: ReadonlyArray<RowOfList<'journals'>>
  readonly assignments: ReadonlyArray<RowOfList<'assignments'>>
  /** Both ends included. */
  readonly year: { readonly year: number; readonly from: LocalDate; readonly until: LocalDate }
  readonly periods: ReadonlyArray<{
    readonly period: string
    readonly name: string
    readonly structure: string
    readonly grades: readonly number[]
    readonly units: readonly string[]
    readonly from: LocalDate
    readonly until: LocalDate
  }>
  /** Log-in names by person; a person without an account is called by the id. */
  readonly logIns: ReadonlyMap<string, string>
}

type Cells = Record<string, string>

const SESSIONS: Readonly<Record<string, string>> = {
  quarters: 'term',
  trimesters: 'term',
  'half-years': 'semester',
  modules: 'gradingPeriod',
}

/** The school of one date as a bundle of OneRoster 1.2 (docs/spec/oneroster.md). */
export function bundleOf(school: SchoolSlug, lists: BundleLists): Uint8Array {
  const org = idOf(school, 'class', `oneroster/org/${school}`)
  const year = uuidV5(org, `year/${lists.year.year}`)
  return writeBundle(
    {
      orgs: [{ sourcedId: org, name: school, type: 'school', identifier: school }],
      academicSessions: sessionsOf(lists, year),
      courses: coursesOf(lists, org),
      classes: classesOf(lists, org, year),
      users: usersOf(lists, org),
      roles: rolesOf(lists, org),
      enrollments: enrollmentsOf(lists, org),
    },
    { system: 'Letopis', code: school },
  )
}

function sessionsOf({ year: { year, from, until }, periods }: BundleLists, id: Uuid): Cells[] {
  // The standard counts a school year by its end, and leaves the last day out.
  const schoolYear = String(year + 1)
  const bounds = (from: LocalDate, until: LocalDate) => ({
    startDate: from,
    endDate: addDays(until, 1),
    schoolYear,
  })
  return [
    { sourcedId: id, title: `${year}/${year + 1}`, type: 'schoolYear', ...bounds(from, until) },
    ...periods.flatMap(({ period, name, structure, grades, units, from, until }) => {
      const type = SESSIONS[structure]
      if (type === undefined) return []
      const sourcedId = uuidV5(id, `${period}/${(units.length > 0 ? units : grades).join()}`)
      return [{ sourcedId, title: name, type, ...bounds(from, until), parentSourcedId: id }]
    }),
  ]
}

/** The standard wants a course of every class, also of one that is no lesson. */
const homeroomCourse = (org: Uuid): Uuid => uuidV5(org, 'course/homeroom')

function coursesOf({ subjects }: BundleLists, orgSourcedId: Uuid): Cells[] {
  return [
    { sourcedId: homeroomCourse(orgSourcedId), title: 'Класс', orgSourcedId },
    ...subjects.map(({ externalId: sourcedId, name, component }) => {
      return { sourcedId, title: name, orgSourcedId, subjects: name, [OWN.component]: component }
    }),
  ]
}

function classesOf({ classes, groups, journals }: BundleLists, schoolSourcedId: Uuid, year: Uuid): Cells[] {
  const common = { schoolSourcedId, termSourcedIds: year }
  const course = homeroomCourse(schoolSourcedId)
  const gradeOf = new Map(classes.map(({ externalId, grade }) => [externalId, grade]))
  const gradesOf = (ids: readonly string[]): string =>
    [...new Set(ids.flatMap((id) => gradeOf.get(id) ?? []))].map(twoDigits).join(',')
  const classesOfGroup = new Map(groups.map((group) => [group.externalId, group.classes]))
  return [
    ...classes.map(({ externalId: sourcedId, name: title, grade }) => {
      const grades = twoDigits(grade)
      return {
        sourcedId,
        title,
        grades,
        courseSourcedId: course,
        classCode: title,
        classType: HOMEROOM,
        ...common,
      }
    }),
    ...groups.map(({ externalId: sourcedId, name: title, kind, classes: from }) => {
      const own = { [OWN.kind]: kind, [OWN.classes]: from.join(',') }
      return {
        sourcedId,
        title,
        grades: gradesOf(from),
        courseSourcedId: course,
        classType: GROUP,
        ...common,
        ...own,
      }
    }),
    ...journals.map(({ externalId: sourcedId, name: title, subject, class: of, group, type, grading }) => {
      const grades = gradesOf(of === null ? (classesOfGroup.get(group!) ?? []) : [of])
      const own = { [OWN.learners]: of ?? group!, [OWN.type]: type, [OWN.grading]: grading }
      return { sourcedId, title, grades, courseSourcedId: subject, classType: SCHEDULED, ...common, ...own }
    }),
  ]
}

const twoDigits = (grade: number): string => String(grade).padStart(2, '0')

function usersOf(lists: BundleLists, primaryOrgSourcedId: Uuid): Cells[] {
  const { staff, pupils, representatives, classes, classMembers, logIns } = lists
  const gradeOf = new Map(classes.map(({ externalId, grade }) => [externalId, grade]))
  const gradeOfPupil = new Map(classMembers.map((member) => [member.pupil, gradeOf.get(member.class)]))
  const agents = new Map<string, Array<RowOfList<'representatives'>>>()
  for (const one of representatives) agents.set(one.pupil, [...(agents.get(one.pupil) ?? []), one])
  const users = new Map<string, Cells>()
  for (const { externalId: sourcedId, family, given, patronymic } of [
    ...staff,
    ...pupils,
    ...representatives,
  ]) {
    const name = { givenName: given, familyName: family, middleName: patronymic ?? '' }
    const username = logIns.get(sourcedId) ?? sourcedId
    users.set(sourcedId, { sourcedId, enabledUser: 'true', username, ...name, primaryOrgSourcedId })
  }
  for (const { externalId } of pupils) {
    const own = agents.get(externalId) ?? []
    const grade = gradeOfPupil.get(externalId)
    users.set(externalId, {
      ...users.get(externalId)!,
      ...(grade === undefined ? {} : { grades: twoDigits(grade) }),
      agentSourcedIds: own.map((one) => one.externalId).join(','),
      [OWN.kinship]: own.map(({ kinship }) => kinship).join(','),
      [OWN.agentsFrom]: own.map(({ from }) => from).join(','),
      [OWN.agentsUntil]: own.map(({ until }) => until ?? '').join(','),
    })
  }
  return [...users.values()]
}

function rolesOf(
  { staff, pupils, representatives, classes, assignments }: BundleLists,
  orgSourcedId: Uuid,
): Cells[] {
  const teaching = new Set([
    ...assignments.map((one) => one.staff),
    ...classes.flatMap(({ teacher }) => teacher ?? []),
  ])
  const parents = new Map(representatives.map((one) => [one.externalId, one.kinship]))
  const held: Array<{ user: string; role: string; from?: string }> = [
    ...pupils.map(({ externalId: user, from }) => ({ user, role: 'student', from })),
    ...staff.map(({ externalId: user, from }) => {
      return { user, role: teaching.has(user) ? 'teacher' : 'ext:staff', from }
    }),
    ...[...parents].map(([user, kinship]) => ({
      user,
      role: kinship === 'guardian' ? 'guardian' : 'parent',
    })),
  ]
  const primary = new Set<string>()
  return held.map(({ user, role, from }) => {
    const roleType = primary.has(user) ? 'secondary' : 'primary'
    primary.add(user)
    const sourcedId = uuidV5(orgSourcedId, `role/${user}/${role}`)
    return { sourcedId, userSourcedId: user, roleType, role, beginDate: from ?? '', orgSourcedId }
  })
}

function enrollmentsOf(lists: BundleLists, schoolSourcedId: Uuid): Cells[] {
  const { classes, classMembers, groupMembers, journals, assignments } = lists
  const enrolled = (of: string, user: string, role: string, from: string, more: Cells = {}): Cells => {
    const sourcedId = uuidV5(schoolSourcedId, `enrollment/${of}/${user}/${role}/${from}`)
    return {
      sourcedId,
      classSourcedId: of,
      schoolSourcedId,
      userSourcedId: user,
      role,
      beginDate: from,
      ...more,
    }
  }
  const members = new Map<string, Array<{ pupil: string; from: string }>>()
  for (const { class: of, ...one } of classMembers) members.set(of, [...(members.get(of) ?? []), one])
  for (const { group, ...one } of groupMembers) members.set(group, [...(members.get(group) ?? []), one])
  const students = (of: string, learners: string): Cells[] =>
    (members.get(learners) ?? []).map(({ pupil, from }) => enrolled(of, pupil, 'student', from))
  return [
    ...[...members.keys()].flatMap((of) => students(of, of)),
    ...classes.flatMap(({ externalId, teacher, teacherFrom }) =>
      teacher === null ? [] : [enrolled(externalId, teacher, 'teacher', teacherFrom!, { primary: 'true' })],
    ),
    ...journals.flatMap(({ externalId, class: of, group }) => students(externalId, of ?? group!)),
    ...assignments.map(({ journal, staff, from, until }) =>
      enrolled(journal, staff, 'teacher', from, { primary: 'true', endDate: until ?? '' }),
    ),
  ]
}
