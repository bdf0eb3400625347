import { z } from 'zod'
import { WHOLE_YEAR } from '#commands/school-year/state.ts'
import { FinalKind } from '#events/journal-page.ts'
import { PromotionDecision } from '#events/roster.ts'
import { diaryAssessments } from '#projections/pupil-diary/queries.ts'
import {
  calendar,
  type Calendar,
  type JournalEntry,
  journals,
  learningAmong,
  subjects,
  units,
  unitsOf,
} from '#projections/school-directory/queries.ts'
import type { UnitRow } from '#projections/school-directory/projection.ts'
import {
  allFinalsOfPupil,
  attestationsOf,
  creditsOf,
  decisionsOf,
  type FinalOfYear,
} from '#projections/summary-sheet/queries.ts'
import { holdingFor } from '#values/calendar-for.ts'
import { MarkValue } from '#values/grading.ts'
import { LEVEL_NAMES, LEVELS, levelOf } from '#values/level.ts'
import { PeriodId, SchoolYear, schoolYearOf } from '#values/school.ts'
import { LocalDate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { namesOf } from './names.ts'
import { pagesOfPupil } from './past-pages.ts'
import { mayReadDiary, mustKnowPupil } from './rights.ts'
import { defineView } from './view.ts'

const Result = z.strictObject({
  what: z.enum(['final', 'credited', 'assessment', 'attestation', 'promotion']),
  date: LocalDate.nullable().describe(
    'Конец периода, день испытания, протокола или приказа: по нему стоит порядок. null — период неизвестен',
  ),
  subject: z.string().nullable(),
  kind: FinalKind.nullable().describe('Итоговая за период, за год, экзаменационная, итоговая по предмету'),
  period: PeriodId.nullable(),
  period_name: z.string().nullable(),
  value: MarkValue.nullable(),
  name: z
    .string()
    .nullable()
    .describe('Испытание; для зачтённой — кто выдал документ; для протокола — номер'),
  class: z.string().nullable().describe('Класс или группа, где результат получен'),
  decision: PromotionDecision.nullable(),
})

const YearOfResults = z.strictObject({
  year: SchoolYear,
  level: z.enum(LEVELS).nullable().describe('null — класс этого года школе неизвестен'),
  level_name: z.string().nullable().describe('НОО, ООО, СОО'),
  grade: z.int().nullable(),
  classes: z
    .array(z.strictObject({ class: Uuid, name: z.string(), from: LocalDate, until: LocalDate.nullable() }))
    .describe('В каких классах учился, по датам'),
  results: z.array(Result),
})

/**
 * The results of a pupil over all years and levels (НОО, ООО, СОО) in one order of time (R-5.3, п. 5.3): finals of
 * periods and years, exams, finals credited from elsewhere, protocols of attestation, and what was decided of him. It
 * follows the pupil through every class and group, because a result is the pupil's wherever it was earned.
 */
export const pupilResults = defineView({
  name: 'pupil-results',
  path: 'pupils/:pupil/results',
  summary: 'Результаты обучающегося за все годы и уровни (НОО, ООО, СОО) по порядку, через все переводы',
  tag: 'Дневник',
  operation: '10',
  input: z.strictObject({ pupil: Uuid }),
  reply: z.strictObject({ pupil: Uuid, name: z.string(), years: z.array(YearOfResults) }),
  past: pagesOfPupil,
  may: (asked) => mayReadDiary(asked, asked.input.pupil),
  async answer(asked) {
    const { school, parts, input } = asked
    const { database } = parts
    const { pupil } = input
    await mustKnowPupil(asked, pupil)
    const name = await namesOf(asked, [pupil])
    const spans = await unitsOf(database, school, pupil)
    const finals = Map.groupBy(await allFinalsOfPupil(database, school, pupil), ({ year }) => year)
    const credits = Map.groupBy(await creditsOf(database, school, [pupil], null), ({ year }) => year)
    const protocols = Map.groupBy(await attestationsOf(database, school, [pupil], null), ({ year }) => year)
    const held = Map.groupBy(
      await diaryAssessments(database, school, pupil, FIRST, LAST),
      ({ date }): number => schoolYearOf(date),
    )
    const named = new Map((await subjects(database, school)).map((one) => [one.subject, one.name]))
    const decided = await decisionsOf(
      database,
      school,
      spans.map(({ unit }) => unit),
    )
    const decisions = decided.filter((one) => one.pupil === pupil)
    const opened = spans.flatMap((one) => one.spans.map(({ from }): number => schoolYearOf(from)))
    const found = [...finals.keys(), ...credits.keys(), ...protocols.keys(), ...held.keys(), ...opened]
    const years = [...new Set(found)].toSorted((a, b) => a - b)
    const shown: Array<z.output<typeof YearOfResults>> = []
    for (const year of years) {
      const all = await units(database, school, year)
      const known = await calendar(database, school, year)
      const classes = all.flatMap((one) =>
        one.kind === 'class'
          ? (spans.find(({ unit }) => unit === one.unit)?.spans ?? []).map((span) => ({ of: one, ...span }))
          : [],
      )
      const inOrder = classes.toSorted((a, b) => (a.from < b.from ? -1 : 1))
      const grade = inOrder.at(-1)?.of.grade ?? null
      const level = grade === null ? null : levelOf(grade)
      const journalOf = new Map((await journals(database, school, year)).map((one) => [one.journal, one]))
      const end = (period: string, unit: Uuid | undefined) => periodOf(known, all, period, unit)
      const results: Array<z.output<typeof Result>> = [
        ...(finals.get(year) ?? []).map((final) => finalResult(final, journalOf.get(final.journal), end)),
        ...(credits.get(year) ?? []).map(({ subject, period, value, issued_by: name }) => ({
          ...NOTHING,
          ...end(period, inOrder.at(-1)?.of.unit),
          what: 'credited' as const,
          kind: period === WHOLE_YEAR ? ('year' as const) : ('period' as const),
          subject: named.get(subject) ?? null,
          value,
          name,
        })),
        ...(held.get(year) ?? []).flatMap(({ date, name, subject, marks, journal }) =>
          marks.map(({ value }) => ({
            ...NOTHING,
            what: 'assessment' as const,
            date,
            subject,
            value,
            name,
            class: journalOf.get(journal)?.unit_name ?? null,
          })),
        ),
        ...(protocols.get(year) ?? []).map(({ date, subject, value, protocol_number: number }) => ({
          ...NOTHING,
          what: 'attestation' as const,
          date,
          subject: named.get(subject) ?? null,
          value,
          name: `протокол № ${number}`,
        })),
        ...decisions
          .filter((one) => classes.some(({ of }) => of.unit === one.class))
          .map(({ class: id, decision, order_date: date }) => ({
            ...NOTHING,
            what: 'promotion' as const,
            date,
            class: all.find(({ unit }) => unit === id)?.name ?? null,
            decision: PromotionDecision.parse(decision),
          })),
      ]
      if (results.length === 0 && classes.length === 0) continue
      shown.push({
        year: SchoolYear.parse(year),
        level,
        level_name: level === null ? null : LEVEL_NAMES[level],
        grade,
        classes: inOrder.map(({ of, from, until }) => ({ class: of.unit, name: of.name, from, until })),
        results: results.toSorted(inTime),
      })
    }
    return { body: { pupil, name: name(pupil), years: shown } }
  },
})

/** Every date of school life. */
const [FIRST, LAST] = [LocalDate.parse('1900-01-01'), LocalDate.parse('2999-12-31')]

const NOTHING = {
  date: null,
  subject: null,
  kind: null,
  period: null,
  period_name: null,
  value: null,
  name: null,
  class: null,
  decision: null,
}

function finalResult(
  { kind, period, value }: FinalOfYear,
  journal: JournalEntry | undefined,
  end: (period: string, unit: Uuid | undefined) => ReturnType<typeof periodOf>,
): z.output<typeof Result> {
  const { subject_name: subject = null, unit_name: unit = null } = journal ?? {}
  return { ...NOTHING, ...end(period, journal?.unit), what: 'final', kind, subject, value, class: unit }
}

/** What a period is called, and its last day, for those who learn in a class or group. */
function periodOf(
  known: Calendar | undefined,
  all: readonly UnitRow[],
  period: string,
  unit: Uuid | undefined,
): { readonly date: LocalDate | null; readonly period: PeriodId; readonly period_name: string | null } {
  const id = PeriodId.parse(period)
  const own =
    known === undefined || unit === undefined ? [] : holdingFor(known.periods, learningAmong(all, unit))
  const planned = own.find((one) => one.period === period)
  if (planned !== undefined) return { date: planned.until, period: id, period_name: planned.name }
  return period === WHOLE_YEAR
    ? { date: known?.year.until ?? null, period: id, period_name: 'Год' }
    : { date: null, period: id, period_name: null }
}

type Ordered = Pick<z.output<typeof Result>, 'date' | 'subject' | 'kind' | 'what'>

const KINDS: readonly string[] = FinalKind.options

/** By date; on one day by subject, and the mark of a year before the exam and the final one. */
function inTime(a: Ordered, b: Ordered): number {
  const [first, second] = [a.date ?? FIRST, b.date ?? FIRST]
  if (first !== second) return first < second ? -1 : 1
  const bySubject = (a.subject ?? '').localeCompare(b.subject ?? '', 'ru')
  if (bySubject !== 0) return bySubject
  return KINDS.indexOf(a.kind ?? '') - KINDS.indexOf(b.kind ?? '')
}
