import type { Kysely } from 'kysely'
import type { Learning } from '#values/calendar-for.ts'
import type { Policy } from '#values/policy.ts'
import type { Role } from '#values/role.ts'
import type { SchoolSlug } from '#values/school.ts'
import type { LocalDate } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import { schemaOf } from '../read-model.ts'
import { answered, type Question, question, rows, together } from '../rows.ts'
export type { Holding } from './projection.ts'
import {
  type ConsentRow,
  type Holding,
  type JournalRow,
  schoolDirectory,
  type Span,
  type TimetableChangeRow,
  type UnitRow,
} from './projection.ts'

const DIRECTORY = schemaOf(schoolDirectory)

type Database = Kysely<unknown>

export interface Member {
  readonly pupil: Uuid
  readonly spans: readonly Span[]
}

/** Whether one of the spans holds `date`. */
export function holds(spans: readonly Span[], date: LocalDate): boolean {
  return spans.some(({ from, until }) => from <= date && (until === null || date < until))
}

export interface JournalEntry extends JournalRow {
  readonly subject_name: string | null
  readonly unit_name: string | null
  readonly unit_kind: 'class' | 'group' | null
}

const JOURNALS = `
  select j.journal, j.year, j.subject, j.unit, j.type, j.grading, j.name, j.teachers,
    s.name as subject_name, u.name as unit_name, u.kind as unit_kind
  from ${DIRECTORY}.journal j
  left join ${DIRECTORY}.subject s on s.school = j.school and s.subject = j.subject
  left join ${DIRECTORY}.unit u on u.school = j.school and u.unit = j.unit`

const JOURNALS_IN_ORDER = 'order by j.name, j.journal'

/** The journals of a school year, by name. */
export function journals(database: Database, school: SchoolSlug, year: number): Promise<JournalEntry[]> {
  return rows(database, `${JOURNALS} where j.school = $1 and j.year = $2 ${JOURNALS_IN_ORDER}`, [
    school,
    year,
  ])
}

export async function journal(
  database: Database,
  school: SchoolSlug,
  id: Uuid,
): Promise<JournalEntry | undefined> {
  const [found] = await rows<JournalEntry>(database, `${JOURNALS} where j.school = $1 and j.journal = $2`, [
    school,
    id,
  ])
  return found
}

const UNITS = `select unit, kind, year, name, grade, group_kind, classes, teachers from ${DIRECTORY}.unit`
const UNITS_IN_ORDER = 'order by kind, grade, name, unit'

/** Classes and groups of a year, classes first, by grade and name. */
export function units(database: Database, school: SchoolSlug, year: number): Promise<UnitRow[]> {
  return rows(database, `${UNITS} where school = $1 and year = $2 ${UNITS_IN_ORDER}`, [school, year])
}

export async function unit(database: Database, school: SchoolSlug, id: Uuid): Promise<UnitRow | undefined> {
  const [found] = await rows<UnitRow>(database, `${UNITS} where school = $1 and unit = $2`, [school, id])
  return found
}

/** Who learns together in a class or group of a year, as the calendar asks for them. */
export async function learningIn(
  database: Database,
  school: SchoolSlug,
  year: number,
  unitId: Uuid,
): Promise<Learning> {
  return learningAmong(await units(database, school, year), unitId)
}

/** The same, found among the classes and groups of the year. */
export function learningAmong(units: readonly UnitRow[], unitId: Uuid): Learning {
  const all = new Map(units.map((one) => [one.unit, one]))
  const own = all.get(unitId)
  const ids = own?.kind === 'group' ? own.classes : [unitId]
  const classes = ids.flatMap((id) => {
    const grade = all.get(id)?.grade ?? null
    return grade === null ? [] : [{ id, grade }]
  })
  return { unit: unitId, classes }
}

/** The subjects of the school, by name. */
export function subjects(
  database: Database,
  school: SchoolSlug,
): Promise<Array<{ readonly subject: Uuid; readonly name: string; readonly component: string }>> {
  const text = `select subject, name, component from ${DIRECTORY}.subject where school = $1 order by name, subject`
  return rows(database, text, [school])
}

