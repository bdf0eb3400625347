import { z } from 'zod'
import { type LessonsByPlan, lessonsByPlan, lessonsOfJournal } from '#projections/class-journal/queries.ts'
import { type JournalEntry, journals } from '#projections/school-directory/queries.ts'
import {
  curricula,
  type Curriculum,
  type PlanInForce,
  plansInForce,
  topicPlans,
} from '#projections/school-plan/queries.ts'
import { SchoolYear } from '#values/school.ts'
import { hundredths } from '#values/share.ts'
import { LocalDate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { ProblemError } from '../problems.ts'
import { REPORTS } from './report-parts.ts'
import { ownJournals } from './rights.ts'
import { heldAgainst } from './topic-plans.ts'
import { type Asked, defineView } from './view.ts'
import { YearMeant, yearMeant } from './year-meant.ts'

const hours = {
  hours: z.int().nullable().describe('По плану на год; null — плана, действующего на дату, нет'),
  due: z.int().nullable().describe('По плану к дате; null — в плане нет дат'),
  fact: z.int().describe('Дано по плану к дате: уроки вне плана сюда не входят'),
  percent_due: z.number().nullable().describe('fact / due, два знака, половина вверх'),
  percent_year: z.number().nullable().describe('fact / hours, два знака, половина вверх'),
}

/** How far the programmes of the year are fulfilled on a date: plan against fact by journal, and added up (R-7A.10e, 13f). */
export const programmeReport = defineView({
  name: 'programme-report',
  path: 'reports/programme',
  summary:
    'Выполнение программы на дату: часы по плану и факт по журналам; итоги по профилям, классам, предметам и школе; у названного журнала — неданные темы и уроки вне плана',
  tag: REPORTS,
  operation: '29',
  input: z.strictObject({ on: LocalDate.optional(), year: YearMeant, journal: Uuid.optional() }),
  reply: z.strictObject({
    year: SchoolYear,
    on: LocalDate,
    rows: z.array(
      z.strictObject({
        journal: Uuid,
        name: z.string(),
        subject: z.string().nullable(),
        unit: z.string().nullable().describe('Класс, группа или поток'),
        version: z.int().nullable().describe('Редакция плана'),
        ...hours,
        off_plan: z.int().describe('Уроков вне плана'),
      }),
    ),
    totals: z
      .array(
        z.strictObject({
          by: z.enum(['school', 'profile', 'unit', 'subject']),
          name: z.string().nullable().describe('null — вся школа'),
          journals: z.int(),
          without_plan: z.int().describe('Журналов без плана: в суммы не входят'),
          ...hours,
        }),
      )
      .describe('Только того, что видит спросивший; профиль — по учебным планам, действующим на дату'),
    topics: z
      .strictObject({
        left: z
          .array(
            z.strictObject({
              number: z.int(),
              topic: z.string(),
              hours: z.int(),
              given: z.int(),
              planned_on: LocalDate.nullable(),
            }),
          )
          .describe('Темы, часы которых к дате даны не все; без дат в плане — все такие'),
        off_plan: z.array(z.strictObject({ date: LocalDate, number: z.int(), topic: z.string() })),
      })
      .nullable()
      .describe('null — журнал не назван'),
  }),
  async answer(asked) {
    const { school, parts, input, today } = asked
    const { database } = parts
    const year = await yearMeant(asked)
    if (year === undefined) throw new ProblemError('school-year-unknown', { date: today })
    const { on = today } = input
    const plans = byJournal(await plansInForce(database, school, year, on))
    const lessons = byJournal(await lessonsByPlan(database, school, year, on))
    const own = await ownJournals(asked, year)
    const seen = (await journals(database, school, year)).filter(
      ({ journal, type }) =>
        (type === 'lesson' || plans.has(journal)) &&
        (own?.has(journal) ?? true) &&
        (input.journal === undefined || input.journal === journal),
    )
    if (input.journal !== undefined && seen.length === 0)
      throw new ProblemError('journal-unknown', { journal: input.journal })
    const rows = seen.map((entry) => rowOf(entry, plans.get(entry.journal), lessons.get(entry.journal)))
    const profiles = (await curricula(database, school, year, on)).filter(isOfProfile)
    return {
      body: {
        year,
        on,
        rows: rows.map(({ unit_id: _unit, ...row }) => row),
        totals: totalsOf(rows, profiles),
        topics: input.journal === undefined ? null : await topicsOf(asked, input.journal, on),
      },
    }
  },
})

const byJournal = <Of extends { readonly journal: Uuid }>(found: readonly Of[]) =>
  new Map(found.map((one) => [one.journal, one]))

interface Row {
  readonly unit_id: Uuid
  readonly subject: string | null
  readonly unit: string | null
  readonly hours: number | null
  readonly due: number | null
  readonly fact: number
}

function rowOf(
  { journal, name, subject_name: subject, unit_name: unit, unit: unit_id }: JournalEntry,
  plan: PlanInForce | undefined,
  lessons: LessonsByPlan | undefined,
) {
  const off_plan = lessons?.off_plan ?? 0
  const fact = (lessons?.given ?? 0) - off_plan
  const [all, due] = [plan?.hours ?? null, plan?.due ?? null]
  return {
    journal,
    name,
    subject,
    unit,
    unit_id,
    version: plan?.version ?? null,
    ...against(fact, due, all),
    off_plan,
  }
}

/** @param dated the fact of what has dates in its plan; all of it without a word */
function against(fact: number, due: number | null, all: number | null, dated = fact) {
  return {
    hours: all,
    due,
    fact,
    percent_due: due === null ? null : hundredths(dated, due),
    percent_year: all === null ? null : hundredths(fact, all),
  }
}

type OfProfile = Curriculum & { readonly for: { readonly kind: 'profile' } }

const isOfProfile = (curriculum: Curriculum): curriculum is OfProfile => curriculum.for.kind === 'profile'

/** The sums for the school, and for each profile, unit and subject of which there is a journal. */
function totalsOf(rows: readonly Row[], profiles: readonly OfProfile[]) {
  const of = (by: 'profile' | 'unit' | 'subject', some: ReadonlyMap<string | null, readonly Row[]>) =>
    [...some]
      .flatMap(([name, ours]) => (name === null || ours.length === 0 ? [] : [{ by, name, ...sumOf(ours) }]))
      .toSorted((a, b) => a.name.localeCompare(b.name, 'ru', { numeric: true }))
  // Grades may call theirs the same: it is one profile.
  const ofProfile = [...Map.groupBy(profiles, ({ name }) => name)].map(([name, some]): [string, Row[]] => {
    const units = new Set(some.flatMap((one) => [...one.for.classes, ...one.for.groups]))
    return [name, rows.filter(({ unit_id }) => units.has(unit_id))]
  })
  return [
    { by: 'school' as const, name: null, ...sumOf(rows) },
    ...of('profile', new Map(ofProfile)),
    ...of(
      'unit',
      Map.groupBy(rows, ({ unit }) => unit),
    ),
    ...of(
      'subject',
      Map.groupBy(rows, ({ subject }) => subject),
    ),
  ]
}

function sumOf(rows: readonly Row[]) {
  const planned = rows.filter(({ hours: all }) => all !== null)
  const dated = planned.filter(({ due }) => due !== null)
  const add = (some: readonly Row[], of: (row: Row) => number | null) =>
    some.reduce((sum, row) => sum + (of(row) ?? 0), 0)
  const due = dated.length === 0 ? null : add(dated, (row) => row.due)
  const all = planned.length === 0 ? null : add(planned, (row) => row.hours)
  const fact = (row: Row) => row.fact
  return {
    journals: rows.length,
    without_plan: rows.length - planned.length,
    ...against(add(planned, fact), due, all, add(dated, fact)),
  }
}

async function topicsOf({ school, parts }: Asked<unknown>, journal: Uuid, on: LocalDate) {
  const found = await topicPlans(parts.database, school, journal)
  const plan = found.findLast(({ effective_from: from }) => from <= on)
  const lessons = (await lessonsOfJournal(parts.database, school, journal)).filter(({ date }) => date <= on)
  const { given, offPlan } = heldAgainst(plan?.version, lessons)
  const items = (plan?.sections ?? []).flatMap((section) => section.items)
  const withDates = items.some(({ plannedOn }) => plannedOn !== null)
  return {
    left: items
      .map(({ number, topic, hours: all, plannedOn }) => {
        return { number, topic, hours: all, given: given.get(number) ?? 0, planned_on: plannedOn }
      })
      .filter(
        ({ hours: all, given: so, planned_on: day }) =>
          so < all && (!withDates || (day !== null && day <= on)),
      ),
    off_plan: offPlan,
  }
}
