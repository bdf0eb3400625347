import type { Decoded, EventType } from '#events/registry.ts'
import type { Category } from '#events/stream-name.ts'
import type { SchoolYear } from '#values/school.ts'
import { datesBetween, endOfDay, type Instant, LocalDate } from '#values/time.ts'
import { curriculumFold } from '../curriculum/state.ts'
import { evolve, type Fold, type IsVoid, NOTHING_VOID } from '../fold.ts'
import { premisesFold } from '../premises/state.ts'
import { rosterFold } from '../roster/state.ts'
import { isSchoolDay, periodsFor, schoolYearFold } from '../school-year/state.ts'
import { teachingLoadFold } from '../teaching-load/state.ts'
import { testScheduleFold } from '../test-schedule/state.ts'
import { timetableFold } from '../timetable/state.ts'

/** The sections that the administration forms by 5 September (п. 2.2), in the order of the clause. */
export const SECTIONS = [
  'periods',
  'holidays',
  'federal-subjects',
  'school-subjects',
  'rooms',
  'staff',
  'classes',
  'groups',
  'individual-plans',
  'timetable',
  'internal-control',
] as const
export type Section = (typeof SECTIONS)[number]

export type Completeness = 'empty' | 'partial' | 'complete'

export interface SectionState {
  readonly section: Section
  readonly state: Completeness
  /** The event that made it complete, as long as it is. */
  readonly completedBy: Decoded | null
}

/** The streams of which the sections are made. */
export const READINESS_STREAMS: ReadonlyArray<{ readonly category: Category; readonly yearly: boolean }> = [
  { category: 'schoolYear', yearly: true },
  { category: 'curriculum', yearly: false },
  { category: 'premises', yearly: false },
  { category: 'roster', yearly: false },
  { category: 'teachingLoad', yearly: true },
  { category: 'timetable', yearly: true },
  { category: 'testSchedule', yearly: true },
]

/** What the administration has formed, folded from {@link READINESS_STREAMS}. */
function initialSchool() {
  return {
    schoolYear: schoolYearFold.initial(),
    curriculum: curriculumFold.initial(),
    premises: premisesFold.initial(),
    roster: rosterFold.initial(),
    teachingLoad: teachingLoadFold.initial(),
    timetable: timetableFold.initial(),
    testSchedule: testScheduleFold.initial(),
  }
}
type School = ReturnType<typeof initialSchool>
const FOLDS: { readonly [Name in keyof School]: Fold<School[Name]> } = {
  schoolYear: schoolYearFold,
  curriculum: curriculumFold,
  premises: premisesFold,
  roster: rosterFold,
  teachingLoad: teachingLoadFold,
  timetable: timetableFold,
  testSchedule: testScheduleFold,
}

/**
 * How complete each section of a year is after these events, and which of them completed it. A section may lose its
 * completeness again, as when a class is formed after all others had their timetable.
 *
 * @param events of {@link READINESS_STREAMS}, in the order in which they were recorded
 */
export function sectionsOf(
  year: SchoolYear,
  events: Iterable<Decoded>,
  isVoid: IsVoid = NOTHING_VOID,
): SectionState[] {
  const school = initialSchool()
  const found = new Map<Section, SectionState>(
    SECTIONS.map((section) => [section, { section, state: 'empty', completedBy: null }]),
  )
  for (const event of events) {
    const category = categoryOf(event)
    evolve(FOLDS[category] as Fold<unknown>, school[category], event, isVoid)
    for (const section of SECTIONS) {
      if (!MADE_BY[section].includes(event.type)) continue
      const before = found.get(section)!
      const state = STATE_OF[section](school, year)
      if (state === before.state) continue
      found.set(section, { section, state, completedBy: state === 'complete' ? event : null })
    }
  }
  return SECTIONS.map((section) => found.get(section)!)
}

/** Until when the sections are to be formed: the last second of 5 September by the clock of the school. */
export function readinessDue(year: SchoolYear, zone: Parameters<typeof endOfDay>[1]): Instant {
  return endOfDay(LocalDate.parse(`${year}-09-05`), zone)
}

function categoryOf(event: Decoded): keyof School {
  return event.stream.slice(event.stream.indexOf('.') + 1, event.stream.indexOf('-')) as keyof School
}

const CALENDAR: readonly EventType[] = [
  'SchoolYearOpened',
  'PeriodsPlanned',
  'PeriodMoved',
  'HolidaysPlanned',
  'SchoolDayAdded',
  'SchoolWeekSet',
  'ClassFormed',
]
const OF_GROUPS: readonly EventType[] = [
  'GroupFormed',
  'PupilJoinedGroup',
  'PupilLeftGroup',
  'SectionDeclaredEmpty',
]

/** The events that may change a section: a school records thousands, and looking at everything after each takes long. */
const MADE_BY: Readonly<Record<Section, readonly EventType[]>> = {
  periods: CALENDAR,
  holidays: CALENDAR,
  'federal-subjects': ['SubjectAdded'],
  'school-subjects': ['SubjectAdded', 'SectionDeclaredEmpty'],
  rooms: ['RoomAdded', 'RoomClosed', 'WeekScheduled', 'GroupWeekScheduled'],
  staff: ['StaffHired', 'StaffReleased', 'JournalOpened', 'TeacherAssigned', 'TeacherReleased'],
  classes: ['ClassFormed', 'ClassTeacherAppointed', 'PupilPlacedInClass', 'PupilRemovedFromClass'],
  groups: OF_GROUPS,
  'individual-plans': OF_GROUPS,
  timetable: [
    'WeekScheduled',
    'GroupWeekScheduled',
    'JournalOpened',
    'TeacherAssigned',
    'TeacherReleased',
    'ClassFormed',
  ],
  'internal-control': ['TestPlanned', 'TestMoved', 'TestCancelled', 'SectionDeclaredEmpty'],
}

