import { z } from 'zod'
import { type Refusal, refuse } from '#commands/refusal.ts'
import {
  type AuditCursor,
  type AuditFilter,
  type AuditLine,
  auditLines,
  cellHistory as linesOfCell,
} from '#projections/audit-trail/queries.ts'
import { PeriodId } from '#values/school.ts'
import { Instant } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { type Problem, PROBLEMS, ProblemError } from '../problems.ts'
import { mayReadPage, pageOf } from './class-journal.ts'
import { authorsOf, namesOf } from './names.ts'
import { AuditLineReply, AuditLinesReply, RequestReply } from './replies.ts'
import { mayReadWhole, pupilsSeenOn } from './rights.ts'
import { effectsOf } from '../effects.ts'
import { type Asked, defineView } from './view.ts'

const tag = 'Аудит'
const paging = {
  limit: z.coerce.number().int().min(1).max(500).default(100),
  cursor: z.string().max(400).optional().describe('Из поля next предыдущего ответа'),
}
const filter = {
  account: Uuid.optional().describe('Автор'),
  person: Uuid.optional().describe('Ученик или сотрудник, о котором запись'),
  page: Uuid.optional(),
  journal: Uuid.optional(),
  period: PeriodId.optional(),
  since: Instant.optional().describe('Время записи: начиная с'),
  before: Instant.optional().describe('Время записи: раньше'),
  after_close: z.enum(['true', 'false']).optional().describe('Только записи после закрытия страницы'),
  type: z
    .string()
    .regex(/^[A-Za-z]{1,60}$/, 'имя вида события')
    .optional()
    .describe('Вид события, например MarkCorrected'),
}

/** Everything that ever stood in one cell: first entry, corrections, withdrawals, with author, time and reason (R-D2). */
export const cellHistory = defineView({
  name: 'cell-history',
  path: 'pages/:page/lessons/:lesson/pupils/:pupil/history',
  summary: 'История клетки: все значения, авторы, время, причины',
  tag,
  operation: '42',
  input: z.strictObject({ page: Uuid, lesson: Uuid, pupil: Uuid }),
  reply: z.strictObject({ lines: z.array(AuditLineReply) }),
  async may(asked) {
    const refused = await mayReadPage(asked)
    if (refused !== null) return refused
    const { journal, year } = await pageOf(asked)
    const seen = await pupilsSeenOn(asked, journal, year)
    const { pupil } = asked.input
    return seen === null || seen.has(pupil) ? null : refuse('class-not-led', { pupil })
  },
  async answer(asked) {
    const { input, parts } = asked
    const { stream } = await pageOf(asked)
    const lines = await linesOfCell(parts.database, stream, input.lesson, input.pupil)
    return { body: { lines: await withNames(asked, lines) } }
  },
})

/** Every event of one page, the newest first; a class teacher is shown nothing of pupils of other classes. */
export const pageHistory = defineView({
  name: 'page-history',
  path: 'pages/:page/history',
  summary: 'История страницы журнала: все записи, новые сверху',
  tag,
  operation: '42',
  input: z.strictObject({ page: Uuid, ...paging }),
  reply: AuditLinesReply,
  may: mayReadPage,
  async answer(asked) {
    const { journal, year } = await pageOf(asked)
    const seen = await pupilsSeenOn(asked, journal, year)
    return listed(asked, { page: asked.input.page, ...(seen === null ? {} : { of: [...seen] }) })
  },
})

/** Every event of the school, by author, person, journal, period, kind and time (R-F8). */
export const auditTrail = defineView({
  name: 'audit-trail',
  path: 'audit-trail',
  summary: 'Журнал действий: кто, что, когда, почему; с отборами',
  tag,
  operation: '42a',
  input: z.strictObject({ ...filter, ...paging }),
  reply: AuditLinesReply,
  may: mayAudit,
  answer: (asked) => listed(asked, { ...asked.input, afterClose: asked.input.after_close === 'true' }),
})

