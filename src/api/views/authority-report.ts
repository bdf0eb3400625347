import { hash, randomUUID } from 'node:crypto'
import { z } from 'zod'
import { execute } from '#commands/execute.ts'
import { policyOn } from '#commands/policy/state.ts'
import { isRefusal } from '#commands/refusal.ts'
import { referenceStream, REFERENCES, WHOLE_SCHOOL } from '#commands/references.ts'
import { classesOf, isMember } from '#commands/roster/state.ts'
import { releaseAuthorityReport } from '#commands/school/release-authority-report.ts'
import { schoolFold } from '#commands/school/state.ts'
import { schoolEvents } from '#events/school.ts'
import { streamName } from '#events/stream-name.ts'
import { writeCsv } from '#exchange/csv.ts'
import { missedLessons } from '#projections/class-journal/queries.ts'
import { PeriodId, SchoolYear } from '#values/school.ts'
import { hundredths, share } from '#values/share.ts'
import { FEWEST, type Group, type Hidden, hideSmall } from '#values/small-cells.ts'
import { Instant, LocalDate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { ProblemError } from '../problems.ts'
import { attainmentReport } from './attainment.ts'
import { authorsOf } from './names.ts'
import { firstDayOf, groundOf, lastDayOf } from './period-end.ts'
import { leftOut } from './pilots.ts'
import { programmeReport } from './programme.ts'
import { ShareReply } from './report-parts.ts'
import { mayReadWhole } from './rights.ts'
import { type Asked, defineView } from './view.ts'
import { YearMeant, yearMeant } from './year-meant.ts'

const tag = 'Обмен'
const MOST = 200

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

const ReportReply = z
  .strictObject({
    year: SchoolYear,
    period: PeriodId,
    until: LocalDate.describe('На какой день'),
    fewest: z.int().describe('О меньшем числе людей отчёт не говорит ничего'),
    rows: z.array(RowReply),
  })
  .meta({ id: 'AuthorityReport', description: 'Сводный обезличенный отчёт' })
type Report = z.output<typeof ReportReply>

const asks = { period: PeriodId, year: YearMeant }

/** Counts of the school for an education authority, without anybody in them (R-A2.19): to look at before it is released. */
export const authorityReport = defineView({
  name: 'authority-report',
  path: 'reports/authority',
  summary:
    'Сводный обезличенный отчёт для органа управления образованием: численность, успеваемость, пропуски, выполнение программы по классам и параллелям; малые числа скрыты',
  tag,
  operation: '45b',
  input: z.strictObject(asks),
  reply: ReportReply,
  may: async (asked) => mayReadWhole(asked),
  answer: async (asked) => ({ body: await reportOf(asked) }),
})

/** The head releases it as a file for an authority; that is recorded with the digest of the file. */
export const releaseToAuthority = defineView({
  name: 'release-to-authority',
  path: 'authority-reports',
  summary:
    'Выпустить сводный обезличенный отчёт файлом для органа управления образованием; выпуск записывается',
  tag,
  operation: '45b',
  posted: true,
  input: z.strictObject({
    authority: schoolEvents.AuthorityReportReleased.data.shape.authority.describe('Какому органу'),
    format: z.enum(['json', 'csv']).default('json'),
    ...asks,
  }),
  reply: z.any().describe('Файл; номер выпуска и SHA-256 — в заголовках Letopis-Release и Letopis-Digest'),
  may: async (asked) => mayReadWhole(asked),
  async answer(asked) {
    const { school, actor, parts, input, request } = asked
    const { authority, format } = input
    const report = await reportOf(asked)
    const text = format === 'json' ? `${JSON.stringify(report)}\n` : csvOf(report)
    const digest = hash('sha256', text)
    const { year, period, fewest } = report
    const outcome = await execute(parts.execution, releaseAuthorityReport, {
      school,
      actor,
      id: randomUUID() as Uuid,
      input: { authority, year, period, fewest, format, digest, bytes: Buffer.byteLength(text) },
      ...(request === undefined ? {} : { corr: request }),
    })
    // Who asks again for what has not changed has the file of the release that there is.
    const again = isRefusal(outcome) && outcome.refused === 'report-released'
    if (isRefusal(outcome) && !again) throw new ProblemError(outcome.refused, outcome.detail)
    const { release } = (isRefusal(outcome) ? outcome.detail : outcome.events[0]!.data) as { release: Uuid }
    const type = format === 'json' ? 'application/json; charset=utf-8' : 'text/csv; charset=utf-8'
    return {
      status: again ? 200 : 201,
      body: text,
      // Nobody stands in it.
      about: null,
      file: { type, name: `report-${year}-${period}.${format}` },
      headers: { 'letopis-release': release, 'letopis-digest': digest },
    }
  },
})

/** What was released to whom, the newest first. */
export const authorityReportList = defineView({
  name: 'authority-report-list',
  path: 'authority-reports',
  summary: 'Реестр обезличенных отчётов, выпущенных для органов управления образованием',
  tag,
  operation: '45b',
  input: z.strictObject({
    limit: z.coerce.number<string>().int().min(1).max(MOST).default(50),
    after: Uuid.optional().describe('Из поля next предыдущего ответа'),
  }),
  reply: z.strictObject({
    releases: z.array(
      schoolEvents.AuthorityReportReleased.data.extend({
        at: Instant,
        account: Uuid,
        author_name: z.string().nullable().describe('Кто выпустил'),
      }),
    ),
    next: Uuid.nullable(),
  }),
  may: async (asked) => mayReadWhole(asked),
  async answer(asked) {
    const { school, parts, input } = asked
    const stream = streamName(school, 'school', WHOLE_SCHOOL)
    const { state } = await parts.execution.streams.load(schoolFold, stream)
    const all = state.authorityReleases.toReversed()
    const rest = all.slice(all.findIndex(({ release }) => release === input.after) + 1)
    const shown = rest.slice(0, input.limit)
    const author = await authorsOf(
      asked,
      shown.map(({ by }) => by),
    )
    return {
      body: {
        releases: shown.map(({ by, ...one }) => ({ ...one, account: by, author_name: author(by) })),
        next: rest.length > shown.length ? (shown.at(-1)?.release ?? null) : null,
      },
    }
  },
})

const HEAD = [
  'Что',
  'Название',
  'Обучающихся',
  'Успевают',
  'Из',
  'Успеваемость, %',
  'На 4 и 5',
  'Из',
  'Качество, %',
  'Пропускали уроки',
  'Пропущено уроков',
  'Пропускали без уважительной причины',
  'Уроков без уважительной причины',
  'Часов на год',
  'Часов к дате',
  'Дано часов',
  'Выполнение, %',
] as const
const LEVELS = { school: 'школа', grade: 'параллель', class: 'класс' } as const
/** What a table shows in the place of a count that is hidden. */
const HIDDEN = 'скрыто'

function csvOf({ rows }: Report): string {
  const number = (of: number | null | undefined): string => {
    if (of === undefined) return HIDDEN
    return of === null ? '' : String(of).replace('.', ',')
  }
  const shares = (of: Report['rows'][number]['success']) =>
    [of?.part, of?.of, of?.percent].map((one) => number(of === null ? undefined : one))
  const missed = (of: Report['rows'][number]['missed']) => [number(of?.pupils), number(of?.lessons)]
  const lines = rows.map((row) => [
    LEVELS[row.of],
    row.name,
    number(row.pupils ?? undefined),
    ...shares(row.success),
    ...shares(row.quality),
    ...missed(row.missed),
    ...missed(row.missed_without_reason),
    ...[row.programme.hours, row.programme.due, row.programme.fact, row.programme.percent_due].map(number),
  ])
  return writeCsv([[...HEAD], ...lines])
}

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

/** Everything as the whole school sees it: a report of a part would be another. */
async function reportOf(asked: Asked<{ period: PeriodId; year?: number | undefined }>): Promise<Report> {
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
  const roster = await rosterOf(asked)
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
  const roster = await rosterOf(asked)
  const policy = (
    await parts.execution.streams.load(REFERENCES.policy.fold, referenceStream(school, 'policy', null))
  ).state
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
  const { school, parts } = asked
  const roster = await rosterOf(asked)
  const { state: load } = await parts.execution.streams.load(
    REFERENCES.teachingLoad.fold,
    referenceStream(school, 'teachingLoad', year),
  )
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

const rosterOf = async ({ school, parts }: Asked<unknown>) =>
  (await parts.execution.streams.load(REFERENCES.roster.fold, referenceStream(school, 'roster', null))).state