/** The classes and groups in which a pupil ever was, with the dates. */
export function unitsOf(
  database: Database,
  school: SchoolSlug,
  pupil: Uuid,
): Promise<Array<{ readonly unit: Uuid; readonly spans: readonly Span[] }>> {
  const text = `select unit, spans from ${DIRECTORY}.member where school = $1 and pupil = $2 order by unit`
  return rows(database, text, [school, pupil])
}

/** What the class of a pupil is called on a date; undefined where there is none. */
export async function classNameOn(
  database: Database,
  school: SchoolSlug,
  pupil: Uuid,
  date: LocalDate,
): Promise<string | undefined> {
  const text = `select u.name, m.spans from ${DIRECTORY}.member m
    join ${DIRECTORY}.unit u on u.school = m.school and u.unit = m.unit and u.kind = 'class'
    where m.school = $1 and m.pupil = $2 order by u.year, u.name`
  const found = await rows<{ name: string; spans: readonly Span[] }>(database, text, [school, pupil])
  return found.find(({ spans }) => holds(spans, date))?.name
}

/** Everybody who was ever in a class or group, with the dates. */
export function members(database: Database, school: SchoolSlug, unitId: Uuid): Promise<Member[]> {
  const text = `select pupil, spans from ${DIRECTORY}.member where school = $1 and unit = $2 order by pupil`
  return rows(database, text, [school, unitId])
}

interface YearEntry {
  readonly year: number
  readonly from: LocalDate
  readonly until: LocalDate
  readonly zone: string
  readonly school_days: readonly number[]
}

export interface PeriodEntry {
  readonly period: string
  readonly name: string
  readonly structure: string
  readonly grades: readonly number[]
  readonly units: readonly Uuid[]
  readonly from: LocalDate
  readonly until: LocalDate
}

export interface Calendar {
  readonly year: YearEntry
  readonly periods: readonly PeriodEntry[]
  readonly holidays: ReadonlyArray<{
    name: string
    from: LocalDate
    until: LocalDate
    grades: readonly number[] | null
    units: readonly Uuid[]
  }>
  readonly school_days: ReadonlyArray<{
    date: LocalDate
    grades: readonly number[] | null
    units: readonly Uuid[]
  }>
  readonly school_weeks: ReadonlyArray<{
    effective_from: LocalDate
    grades: readonly number[]
    units: readonly Uuid[]
    school_days: readonly number[]
  }>
  readonly bells: ReadonlyArray<{
    shift: string
    effective_from: LocalDate
    grades: readonly number[]
    units: readonly Uuid[]
    bells: ReadonlyArray<{ number: number; from: string; until: string }>
  }>
}

const of = (columns: string, table: string, order: string) => (stream: string) =>
  `select ${columns} from ${DIRECTORY}.${table} where stream = ${stream} order by ${order}`

const PERIODS = of('period, name, structure, grades, units, "from", until', 'period', '"from", period')

const aside = (text: string, name: string) =>
  `(select coalesce(json_agg(found), '[]') from (${text}) found) as ${name}`

/** The lists of a calendar, each by its statement: together they are one, since most of what a view waits for is turns. */
const calendarOf = (stream: string) =>
  Object.entries({
    years: of('year, "from", until, zone, school_days', 'year', 'year'),
    periods: PERIODS,
    holidays: of('name, "from", until, grades, units', 'holidays', '"from", name'),
    school_days: of('date, grades, units', 'school_day', 'date, revision'),
    school_weeks: of('effective_from, grades, units, school_days', 'school_week', 'effective_from, revision'),
    bells: of('shift, effective_from, grades, units, bells', 'bells', 'effective_from, shift'),
  })
    .map(([name, text]) => aside(text(stream), name))
    .join(', ')

type CalendarFound = Omit<Calendar, 'year'> & { readonly years: ReadonlyArray<Calendar['year']> }

function calendarFound({ years, ...lists }: CalendarFound): Calendar | undefined {
  return years[0] === undefined ? undefined : { year: years[0], ...lists }
}

/** A school year with its periods, holidays and bells; undefined where it was not opened. */
export async function calendar(
  database: Database,
  school: SchoolSlug,
  year: number,
): Promise<Calendar | undefined> {
  const stream = `${school}.schoolYear-${year}`
  const [found] = await rows<CalendarFound>(database, `select ${calendarOf('$1')}`, [stream])
  return calendarFound(found!)
}

