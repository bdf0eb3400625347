import { z } from 'zod'
import { policyOn } from '#commands/policy/state.ts'
import {
  classesOf,
  classOf,
  isAttestedByProtocol,
  isMember,
  learningOf,
  membershipsOf,
  type Membership,
} from '#commands/roster/state.ts'
import { isSchoolDay, periodsFor, spanOfPage } from '#commands/school-year/state.ts'
import type { JournalState } from '#commands/teaching-load/state.ts'
import { lessonsAWeek } from '#commands/timetable/state.ts'
import { exemptionsOfYear, marksByPupil, pages } from '#projections/class-journal/queries.ts'
import { journals, unit as unitById } from '#projections/school-directory/queries.ts'
import { holdingFor, type Learning } from '#values/calendar-for.ts'
import { type Policy, rulesOfType, STARTING_POLICY } from '#values/policy.ts'
import { PeriodId, SchoolYear } from '#values/school.ts'
import { datesBetween, LocalDate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { ProblemError } from '../problems.ts'
import { calendarOf } from './directory.ts'
import { type DutyGround, dutyGround } from './duties/duty.ts'
import { namesOf } from './names.ts'
import { REPORTS } from './report-parts.ts'
import { ownJournals, pupilsSeenOn } from './rights.ts'
import { type Asked, defineView } from './view.ts'
import { YearMeant, yearMeant } from './year-meant.ts'

/** The norm of the rules is for a quarter, and a school year has as many (docs/decisions/0099). */
const QUARTERS = 4

const Ground = z
  .enum(['quarter', 'year'])
  .describe(
    'quarter — норма четверти по доле учебных дней этой четверти; year — четыре нормы четверти по доле учебных дней года',
  )

const Question = z.strictObject({
  period: PeriodId,
  year: YearMeant,
  on: LocalDate.optional().describe('По какой день считать; по умолчанию — по сегодня или конец периода'),
  journal: Uuid.optional(),
  unit: Uuid.optional().describe('Класс или группа'),
})
type Input = z.output<typeof Question>

/** How many marks pupils have against the norm of the school by lessons a week (R-7A.10c). */
export const fullnessOfMarksReport = defineView({
  name: 'fullness-of-marks-report',
  path: 'reports/fullness-of-marks',
  summary:
    'Наполняемость отметок за период или его часть: отметок у каждого обучающегося против нормы по недельным часам, по журналам; у кого меньше нормы',
  tag: REPORTS,
  operation: '29',
  input: Question,
  reply: z.strictObject({
    year: SchoolYear,
    period: PeriodId,
    on: LocalDate,
    how: z.string().describe('Как посчитана норма, словами'),
    rows: z.array(
      z.strictObject({
        journal: Uuid,
        name: z.string(),
        subject: z.string().nullable(),
        unit: z.string().nullable(),
        from: LocalDate,
        until: LocalDate.describe('Последний посчитанный день'),
        school_days: z.int().describe('Учебных дней в посчитанном'),
        of_days: z.int().describe('Из скольких: четверти или года, по ground'),
        weekly: z.int().describe('Уроков в неделю: среднее за период, половина вверх'),
        norm_of_quarter: z
          .int()
          .nullable()
          .describe('По правилам школы, а где они молчат — обычная; null — на столько уроков нормы нет'),
        ground: Ground,
        norm: z.int().nullable().describe('На посчитанные дни; половина вверх'),
        pupils: z.int(),
        marks: z.int(),
        average: z.number().nullable().describe('Отметок на обучающегося, один знак, половина вверх'),
        below: z.int().describe('У скольких меньше нормы'),
      }),
    ),
    pupils: z
      .array(
        z.strictObject({
          pupil: Uuid,
          name: z.string(),
          journal: Uuid,
          journal_name: z.string(),
          marks: z.int(),
          days: z.int().describe('Учебных дней, за которые норма этого обучающегося: когда он здесь учился'),
          norm: z.int().nullable(),
          below: z.boolean(),
        }),
      )
      .describe('Когда назван журнал или класс — все, иначе только те, у кого меньше нормы'),
  }),
  async answer(asked) {
    const { input, today } = asked
    const year = await yearMeant(asked)
    if (year === undefined) throw new ProblemError('school-year-unknown', { date: today })
    const { on = today } = input
    const found = await countedJournals(asked, year, on)
    const everybody = input.journal !== undefined || input.unit !== undefined
    const shown = found.flatMap(({ row, pupils }) =>
      pupils
        .filter(({ below }) => everybody || below)
        .map((one) => ({ ...one, journal: row.journal, journal_name: row.name })),
    )
    const name = await namesOf(
      asked,
      shown.map(({ pupil }) => pupil),
    )
    const pupils = shown.map((one) => ({ ...one, name: name(one.pupil) }))
    const order = (one: (typeof pupils)[number]) => `${one.name} ${one.journal_name}`
    return {
      body: {
        year,
        period: input.period,
        on,
        how: HOW,
        rows: found.map(({ row }) => row).toSorted((a, b) => a.name.localeCompare(b.name, 'ru')),
        pupils: pupils.toSorted((a, b) => order(a).localeCompare(order(b), 'ru')),
      },
    }
  },
})

const HOW =
  'Норма четверти — из правил школы, по числу уроков в неделю; где они её не называют — обычная: 1 урок — 3 отметки, 2 — 5, 3 — 7, 4 и больше — 9. За четверть она берётся целиком, за часть четверти — по доле учебных дней; за триместр, полугодие, модуль или год — четыре нормы четверти по доле учебных дней года. Кто учился здесь не весь период, у того норма за его дни; дни освобождения от практики не считаются.'

interface Counted {
  readonly pupil: Uuid
  readonly marks: number
  readonly days: number
  readonly norm: number | null
  readonly below: boolean
}

/** A journal in which marks are given and whose pupils have the period, with the days that count. */
interface Span {
  readonly journal: Uuid
  readonly known: Readonly<JournalState>
  readonly policy: Policy
  readonly from: LocalDate
  readonly until: LocalDate
  readonly inQuarters: boolean
  /** The school days of the whole period, and how many the year has. */
  readonly days: readonly LocalDate[]
  readonly ofYear: number
}

async function spansOf(asked: Asked<Input>, ground: DutyGround, on: LocalDate): Promise<Span[]> {
  const { school, parts, input } = asked
  const { period } = input
  const { teachingLoad, roster, schoolYear } = ground.references
  const gradings = new Map(
    (await pages(parts.database, school, ground))
      .filter((one) => one.period === period)
      .map(({ journal, grading }) => [journal, grading]),
  )
  const { periods } = await calendarOf(asked, ground.year)
  const daysFor = daysOfYear(ground)
  return [...teachingLoad.journals].flatMap(([journal, known]) => {
    const wanted = (ground.journals?.has(journal) ?? true) && (input.journal ?? journal) === journal
    const learning = learningOf(roster, known.learners)
    const span = spanOfPage(schoolYear, period, learning)
    if (!wanted || span === undefined || (gradings.get(journal) ?? known.grading) === 'none') return []
    const until = on < span.until ? on : span.until
    const policy = policyOn(ground.references.policy, until)
    if (policy === undefined || !rulesOfType(policy, known.type).marks) return []
    const inQuarters = holdingFor(periods, learning).some(
      (one) => one.period === period && one.structure === 'quarters',
    )
    const all = daysFor(learning)
    const days = all.filter((date) => span.from <= date && date <= span.until)
    return [{ journal, known, policy, from: span.from, until, inQuarters, days, ofYear: all.length }]
  })
}

async function countedJournals(asked: Asked<Input>, year: number, on: LocalDate) {
  const { school, parts, input } = asked
  const { database } = parts
  const own = await ownJournals(asked, year)
  const ground = await dutyGround(asked, year, own)
  const spans = await spansOf(asked, ground, on)
  if (input.journal !== undefined && spans.length === 0)
    throw new ProblemError('journal-unknown', { journal: input.journal })
  const inUnit = await membersOfUnit(asked, ground)
  const entries = new Map((await journals(database, school, year)).map((one) => [one.journal, one]))
  const notes = spans.flatMap(({ policy }) => policy.valueCodes.filter(({ kind }) => kind === 'note'))
  const asks = spans.map(({ journal, from, until }) => ({ journal, from, until }))
  const given = new Map(
    (await marksByPupil(database, school, asks, [...new Set(notes.map(({ code }) => code))])).map((row) => [
      `${row.journal} ${row.pupil}`,
      row.marks,
    ]),
  )
  const exempt = Map.groupBy(await exemptionsOfYear(database, school, year), ({ journal }) => journal)
  const counted = []
  for (const span of spans) {
    const { journal, known, from, until, inQuarters } = span
    const weekly = weeklyOf(ground, span)
    const normOfQuarter = normFor(span.policy, weekly)
    const days = span.days.filter((date) => date <= until)
    const ofDays = inQuarters ? span.days.length : span.ofYear
    const normOver = (part: number): number | null =>
      normOfQuarter === null || ofDays === 0
        ? null
        : rounded((inQuarters ? 1 : QUARTERS) * normOfQuarter * part, ofDays)
    const there = membershipsOf(ground.references.roster, known.learners)
    const seen = await pupilsSeenOn(asked, journal, year)
    const pupils = learningOn(ground, days.at(-1) ?? from, [there, inUnit])
      .filter((pupil) => seen?.has(pupil) ?? true)
      .map((pupil): Counted => {
        const free = (exempt.get(journal) ?? []).filter((row) => row.pupil === pupil)
        const learnt = days.filter(
          (date) =>
            isMember(there, pupil, date) &&
            !free.some(({ since, until: end }) => since <= date && date <= end),
        )
        const marks = given.get(`${journal} ${pupil}`) ?? 0
        const norm = normOver(learnt.length)
        return { pupil, marks, days: learnt.length, norm, below: norm !== null && marks < norm }
      })
    if (pupils.length === 0) continue
    const marks = pupils.reduce((sum, pupil) => sum + pupil.marks, 0)
    counted.push({
      row: {
        journal,
        name: known.name,
        subject: entries.get(journal)?.subject_name ?? null,
        unit: entries.get(journal)?.unit_name ?? null,
        from,
        until,
        school_days: days.length,
        of_days: ofDays,
        weekly,
        norm_of_quarter: normOfQuarter,
        ground: inQuarters ? ('quarter' as const) : ('year' as const),
        norm: normOver(days.length),
        pupils: pupils.length,
        marks,
        average: rounded(10 * marks, pupils.length) / 10,
        below: pupils.filter(({ below }) => below).length,
      },
      pupils,
    })
  }
  return counted
}

/** Those who are in every one of some lists on a day and have current marks; not those of a pilot that does not count. */
function learningOn(
  { references: { roster }, pilot }: DutyGround,
  day: LocalDate,
  lists: ReadonlyArray<readonly Membership[] | null>,
): Uuid[] {
  const some = lists.filter((list) => list !== null)
  return [...new Set(some.flatMap((list) => list.map(({ pupil }) => pupil)))].filter((pupil) => {
    const own = classOf(roster, pupil, day)
    return (
      some.every((list) => isMember(list, pupil, day)) &&
      !isAttestedByProtocol(roster, pupil, day) &&
      !(own !== undefined && pilot(own, day))
    )
  })
}

/** A quotient in whole numbers, half up. */
const rounded = (part: number, of: number): number => Math.floor((2 * part + of) / (2 * of))

/** Those who are or were in the class or group that is asked for; null where none is. */
async function membersOfUnit(
  { school, parts, input }: Asked<Input>,
  { references: { roster } }: DutyGround,
): Promise<readonly Membership[] | null> {
  if (input.unit === undefined) return null
  const found = await unitById(parts.database, school, input.unit)
  if (found === undefined) throw new ProblemError('class-unknown', { unit: input.unit })
  return membershipsOf(
    roster,
    found.kind === 'class' ? { kind: 'class', class: found.unit } : { kind: 'group', group: found.unit },
  )
}

/** The school days of a year within its periods, for whoever learns together. */
function daysOfYear({ references: { schoolYear } }: DutyGround) {
  const known = new Map<Uuid, readonly LocalDate[]>()
  return (learning: Learning): readonly LocalDate[] => {
    const found =
      known.get(learning.unit) ??
      periodsFor(schoolYear, learning)
        .flatMap(({ from, until }) => datesBetween(from, until))
        .filter((date) => isSchoolDay(schoolYear, date, learning))
    known.set(learning.unit, found)
    return found
  }
}

/** How many lessons a week a journal has: over the school days of a period the mean of the weeks in force, half up. */
function weeklyOf({ references: { roster, timetable } }: DutyGround, { journal, known, days }: Span): number {
  const classes = classesOf(roster, known.learners)
  const sum = days.reduce((all, date) => all + lessonsAWeek(timetable, journal, classes, date), 0)
  return days.length === 0 ? 0 : rounded(sum, days.length)
}

/** The norm of a quarter by the rules of a school, or the usual one; null where they name none for so few lessons. */
function normFor({ marksNorm }: Policy, weekly: number): number | null {
  const known = marksNorm.length === 0 ? STARTING_POLICY.marksNorm : marksNorm
  const lines = known.toSorted((a, b) => a.weekly - b.weekly)
  return lines.findLast((line) => line.weekly <= weekly)?.marks ?? null
}
