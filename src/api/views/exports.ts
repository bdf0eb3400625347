import { z } from 'zod'
import { refuse } from '#commands/refusal.ts'
import { csvOf } from '#exchange/export-list.ts'
import { bundleOf } from '#exchange/oneroster/to-bundle.ts'
import { LIST_NAMES, listCalled, type ListName, type RowOfList } from '#exchange/lists/catalogue.ts'
import type { PersonName } from '#integrity/person-store.ts'
import {
  accountsWithRoles,
  membersOfYear,
  type OrderedEntry,
  ordersOf,
  representativesOn,
  subjects,
} from '#projections/school-directory/lists.ts'
import type { Span } from '#projections/school-directory/projection.ts'
import {
  calendar,
  groupWeeks,
  holds,
  journals,
  people,
  units,
  weeks,
  yearOf,
} from '#projections/school-directory/queries.ts'
import { schoolYearOf } from '#values/school.ts'
import { LocalDate } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import { calendarOf } from './directory.ts'
import { ownJournals, ownUnits, pupilsAnsweredFor } from './rights.ts'
import { type Asked, defineView } from './view.ts'

const Input = z.strictObject({
  list: z.enum(LIST_NAMES),
  format: z.enum(['csv', 'json']).default('csv'),
  on: LocalDate.optional().describe('На какую дату; без параметра — сегодня'),
})

/** A list of the school as it is on a date, in the columns of its import (R-7G.1). */
export const exportList = defineView({
  name: 'export-list',
  path: 'exports/:list',
  summary: 'Выгрузить список школы на дату: CSV или JSON, те же столбцы, что у импорта',
  tag: 'Импорт и экспорт',
  operation: '23b',
  logged: true,
  input: Input,
  reply: z.strictObject({
    list: z.string(),
    on: LocalDate,
    year: z.int(),
    rows: z.array(z.record(z.string(), z.unknown())),
  }),
  async may({ input, actor }) {
    // Log-in names are for whoever opens accounts, and nobody else.
    const own = input.list !== 'accounts' || actor.role === 'system-administrator'
    return own
      ? null
      : refuse('role-not-permitted', { role: actor.role, permitted: ['system-administrator'] })
  },
  async answer(asked) {
    const { school, parts, input, today } = asked
    const on = input.on ?? today
    const year = (await yearOf(parts.database, school, on)) ?? schoolYearOf(on)
    const rows = await rowsOf(input.list, asked, on, year)
    if (input.format === 'json') return { body: { list: input.list, on, year, rows } }
    return {
      body: csvOf(listCalled(input.list), rows),
      file: { type: 'text/csv; charset=utf-8', name: `${input.list}-${on}.csv` },
    }
  },
})

/** The school of a date as a bundle of OneRoster 1.2 (R-F11): the people and what they learn and teach. */
export const exportOneroster = defineView({
  name: 'export-oneroster',
  path: 'exports/oneroster',
  summary: 'Выгрузить школу на дату набором OneRoster: файлы CSV в архиве ZIP',
  tag: 'Импорт и экспорт',
  operation: '23b',
  logged: true,
  input: z.strictObject({ on: LocalDate.optional().describe('На какую дату; без параметра — сегодня') }),
  reply: z.any().describe('application/zip: docs/spec/oneroster.md'),
  async answer(asked) {
    const { school, parts, input, today } = asked
    const on = input.on ?? today
    const year = (await yearOf(parts.database, school, on)) ?? schoolYearOf(on)
    const found = await calendarOf(asked, year)
    const rows = <Name extends ListName>(name: Name) => rowsOf(name, asked, on, year)
    // Log-in names are for whoever opens accounts: to others everybody is called by the id.
    const accounts = asked.actor.role === 'system-administrator' ? await rows('accounts') : []
    const pupils = await rows('pupils')
    const body = bundleOf(school, {
      subjects: await rows('subjects'),
      staff: await rows('staff'),
      pupils,
      representatives: await rows('representatives'),
      classes: await rows('classes'),
      classMembers: await rows('class-members'),
      groups: await rows('groups'),
      groupMembers: await rows('group-members'),
      journals: await rows('journals'),
      assignments: await rows('assignments'),
      year: { year, from: found.year.from, until: found.year.until },
      periods: found.periods,
      logIns: new Map(accounts.map(({ person, login }) => [person, login])),
    })
    return {
      body: Buffer.from(body),
      about: pupils.map(({ externalId }) => externalId),
      file: { type: 'application/zip', name: `oneroster-${on}.zip` },
    }
  },
})

type Rows<Name extends ListName> = (
  asked: Asked<unknown>,
  on: LocalDate,
  year: number,
) => Promise<RowOfList<Name>[]>