/** The register of corrections: all of them, and nothing that could remove one (R-F19). */
export const correctionRegister = defineView({
  name: 'correction-register',
  path: 'corrections',
  summary: 'Реестр исправлений: что было, что стало, кто, когда и почему',
  tag,
  operation: '42a',
  input: z.strictObject({ ...filter, ...paging }),
  reply: AuditLinesReply,
  may: mayAudit,
  answer: (asked) =>
    listed(asked, {
      ...asked.input,
      afterClose: asked.input.after_close === 'true',
      corrections: true,
    }),
})

/** Requests that wrote, were refused or were denied, with the address from which they came (R-F8). */
export const requestRegister = defineView({
  name: 'request-register',
  path: 'requests',
  summary: 'Журнал обращений: записи, отказы и запреты, с адресом',
  tag,
  operation: '42b',
  input: z.strictObject({
    account: Uuid.optional(),
    operation: z
      .string()
      .regex(/^[a-z-]{1,60}$/, 'имя команды или запроса')
      .optional(),
    problem: z.enum(Object.keys(PROBLEMS) as [Problem, ...Problem[]]).optional(),
    request: z
      .string()
      .regex(/^[\w-]{1,64}$/, 'номер запроса')
      .optional()
      .describe('Номер запроса: поле request журнала действий, instance ошибки'),
    since: Instant.optional(),
    before: Instant.optional(),
    limit: paging.limit,
    cursor: z
      .string()
      .regex(/^\d{1,18}$/)
      .optional(),
  }),
  reply: z.strictObject({ requests: z.array(RequestReply), next: z.string().nullable() }),
  async answer({ school, parts, input }) {
    return { body: await parts.requests.find(school, input) }
  },
})

/** A deputy of a part of the school looks into it page by page; whoever sees all of it, as he likes. */
async function mayAudit(asked: Asked<{ page?: Uuid | undefined }>): Promise<Refusal | null> {
  const { page } = asked.input
  const refused = mayReadWhole(asked)
  return refused === null || page === undefined ? refused : mayReadPage({ ...asked, input: { page } })
}

interface Paging {
  readonly limit: number
  readonly cursor?: string | undefined
}

async function listed(asked: Asked<Paging>, by: AuditFilter): Promise<{ body: unknown }> {
  const { limit, cursor } = asked.input
  const lines = await auditLines(asked.parts.database, asked.school, by, cursorFrom(cursor), limit)
  const last = lines.length === limit ? lines.at(-1) : undefined
  return { body: { lines: await withNames(asked, lines), next: last === undefined ? null : cursorTo(last) } }
}

async function withNames(asked: Asked<unknown>, lines: readonly AuditLine[]): Promise<unknown[]> {
  const author = await authorsOf(
    asked,
    lines.map(({ account }) => account),
  )
  const person = await namesOf(
    asked,
    lines.map((line) => line.person),
  )
  const effect = await effectsOf(asked.parts.execution.streams, asked.school)
  return lines.map((line) => ({
    ...line,
    effect: effect(line.event),
    author_name: author(line.account),
    person_name: line.person === null ? null : person(line.person),
  }))
}

/** What the columns can hold, because anybody can write a cursor. */
const Count = z.int().min(0).max(2_147_483_647)
const Cursor = z.tuple([Instant, z.string().regex(/^[\w.-]{1,120}$/), Count, Count])

function cursorTo({ at, stream, revision, ordinal }: AuditLine): string {
  return Buffer.from(JSON.stringify([at, stream, revision, ordinal])).toString('base64url')
}

function cursorFrom(text: string | undefined): AuditCursor | null {
  if (text === undefined) return null
  const parsed = Cursor.safeParse(jsonOr(Buffer.from(text, 'base64url').toString('utf8')))
  if (!parsed.success) {
    throw new ProblemError('malformed-request', {
      fields: [{ field: '/cursor', problem: 'не из поля next' }],
    })
  }
  const [at, stream, revision, ordinal] = parsed.data
  return { at, stream, revision, ordinal }
}

function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
