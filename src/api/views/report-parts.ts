import { z } from 'zod'
import { addDays, type LocalDate } from '#values/time.ts'
import { ProblemError } from '../problems.ts'
import type { Asked } from './view.ts'

/** The heading of the control reports in the API document. */
export const REPORTS = 'Отчёты контроля'

/** A percentage with what it was counted from. */
export const ShareReply = z
  .strictObject({
    part: z.int(),
    of: z.int(),
    percent: z.number().nullable().describe('Один знак, половина вверх; null — считать не из чего'),
  })
  .meta({ id: 'Share', description: 'Доля: сколько, из скольких и процент' })

/** The dates of a report, both included and no more than `most` days apart: today without them. */
export function reportDays(
  { input, today }: Asked<{ from?: LocalDate | undefined; until?: LocalDate | undefined }>,
  most: number,
) {
  const from = input.from ?? today
  const until = input.until ?? (from > today ? from : today)
  if (until < from || until > addDays(from, most)) {
    throw new ProblemError('malformed-request', {
      fields: [{ field: '/until', problem: `от from и не больше ${most} дней` }],
    })
  }
  return { from, until }
}
