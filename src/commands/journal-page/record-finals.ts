import { z } from 'zod'
import { FinalKind, type JournalPageEvent } from '#events/journal-page.ts'
import { MarkValue } from '#values/grading.ts'
import { Uuid } from '#values/uuid.ts'
import { checkFinal } from '../final-value.ts'
import { isRefusal, refuse } from '../refusal.ts'
import { endAndPolicy, kindHere } from './finals.ts'
import { isMember, membershipsOf } from '../roster/state.ts'
import {
  checkMembers,
  gradingUnder,
  journalOf,
  mayWriteOnPage,
  onPage,
  pageCommand,
  todayOf,
} from './ground.ts'
import { finalKey } from './state.ts'

const RecordFinals = z.strictObject({
  ...onPage,
  kind: FinalKind.optional().describe('По умолчанию — за период, а на странице года — годовая'),
  finals: z
    .array(z.strictObject({ pupil: Uuid, value: MarkValue }))
    .min(1)
    .max(200),
})

/**
 * Sets finals in one column: a mark or a code for each pupil, all of them or none (R-2.8a). Early and late ones are
 * accepted and shown as such; a school may refuse the early ones, but for whoever leaves before the end. While the
 * period lasts they are set for those who learn here today; afterwards for those who did on its last day.
 */
export const recordFinals = pageCommand({
  name: 'record-finals',
  summary: 'Выставить итоговые отметки или коды (осв, н/а, безотм) столбцом',
  operation: '5',
  input: RecordFinals,
  touches: ({ input }) => ({ pupils: input.finals.map(({ pupil }) => pupil), postponed: 'final' }),
  may: mayWriteOnPage,
  decide(given) {
    const { input, state, references, now } = given
    const kind = kindHere(given, input.kind)
    if (isRefusal(kind)) return kind
    const found = endAndPolicy(given)
    if (isRefusal(found)) return found
    const { end, policy } = found
    const today = todayOf(given)
    if (today < end.from) return refuse('period-not-begun', { from: end.from, today })
    const on = today < end.lastDay ? today : end.lastDay
    const stranger = checkMembers(
      given,
      on,
      input.finals.map(({ pupil }) => pupil),
    )
    if (stranger !== null) return stranger

    const ofCalendar = kind === 'period' || kind === 'year'
    const window = {
      opensAt: ofCalendar ? end.opensAt : null,
      dueAt: ofCalendar ? end.dueAt : null,
    }
    const { opensAt } = window
    if (opensAt !== null && now < opensAt && !policy.earlyFinals) {
      const members = membershipsOf(references.roster, journalOf(given).learners)
      const staying = input.finals.filter(({ pupil }) => isMember(members, pupil, end.lastDay))
      if (staying.length > 0)
        return refuse('final-too-early', { opensAt, pupils: staying.map(({ pupil }) => pupil) })
    }
    const events: JournalPageEvent[] = []
    for (const { pupil, value } of input.finals) {
      const invalid = checkFinal(gradingUnder(policy, given), policy, value)
      if (invalid !== null) return { ...invalid, detail: { ...invalid.detail, pupil } }
      const standing = state.finals.get(finalKey(pupil, kind))
      if (standing !== undefined)
        return refuse('final-exists', { pupil, kind, value: standing.value, version: standing.version })
      events.push({ type: 'FinalMarkRecorded', data: { pupil, kind, value, ...window } })
    }
    return events
  },
})