/** What the directory has of a pupil in a school year. */
export interface PupilInYear {
  readonly year: number
  readonly calendar: Calendar
  /** The classes and groups in which the pupil ever was, with the dates. */
  readonly spans: ReadonlyArray<{ readonly unit: Uuid; readonly spans: readonly Span[] }>
  /** Those of the year among them, and the classes from which the groups among them take their pupils. */
  readonly units: readonly UnitRow[]
  /** The journals of those in which the pupil was. */
  readonly journals: readonly JournalEntry[]
}

/** @returns undefined where no school year holds one of the dates; the first one goes before */
export async function pupilInYear(
  database: Database,
  school: SchoolSlug,
  pupil: Uuid,
  from: LocalDate,
  until: LocalDate,
): Promise<PupilInYear | undefined> {
  const holdsFirst = '"from" <= $3 and $3 <= until'
  const text = `
    with of_year as materialized (
      select stream, year from ${DIRECTORY}.year
      where school = $1 and (${holdsFirst} or "from" <= $4 and $4 <= until)
      order by (${holdsFirst}) desc limit 1
    ), belongs as materialized (
      select unit, spans from ${DIRECTORY}.member where school = $1 and pupil = $2::uuid order by unit
    ), learns as materialized (
      select u.unit, u.classes from belongs b
      join ${DIRECTORY}.unit u on u.school = $1 and u.unit = b.unit and u.year = (select year from of_year)
    )
    select of_year.year as of_year, ${calendarOf('of_year.stream')},
      ${aside('select * from belongs', 'spans')},
      ${aside(
        `${UNITS} where school = $1 and unit in (
          select unit from learns
          union select class::uuid from learns, jsonb_array_elements_text(learns.classes) class) ${UNITS_IN_ORDER}`,
        'units',
      )},
      ${aside(
        `${JOURNALS} where j.school = $1 and j.year = of_year.year and j.unit in (select unit from learns)
        ${JOURNALS_IN_ORDER}`,
        'journals',
      )}
    from of_year`
  type Found = CalendarFound & Omit<PupilInYear, 'year' | 'calendar'> & { readonly of_year: number }
  const asked = question<Found>(text, [school, pupil, from, until])
  const [found] = (await together<{ of: Found }>(database, { of: asked })).of
  if (found === undefined) return undefined
  const { of_year: year, spans, units, journals, ...rest } = found
  return { year, spans, units, journals, calendar: calendarFound(rest)! }
}

/** The study periods of a school year, for all grades. */
export function periods(database: Database, school: SchoolSlug, year: number): Promise<PeriodEntry[]> {
  return rows(database, PERIODS('$1'), [`${school}.schoolYear-${year}`])
}

/** The school year in which a date lies; undefined outside every one. */
export async function yearOf(
  database: Database,
  school: SchoolSlug,
  date: LocalDate,
): Promise<number | undefined> {
  const text = `select year from ${DIRECTORY}.year where school = $1 and "from" <= $2 and $2 <= until`
  const [found] = await rows<{ year: number }>(database, text, [school, date])
  return found?.year
}

/** The school year that began last by a date: in summer the one that is over. */
export async function lastYear(
  database: Database,
  school: SchoolSlug,
  date: LocalDate,
): Promise<number | undefined> {
  const text = `select year from ${DIRECTORY}.year where school = $1 and "from" <= $2 order by "from" desc limit 1`
  const [found] = await rows<{ year: number }>(database, text, [school, date])
  return found?.year
}

/** The slots of a class from a date on. */
interface ClassWeek {
  readonly class: Uuid
  readonly effective_from: LocalDate
  readonly slots: ReadonlyArray<{ weekday: number; number: number; journal: Uuid; room: string | null }>
}

/** The slots from a date on of a group that is planned apart from its classes. */
interface GroupWeek extends Omit<ClassWeek, 'class'> {
  readonly group: Uuid
  readonly classes: readonly Uuid[]
}

/** The weekly timetables of the year: one row for a class and the date from which it holds. */
export function weeks(database: Database, school: SchoolSlug, year: number): Promise<ClassWeek[]> {
  return answered(database, weeksOf(school, year, null))
}

