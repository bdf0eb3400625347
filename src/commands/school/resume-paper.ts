import { z } from 'zod'
import { Order } from '#events/roster.ts'
import { LocalDate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { defineCommand } from '../command.ts'
import { WHOLE_SCHOOL } from '../references.ts'
import { refuse } from '../refusal.ts'
import { schoolFold } from './state.ts'

const ResumePaper = z.strictObject({
  decision: Uuid,
  order: Order.describe('Приказ'),
  from: LocalDate.describe('С какого дня бумажный журнал ведётся снова'),
})

/** The head takes a decision to abandon paper back (R-T1): it stays on record, and paper is kept again. */
export const resumePaper = defineCommand({
  name: 'resume-paper',
  path: 'paper-decisions/:decision',
  summary: 'Вернуть бумажный журнал: отменить решение об отказе от него',
  operation: '47',
  input: ResumePaper,
  fold: schoolFold,
  stream: () => WHOLE_SCHOOL,
  needs: [],
  decide({ input: { decision, order, from }, state }) {
    const known = state.paperDecisions.get(decision)
    if (known === undefined) return refuse('paper-decision-unknown', { decision })
    if (known.resumed !== null) return refuse('paper-resumed', { decision, from: known.resumed.from })
    return [{ type: 'PaperResumed', data: { decision, order, from } }]
  },
})
