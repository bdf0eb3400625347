import { z } from 'zod'
import { DisputeText } from '#events/journal-page.ts'
import { Uuid } from '#values/uuid.ts'
import { refuse } from '../refusal.ts'
import { mayWriteOnPage, onPage, pageCommand } from './ground.ts'

const ExplainPaperDifference = z.strictObject({
  ...onPage,
  difference: Uuid,
  text: DisputeText.describe('Почему в журнале остаётся как есть'),
})

/** Leaves the journal as it is where the paper says otherwise, and says why (R-A1.2i). */
export const explainPaperDifference = pageCommand({
  name: 'explain-paper-difference',
  summary: 'Объяснить расхождение с бумагой, по которому журнал не исправляется',
  operation: '31a',
  input: ExplainPaperDifference,
  passesLock: true,
  may: mayWriteOnPage,
  decide({ input: { difference, text }, state }) {
    const found = state.paperDifferences.get(difference)
    if (found === undefined) return refuse('difference-unknown', { difference })
    if (!found.open) return refuse('difference-settled', { difference })
    const { what, lesson, pupil } = found
    return [{ type: 'PaperDifferenceExplained', data: { difference, what, lesson, pupil, text } }]
  },
})
