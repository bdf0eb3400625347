import { z } from 'zod'
import { Order } from '#events/roster.ts'
import { LocalDate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { defineCommand } from '../command.ts'
import { WHOLE_SCHOOL } from '../references.ts'
import { refuse } from '../refusal.ts'
import { ofClasses } from './class-lists.ts'
import { rosterFold } from './state.ts'

const DeclarePilot = z.strictObject({
  class: Uuid,
  from: LocalDate,
  until: LocalDate.nullable().default(null).describe('Первый день без пилотного ведения; null — бессрочно'),
  order: Order.nullable().default(null),
})

/** Declares that a class tries the electronic journal beside the accounting that is in force (R-T4). */
export const declarePilot = defineCommand({
  name: 'declare-pilot',
  path: 'roster',
  summary: 'Объявить пилотное ведение журнала в классе на срок',
  operation: '47a',
  input: DeclarePilot,
  fold: rosterFold,
  stream: () => WHOLE_SCHOOL,
  needs: [],
  concerns: ({ input, state }) => ofClasses(state, [input.class]),
  decide({ input, state }) {
    const { class: id, from, until } = input
    const known = state.classes.get(id)
    if (known === undefined) return refuse('class-unknown', { class: id })
    if (until !== null && until <= from) return refuse('bounds-reversed', { from, until })
    const other = known.pilots.find(
      (time) => (until === null || time.from < until) && (time.until === null || from < time.until),
    )
    if (other !== undefined) return refuse('pilot-declared', { class: id, ...other })
    return [{ type: 'PilotDeclared', data: input }]
  },
})
