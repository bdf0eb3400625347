import { z } from 'zod'
import { Order } from '#events/roster.ts'
import { SchoolYear } from '#values/school.ts'
import { notApprovable } from '../approval.ts'
import { defineCommand } from '../command.ts'
import { refuse } from '../refusal.ts'
import { teachingLoadFold } from './state.ts'

const ApproveTeachingLoad = z.strictObject({
  year: SchoolYear,
  through: z
    .int()
    .min(0)
    .describe('Последнее изменение нагрузки, которое вы прочитали: through из approvals'),
  order: Order.nullable().default(null).describe('Номер и дата приказа, если он есть'),
})

/** The head approves the load of a year as he read it; a change after it is to be approved anew (row 18, Пр2/11). */
export const approveTeachingLoad = defineCommand({
  name: 'approve-teaching-load',
  path: 'years/:year',
  summary: 'Утвердить нагрузку учебного года',
  operation: '18b',
  input: ApproveTeachingLoad,
  fold: teachingLoadFold,
  stream: ({ year }) => year,
  needs: [],
  decide({ input: { year, through, order }, state: { approval } }) {
    if (approval === null) return refuse('nothing-to-approve', { year })
    return notApprovable(approval, through) ?? [{ type: 'TeachingLoadApproved', data: { through, order } }]
  },
})
