import { z } from 'zod'
import { Order, PromotionDecision } from '#events/roster.ts'
import { dateAt } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { defineCommand } from '../command.ts'
import { WHOLE_SCHOOL } from '../references.ts'
import { refuse } from '../refusal.ts'
import { DEFAULT_ZONE } from '../school-year/state.ts'
import { checkPupils, ofClasses, yearOfClass } from './class-lists.ts'
import { isMember, promotionKey, rosterFold } from './state.ts'

const DecidePromotion = z.strictObject({
  class: Uuid,
  pupils: z.array(Uuid).min(1).max(200),
  decision: PromotionDecision,
  order: Order.describe('Приказ по решению педагогического совета'),
})

/**
 * Records what becomes of pupils of a class at the end of the school year: the last column of the summary sheet. The
 * year need not be over, but each must be in the class on its last day, or today while it lasts. Decided anew, as
 * when a debt was made up in September, the decision carries the one that it replaces.
 */
export const decidePromotion = defineCommand({
  name: 'decide-promotion',
  path: 'roster',
  summary: 'Записать решение о переводе обучающихся класса по итогам года',
  operation: '20',
  input: DecidePromotion,
  fold: rosterFold,
  stream: () => WHOLE_SCHOOL,
  needs: ['schoolYear'],
  year: yearOfClass,
  concerns: ({ input, state }) => ofClasses(state, [input.class]),
  decide({ input, state, references, now }) {
    const { class: of, pupils, decision, order } = input
    const { year } = references.schoolYear
    const today = dateAt(now, year?.zone ?? DEFAULT_ZONE)
    const on = year !== null && year.until < today ? year.until : today
    const wrong = checkPupils(state, pupils, on)
    if (wrong !== null) return wrong
    const members = state.classes.get(of)?.members ?? []
    const stranger = pupils.find((pupil) => !isMember(members, pupil, on))
    if (stranger !== undefined) return refuse('pupil-not-in-class', { pupil: stranger, class: of, from: on })
    const standing = (pupil: Uuid) => state.promotions.get(promotionKey(of, pupil)) ?? null
    const same = pupils.find((pupil) => standing(pupil) === decision)
    if (same !== undefined) return refuse('same-value', { pupil: same, decision })
    return pupils.map((pupil) => ({
      type: 'PromotionDecided',
      data: { class: of, pupil, previous: standing(pupil), decision, order },
    }))
  },
})