const STATE_OF: Readonly<Record<Section, (school: School, year: SchoolYear) => Completeness>> = {
  periods: (school, year) => {
    if (school.schoolYear.periods.length === 0) return 'empty'
    return everyDayIsSomewhere(school, year) ? 'complete' : 'partial'
  },
  holidays: (school, year) => {
    if (school.schoolYear.holidays.length === 0) return 'empty'
    return everyDayIsSomewhere(school, year) ? 'complete' : 'partial'
  },
  'federal-subjects': ({ curriculum }) => (hasComponent(curriculum, 'federal') ? 'complete' : 'empty'),
  'school-subjects': ({ curriculum, schoolYear }) =>
    hasComponent(curriculum, 'school') || schoolYear.empty.has('school-subjects') ? 'complete' : 'empty',
  rooms: ({ premises, timetable }) => {
    const open = new Set([...premises.rooms].filter(([, { until }]) => until === null).map(([room]) => room))
    if (open.size === 0) return 'empty'
    const named = weeksOf(timetable).flatMap((weeks) => weeks.at(-1)?.slots ?? [])
    return named.every(({ room }) => room === null || open.has(room)) ? 'complete' : 'partial'
  },
  staff: ({ roster, teachingLoad }) => {
    if (roster.staff.size === 0) return 'empty'
    const taught = [...teachingLoad.journals.values()].every(({ assignments }) =>
      assignments.some(({ until }) => until === null),
    )
    return taught ? 'complete' : 'partial'
  },
  classes: (school, year) => {
    const classes = classesOfYear(school, year)
    if (classes.length === 0) return 'empty'
    return classes.every(({ members, teachers }) => members.length > 0 && teachers.length > 0)
      ? 'complete'
      : 'partial'
  },
  groups: (school, year) => ofGroups(school, year, 'groups', (kind) => kind !== 'individual-plan'),
  'individual-plans': (school, year) =>
    ofGroups(school, year, 'individual-plans', (kind) => kind === 'individual-plan'),
  timetable: (school, year) => {
    const { timetable, teachingLoad, roster } = school
    if (timetable.weeks.size === 0) return 'empty'
    const scheduled = new Set(
      weeksOf(timetable).flatMap((weeks) =>
        weeks.flatMap(({ slots }) => slots.map(({ journal }) => journal)),
      ),
    )
    const everyClass = [...roster.classes].every(
      ([id, formed]) => formed.year !== year || timetable.weeks.has(id),
    )
    const taught = [...scheduled].every((id) =>
      teachingLoad.journals.get(id)?.assignments.some(({ until }) => until === null),
    )
    // A journal may have its lessons in the second half of the year alone: that one has none yet says nothing.
    return everyClass && taught ? 'complete' : 'partial'
  },
  'internal-control': ({ testSchedule, schoolYear }) => {
    const tests = [...testSchedule.tests.values()]
    if (tests.some(({ internalControl }) => internalControl)) return 'complete'
    if (schoolYear.empty.has('internal-control')) return 'complete'
    return tests.length > 0 ? 'partial' : 'empty'
  },
}

/** The weeks of every class, and of every group that is planned apart. */
function weeksOf({ weeks, groups }: School['timetable']) {
  return [...weeks.values(), ...[...groups.values()].map((group) => group.weeks)]
}

function hasComponent({ subjects }: School['curriculum'], wanted: 'federal' | 'school'): boolean {
  return [...subjects.values()].some(({ component }) => component === wanted)
}

function classesOfYear({ roster }: School, year: SchoolYear) {
  return [...roster.classes.values()].filter((formed) => formed.year === year)
}

function ofGroups(
  { roster, schoolYear }: School,
  year: SchoolYear,
  section: Section,
  isOf: (kind: string) => boolean,
): Completeness {
  const groups = [...roster.groups.values()].filter((group) => group.year === year && isOf(group.kind))
  if (groups.length === 0) return schoolYear.empty.has(section) ? 'complete' : 'empty'
  return groups.every(({ members }) => members.length > 0) ? 'complete' : 'partial'
}

/**
 * Whether each day on which a grade has school lies in one of its periods, and each grade that has classes has periods:
 * every day of the year belongs to a period or to the holidays (R-F3).
 */
function everyDayIsSomewhere(school: School, year: SchoolYear): boolean {
  const { schoolYear } = school
  if (schoolYear.year === null) return false
  const classes = [...school.roster.classes].filter(([, formed]) => formed.year === year)
  if (classes.length === 0) return false
  // Classes of one grade have the same calendar, but those that have one of their own.
  const { periods, holidays, schoolDays, weeks } = schoolYear
  const apart = new Set([periods, holidays, schoolDays, weeks].flat().flatMap(({ units }) => units))
  const kinds = new Map(
    classes.map(([id, { grade }]) => [apart.has(id) ? id : grade, { unit: id, classes: [{ id, grade }] }]),
  )
  for (const learning of kinds.values()) {
    const own = periodsFor(schoolYear, learning)
    // Most dates lie in a period; only for the others is the calendar asked.
    const outside = datesBetween(schoolYear.year.from, schoolYear.year.until).filter(
      (date) => !own.some(({ from, until }) => from <= date && date <= until),
    )
    if (outside.some((date) => isSchoolDay(schoolYear, date, learning))) return false
  }
  return true
}
