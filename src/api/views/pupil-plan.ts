import { z } from 'zod'
import { absencesOf, arrivedAt, type TimetableState } from '#commands/timetable/state.ts'
import type { UnitRow } from '#projections/school-directory/projection.ts'
import {
  type Calendar,
  holds,
  type JournalEntry,
  learningAmong,
  type PeriodEntry,
  pupilInYear,
} from '#projections/school-directory/queries.ts'
import { type JournalTest, testsOfJournals } from '#projections/school-plan/queries.ts'
import { holdingFor } from '#values/calendar-for.ts'
import { KindId } from '#values/policy.ts'
import { lessonId, type SchoolSlug } from '#values/school.ts'
import { LocalDate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { type LessonOfClass, lessonsPlanned, timetableFrom, timetableQuestions } from './planned-lessons.ts'
import type { Asked } from './view.ts'

/** What a pupil has before him in some days: how the diary says it beside what was given (R-5.2b). */

interface Days {
  readonly from: LocalDate
  readonly until: LocalDate
}

/** A pupil in a school year, in the classes and groups to which he belongs on some days. */
export interface Learner extends Days {
  readonly pupil: Uuid
  readonly year: number
  readonly calendar: Calendar
  /** The classes and groups to which he ever belongs in the year, and the classes from which those groups are taken. */
  readonly all: readonly UnitRow[]
  /** Those to which he belongs on one of the days at least. */
  readonly units: readonly UnitRow[]
  /** The class of the last of these days on which he has one. */
  readonly class: UnitRow | undefined
  /** The journals in which he learns, and those in which he ever learns in the year. */
  readonly journals: readonly JournalEntry[]
  readonly allJournals: readonly JournalEntry[]
  belongs(unit: Uuid, date: LocalDate): boolean
}

/** Undefined where no school year holds one of the days. */
export async function learnerOn(
  { school, parts }: Asked<unknown>,
  pupil: Uuid,
  { from, until }: Days,
): Promise<Learner | undefined> {
  const found = await pupilInYear(parts.database, school, pupil, from, until)
  if (found === undefined) return undefined
  const { year, calendar, units: all, journals: allJournals } = found
  const spans = new Map(found.spans.map((one) => [one.unit, one.spans]))
  const belongs = (unit: Uuid, date: LocalDate) => holds(spans.get(unit) ?? [], date)
  const own = all.filter(({ unit }) =>
    (spans.get(unit) ?? []).some((of) => of.from <= until && (of.until === null || from < of.until)),
  )
  const ids = new Set(own.map(({ unit }) => unit))
  const classes = own.filter(({ kind }) => kind === 'class')
  return {
    pupil,
    year,
    from,
    until,
    calendar,
    all,
    units: own,
    class: classes.find(({ unit }) => belongs(unit, until)) ?? classes.at(-1),
    journals: allJournals.filter(({ unit }) => ids.has(unit)),
    allJournals,
    belongs,
  }
}

/** The study periods that whoever learns in a class or group has in these days; in holidays there is none. */
export function periodsTouched({ all, calendar, from, until }: Learner, unit: Uuid): PeriodEntry[] {
  return holdingFor(calendar.periods, learningAmong(all, unit)).filter(
    (one) => one.from <= until && from <= one.until,
  )
}

/** The reporting period of a pupil: from the first to the last day of the periods in which these days lie. */
export function reportingPeriod(learner: Learner): Days | undefined {
  const touched = learner.class === undefined ? [] : periodsTouched(learner, learner.class.unit)
  const [first, last] = [touched[0], touched.at(-1)]
  return first === undefined || last === undefined ? undefined : { from: first.from, until: last.until }
}

export const pupilTest = {
  test: Uuid,
  date: LocalDate,
  journal: Uuid,
  name: z.string().describe('Журнал'),
  subject_name: z.string(),
  form: KindId.describe('Форма контроля: вид работы из справочника школы'),
  topic: z.string().nullable(),
}

/** The tests in the journals of a pupil between two dates: {@link testsOfPupil} says which of them he writes. */
export function testQuestion(school: SchoolSlug, learner: Learner, { from, until }: Days) {
  const ids = learner.allJournals.map(({ journal }) => journal)
  return testsOfJournals(school, learner.year, ids, from, until)
}

/** The tests that a pupil writes: those of the classes and groups to which he belongs on the day. */
export function testsOfPupil(learner: Learner, found: readonly JournalTest[]) {
  const journalOf = new Map(learner.allJournals.map((one) => [one.journal, one]))
  return found.flatMap(({ test, date, journal, subject_name, form, topic }) => {
    const of = journalOf.get(journal)
    if (of === undefined || !learner.belongs(of.unit, date)) return []
    return [{ test, date, journal, name: of.name, subject_name, form, topic }]
  })
}

const place = { date: LocalDate, number: z.int() }
const Person = z.strictObject({ staff: Uuid, name: z.string() })
const planned = { ...place, journal: Uuid, subject: z.string().nullable() }

/** The reply of {@link planOfPupil}. */
export const pupilPlan = {
  timetable: z
    .array(
      z.strictObject({
        ...planned,
        lesson: Uuid,
        name: z.string().describe('Журнал'),
        room: z.string().nullable(),
        teachers: z.array(Person).describe('Кто проводит, с учётом замен'),
        substitution: z.boolean(),
        combination: Uuid.nullable(),
        transferred_from: z.strictObject(place).nullable(),
      }),
    )
    .describe('Уроки по расписанию с заменами и переносами'),
  changes: z
    .array(
      z.strictObject({
        ...planned,
        kind: z.enum(['substitution', 'combination', 'transfer', 'cancellation']),
        to: z.strictObject(place).nullable().describe('Куда перенесён'),
        teachers: z.array(Person).describe('Кто проводит вместо учителя'),
      }),
    )
    .describe('Замены, переносы, отмены и совмещения, которые сейчас действуют'),
  tests: z
    .strictObject({ since: LocalDate, until: LocalDate, tests: z.array(z.strictObject(pupilTest)) })
    .describe('График контрольных работ за отчётный период, в который попадают эти дни'),
  teachers: z
    .array(
      z.strictObject({
        journal: Uuid,
        name: z.string(),
        subject: z.string().nullable(),
        unit: Uuid,
        unit_name: z.string(),
        unit_kind: z.enum(['class', 'group']),
        group_kind: z.string().nullable().describe('Подгруппа, поток, индивидуальный план'),
        teachers: z.array(Person),
      }),
    )
    .describe('Учителя класса, групп, потоков и индивидуального плана'),
  class_teacher: Person.nullable(),
  holidays: z
    .array(z.strictObject({ name: z.string(), from: LocalDate, until: LocalDate }))
    .describe('Каникулы и праздники учебного года'),
}

/** The reporting period whose tests are shown with some days. */
const reportingFor = (learner: Learner, days: Days): Days => reportingPeriod({ ...learner, ...days }) ?? days

/** On what the plan of a pupil rests. */
export function planQuestions(school: SchoolSlug, learner: Learner, days: Days) {
  const { year, from, until } = learner
  const reporting = reportingFor(learner, days)
  const only = {
    classes: [...ownClasses(learner)],
    groups: learner.units.map(({ unit }) => unit),
    journals: learner.journals.map(({ journal }) => journal),
  }
  return {
    ...timetableQuestions(school, year, { from, until }, only),
    tests: testQuestion(school, learner, {
      from: reporting.from < from ? reporting.from : from,
      until: reporting.until > until ? reporting.until : until,
    }),
  }
}

/** What {@link planQuestions} found. */
type PlanRows = Parameters<typeof timetableFrom>[0] & { readonly tests: readonly JournalTest[] }

/** What a pupil has before him where no school year holds the days. */
export function planOfNobody({ from, until }: Days): Plan {
  const tests = { since: from, until, tests: [] }
  const plan = { timetable: [], changes: [], tests, teachers: [], class_teacher: null, holidays: [] }
  return { staff: [], plan: () => plan, tests: [] }
}

/** A plan as it is shown. */
export type PlanShown = { readonly [Kind in keyof typeof pupilPlan]: z.output<(typeof pupilPlan)[Kind]> }

/** What a pupil has before him, made when the names of the staff who stand in it are known. */
export interface Plan {
  readonly staff: readonly Uuid[]
  readonly plan: (name: (person: Uuid) => string) => PlanShown
  /** Those of the learner's days too, which a reporting period may leave out. */
  readonly tests: ReturnType<typeof testsOfPupil>
}

/**
 * What a pupil has before him, as the learner's days say it; who leads the class, and the period whose tests are shown, are
 * those of `days`.
 */
export function planOfPupil(learner: Learner, found: PlanRows, days: Days): Plan {
  const timetable = timetableFrom(found)
  const lessons = lessonsOfPupil(learner, timetable)
  const away = absentLessons(learner, timetable)
  const leads = learner.class?.teachers.findLast(({ from }) => from <= days.until)?.staff ?? null
  const units = new Map(learner.units.map((one) => [one.unit, one]))
  const taught = learner.journals.map((journal) => ({
    journal,
    unit: units.get(journal.unit)!,
    staff: teaching(journal, learner),
  }))
  const staff = [
    ...(leads === null ? [] : [leads]),
    ...lessons.flatMap(({ teachers }) => teachers),
    ...taught.flatMap((one) => one.staff),
  ]
  const reporting = reportingFor(learner, days)
  const tests = testsOfPupil(learner, found.tests)
  const subjectOf = new Map(learner.journals.map((one) => [one.journal, one.subject_name]))
  const subject = (journal: Uuid) => subjectOf.get(journal) ?? null
  const plan = (name: (person: Uuid) => string): PlanShown => {
    const person = (of: Uuid) => ({ staff: of, name: name(of) })
    const given = lessons
      .filter(({ substitution, combination }) => substitution || combination !== null)
      .map(({ date, number, journal, combination, teachers }) => ({
        kind: combination === null ? ('substitution' as const) : ('combination' as const),
        date,
        number,
        journal,
        subject: subject(journal),
        to: null,
        teachers: teachers.map(person),
      }))
    return {
      timetable: lessons.map(({ date, number, journal, entry, room, ...of }) => ({
        date,
        number,
        lesson: lessonId(journal, date, number),
        journal,
        subject: entry.subject_name,
        name: entry.name,
        room,
        teachers: of.teachers.map(person),
        substitution: of.substitution,
        combination: of.combination,
        transferred_from: of.transferredFrom,
      })),
      changes: [
        ...given,
        ...away.map((one) => ({ ...one, subject: subject(one.journal), teachers: [] })),
      ].toSorted((a, b) => (a.date === b.date ? a.number - b.number : a.date < b.date ? -1 : 1)),
      tests: {
        since: reporting.from,
        until: reporting.until,
        tests: tests.filter(({ date }) => reporting.from <= date && date <= reporting.until),
      },
      teachers: taught.map(({ journal: { journal, name: of, subject_name }, unit, staff: some }) => ({
        journal,
        name: of,
        subject: subject_name,
        unit: unit.unit,
        unit_name: unit.name,
        unit_kind: unit.kind,
        group_kind: unit.group_kind,
        teachers: some.map(person),
      })),
      class_teacher: leads === null ? null : person(leads),
      holidays: holidaysOf(learner),
    }
  }
  return { staff, plan, tests }
}

/** To whom the load gives a journal on one of the days. */
function teaching({ teachers }: JournalEntry, { from, until }: Days): Uuid[] {
  const some = teachers.filter((one) => one.from <= until && (one.until === null || from < one.until))
  return [...new Set(some.map(({ staff }) => staff))]
}

/** The classes in whose timetable the lessons of a pupil stand: the own, and those of the own groups. */
const ownClasses = ({ units }: Learner): ReadonlySet<Uuid> =>
  new Set(units.flatMap(({ kind, unit, classes }) => (kind === 'class' ? [unit] : classes)))

/** The lessons of a pupil by the timetable. Whoever learns by a plan of his own leaves the lesson of his class for it. */
function lessonsOfPupil(learner: Learner, timetable: TimetableState) {
  const ground = { calendar: learner.calendar, journals: learner.allJournals, units: learner.all, timetable }
  const found = new Map<string, LessonOfClass & { readonly entry: JournalEntry }>()
  for (const lesson of lessonsPlanned(ground, learner, ownClasses(learner))) {
    const { entry, date, number, journal } = lesson
    if (entry !== undefined && learner.belongs(entry.unit, date))
      found.set(`${date}/${number}/${journal}`, { ...lesson, entry })
  }
  const all = [...found.values()]
  const alone = new Set(all.filter((one) => one.individual).map(({ date, number }) => `${date}/${number}`))
  return all
    .filter((one) => one.individual || !alone.has(`${one.date}/${one.number}`))
    .toSorted((a, b) => (a.date === b.date ? a.number - b.number : a.date < b.date ? -1 : 1))
}

/** The lessons of a pupil that are not given at their place in the week: from these days, or to one of them. */
function absentLessons(learner: Learner, timetable: TimetableState) {
  const { from, until } = learner
  const unitOf = new Map(learner.journals.map(({ journal, unit }) => [journal, unit]))
  const within = (date: LocalDate) => from <= date && date <= until
  return absencesOf(timetable).flatMap(({ journal, date, number, absence }) => {
    const unit = unitOf.get(journal)
    const to =
      absence.kind === 'transferred' ? (arrivedAt(timetable, journal, { date, number }) ?? null) : null
    if (unit === undefined || !learner.belongs(unit, date)) return []
    if (!within(date) && (to === null || !within(to.date))) return []
    const kind = absence.kind === 'transferred' ? ('transfer' as const) : ('cancellation' as const)
    return [{ kind, date, number, journal, to }]
  })
}

/** The days of rest of a pupil: those of his class or groups, of his grade, and of the whole school. */
function holidaysOf({ calendar, class: own, units }: Learner) {
  const ids = new Set(units.map(({ unit }) => unit))
  return calendar.holidays
    .filter(({ grades, units: of }) =>
      of.length > 0 ? of.some((id) => ids.has(id)) : (grades?.includes(own?.grade ?? 0) ?? true),
    )
    .map(({ name, from, until }) => ({ name, from, until }))
}
