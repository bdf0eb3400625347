import { z } from 'zod'
import { policyOn } from '#commands/policy/state.ts'
import { classesOf, isMember } from '#commands/roster/state.ts'
import { missedLessons } from '#projections/class-journal/queries.ts'
import { PeriodId, SchoolYear } from '#values/school.ts'
import { hundredths, share } from '#values/share.ts'
import { FEWEST, type Group, type Hidden, hideSmall } from '#values/small-cells.ts'
import { LocalDate } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import { ProblemError } from '../problems.ts'
import { attainmentReport } from './attainment.ts'
import { firstDayOf, groundOf, lastDayOf } from './period-end.ts'
import { leftOut } from './pilots.ts'
import { programmeReport } from './programme.ts'
import { referenceOf } from './reference-of.ts'
import { ShareReply } from './report-parts.ts'
import type { Asked } from './view.ts'
import { yearMeant } from './year-meant.ts'

const hiddenOr = <Value extends z.ZodType>(value: Value) =>
  value.nullable().describe(`null — скрыто: меньше ${FEWEST} человек, или это позволило бы их вычислить`)

const RowReply = z.strictObject({
  of: z.enum(['school', 'grade', 'class']),
  name: z.string().describe('Класс или параллель; у школы — «школа»'),
  pupils: hiddenOr(z.int()),
  success: hiddenOr(ShareReply).describe('Обучающиеся, у которых успешны все итоговые; null — скрыто'),
  quality: hiddenOr(ShareReply).describe('Обучающиеся, у которых все итоговые — 4 и 5; null — скрыто'),
  missed: hiddenOr(z.strictObject({ pupils: z.int(), lessons: z.int() })).describe(
    'Пропустили хотя бы один урок, и сколько уроков; null — скрыто',
  ),
  missed_without_reason: hiddenOr(z.strictObject({ pupils: z.int(), lessons: z.int() })).describe(
    'Из них без уважительной или без установленной причины; null — скрыто',
  ),
  programme: z
    .strictObject({ hours: z.int(), due: z.int(), fact: z.int(), percent_due: z.number().nullable() })
    .describe('Часы по плану на год, по плану к дате и данные; о людях не говорит'),
})

/** What a report for an authority says (docs/spec/reports.md). */
export const ReportReply = z
  .strictObject({
    year: SchoolYear,
    period: PeriodId,
    until: LocalDate.describe('На какой день'),
    fewest: z.int().describe('О меньшем числе людей отчёт не говорит ничего'),
    rows: z.array(RowReply),
  })
  .meta({ id: 'AuthorityReport', description: 'Сводный обезличенный отчёт' })
export type Report = z.output<typeof ReportReply>

/** What is counted of a class. */
interface Counted {
  readonly id: Uuid
  readonly name: string
  readonly grade: number
  readonly pupils: number
  readonly success: Parted
  readonly quality: Parted
  /** Pupils by both: by each part of success those of each part of quality. */
  readonly crossed: readonly number[]
  readonly missed: Missed
  readonly without: Missed
}

/** Pupils in three parts: of whom it holds, of whom it does not, and of whom nothing is said. */
interface Parted {
  readonly yes: number
  readonly no: number
  readonly none: number
}

interface Missed {
  readonly pupils: number
  /** Those who were in the class in these days and missed nothing. */
  readonly others: number
  readonly lessons: number
}

/**
 * The counts of a school for an authority, without what is small (R-A2.19), as the whole school sees them: a report of a part
 * would be another.
 */
export async function reportOf(
  asked: Asked<{ period: PeriodId; year?: number | undefined }>,
): Promise<Report> {
  const { input, today, actor } = asked
  const { competence: _all, ...person } = actor
  const whole = { ...asked, actor: { ...person, role: 'head' as const } }
  const year = await yearMeant(asked)
  if (year === undefined) throw new ProblemError('school-year-unknown', { date: today })
  const classes = await classesOfPeriod(whole, year)
  if (classes.length === 0) throw new ProblemError('period-unknown', { period: input.period })
  const until = classes
    .map((one) => one.until)
    .toSorted()
    .at(-1)!
  const counted = await Promise.all(classes.map((one) => countedOf(whole, one)))
  const missed = await missedOf(whole, classes)
  const rows = counted.map((one): Counted => ({ ...one, ...missed.get(one.id)! }))
  return {
    year: SchoolYear.parse(year),
    period: input.period,
    until,
    fewest: FEWEST,
    rows: rowsOf(rows, await hoursOf(whole, year, until)),
  }
}

