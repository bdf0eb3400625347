import { z } from 'zod'
import { Order } from '#events/roster.ts'
import { meaningfulText } from '#values/text.ts'
import { Uuid } from '#values/uuid.ts'
import { defineCommand } from '../command.ts'
import { isRefusal } from '../refusal.ts'
import { onIncidents, standingForHead } from './about.ts'
import { openAmong } from './suspects.ts'

const AnnulSuspectOperations = z.strictObject({
  incident: Uuid,
  operations: z.array(Uuid).min(1).max(250),
  order: Order.describe('Приказ руководителя'),
  text: meaningfulText(500).describe('Основание'),
})

/**
 * Annuls suspect operations by the head's order (R-4.4d): they lose their effect from now on, as a correction would do it.
 * They are not void by п. 4.4, and the record says which of the two they are.
 */
export const annulSuspectOperations = defineCommand({
  ...onIncidents,
  name: 'annul-suspect-operations',
  path: 'incidents/:incident',
  summary: 'Аннулировать сомнительные операции приказом руководителя',
  operation: '40',
  input: AnnulSuspectOperations,
  needs: [],
  decide({ input, state, actor }) {
    const incident = standingForHead(state, input.incident, actor)
    if (isRefusal(incident)) return incident
    const found = openAmong(incident, input.operations)
    if (isRefusal(found)) return found
    const { order, text } = input
    return found.map(({ operation, stream, rev }) => ({
      type: 'SuspectOperationAnnulled' as const,
      data: { incident: incident.incident, operation, stream, rev, order, text },
    }))
  },
})
