import { z } from 'zod'
import { parsePosition } from '#events/store/position.ts'
import { Uuid } from '#values/uuid.ts'

/** The place of an event in the log, as writes answer it and reads may ask for it. */
export const PositionText = z
  .string()
  .refine((text) => parsePosition(text) !== null, 'позиция вида 12-12')
  .meta({ id: 'Position', example: '4711-4711' })

/** The headers of a write. */
export const WriteHeaders = z.object({
  'idempotency-key': Uuid.optional().describe(
    'Номер команды (UUID). Повтор с тем же номером и телом возвращает первый ответ и ничего не записывает.',
  ),
  'if-match': z
    .string()
    .regex(/^"(0|[1-9]\d{0,15})"$/, 'ревизия в кавычках, как в ETag')
    .optional()
    .describe('Ревизия, которую вы видели (ETag); другая — 409.'),
  'letopis-role': z
    .string()
    .optional()
    .describe('Роль, в которой вы действуете; нужна, если подходят несколько.'),
})

/** The headers of a read. */
export const ReadHeaders = z.object({
  'min-position': PositionText.optional().describe(
    'Позиция, которую ответ обязан учесть (из ответа на запись).',
  ),
  'letopis-role': z.string().optional().describe('Роль, в которой вы читаете; без неё годится любая ваша.'),
})

const Problem = z
  .object({
    type: z.string(),
    title: z.string(),
    titleEn: z.string(),
    status: z.int(),
    reason: z.string(),
    instance: z.string(),
    facts: z.record(z.string(), z.unknown()).optional(),
  })
  .meta({ id: 'Problem', description: 'RFC 9457' })

/** What every route answers when it refuses or fails. */
export const ProblemReply = {
  description: 'Отказ или ошибка (RFC 9457); что значит код — /problems/{reason}',
  content: { 'application/problem+json': { schema: Problem } },
}
