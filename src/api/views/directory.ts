import { z } from 'zod'
import { accessFold, owesRules } from '#commands/access/state.ts'
import { WHOLE_SCHOOL } from '#commands/references.ts'
import { WHOLE_YEAR } from '#commands/school-year/state.ts'
import { agreementOn, schoolFold } from '#commands/school/state.ts'
import { streamName } from '#events/stream-name.ts'
import { pages } from '#projections/class-journal/queries.ts'
import {
  type Calendar,
  calendar,
  consentsOf,
  holds,
  journals,
  members,
  movements,
  people,
  policyOn,
  rooms,
  unit,
  units,
} from '#projections/school-directory/queries.ts'
import { ACCESS_RULES } from '#values/access-rules.ts'
import { GradingSystem, MarkValue, POINTS } from '#values/grading.ts'
import { gradingRules, Policy, successOf } from '#values/policy.ts'
import { ROLES } from '#values/role.ts'
import { SchoolSlug, SchoolYear, schoolYearOf } from '#values/school.ts'
import { LocalDate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { ProblemError } from '../problems.ts'
import { ConsentReply, shownConsent } from './consents.ts'
import { cursorBehind, DateCursor, placeAfter } from './date-cursor.ts'
import { namesOf } from './names.ts'
import { noPages } from './past-pages.ts'
import { CalendarReply, JournalReply, MovementReply, PageReply, UnitReply } from './replies.ts'
import {
  childrenByConsent,
  mayReadUnit,
  ownJournals,
  ownUnits,
  pupilsAnsweredFor,
  pupilsSeenIn,
} from './rights.ts'
import { type Asked, defineView } from './view.ts'

const tag = 'Справочники'

export const whoAmI = defineView({
  name: 'who-am-i',
  path: 'me',
  summary: 'Кто я: роли, имя, дети',
  tag,
  operation: '22c',
  input: z.strictObject({}),
  reply: z.strictObject({
    account: Uuid,
    person: Uuid,
    name: z.string(),
    roles: z.array(z.enum(ROLES)),
    children: z.array(
      z.strictObject({
        pupil: Uuid,
        name: z.string(),
        electronic: z
          .boolean()
          .describe('Открыт ли вам дневник ребёнка: false — согласия нет, сведения даёт школа на бумаге'),
        consent: ConsentReply.nullable().describe('Ваше решение об электронной форме; null — его нет'),
      }),
    ),
    rules: z.strictObject({
      version: z.string(),
      text: z.array(z.string()),
      owed: z.boolean().describe('Правила нужно принять: до этого остальное закрыто'),
    }),
  }),
  async answer(asked) {
    const { actor, school, parts } = asked
    const { open, closed } = await childrenByConsent({ ...asked, actor: { ...actor, role: 'parent' } })
    const decided = await consentsOf(parts.database, school, actor.person)
    const children = [...open, ...closed].toSorted()
    const name = await namesOf(asked, [actor.person, ...children])
    const stream = streamName(school, 'access', actor.account)
    const access = await parts.execution.streams.load(accessFold, stream)
    return {
      body: {
        account: actor.account,
        person: actor.person,
        name: name(actor.person),
        roles: asked.held,
        children: children.map((pupil) => {
          const consent = decided.get(pupil)
          return {
            pupil,
            name: name(pupil),
            electronic: open.includes(pupil),
            consent: consent === undefined ? null : shownConsent(consent),
          }
        }),
        rules: { ...ACCESS_RULES, owed: owesRules(access.state) },
      },
    }
  },
})

/** The school as the installation knows it, with the agreement by which its data are processed (R-A3.3a). */
export const aboutSchool = defineView({
  name: 'about-school',
  path: 'about',
  summary: 'Школа: название и договор, по которому оператор обрабатывает её данные',
  tag,
  operation: '22d',
  input: z.strictObject({}),
  reply: z.strictObject({
    school: SchoolSlug,
    name: z.string().nullable().describe('null, если школа попала в установку копией прежнего выпуска'),
    agreement: z.strictObject({ agreement: z.string(), from: LocalDate }).nullable(),
  }),
  readsNoModel: true,
  async answer({ school, parts, today }) {
    const stream = streamName(school, 'school', WHOLE_SCHOOL)
    const { state } = await parts.execution.streams.load(schoolFold, stream)
    return { body: { school, name: state.name, agreement: agreementOn(state, today) } }
  },
})

export const schoolYearCalendar = defineView({
  name: 'school-year-calendar',
  path: 'years/:year',
  summary: 'Учебный год: периоды, каникулы, звонки',
  tag,
  operation: '17',
  exchange: 'calendar',
  input: z.strictObject({ year: SchoolYear }),
  reply: CalendarReply,
  past: noPages,
  async answer(asked) {
    return { body: await calendarOf(asked, asked.input.year) }
  },
})

export const policyInForce = defineView({
  name: 'policy-in-force',
  path: 'policy',
  summary: 'Правила школы на дату: коды, виды работ, причины исправлений',
  tag,
  operation: '21a',
  input: z.strictObject({ on: LocalDate.optional() }),
  reply: z.strictObject({ effective_from: LocalDate, policy: Policy }),
  past: noPages,
  async answer({ school, parts, input, today }) {
    const on = input.on ?? today
    const found = await policyOn(parts.database, school, on)
    if (found === undefined) throw new ProblemError('policy-missing', { date: on })
    return { body: found }
  },
})

export const roomList = defineView({
  name: 'room-list',
  path: 'rooms',
  summary: 'Кабинеты школы на дату',
  tag,
  operation: '17e',
  input: z.strictObject({ on: LocalDate.optional() }),
  reply: z.strictObject({
    rooms: z.array(
      z.strictObject({
        room: z.string(),
        purpose: z.string().nullable(),
        seats: z.int().nullable(),
        until: LocalDate.nullable().describe('Первый день, когда кабинетом нельзя пользоваться'),
      }),
    ),
  }),
  past: noPages,
  async answer({ school, parts, input, today }) {
    return { body: { rooms: await rooms(parts.database, school, input.on ?? today) } }
  },
})

/** What each grading system of the school takes, and what of it is a success (R-F4). */
export const gradingSystems = defineView({
  name: 'grading-systems',
  path: 'policy/gradings',
  summary: 'Системы оценивания на дату: какие отметки бывают, что считается успехом и качеством',
  tag,
  operation: '21a',
  input: z.strictObject({ on: LocalDate.optional() }),
  reply: z.strictObject({
    on: LocalDate,
    gradings: z.array(
      z.strictObject({
        system: GradingSystem,
        average: z.boolean().describe('Считается ли средний балл'),
        values: z.array(
          z.strictObject({
            value: MarkValue,
            success: z.boolean().nullable(),
            quality: z.boolean().nullable(),
          }),
        ),
      }),
    ),
  }),
  past: noPages,
  async answer({ school, parts, input, today }) {
    const on = input.on ?? today
    const found = await policyOn(parts.database, school, on)
    if (found === undefined) throw new ProblemError('policy-missing', { date: on })
    const { policy } = found
    const gradings = GradingSystem.options.map((system) => ({
      system,
      average: POINTS[system] !== null,
      values: valuesOf(policy, system).map((value) => {
        const counted = successOf(policy, system, value)
        return { value, success: counted?.success ?? null, quality: counted?.quality ?? null }
      }),
    }))
    return { body: { on, gradings } }
  },
})

/** Every value that may stand in a cell by a system, points and levels first, codes after them. */
function valuesOf(policy: Policy, system: GradingSystem): MarkValue[] {
  if (system === 'none') return []
  const range = POINTS[system]
  const points = range === null ? [] : Array.from({ length: range[1] - range[0] + 1 }, (_, i) => range[0] + i)
  const levels = system === 'level' ? (gradingRules(policy, 'level')?.levels ?? []) : []
  const codes = policy.valueCodes.filter(({ kind }) => kind === 'note' || kind === 'credit')
  return [...points, ...levels, ...codes.map(({ code }) => code)]
}

export const journalList = defineView({
  name: 'journal-list',
  path: 'years/:year/journals',
  summary: 'Журналы учебного года; учителю — его собственные, классному руководителю — его класса',
  tag,
  operation: '18a',
  exchange: 'load',
  input: z.strictObject({ year: SchoolYear }),
  reply: z.strictObject({ journals: z.array(JournalReply) }),
  past: noPages,
  async answer(asked) {
    const { school, parts, input } = asked
    const all = await journals(parts.database, school, input.year)
    const own = await ownJournals(asked, input.year)
    const shown = own === null ? all : all.filter(({ journal }) => own.has(journal))
    const name = await namesOf(
      asked,
      shown.flatMap(({ teachers }) => teachers.map(({ staff }) => staff)),
    )
    return {
      body: {
        journals: shown.map(({ teachers, ...journal }) => ({
          ...journal,
          teachers: teachers.map((teacher) => ({ ...teacher, name: name(teacher.staff) })),
        })),
      },
    }
  },
})

export const unitList = defineView({
  name: 'unit-list',
  path: 'years/:year/units',
  summary: 'Классы и группы учебного года; учителю и классному руководителю — их собственные',
  tag,
  operation: '19',
  exchange: 'rosters',
  input: z.strictObject({
    year: SchoolYear,
    grouped: z
      .enum(['true', 'false'])
      .optional()
      .describe('Только классы, из которых группы сформированы, или только те, из которых ещё нет'),
  }),
  reply: z.strictObject({ units: z.array(UnitReply) }),
  past: noPages,
  async answer(asked) {
    const { school, parts, input } = asked
    const own = await ownUnits(asked, input.year)
    const all = await units(parts.database, school, input.year)
    const divided = new Set(all.flatMap(({ classes }) => classes))
    const found = all.filter(
      ({ unit: id, kind }) =>
        (own === null || own.units.has(id) || own.classes.has(id)) &&
        (input.grouped === undefined || (kind === 'class' && String(divided.has(id)) === input.grouped)),
    )
    const name = await namesOf(
      asked,
      found.flatMap(({ teachers }) => teachers.map(({ staff }) => staff)),
    )
    return {
      body: {
        units: found.map((one) => ({
          ...one,
          teachers: one.teachers.map((teacher) => ({ ...teacher, name: name(teacher.staff) })),
        })),
      },
    }
  },
})

export const memberList = defineView({
  name: 'member-list',
  path: 'units/:unit/members',
  summary: 'Список класса или группы на дату',
  tag,
  operation: '19',
  exchange: 'rosters',
  input: z.strictObject({ unit: Uuid, on: LocalDate.optional() }),
  reply: z.strictObject({
    unit: Uuid,
    name: z.string(),
    on: LocalDate,
    members: z.array(z.strictObject({ pupil: Uuid, name: z.string() })),
  }),
  async may(asked) {
    const found = await unitOf(asked)
    return mayReadUnit(asked, found.unit, found.year)
  },
  past: noPages,
  async answer(asked) {
    const { school, parts, input, today } = asked
    const on = input.on ?? today
    const found = await unitOf(asked)
    const seen = await pupilsSeenIn(
      asked,
      found.kind === 'class' ? { kind: 'class', class: found.unit } : { kind: 'group', group: found.unit },
      found.year,
    )
    const then = (await members(parts.database, school, input.unit)).filter(
      ({ pupil, spans }) => holds(spans, on) && (seen === null || seen.has(pupil)),
    )
    const name = await namesOf(
      asked,
      then.map(({ pupil }) => pupil),
      on,
    )
    const listed = then.map(({ pupil }) => ({ pupil, name: name(pupil) })).toSorted(byName)
    return { body: { unit: found.unit, name: found.name, on, members: listed } }
  },
})

export const pageList = defineView({
  name: 'page-list',
  path: 'years/:year/pages',
  summary: 'Открытые страницы журналов: учителю — его собственных, классному руководителю — его класса',
  tag: 'Страница журнала',
  operation: '9',
  input: z.strictObject({ year: SchoolYear, journal: Uuid.optional() }),
  reply: z.strictObject({ pages: z.array(PageReply) }),
  async answer(asked) {
    const { school, parts, input } = asked
    const found = await pages(parts.database, school, input)
    const own = await ownJournals(asked, input.year)
    return { body: { pages: own === null ? found : found.filter(({ journal }) => own.has(journal)) } }
  },
})

/** Everybody who learned or worked at the school on a date (R-7A.16g). */
export const personList = defineView({
  name: 'person-list',
  path: 'people/:kind',
  summary: 'Список обучающихся или сотрудников школы на дату',
  tag,
  operation: '19a',
  exchange: 'rosters',
  input: z.strictObject({ kind: z.enum(['pupils', 'staff']), on: LocalDate.optional() }),
  reply: z.strictObject({
    on: LocalDate,
    people: z.array(
      z.strictObject({ person: Uuid, name: z.string(), from: LocalDate, until: LocalDate.nullable() }),
    ),
  }),
  past: noPages,
  async answer(asked) {
    const { school, parts, input, today } = asked
    const on = input.on ?? today
    const all = await people(parts.database, school, input.kind === 'pupils' ? 'pupil' : 'staff', on)
    // The pupils of a part of the school are those of its classes; the staff is everybody's.
    const seen = input.kind === 'pupils' ? await pupilsAnsweredFor(asked, [schoolYearOf(on)]) : null
    const found = all.filter(({ person }) => seen?.[0]!.pupils.has(person) ?? true)
    const name = await namesOf(
      asked,
      found.map(({ person }) => person),
      on,
    )
    const listed = found.map((one) => ({ ...one, name: name(one.person) })).toSorted(byName)
    return { body: { on, people: listed } }
  },
})

/** The register of movements: who came, was placed, moved and left, from which day and by which order (R-7A.16h). */
export const movementRegister = defineView({
  name: 'movement-register',
  path: 'movements',
  summary: 'Движение обучающихся: зачисление, перевод, выбытие, с приказами',
  tag,
  operation: '20',
  input: z.strictObject({
    since: LocalDate,
    until: LocalDate,
    pupil: Uuid.optional(),
    limit: z.coerce.number().int().min(1).max(500).default(100),
    cursor: DateCursor,
  }),
  reply: z.strictObject({ movements: z.array(MovementReply), next: z.string().nullable() }),
  past: noPages,
  async answer(asked) {
    const { school, parts, input } = asked
    const after = placeAfter(input.cursor)
    const years = yearsBetween(schoolYearOf(input.since), schoolYearOf(input.until))
    const among = await pupilsAnsweredFor(asked, years)
    const found = await movements(parts.database, school, { ...input, among }, after, input.limit)
    const name = await namesOf(
      asked,
      found.map(({ pupil }) => pupil),
    )
    return {
      body: {
        movements: found.map((one) => ({ ...one, name: name(one.pupil) })),
        next: cursorBehind(found, input.limit, (row) => [row.from, row.revision]),
      },
    }
  },
})

const yearsBetween = (first: number, last: number): number[] =>
  Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i)

/** The calendar of a school year. @throws {ProblemError} `school-year-unknown` */
export async function calendarOf({ school, parts }: Asked<unknown>, year: number): Promise<Calendar> {
  const found = await calendar(parts.database, school, year)
  if (found === undefined) throw new ProblemError('school-year-unknown', { year })
  return found
}

/** What the school calls the periods of a year. */
export async function periodNames(asked: Asked<unknown>, year: number): Promise<(period: string) => string> {
  const { periods } = await calendarOf(asked, year)
  const names = new Map<string, string>(periods.map(({ period, name }) => [period, name]))
  return (period) => (period === WHOLE_YEAR ? 'Год' : (names.get(period) ?? period))
}

async function unitOf({ school, parts, input }: Asked<{ unit: Uuid }>) {
  const found = await unit(parts.database, school, input.unit)
  if (found === undefined) throw new ProblemError('class-unknown', { unit: input.unit })
  return found
}

const byName = (a: { name: string }, b: { name: string }): number => a.name.localeCompare(b.name, 'ru')
