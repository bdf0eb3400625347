import { z } from 'zod'

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
