import { z } from 'zod'
import { WHOLE_SCHOOL } from '#commands/references.ts'
import { schoolFold } from '#commands/school/state.ts'
import { streamName } from '#events/stream-name.ts'
import { auditLines } from '#projections/audit-trail/queries.ts'
import { Instant, plusMinutes } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { erased } from './replies.ts'
import { mayReadWhole } from './rights.ts'
import { defineView } from './view.ts'

/** By which commands the operator sees data of a school, past the API. */
export const OPERATOR_READS: Readonly<Record<string, string>> = {
  'operator-history': 'Оператор посмотрел историю страницы журнала',
  'operator-export': 'Оператор выгрузил события школы',
}

const MONTH = 31 * 24 * 60

/** What the operator did and read in the school (R-A3.3a): he processes its data on behalf of the school, which may look. */
export const operatorAccess = defineView({
  name: 'operator-access',
  path: 'operator-access',
  summary: 'Действия и чтения оператора: что он записал, что прочитал, когда',
  tag: 'Аудит',
  operation: '42d',
  input: z.strictObject({
    since: Instant.optional().describe('По умолчанию — 31 сутки до before'),
    before: Instant.optional().describe('По умолчанию — сейчас'),
    limit: z.coerce
      .number<string>()
      .int()
      .min(1)
      .max(500)
      .default(100)
      .describe('Столько последних действий и столько последних чтений'),
  }),
  reply: z.strictObject({
    since: Instant,
    before: Instant,
    grants: z
      .array(
        z.strictObject({
          at: Instant,
          account: Uuid,
          until: Instant,
          text: z.string().nullable(),
          withdrawn_at: Instant.nullable(),
          ...erased,
        }),
      )
      .describe('Когда и зачем руководитель разрешил ему чтение, за всё время'),
    acts: z
      .array(
        z.strictObject({ at: Instant, type: z.string(), event: Uuid, stream: z.string(), command: Uuid }),
      )
      .describe('Записи оператора и самой службы'),
    reads: z.array(
      z.strictObject({
        at: Instant,
        operation: z.string(),
        what: z.string(),
        words: z.string().describe('Как была дана команда'),
        pupils: z.array(Uuid).describe('О ком были сведения'),
        request: z.string(),
      }),
    ),
  }),
  may: (asked) => Promise.resolve(mayReadWhole(asked)),
  async answer({ school, parts, input }) {
    const before = input.before ?? plusMinutes(parts.execution.clock(), 1)
    const since = input.since ?? plusMinutes(before, -MONTH)
    const { limit } = input
    const filter = { role: 'operator', eventsAlone: true, since, before } as const
    const lines = await auditLines(parts.database, school, filter, null, limit)
    const acts = lines.map(({ at, type, event, stream, command }) => ({ at, type, event, stream, command }))
    const read = await parts.reads.findOfOperator(school, { since, before, limit })
    const reads = read.map(({ path, ...one }) => ({
      ...one,
      words: path,
      what: OPERATOR_READS[one.operation] ?? one.operation,
    }))
    const { state } = await parts.execution.streams.load(
      schoolFold,
      streamName(school, 'school', WHOLE_SCHOOL),
    )
    const grants = state.operatorGrants.map(({ at, by, until, text, withdrawn }) => ({
      at,
      account: by,
      until,
      text,
      withdrawn_at: withdrawn?.at ?? null,
    }))
    return { body: { since, before, grants, acts, reads } }
  },
})
