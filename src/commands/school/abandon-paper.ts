import { z } from 'zod'
import { PAPERLESS_CONDITIONS, schoolEvents } from '#events/school.ts'
import { defineCommand } from '../command.ts'
import { WHOLE_SCHOOL } from '../references.ts'
import { refuse } from '../refusal.ts'
import { schoolFold, standingPaperDecisions } from './state.ts'

const AbandonPaper = schoolEvents.PaperAbandoned.data.omit({ decision: true }).extend({
  /** The conditions that do not hold, by the report of this instant. */
  unmet: z.array(z.enum(PAPERLESS_CONDITIONS)),
})

/**
 * What the school may do elsewhere than here, so that the head can answer for it: copies of the database, and restoring
 * them. Whether journals are full and corrections under control nobody knows but the service.
 */
const ACCEPTABLE: ReadonlySet<string> = new Set(['backup', 'drill'])

/**
 * The head abandons the paper journal of some classes or all (R-T1), which §2 allows only where journals are kept in full,
 * copies are made, and entry and corrections are under control (docs/decisions/0102). The figures are those of the service,
 * so that this is in no address.
 */
export const abandonPaper = defineCommand({
  name: 'abandon-paper',
  path: 'paper-decisions',
  summary: 'Отказаться от бумажного журнала по приказу',
  operation: '47',
  input: AbandonPaper,
  fold: schoolFold,
  stream: () => WHOLE_SCHOOL,
  needs: [],
  decide({ input: { unmet, ...decided }, state, newId }) {
    const { classes, accepted, order, from } = decided
    if (from < order.date) return refuse('bounds-reversed', { from: order.date, until: from })
    const known = standingPaperDecisions(state).find(
      (one) =>
        classes === null ||
        one.decided.classes === null ||
        one.decided.classes.some((id) => classes.includes(id)),
    )
    // What stands for the whole school includes what is said of a class; for the whole school it takes more than some.
    const covers = known !== undefined && (classes !== null || known.decided.classes === null)
    if (covers) return refuse('paper-abandoned', { decision: known.decided.decision })
    const open = unmet.filter((condition) => !ACCEPTABLE.has(condition) || !accepted.includes(condition))
    if (open.length > 0) return refuse('paper-not-ready', { unmet: open })
    const needed = accepted.filter((condition) => unmet.includes(condition))
    return [{ type: 'PaperAbandoned', data: { decision: newId('decision'), ...decided, accepted: needed } }]
  },
})
