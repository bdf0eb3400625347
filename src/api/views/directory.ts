import { z } from 'zod'
import { slotsOn, type TimetableState } from '#commands/timetable/state.ts'
import { isSchoolDay, type SchoolYearState } from '#commands/school-year/state.ts'
import { filledLessons, pages } from '#projections/class-journal/queries.ts'
import {
  type Calendar,
  calendar,
  childrenOf,
  holds,
  journals,
  members,
  policyOn,
  unit,
  units,
  weeks,
  yearOf,
} from '#projections/school-directory/queries.ts'
import { Policy } from '#values/policy.ts'
import { ROLES } from '#values/role.ts'
import { lessonId, pageId, PeriodId, SchoolYear } from '#values/school.ts'
import { addDays, datesBetween, LocalDate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { ProblemError } from '../problems.ts'
import { namesOf } from './names.ts'
import { CalendarReply, JournalReply, LessonEntryReply, PageReply, UnitReply } from './replies.ts'
import { mayReadUnit, WHOLE_SCHOOL_READERS } from './rights.ts'
import { type Asked, defineView } from './view.ts'

const STAFF = [
  'head',
  'deputy',
  'class-teacher',
  'teacher',
  'system-administrator',
  'auditor',
  'archivist',
] as const
const tag = 'Справочники'

export const whoAmI = defineView({
  name: 'who-am-i',
  path: 'me',
  summary: 'Кто я: роли, имя, дети',
  tag,
  operation: 22,
  roles: ROLES,
  input: z.strictObject({}),
  reply: z.strictObject({
    account: Uuid,
    person: Uuid,
    name: z.string(),
    roles: z.array(z.enum(ROLES)),
    children: z.array(z.strictObject({ pupil: Uuid, name: z.string() })),
  }),
  async answer(asked) {
    const { actor, school, parts } = asked
    const children = await childrenOf(parts.database, school, actor.person)
    const name = await namesOf(asked, [actor.person, ...children])
    return {
      body: {
        account: actor.account,
        person: actor.person,
        name: name(actor.person),
        roles: asked.held,
        children: children.map((pupil) => ({ pupil, name: name(pupil) })),
      },
    }
  },
})

export const schoolYearCalendar = defineView({
  name: 'school-year-calendar',
  path: 'years/:year',
  summary: 'Учебный год: периоды, каникулы, звонки',
  tag,
  operation: 17,
  roles: [...STAFF, 'parent', 'pupil'],
  input: z.strictObject({ year: SchoolYear }),
  reply: CalendarReply,
  async answer(asked) {
    return { body: await calendarOf(asked, asked.input.year) }
  },
})

export const policyInForce = defineView({
  name: 'policy-in-force',
  path: 'policy',
  summary: 'Правила школы на дату: коды, виды работ, причины исправлений',
  tag,
  operation: 21,
  roles: STAFF,
  input: z.strictObject({ on: LocalDate.optional() }),
  reply: z.strictObject({ effective_from: LocalDate, policy: Policy }),
  async answer({ school, parts, input, today }) {
    const on = input.on ?? today
    const found = await policyOn(parts.database, school, on)
    if (found === undefined) throw new ProblemError('policy-missing', { date: on })
    return { body: found }
  },
})

export const journalList = defineView({
  name: 'journal-list',
  path: 'years/:year/journals',
  summary: 'Журналы учебного года; учителю — его собственные',
  tag,
  operation: 18,
  roles: STAFF,
  input: z.strictObject({ year: SchoolYear }),
  reply: z.strictObject({ journals: z.array(JournalReply) }),
  async answer(asked) {
    const { school, parts, actor, input, today } = asked
    const all = await journals(parts.database, school, input.year)
    const shown =
      actor.role === 'teacher'
        ? all.filter(({ teachers }) =>
            holds(
              teachers.filter(({ staff }) => staff === actor.person),
              today,
            ),
          )
        : all
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
  summary: 'Классы и группы учебного года',
  tag,
  operation: 19,
  roles: STAFF,
  input: z.strictObject({ year: SchoolYear }),
  reply: z.strictObject({ units: z.array(UnitReply) }),
  async answer(asked) {
    const found = await units(asked.parts.database, asked.school, asked.input.year)
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
  operation: 19,
  roles: ['head', 'deputy', 'class-teacher', 'teacher', 'system-administrator', 'auditor'],
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
  async answer(asked) {
    const { school, parts, input, today } = asked
    const on = input.on ?? today
    const found = await unitOf(asked)
    const then = (await members(parts.database, school, input.unit)).filter(({ spans }) => holds(spans, on))
    const name = await namesOf(
      asked,
      then.map(({ pupil }) => pupil),
    )
    const listed = then.map(({ pupil }) => ({ pupil, name: name(pupil) })).toSorted(byName)
    return { body: { unit: found.unit, name: found.name, on, members: listed } }
  },
})

export const pageList = defineView({
  name: 'page-list',
  path: 'years/:year/pages',
  summary: 'Открытые страницы журналов',
  tag: 'Страница журнала',
  operation: 9,
  roles: ['head', 'deputy', 'auditor', 'teacher', 'class-teacher'],
  input: z.strictObject({ year: SchoolYear, journal: Uuid.optional() }),
  reply: z.strictObject({ pages: z.array(PageReply) }),
  async answer({ school, parts, input, actor, today }) {
    const found = await pages(parts.database, school, input)
    if (WHOLE_SCHOOL_READERS.includes(actor.role)) return { body: { pages: found } }
    const all = await journals(parts.database, school, input.year)
    const everybody = await units(parts.database, school, input.year)
    const led = new Set(
      everybody
        .filter(({ teachers }) => teachers.findLast(({ from }) => from <= today)?.staff === actor.person)
        .map((one) => one.unit),
    )
    // A class is taught in its groups, too.
    const leads = (of: Uuid): boolean =>
      led.has(of) || everybody.some((one) => one.unit === of && one.classes.some((id) => led.has(id)))
    const own = all.filter(({ teachers, unit: of }) =>
      actor.role === 'teacher'
        ? holds(
            teachers.filter(({ staff }) => staff === actor.person),
            today,
          )
        : leads(of),
    )
    return { body: { pages: found.filter(({ journal }) => own.some((one) => one.journal === journal)) } }
  },
})

export const lessonList = defineView({
  name: 'lesson-list',
  path: 'lessons',
  summary: 'Уроки по расписанию за дни и что в них заполнено; учителю — его собственные',
  tag: 'Расписание',
  operation: 17,
  roles: ['head', 'deputy', 'auditor', 'teacher', 'class-teacher'],
  input: z.strictObject({
    from: LocalDate.optional().describe('По умолчанию — сегодня'),
    until: LocalDate.optional().describe('По умолчанию — тот же день; не больше 31 дня'),
    class: Uuid.optional(),
    recorded: z.enum(['true', 'false']).optional().describe('Только записанные или только незаписанные'),
  }),
  reply: z.strictObject({ lessons: z.array(LessonEntryReply) }),
  async answer(asked) {
    const { recorded } = asked.input
    const from = asked.input.from ?? asked.today
    const until = asked.input.until ?? from
    if (until > addDays(from, 31)) {
      throw new ProblemError('malformed-request', {
        fields: [{ field: '/until', problem: 'не больше 31 дня' }],
      })
    }
    const lessons = await lessonsBetween(asked, from, until)
    const shown = lessons.filter((lesson) => recorded === undefined || String(lesson.recorded) === recorded)
    return { body: { lessons: shown } }
  },
})

type LessonEntry = z.output<typeof LessonEntryReply>

async function lessonsBetween(
  asked: Asked<{ class?: Uuid | undefined }>,
  from: LocalDate,
  until: LocalDate,
): Promise<LessonEntry[]> {
  const { school, parts, actor, input } = asked
  const year = await yearOf(parts.database, school, from)
  if (year === undefined) return []
  const { year: bounds, periods, holidays } = await calendarOf(asked, year)
  const state = {
    year: { ...bounds, schoolDays: bounds.school_days },
    periods,
    holidays,
    bells: [],
  } as unknown as SchoolYearState
  const known = new Map(
    (await journals(parts.database, school, year)).map((journal) => [journal.journal, journal]),
  )
  const filled = new Map(
    (await filledLessons(parts.database, school, from, until)).map((lesson) => [lesson.lesson, lesson]),
  )
  const classes = (await units(parts.database, school, year)).filter(
    ({ kind, unit: id }) => kind === 'class' && (input.class === undefined || input.class === id),
  )
  const timetable = timetableOf(await weeks(parts.database, school, year))

  const lessons = new Map<Uuid, LessonEntry>()
  for (const date of datesBetween(from, until)) {
    for (const { unit: id, grade } of classes) {
      const period = periods.find(
        (one) => one.from <= date && date <= one.until && one.grades.includes(grade ?? 0),
      )
      if (period === undefined || !isSchoolDay(state, date, [grade ?? 0])) continue
      for (const slot of slotsOn(timetable, id, date)) {
        const journal = known.get(slot.journal)
        const teachers = journal?.teachers.filter((teacher) => holds([teacher], date)) ?? []
        if (actor.role === 'teacher' && !teachers.some(({ staff }) => staff === actor.person)) continue
        const lesson = lessonId(slot.journal, date, slot.number)
        const done = filled.get(lesson)
        lessons.set(lesson, {
          lesson,
          date,
          number: slot.number,
          journal: slot.journal,
          name: journal?.name ?? null,
          period: PeriodId.parse(period.period),
          page: pageId(slot.journal, PeriodId.parse(period.period)),
          room: slot.room,
          recorded: done !== undefined,
          topic: done?.topic ?? null,
          attendance: done?.attendance ?? false,
          homework: done?.homework ?? null,
          marks: done?.marks ?? false,
        })
      }
    }
  }
  return [...lessons.values()].toSorted((a, b) =>
    a.date === b.date ? a.number - b.number : a.date < b.date ? -1 : 1,
  )
}

function timetableOf(rows: Awaited<ReturnType<typeof weeks>>): TimetableState {
  const state: TimetableState = { weeks: new Map() }
  for (const { class: id, effective_from: effectiveFrom, slots } of rows) {
    state.weeks.set(id, [...(state.weeks.get(id) ?? []), { effectiveFrom, slots }])
  }
  return state
}

async function calendarOf({ school, parts }: Asked<unknown>, year: number): Promise<Calendar> {
  const found = await calendar(parts.database, school, year)
  if (found === undefined) throw new ProblemError('school-year-unknown', { year })
  return found
}

async function unitOf({ school, parts, input }: Asked<{ unit: Uuid }>) {
  const found = await unit(parts.database, school, input.unit)
  if (found === undefined) throw new ProblemError('class-unknown', { unit: input.unit })
  return found
}

const byName = (a: { name: string }, b: { name: string }): number => a.name.localeCompare(b.name, 'ru')