/** The weekly timetables of groups that are planned apart from their classes. */
export function groupWeeks(database: Database, school: SchoolSlug, year: number): Promise<GroupWeek[]> {
  return answered(database, groupWeeksOf(school, year, null))
}

/** The weekly timetables of some classes; null is all of the year. */
export function weeksOf(
  school: SchoolSlug,
  year: number,
  classes: readonly Uuid[] | null,
): Question<ClassWeek> {
  const text = `select class, effective_from, slots from ${DIRECTORY}.week
    where stream = $1 and ${amongIds('class')} order by class, effective_from`
  return question(text, [`${school}.timetable-${year}`, list(classes)])
}

/** The weekly timetables of some groups that are planned apart; null is all of the year. */
export function groupWeeksOf(
  school: SchoolSlug,
  year: number,
  groups: readonly Uuid[] | null,
): Question<GroupWeek> {
  const text = `select "group", effective_from, classes, slots from ${DIRECTORY}.group_week
    where stream = $1 and ${amongIds('"group"')} order by "group", effective_from`
  return question(text, [`${school}.timetable-${year}`, list(groups)])
}

const list = (ids: readonly Uuid[] | null): string | null => ids && JSON.stringify(ids)

/** Whether a column is among the ids of the second parameter; null is whatever it is. */
const amongIds = (column: string): string =>
  `($2::json is null or ${column} in (select value::uuid from json_array_elements_text($2::json)))`

/** The rooms that can be used on a date, by the signs on their doors. */
export function rooms(
  database: Database,
  school: SchoolSlug,
  on: LocalDate,
): Promise<Array<{ room: string; purpose: string | null; seats: number | null; until: LocalDate | null }>> {
  const text = `select room, purpose, seats, until from ${DIRECTORY}.room
    where school = $1 and (until is null or $2 < until) order by room`
  return rows(database, text, [school, on])
}

const CHANGES = `select revision, type, date, to_date, data, recorded_at, account from ${DIRECTORY}.timetable_change`

/**
 * What departs from the weeks of a year on the dates between two, in the order in which it was decided. All transfers
 * of the year are among it: a lesson may have come to a date by way of others.
 *
 * @param journals those whose lessons alone are looked for; null is every one
 */
export function timetableChanges(
  school: SchoolSlug,
  year: number,
  journals: readonly Uuid[] | null,
  from: LocalDate,
  until: LocalDate,
): Question<TimetableChangeRow> {
  const text = `${CHANGES} where stream = $1 and (type = 'LessonTransferred' or date between $3 and $4)
    and ($2::jsonb is null or $2::jsonb ? (data->>'journal')
      or exists (select from jsonb_array_elements(data->'lessons') l where $2::jsonb ? (l->>'journal')))
    order by revision`
  return question(text, [`${school}.timetable-${year}`, list(journals), from, until])
}

/** The register of departures by the date of the lesson, of all or of one, after a place in that order. */
export function timetableRegister(
  database: Database,
  school: SchoolSlug,
  {
    since,
    until,
    lesson,
    among = null,
  }: {
    since: LocalDate
    until: LocalDate
    lesson?: Uuid | undefined
    /** The journals whose lessons alone are looked for; null is every one. */
    among?: readonly Uuid[] | null
  },
  after: readonly [LocalDate, number] | null,
  limit: number,
): Promise<TimetableChangeRow[]> {
  const text = `${CHANGES} where school = $1 and date between $2 and $3
    and ($4::text is null or (date, revision) > ($4, $5::integer))
    and ($7::text is null or data->>'lesson' = $7 or data->'to'->>'lesson' = $7
      or exists (select from jsonb_array_elements(data->'lessons') l where l->>'lesson' = $7))
    and ($8::json is null or exists (
      select from json_array_elements_text($8::json) as of(journal)
      where data->>'journal' = of.journal
        or exists (select from jsonb_array_elements(data->'lessons') l where l->>'journal' = of.journal)))
    order by date, revision limit $6`
  const place = [after?.[0] ?? null, after?.[1] ?? null]
  return rows(database, text, [
    school,
    since,
    until,
    ...place,
    limit,
    lesson ?? null,
    among && JSON.stringify(among),
  ])
}