interface ClassOfPeriod {
  readonly id: Uuid
  readonly name: string
  readonly grade: number
  readonly from: LocalDate
  /** The last school day of the period, or today where that is to come. */
  readonly until: LocalDate
}

/** The classes of a year that have the period, if it has begun. */
async function classesOfPeriod(asked: Asked<{ period: PeriodId }>, year: number): Promise<ClassOfPeriod[]> {
  const { input, today } = asked
  const ground = await groundOf(asked, year)
  return [...ground.roster.classes]
    .filter(([, formed]) => formed.year === year)
    .flatMap(([id, { name, grade }]) => {
      const learners = { kind: 'class', class: id } as const
      const last = lastDayOf(ground, input.period, learners)
      const from = firstDayOf(ground, input.period, learners)
      if (last === undefined || from === undefined || from > today) return []
      return [{ id, name, grade, from, until: last < today ? last : today }]
    })
    .toSorted((a, b) => a.grade - b.grade || a.name.localeCompare(b.name, 'ru'))
}

/** How the pupils of a class on the last day ended the period. */
async function countedOf(asked: Asked<{ period: PeriodId }>, { id, name, grade, until }: ClassOfPeriod) {
  const { period } = asked.input
  const roster = await referenceOf(asked, 'roster')
  const members = roster.classes.get(id)?.members ?? []
  const here = new Set(members.map(({ pupil }) => pupil).filter((pupil) => isMember(members, pupil, until)))
  const { body } = await attainmentReport.answer({ ...asked, input: { unit: id, period } })
  const { pupils } = body as z.output<typeof attainmentReport.reply>
  const results = new Map(pupils.map((row) => [row.pupil, row]))
  /** Of whom it holds, does not hold, or nothing is said. */
  const kindOf = (pupil: Uuid, of: 'success' | 'quality'): number => {
    const counted = results.get(pupil)?.[of]
    if (counted === undefined || counted.of === 0) return 2
    return counted.part === counted.of ? 0 : 1
  }
  const crossed = Array.from({ length: 9 }, () => 0)
  for (const pupil of here) crossed[3 * kindOf(pupil, 'success') + kindOf(pupil, 'quality')]! += 1
  const parted = (of: 'success' | 'quality'): Parted => {
    const kinds = [...here].map((pupil) => kindOf(pupil, of))
    const [yes, no, none] = [0, 1, 2].map((kind) => kinds.filter((one) => one === kind).length)
    return { yes: yes!, no: no!, none: none! }
  }
  return {
    id,
    name,
    grade,
    pupils: here.size,
    success: parted('success'),
    quality: parted('quality'),
    crossed,
  }
}

/** What the pupils of each class missed in the days of the period: a lesson counts for the class of its day. */
async function missedOf(asked: Asked<unknown>, classes: readonly ClassOfPeriod[]) {
  const { school, parts } = asked
  const roster = await referenceOf(asked, 'roster')
  const policy = await referenceOf(asked, 'policy')
  const pilot = await leftOut(asked)
  const days = classes.flatMap(({ from, until }) => [from, until]).toSorted()
  const all = await missedLessons(parts.database, school, days[0]!, days.at(-1)!)
  const byPupil = Map.groupBy(all, ({ pupil }) => pupil)
  return new Map(
    classes.map(({ id, from, until }) => {
      const members = roster.classes.get(id)?.members ?? []
      const there = new Set(
        members
          .filter((one) => one.from <= until && (one.until === null || from < one.until))
          .map(({ pupil }) => pupil),
      )
      const found = [...there].flatMap((pupil) =>
        (byPupil.get(pupil) ?? []).flatMap(({ date, code, lessons }) => {
          const known = policyOn(policy, date)?.valueCodes.find((one) => one.code === code)
          const counts = from <= date && date <= until && isMember(members, pupil, date) && !pilot(id, date)
          // Whoever came late was there.
          if (!counts || known?.kind === 'lateness') return []
          return [{ pupil, lessons, valid: known?.valid === true }]
        }),
      )
      const counted = (some: typeof found): Missed => {
        const pupils = new Set(some.map(({ pupil }) => pupil)).size
        return {
          pupils,
          others: there.size - pupils,
          lessons: some.reduce((sum, one) => sum + one.lessons, 0),
        }
      }
      return [id, { missed: counted(found), without: counted(found.filter(({ valid }) => !valid)) }] as const
    }),
  )
}

