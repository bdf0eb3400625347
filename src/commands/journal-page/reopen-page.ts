import { z } from 'zod'
import { Order } from '#events/roster.ts'
import { KindId } from '#values/policy.ts'
import { note } from '#values/text.ts'
import { Instant } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { isRefusal, refuse } from '../refusal.ts'
import { endAndPolicy } from './finals.ts'
import { checkReason, onPage, pageCommand } from './ground.ts'

const ReopenPage = z.strictObject({
  ...onPage,
  pupils: z
    .array(Uuid)
    .min(1)
    .max(400)
    .optional()
    .describe('О ком разрешены записи; без списка открывается вся страница'),
  until: Instant.describe('С этого мгновения страница снова закрыта'),
  reason: KindId.describe('Причина из справочника школы'),
  note: note().optional(),
  order: Order.describe('Приказ руководителя'),
})

/**
 * Opens a closed page again, by order, for a time, on the whole or for some pupils (R-D5). It is locked again when
 * the time has passed, without anybody doing anything; what is written meanwhile stands in the record after the closing.
 */
export const reopenPage = pageCommand({
  name: 'reopen-page',
  summary: 'Открыть закрытую страницу по приказу, на время',
  operation: '12',
  input: ReopenPage,
  passesLock: true,
  decide(given) {
    const { input, state, now, references } = given
    const { until, reason, order } = input
    const found = endAndPolicy(given)
    if (isRefusal(found)) return found
    if (state.closing === null) return refuse('page-not-closed')
    if (until <= now) return refuse('reopening-over', { until, now })
    const unknown = checkReason(reason, found.policy)
    if (unknown !== null) return unknown
    const pupils = input.pupils ?? null
    const repeated = pupils?.find((pupil, i) => pupils.indexOf(pupil) !== i)
    if (repeated !== undefined) return refuse('pupil-repeated', { pupil: repeated })
    const stranger = pupils?.find((pupil) => !references.roster.pupils.has(pupil))
    if (stranger !== undefined) return refuse('pupil-unknown', { pupil: stranger })
    return [{ type: 'PageReopened', data: { pupils, until, reason, note: input.note ?? null, order } }]
  },
})