/** The rules of the school that are in force on a date. */
export async function policyOn(
  database: Database,
  school: SchoolSlug,
  date: LocalDate,
): Promise<{ effective_from: LocalDate; policy: Policy } | undefined> {
  const text = `select effective_from, policy from ${DIRECTORY}.policy
    where school = $1 and effective_from <= $2 order by effective_from desc limit 1`
  const [found] = await rows<{ effective_from: LocalDate; policy: Policy }>(database, text, [school, date])
  return found
}

/** The pupils whom a person represents on a date. */
export async function childrenOf(
  database: Database,
  school: SchoolSlug,
  person: Uuid,
  on: LocalDate,
): Promise<Uuid[]> {
  const text = `select pupil from ${DIRECTORY}.representative
    where school = $1 and representative = $2 and "from" <= $3 and (until is null or $3 < until) order by pupil`
  return (await rows<{ pupil: Uuid }>(database, text, [school, person, on])).map(({ pupil }) => pupil)
}

/** Who represents pupils on a date. */
export function representativesOn(
  database: Database,
  school: SchoolSlug,
  on: LocalDate,
): Promise<Array<{ readonly pupil: Uuid; readonly representative: Uuid }>> {
  const text = `select pupil, representative from ${DIRECTORY}.representative
    where school = $1 and "from" <= $2 and (until is null or $2 < until) order by pupil, representative`
  return rows(database, text, [school, on])
}

/** Pupils or staff who were at the school on a date, by id. */
export function people(
  database: Database,
  school: SchoolSlug,
  kind: 'pupil' | 'staff',
  on: LocalDate,
): Promise<Array<{ person: Uuid } & Span>> {
  const text = `select person, "from", until from ${DIRECTORY}.person
    where school = $1 and kind = $2 and "from" <= $3 and (until is null or $3 < until) order by person`
  return rows(database, text, [school, kind, on])
}

export interface Movement {
  readonly revision: number
  readonly pupil: Uuid
  readonly kind: 'enrolled' | 'placed' | 'removed' | 'released'
  readonly class: Uuid | null
  readonly class_name: string | null
  readonly from: LocalDate
  readonly order_number: string | null
  readonly order_date: LocalDate | null
  readonly reason: string | null
}

/** The movements of pupils that came into force between two dates, both included, after a place in that order. */
export function movements(
  database: Database,
  school: SchoolSlug,
  {
    since,
    until,
    pupil,
    among,
  }: {
    since: LocalDate
    until: LocalDate
    pupil?: Uuid | undefined
    /** Whose alone are looked for, each in a school year; null is everybody's. */
    among: ReadonlyArray<{ readonly year: number; readonly pupils: ReadonlySet<Uuid> }> | null
  },
  after: readonly [LocalDate, number] | null,
  limit: number,
): Promise<Movement[]> {
  const text = `
    select m.revision, m.pupil, m.kind, m.class, u.name as class_name, m."from", m.order_number, m.order_date, m.reason
    from ${DIRECTORY}.movement m left join ${DIRECTORY}.unit u on u.school = m.school and u.unit = m.class
    where m.school = $1 and m."from" between $2 and $3 and ($4::uuid is null or m.pupil = $4)
      and ($5::text is null or (m."from", m.revision) > ($5, $6::integer))
      and ($8::json is null or exists (
        select from json_to_recordset($8::json) as seen(pupil uuid, since text, before text)
        where seen.pupil = m.pupil and m."from" >= seen.since and m."from" < seen.before))
    order by m."from", m.revision limit $7`
  return rows(database, text, [
    school,
    since,
    until,
    pupil ?? null,
    after?.[0] ?? null,
    after?.[1] ?? null,
    limit,
    among === null
      ? null
      : JSON.stringify(
          among.flatMap(({ year, pupils }) =>
            [...pupils].map((one) => ({ pupil: one, ...daysOfSchoolYear(year) })),
          ),
        ),
  ])
}

/** The days that `schoolYearOf` counts to a school year. */
const daysOfSchoolYear = (year: number): { readonly since: string; readonly before: string } => ({
  since: `${year}-08-01`,
  before: `${year + 1}-08-01`,
})