/** The rows of a list, in the order of names where it has some. */
export async function rowsOf<Name extends ListName>(
  name: Name,
  asked: Asked<unknown>,
  on: LocalDate,
  year: number,
): Promise<RowOfList<Name>[]> {
  const rows = await ROWS[name](asked, on, year)
  const seen = await partOf(asked, year)
  return seen === null
    ? rows
    : ((rows as ListRow[]).filter((row) => IS_OF[name](seen, row)) as RowOfList<Name>[])
}

/** What a deputy of a part of the school answers for: his lists are those of it (R-7A.16b). */
interface Part {
  readonly units: ReadonlySet<Uuid>
  readonly classes: ReadonlySet<Uuid>
  readonly journals: ReadonlySet<Uuid>
  readonly pupils: ReadonlySet<Uuid>
}

/** Null is the whole school. */
async function partOf(asked: Asked<unknown>, year: number): Promise<Part | null> {
  const [pupils, units, journals] = [
    await pupilsAnsweredFor(asked, [year]),
    await ownUnits(asked, year),
    await ownJournals(asked, year),
  ]
  return pupils === null || units === null || journals === null
    ? null
    : { ...units, journals, pupils: pupils[0]!.pupils }
}

type ListRow = { readonly externalId?: Uuid } & Partial<
  Readonly<Record<'class' | 'group' | 'journal' | 'pupil', Uuid | null>>
>

type Answered = (part: Part, row: ListRow) => boolean

const everybodys: Answered = () => true
const of =
  (part: keyof Part, column: keyof ListRow): Answered =>
  (answered, row) => {
    const id = row[column]
    return id !== null && id !== undefined && answered[part].has(id)
  }

/** Whether a row is of a part of the school. */
const IS_OF: Readonly<Record<ListName, Answered>> = {
  subjects: everybodys,
  staff: everybodys,
  bells: everybodys,
  accounts: everybodys,
  pupils: of('pupils', 'externalId'),
  representatives: of('pupils', 'pupil'),
  classes: of('classes', 'externalId'),
  groups: of('units', 'externalId'),
  'class-members': of('classes', 'class'),
  'group-members': (part, row) => of('units', 'group')(part, row) && of('pupils', 'pupil')(part, row),
  journals: of('journals', 'externalId'),
  assignments: of('journals', 'journal'),
  timetable: (part, row) => of('classes', 'class')(part, row) || of('units', 'group')(part, row),
}