interface Hours {
  readonly hours: number
  readonly due: number
  readonly fact: number
}

/** The hours of the journals that have a plan with dates, by whose they are alone: a class, a grade, the school. */
async function hoursOf(asked: Asked<unknown>, year: number, on: LocalDate) {
  const roster = await referenceOf(asked, 'roster')
  const load = await referenceOf(asked, 'teachingLoad', year)
  const { body } = await programmeReport.answer({ ...asked, input: { on, year } })
  const { rows } = body as z.output<typeof programmeReport.reply>
  const dated = rows.flatMap(({ journal, hours, due, fact }) => {
    const learners = load.journals.get(journal)?.learners
    if (hours === null || due === null || learners === undefined) return []
    return [{ hours, due, fact, classes: classesOf(roster, learners) }]
  })
  return (classes: ReadonlySet<Uuid>): Hours => {
    const own = dated.filter((one) => one.classes.length > 0 && one.classes.every((id) => classes.has(id)))
    const sum = (of: keyof Hours) => own.reduce((total, one) => total + one[of], 0)
    return { hours: sum('hours'), due: sum('due'), fact: sum('fact') }
  }
}

const partsOf = ({ yes, no, none }: Parted): number[] => [yes, no, none]

/** The rows of school, grades and classes, without what is small or would give it away. */
function rowsOf(classes: readonly Counted[], hours: (of: ReadonlySet<Uuid>) => Hours): Report['rows'] {
  const grades = [...Map.groupBy(classes, ({ grade }) => grade)]
  const table = (countsOf: (one: Counted) => number[]): Group[] =>
    grades.map(([grade, own]) => ({
      id: String(grade),
      leaves: own.map((one) => ({ id: one.id, counts: countsOf(one) })),
    }))
  // What hides how many there are hides what they are, too: the parts would add up to it.
  const pupils = hideSmall(table((one) => [one.pupils]))
  const success = hideSmall(
    table((one) => partsOf(one.success)),
    pupils,
  )
  // Whoever sees two tables of the same people takes one from the other, so that what is between them counts as well.
  const quality = hideSmall(
    table((one) => [...one.crossed]),
    success,
  )
  const missed = hideSmall(
    table((one) => [one.missed.pupils, one.missed.others]),
    pupils,
  )
  const without = hideSmall(
    table((one) => [one.without.pupils, one.missed.pupils - one.without.pupils, one.missed.others]),
    missed,
  )
  const row = (
    of: Report['rows'][number]['of'],
    name: string,
    own: readonly Counted[],
    isHidden: (by: Hidden) => boolean,
  ) => {
    const sum = (count: (one: Counted) => number) => own.reduce((total, one) => total + count(one), 0)
    const parted = (by: Hidden, which: 'success' | 'quality') => {
      const yes = sum((one) => one[which].yes)
      return isHidden(by) ? null : share(yes, yes + sum((one) => one[which].no))
    }
    const absent = (by: Hidden, which: 'missed' | 'without') =>
      isHidden(by)
        ? null
        : { pupils: sum((one) => one[which].pupils), lessons: sum((one) => one[which].lessons) }
    const given = hours(new Set(own.map(({ id }) => id)))
    return {
      of,
      name,
      pupils: isHidden(pupils) ? null : sum((one) => one.pupils),
      success: parted(success, 'success'),
      quality: parted(quality, 'quality'),
      missed: absent(missed, 'missed'),
      missed_without_reason: absent(without, 'without'),
      programme: { ...given, percent_due: hundredths(given.fact, given.due) },
    }
  }
  return [
    row('school', 'школа', classes, (by) => by.school),
    ...grades.flatMap(([grade, own]) => [
      row('grade', String(grade), own, (by) => by.groups.has(String(grade))),
      ...own.map((one) => row('class', one.name, [one], (by) => by.leaves.has(one.id))),
    ]),
  ]
}
