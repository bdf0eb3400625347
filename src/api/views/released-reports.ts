import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { releaseReport } from '#commands/control/release-report.ts'
import { controlFold, type ReportRelease } from '#commands/control/state.ts'
import { execute } from '#commands/execute.ts'
import { isRefusal, refuse } from '#commands/refusal.ts'
import { controlEvents, RELEASED_REPORTS } from '#events/control.ts'
import { streamName } from '#events/stream-name.ts'
import { units } from '#projections/school-directory/queries.ts'
import { usualForm } from '#values/report-form.ts'
import { PeriodId, SchoolYear } from '#values/school.ts'
import { dateAt, Instant, LocalDate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { ProblemError } from '../problems.ts'
import { authorsOf, namesOf } from './names.ts'
import { pagesOfPupil, pagesOfUnits } from './past-pages.ts'
import { REPORTS } from './report-parts.ts'
import { REPORT_SHEETS, SheetReply } from './report-sheets.ts'
import { ownUnits } from './rights.ts'
import { type Answer, type Asked, defineView } from './view.ts'
import { YearMeant, yearMeant } from './year-meant.ts'

const MOST = 200

type Released = ReportRelease['released']
/** What is released, before it has an id and a digest. */
type Wanted = Omit<Released, 'release' | 'content'>

const named = z.strictObject({
  year: SchoolYear,
  report: z.enum(RELEASED_REPORTS),
  class: Uuid,
  pupil: Uuid.optional().describe('Обучающийся этого класса, если отчёт о нём'),
  period: PeriodId.optional().describe('Период отчётов об успеваемости'),
  from: LocalDate.optional().describe('Первый день отчёта об обучающемся'),
  until: LocalDate.optional().describe('Последний день отчёта об обучающемся'),
})

/**
 * The deputy releases a report of a class to its class teacher (R-7B.6): the service makes it, as of this instant, and
 * records which it was with the digest of what it said (docs/decisions/0101).
 */
export const releaseClassReport = defineView({
  name: 'release-class-report',
  path: 'years/:year/reports/:report/release',
  summary:
    'Передать классному руководителю отчёт о классе или обучающемся, каким служба видит его сейчас; передача записывается',
  tag: REPORTS,
  operation: '29d',
  posted: true,
  input: named,
  reply: z.strictObject({
    release: Uuid,
    as_of: Instant,
    content: controlEvents.ReportReleased.data.shape.content,
  }),
  async answer(asked) {
    const { school, actor, parts, request } = asked
    const wanted = wantedOf(asked)
    const { content } = await sheetOf(asked, wanted)
    const outcome = await execute(parts.execution, releaseReport, {
      school,
      actor,
      id: randomUUID() as Uuid,
      input: releaseReport.input.parse({ ...wanted, content, year: asked.input.year }),
      ...(request === undefined ? {} : { corr: request }),
    })
    if (isRefusal(outcome)) throw new ProblemError(outcome.refused, outcome.detail)
    const { release } = outcome.events[0]!.data as { release: Uuid }
    return { status: 201, body: { release, as_of: wanted.asOf, content } }
  },
})

/** What is asked for, whole: a report on results is of a period, one of a pupil from date to date. */
function wantedOf({ input, parts }: Asked<z.output<typeof named>>): Wanted {
  const { report, class: of, pupil = null, period = null, from = null, until = null } = input
  const ofPupil = report === 'missed-lessons' || report === 'unsatisfactory-marks'
  const missing = (ofPupil ? { pupil, from, until } : { period }) as Readonly<Record<string, unknown>>
  const beyond = (ofPupil ? { period } : { pupil, from, until }) as Readonly<Record<string, unknown>>
  const fields = [
    ...Object.keys(missing).flatMap((field) =>
      missing[field] === null ? [{ field: `/${field}`, problem: 'нужно этому отчёту' }] : [],
    ),
    ...Object.keys(beyond).flatMap((field) =>
      beyond[field] === null ? [] : [{ field: `/${field}`, problem: 'не относится к этому отчёту' }],
    ),
  ]
  if (fields.length > 0) throw new ProblemError('malformed-request', { fields })
  return { report, class: of, pupil, period, from, until, asOf: parts.execution.clock() }
}

type Sheet = z.output<typeof SheetReply>

/** The report as it was at the instant of its release, as the whole school sees it: to whom it is open, others say. */
async function answerThen(
  asked: Asked<unknown>,
  of: Wanted,
  format: 'json' | 'csv' | 'xlsx',
): Promise<Answer> {
  const { school, parts, actor } = asked
  const view = REPORT_SHEETS.find(({ name }) => name === `${of.report}-sheet`)!
  const { pupil, period, from, until } = of
  const input = pupil === null ? { unit: of.class, period, format } : { pupil, from, until, format }
  const all = await unitsWith(asked, of.class)
  const pages =
    pupil === null ? await pagesOfUnits(asked, all) : await pagesOfPupil({ ...asked, input: { pupil } })
  const { competence: _all, ...person } = actor
  return parts.pasts.at(parts, { school, until: of.asOf, pages }, (past) =>
    view.answer({
      ...asked,
      actor: { ...person, role: 'head' },
      parts: past,
      input,
      today: dateAt(of.asOf, parts.zone),
    }),
  )
}

const sheetOf = async (asked: Asked<unknown>, of: Wanted): Promise<Sheet> =>
  (await answerThen(asked, of, 'json')).body as Sheet

/** A class and the groups that take pupils of it. */
async function unitsWith({ school, parts, input }: Asked<unknown>, of: Uuid): Promise<Uuid[]> {
  const { year } = input as { year: number }
  const all = await units(parts.database, school, year)
  return all.filter(({ unit, classes }) => unit === of || classes.includes(of)).map(({ unit }) => unit)
}

const ReleaseReply = z
  .strictObject({
    release: Uuid,
    report: z.enum(RELEASED_REPORTS),
    title: z.string(),
    class: Uuid,
    class_name: z.string().nullable(),
    pupil: Uuid.nullable(),
    pupil_name: z.string().nullable(),
    period: PeriodId.nullable(),
    from: LocalDate.nullable(),
    until: LocalDate.nullable(),
    as_of: Instant.describe('На какое мгновение сделан отчёт'),
    content: z.string().describe('SHA-256 того, что на листе, без имён'),
    released_at: Instant,
    account: Uuid,
    author_name: z.string().nullable().describe('Кто передал'),
    opened: z
      .array(z.strictObject({ account: Uuid, name: z.string().nullable(), at: Instant }))
      .describe('Кто из классных руководителей и когда открыл впервые; пусто — не открыт'),
  })
  .meta({ id: 'ReportRelease', description: 'Отчёт, переданный классному руководителю' })

const listed = z.strictObject({
  year: YearMeant,
  class: Uuid.optional(),
  opened: z.enum(['true', 'false']).optional().describe('Только открытые или только неоткрытые'),
  limit: z.coerce.number<string>().int().min(1).max(MOST).default(50),
  after: z
    .string()
    .regex(/^[0-9TZ:.-]{24}\|[0-9a-f-]{36}$/)
    .optional()
    .describe('Из поля next предыдущего ответа'),
})

/** Where a release stands in the list. */
const place = ({ at, released }: ReportRelease): string => `${at}|${released.release}`

/** The reports that were released in a school year, the newest first, and whether they were opened (R-7B.6). */
export const releasedReportList = defineView({
  name: 'released-report-list',
  path: 'released-reports',
  summary:
    'Отчёты, переданные классным руководителям: что, кем, когда и открыты ли; классному руководителю — о его классе',
  tag: REPORTS,
  operation: '29d',
  input: listed,
  reply: z.strictObject({ year: SchoolYear, releases: z.array(ReleaseReply), next: z.string().nullable() }),
  async answer(asked) {
    const { input, today } = asked
    const year = await yearMeant(asked)
    if (year === undefined) throw new ProblemError('school-year-unknown', { date: today })
    const own = (await ownUnits(asked, year))?.classes
    const found = (await releasesOf(asked, year))
      .filter(
        ({ released, opened }) =>
          (own?.has(released.class) ?? true) &&
          (input.class === undefined || released.class === input.class) &&
          (input.opened === undefined || opened.size > 0 === (input.opened === 'true')),
      )
      .toSorted((a, b) => (place(a) < place(b) ? 1 : -1))
    const rest = input.after === undefined ? found : found.filter((one) => place(one) < input.after!)
    const shown = rest.slice(0, input.limit)
    const last = rest.length > shown.length ? shown.at(-1) : undefined
    return {
      body: {
        year,
        releases: await withNames(asked, year, shown),
        next: last === undefined ? null : place(last),
      },
    }
  },
})

/**
 * A report that was released, made again as it was then. The class teacher has opened it before; it says whether its
 * content is that of the release, which it is unless somebody's keys were destroyed since.
 */
export const releasedReport = defineView({
  name: 'released-report',
  path: 'years/:year/released-reports/:release',
  summary: 'Переданный отчёт, каким он был в мгновение передачи: JSON, CSV или XLSX',
  tag: REPORTS,
  operation: '29e',
  logged: true,
  input: z.strictObject({
    year: SchoolYear,
    release: Uuid,
    format: z.enum(['json', 'csv', 'xlsx']).default('json'),
  }),
  reply: z.strictObject({
    release: ReleaseReply,
    as_released: z.boolean().describe('Содержание то же, что в мгновение передачи'),
    sheet: SheetReply,
  }),
  async may(asked) {
    const of = (await known(asked))?.released.class
    const own = (await ownUnits(asked, asked.input.year))?.classes
    if (of === undefined || own === undefined || own.has(of)) return null
    return refuse(asked.actor.role === 'deputy' ? 'outside-competence' : 'class-not-led', { class: of })
  },
  async answer(asked) {
    const { actor, input } = asked
    const found = await known(asked)
    if (found === undefined) throw new ProblemError('release-unknown', { release: input.release })
    if (actor.role === 'class-teacher' && !found.opened.has(actor.account))
      throw new ProblemError('release-not-opened', { release: input.release })
    if (input.format !== 'json') return answerThen(asked, found.released, input.format)
    const { body, about } = await answerThen(asked, found.released, 'json')
    const [release] = await withNames(asked, input.year, [found])
    const sheet = body as Sheet
    return { about, body: { release, as_released: sheet.content === found.released.content, sheet } }
  },
})

async function releasesOf({ school, parts }: Asked<unknown>, year: number): Promise<ReportRelease[]> {
  const { state } = await parts.execution.streams.load(controlFold, streamName(school, 'control', year))
  return [...state.releases.values()]
}

const known = async (asked: Asked<{ year: number; release: Uuid }>): Promise<ReportRelease | undefined> =>
  (await releasesOf(asked, asked.input.year)).find(({ released }) => released.release === asked.input.release)

async function withNames(asked: Asked<unknown>, year: number, shown: readonly ReportRelease[]) {
  const { school, parts } = asked
  const all = await units(parts.database, school, year)
  const classes = new Map(all.map(({ unit, name }) => [unit, name]))
  const name = await namesOf(
    asked,
    shown.map(({ released }) => released.pupil),
  )
  const author = await authorsOf(
    asked,
    shown.flatMap(({ by, opened }) => [by, ...opened.keys()]),
  )
  return shown.map(({ released: { asOf, ...released }, by, at, opened }) => ({
    ...released,
    as_of: asOf,
    title: usualForm(released.report).title,
    class_name: classes.get(released.class) ?? null,
    pupil_name: released.pupil === null ? null : name(released.pupil),
    released_at: at,
    account: by,
    author_name: author(by),
    opened: [...opened].map(([account, when]) => ({ account, name: author(account), at: when })),
  }))
}
