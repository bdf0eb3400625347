import { z } from 'zod'
import { Uuid } from '#values/uuid.ts'
import { defineCommand } from '../command.ts'
import { isRefusal, refuse } from '../refusal.ts'
import { onIncidents, standing } from './about.ts'
import { openAmong } from './suspects.ts'

const ConfirmSuspectOperations = z.strictObject({
  incident: Uuid,
  operations: z.array(Uuid).min(1).max(250).describe('Операции, которые сделал сам владелец'),
})

/** The owner says of suspect operations that they were his own: they stand (R-4.4d). */
export const confirmSuspectOperations = defineCommand({
  ...onIncidents,
  name: 'confirm-suspect-operations',
  path: 'incidents/:incident',
  summary: 'Подтвердить, что сомнительные операции сделал сам',
  operation: '40a',
  asOneself: true,
  input: ConfirmSuspectOperations,
  needs: [],
  // Whether there is such an incident is no business of others.
  may: ({ input: { incident }, state, actor }) =>
    state.incidents.get(incident)?.account === actor.account ? null : refuse('account-not-own', { incident }),
  decide({ input, state }) {
    const incident = standing(state, input.incident)
    if (isRefusal(incident)) return incident
    const found = openAmong(incident, input.operations)
    if (isRefusal(found)) return found
    return found.map(({ operation, stream, rev }) => ({
      type: 'SuspectOperationConfirmed' as const,
      data: { incident: incident.incident, operation, stream, rev },
    }))
  },
})