const ROWS: { readonly [Name in ListName]: Rows<Name> } = {
  subjects: async ({ school, parts }) =>
    (await subjects(parts.database, school)).map(({ subject, ...row }) => ({ externalId: subject, ...row })),
  staff: async (asked, on) => {
    const found = await people(asked.parts.database, asked.school, 'staff', on)
    const name = await nameCells(
      asked,
      found.map(({ person }) => person),
    )
    return found.map(({ person, from }) => ({ externalId: person, ...name(person), from })).toSorted(byName)
  },
  pupils: async (asked, on) => {
    const { school, parts } = asked
    const found = await people(parts.database, school, 'pupil', on)
    const name = await nameCells(
      asked,
      found.map(({ person }) => person),
    )
    const order = orderCells(await ordersOf(parts.database, school, 'enrolled'))
    return found
      .map(({ person, from }) => ({
        externalId: person,
        ...name(person),
        from,
        ...order(person, null, from),
      }))
      .toSorted(byName)
  },
  representatives: async (asked, on) => {
    const found = await representativesOn(asked.parts.database, asked.school, on)
    const name = await nameCells(
      asked,
      found.map(({ representative }) => representative),
    )
    return found
      .map(({ representative, pupil, ...row }) => ({
        externalId: representative,
        pupil,
        ...name(representative),
        ...row,
      }))
      .toSorted(byName)
  },
  classes: async ({ school, parts }, on, year) =>
    (await units(parts.database, school, year))
      .filter(({ kind }) => kind === 'class')
      .map(({ unit, name, grade, teachers }) => {
        const leads = teachers.findLast(({ from }) => from <= on)
        const teacher = { teacher: leads?.staff ?? null, teacherFrom: leads?.from ?? null }
        return { externalId: unit, year, grade: grade!, name, ...teacher }
      }),
  'class-members': async ({ school, parts }, on, year) => {
    const found = await membersOfYear(parts.database, school, year, 'class')
    const order = orderCells(await ordersOf(parts.database, school, 'placed'))
    return found.flatMap(({ unit, pupil, spans }) =>
      inForce(spans, on).map(({ from }) => ({ class: unit, pupil, from, ...order(pupil, unit, from) })),
    )
  },
  groups: async ({ school, parts }, _on, year) =>
    (await units(parts.database, school, year))
      .filter(({ kind }) => kind === 'group')
      .map(({ unit, name, group_kind: kind, classes }) => ({
        externalId: unit,
        year,
        name,
        kind: kind as RowOfList<'groups'>['kind'],
        classes,
      })),
  'group-members': async ({ school, parts }, on, year) =>
    (await membersOfYear(parts.database, school, year, 'group')).flatMap(({ unit, pupil, spans }) =>
      inForce(spans, on).map(({ from }) => ({ group: unit, pupil, from })),
    ),
  journals: async ({ school, parts }, _on, year) =>
    (await journals(parts.database, school, year)).map(
      ({ journal, subject, unit, unit_kind, type, grading, name }) => ({
        externalId: journal,
        year,
        subject,
        class: unit_kind === 'class' ? unit : null,
        group: unit_kind === 'class' ? null : unit,
        type,
        grading: grading as RowOfList<'journals'>['grading'],
        name,
      }),
    ),
  assignments: async ({ school, parts }, on, year) =>
    (await journals(parts.database, school, year)).flatMap(({ journal, teachers }) =>
      inForce(teachers, on).map((assignment) => ({ year, journal, ...assignment })),
    ),
  bells: async ({ school, parts }, _on, year) => {
    const groups = new Set(
      (await units(parts.database, school, year))
        .filter(({ kind }) => kind === 'group')
        .map(({ unit }) => unit),
    )
    return ((await calendar(parts.database, school, year))?.bells ?? []).flatMap(
      ({ shift, effective_from: effectiveFrom, grades, units, bells }) =>
        bells.map(({ number, from, until }) => ({
          year,
          shift,
          effectiveFrom,
          // Those of units are what these are of, and say nothing of their grades.
          grades: units.length > 0 ? null : grades,
          classes: some(units.filter((unit) => !groups.has(unit))),
          groups: some(units.filter((unit) => groups.has(unit))),
          number,
          from: from as RowOfList<'bells'>['from'],
          until: until as RowOfList<'bells'>['until'],
        })),
    )
  },
  timetable: async ({ school, parts }, _on, year) => [
    ...(await weeks(parts.database, school, year)).flatMap(
      ({ class: of, effective_from: effectiveFrom, slots }) =>
        slots.map((slot) => ({ year, class: of, group: null, effectiveFrom, ...slot })),
    ),
    ...(await groupWeeks(parts.database, school, year)).flatMap(
      ({ group, effective_from: effectiveFrom, slots }) =>
        slots.map((slot) => ({ year, class: null, group, effectiveFrom, ...slot })),
    ),
  ],
  accounts: async ({ school, parts }, on) => {
    const found = await accountsWithRoles(parts.database, school)
    const logIns = await parts.credentials.loginsOf(
      school,
      found.map(({ account }) => account),
    )
    return found.flatMap(({ account, person, kind, roles }) =>
      inForce(roles, on).map(({ role, from, until }) => ({
        externalId: account,
        personKind: kind ?? ('representative' as const),
        person,
        login: logIns.get(account) ?? '',
        role: role as RowOfList<'accounts'>['role'],
        from,
        until,
      })),
    )
  },
}

/** Ids for an optional cell: none of them is an empty one. */
const some = (of: readonly Uuid[]): readonly Uuid[] | null => (of.length === 0 ? null : of)

const inForce = <Of extends Span>(spans: readonly Of[], on: LocalDate): Of[] =>
  spans.filter((span) => holds([span], on))

interface NameCells {
  readonly family: string
  readonly given: string
  readonly patronymic: string | null
}

/** The cells of a name; empty where it was erased. */
async function nameCells(
  { school, parts }: Asked<unknown>,
  persons: readonly Uuid[],
): Promise<(person: Uuid) => NameCells> {
  const names: ReadonlyMap<Uuid, PersonName> = await parts.persons.names(school, persons)
  return (person) => names.get(person) ?? { family: '', given: '', patronymic: null }
}

function byName(a: NameCells, b: NameCells): number {
  return a.family.localeCompare(b.family, 'ru') || a.given.localeCompare(b.given, 'ru')
}

const key = (pupil: Uuid, of: Uuid | null, from: LocalDate): string => `${pupil} ${of} ${from}`

/** The cells of the order on which an enrolment or a placement rests. */
function orderCells(entries: readonly OrderedEntry[]) {
  const orders = new Map(entries.map((entry) => [key(entry.pupil, entry.class, entry.from), entry]))
  return (pupil: Uuid, of: Uuid | null, from: LocalDate) => {
    const found = orders.get(key(pupil, of, from))
    return { orderNumber: found?.order_number ?? null, orderDate: found?.order_date ?? null }
  }
}