/** Whose the accounts are: authors of entries are shown by name. */
export async function personsOf(
  database: Database,
  school: SchoolSlug,
  accounts: readonly Uuid[],
): Promise<Map<Uuid, Uuid>> {
  if (accounts.length === 0) return new Map()
  const text = `select account, person from ${DIRECTORY}.account
    where school = $1 and account in (select value::uuid from json_array_elements_text($2::json))`
  const found = await rows<{ account: Uuid; person: Uuid }>(database, text, [
    school,
    JSON.stringify([...new Set(accounts)]),
  ])
  return new Map(found.map(({ account, person }) => [account, person]))
}

/** The accounts to which a role was ever granted. */
export async function accountsWith(
  database: Database,
  school: SchoolSlug,
  role: Role,
): Promise<readonly Uuid[]> {
  const text = `select account from ${DIRECTORY}.role where school = $1 and role = $2 order by account`
  const found = await rows<{ account: Uuid }>(database, text, [school, role])
  return found.map(({ account }) => account)
}

/** Everybody who ever held one of some roles, with the times. */
export function holders(
  database: Database,
  school: SchoolSlug,
  roles: readonly Role[],
): Promise<Array<{ readonly role: Role; readonly person: Uuid; readonly holdings: readonly Holding[] }>> {
  const text = `select r.role, a.person, r.holdings
    from ${DIRECTORY}.role r join ${DIRECTORY}.account a on a.school = r.school and a.account = r.account
    where r.school = $1 and r.role in (select value from json_array_elements_text($2::json))
    order by r.role, a.person`
  return rows(database, text, [school, JSON.stringify(roles)])
}

/** The accounts of people. */
export function accountsOf(
  database: Database,
  school: SchoolSlug,
  persons: readonly Uuid[],
): Promise<Array<{ readonly account: Uuid; readonly person: Uuid }>> {
  const text = `select account, person from ${DIRECTORY}.account
    where school = $1 and person in (select value::uuid from json_array_elements_text($2::json)) order by account`
  return rows(database, text, [school, JSON.stringify(persons)])
}

/** A representative of a pupil who learns in a class on a date; of a pupil of whom nobody is known, a row without one. */
export interface ConsentEntry {
  readonly class: Uuid
  readonly class_name: string
  readonly pupil: Uuid
  readonly representative: Uuid | null
  readonly kinship: string | null
  readonly consent: ConsentRow | null
}

/**
 * What the families of the classes of a year decided about the electronic form (R-5.1), by class and pupil.
 *
 * @param classes null is all of the year
 */
export function consents(
  database: Database,
  school: SchoolSlug,
  year: number,
  on: LocalDate,
  classes: readonly Uuid[] | null,
): Promise<ConsentEntry[]> {
  const text = `select m.unit as class, u.name as class_name, m.pupil, r.representative, r.kinship, r.consent
    from ${DIRECTORY}.member m
    join ${DIRECTORY}.unit u on u.school = m.school and u.unit = m.unit
    left join ${DIRECTORY}.representative r on r.school = m.school and r.pupil = m.pupil
      and r."from" <= $3 and (r.until is null or $3 < r.until)
    where m.school = $1 and u.kind = 'class' and u.year = $2
      and ($4::jsonb is null or $4::jsonb ? m.unit::text)
      and exists (select from jsonb_array_elements(m.spans) s
        where s ->> 'from' <= $3 and (s ->> 'until' is null or $3 < s ->> 'until'))
    order by u.grade, u.name, m.unit, m.pupil, r.representative`
  return rows(database, text, [school, year, on, classes && JSON.stringify(classes)])
}

/** What a representative decided about each child; of whom he has decided nothing is not there. */
export async function consentsOf(
  database: Database,
  school: SchoolSlug,
  representative: Uuid,
): Promise<ReadonlyMap<Uuid, ConsentRow>> {
  const text = `select pupil, consent from ${DIRECTORY}.representative
    where school = $1 and representative = $2 and consent is not null`
  const found = await rows<{ pupil: Uuid; consent: ConsentRow }>(database, text, [school, representative])
  return new Map(found.map(({ pupil, consent }) => [pupil, consent]))
}
