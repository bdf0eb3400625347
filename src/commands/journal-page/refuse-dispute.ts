import { z } from 'zod'
import { DisputeText } from '#events/journal-page.ts'
import { Uuid } from '#values/uuid.ts'
import { isRefusal } from '../refusal.ts'
import { mayWriteOnPage, onPage, pageCommand } from './ground.ts'
import { openDispute } from './open-dispute.ts'

const RefuseDispute = z.strictObject({
  ...onPage,
  dispute: Uuid,
  text: DisputeText.describe('Почему отметка остаётся'),
})

/** Leaves a disputed mark as it is, and says why (R-A1.p1). Whoever agrees corrects the mark, and names the dispute. */
export const refuseDispute = pageCommand({
  name: 'refuse-dispute',
  summary: 'Ответить на обращение об отметке отказом с указанием причины',
  operation: '28a',
  input: RefuseDispute,
  passesLock: true,
  may: mayWriteOnPage,
  decide({ input: { dispute, text }, state }) {
    const found = openDispute(state, dispute)
    if (isRefusal(found)) return found
    const { entry, work, lesson, pupil } = found
    return [{ type: 'DisputeRefused', data: { dispute, entry, work, lesson, pupil, text } }]
  },
})
