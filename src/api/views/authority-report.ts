import { hash, randomUUID } from 'node:crypto'
import { z } from 'zod'
import { execute } from '#commands/execute.ts'
import { isRefusal } from '#commands/refusal.ts'
import { WHOLE_SCHOOL } from '#commands/references.ts'
import { releaseAuthorityReport } from '#commands/school/release-authority-report.ts'
import { schoolFold } from '#commands/school/state.ts'
import { schoolEvents } from '#events/school.ts'
import { streamName } from '#events/stream-name.ts'
import { writeCsv } from '#exchange/csv.ts'
import { Instant } from '#values/time.ts'
import { PeriodId } from '#values/school.ts'
import { Uuid } from '#values/uuid.ts'
import { ProblemError } from '../problems.ts'
import { type Report, ReportReply, reportOf } from './authority-counts.ts'
import { authorsOf } from './names.ts'
import { mayReadWhole } from './rights.ts'
import { defineView } from './view.ts'
import { YearMeant } from './year-meant.ts'

const tag = 'Обмен'
const MOST = 200

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

const number = (of: number | null | undefined): string => {
  if (of === undefined) return HIDDEN
  return of === null ? '' : String(of).replace('.', ',')
}

const shares = (of: Report['rows'][number]['success']) =>
  [of?.part, of?.of, of?.percent].map((one) => number(of === null ? undefined : one))
const missed = (of: Report['rows'][number]['missed']) => [number(of?.pupils), number(of?.lessons)]

function csvOf({ rows }: Report): string {
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
