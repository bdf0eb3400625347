import { z } from 'zod'
import { Order } from '#events/roster.ts'
import { notApprovable } from '../approval.ts'
import { defineCommand } from '../command.ts'
import { WHOLE_SCHOOL } from '../references.ts'
import { refuse } from '../refusal.ts'
import { orderKey, rosterFold } from './state.ts'

const ApproveMovement = z.strictObject({
  order: Order.describe('Номер и дата приказа'),
  through: z.int().min(0).describe('Последняя запись по приказу, которую вы прочитали: through из approvals'),
})

/** The head approves what was entered by an order; what is entered by it later is to be approved anew (row 20, §7А/16). */
export const approveMovement = defineCommand({
  name: 'approve-movement',
  path: 'roster',
  summary: 'Утвердить движение обучающихся, внесённое по приказу',
  operation: '20a',
  input: ApproveMovement,
  fold: rosterFold,
  stream: () => WHOLE_SCHOOL,
  needs: [],
  decide({ input: { order, through }, state }) {
    const known = state.orders.get(orderKey(order))
    if (known === undefined) return refuse('order-unknown', { order })
    return notApprovable(known, through) ?? [{ type: 'MovementApproved', data: { order, through } }]
  },
})
