import { z } from 'zod'
import { PostponementReason } from '#events/journal-page.ts'
import { Order } from '#events/roster.ts'
import { LocalDate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { isRefusal, refuse } from '../refusal.ts'
import { kindsOfPage, periodEndOf } from './finals.ts'
import { checkMembers, onPage, pageCommand, todayOf } from './ground.ts'
import { finalKey } from './state.ts'

const PostponeFinal = z.strictObject({
  ...onPage,
  pupil: Uuid,
  until: LocalDate.describe('Последний день, в который итоговую отметку ещё можно выставить'),
  reason: PostponementReason,
  order: Order,
})

/** Postpones the final of a pupil to a date, as after an illness; the period can be closed for the others (R-5.5b). */
export const postponeFinal = pageCommand({
  name: 'postpone-final',
  summary: 'Дать отсрочку выставления итоговой отметки',
  operation: '13',
  input: PostponeFinal,
  passesLock: true,
  decide(given) {
    const { input, state } = given
    const { pupil, until, reason, order } = input
    const end = periodEndOf(given)
    if (isRefusal(end)) return end
    const stranger = checkMembers(given, end.lastDay, [pupil])
    if (stranger !== null) return stranger
    const [kind] = kindsOfPage(given)
    const standing = state.finals.get(finalKey(pupil, kind))
    if (standing !== undefined) {
      return refuse('final-exists', { pupil, kind, value: standing.value, version: standing.version })
    }
    const today = todayOf(given)
    if (until <= end.lastDay || until < today)
      return refuse('postponement-too-short', { until, lastDay: end.lastDay, today })
    const previous = state.postponements.get(pupil) ?? null
    if (until === previous) return refuse('same-value', { until })
    return [{ type: 'FinalPostponed', data: { pupil, previous, until, reason, order } }]
  },
})
