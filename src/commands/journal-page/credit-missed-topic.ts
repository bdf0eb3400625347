import { z } from 'zod'
import { Protocol } from '#events/journal-page.ts'
import { CriterionScore, MarkValue } from '#values/grading.ts'
import { KindId } from '#values/policy.ts'
import { Uuid } from '#values/uuid.ts'
import { isRefusal, type Refusal, refuse } from '../refusal.ts'
import { notAtSchool } from '../roster/state.ts'
import { isAbsence, isEarned, isExcused } from './attendance-codes.ts'
import {
  checkMembers,
  gradingUnder,
  lessonAndPolicy,
  mayWriteOnPage,
  onLesson,
  pageCommand,
  todayOf,
} from './ground.ts'
import { isSaid, NOTHING_SAID, valueOf } from './mark-values.ts'
import { workOfLesson } from './work-of-lesson.ts'

const CreditMissedTopic = z
  .strictObject({
    ...onLesson,
    pupil: Uuid,
    kind: KindId.describe('Вид работы, за которую ставится отметка, из справочника школы'),
    value: MarkValue.optional(),
    criteria: z.array(CriterionScore).min(1).max(20).optional(),
    protocol: Protocol.describe('Протокол сдачи: номер и дата'),
    examiners: z.array(Uuid).min(1).max(10).describe('Кто принимал: учитель или комиссия'),
  })
  .refine(isSaid, NOTHING_SAID)

/**
 * Credits a topic that a pupil missed for a valid reason, on the ground of a protocol (R-2.5c). The mark goes to the
 * lesson of the topic; the absence stays what it is, and is counted as it was.
 */
export const creditMissedTopic = pageCommand({
  name: 'credit-missed-topic',
  summary: 'Зачесть тему, пропущенную по уважительной причине, по протоколу сдачи',
  operation: '6',
  input: CreditMissedTopic,
  also: ['testSchedule'],
  touches: ({ input }) => ({ pupils: [input.pupil], postponed: 'mark' }),
  may: mayWriteOnPage,
  decide(given) {
    const { input, state, newId } = given
    const { lesson: id, pupil, protocol, examiners } = input
    const found = lessonAndPolicy(given)
    if (isRefusal(found)) return found
    const { lesson, policy } = found
    const stranger = checkMembers(given, lesson.date, [pupil])
    if (stranger !== null) return stranger
    const absence = lesson.attendance?.codes.get(pupil)?.code ?? null
    if (absence === null || !isAbsence(policy, absence))
      return refuse('lesson-not-missed', { pupil, code: absence })
    if (!isExcused(policy, absence)) return refuse('absence-not-excused', { pupil, code: absence })
    const unfounded = checkProtocol(given, lesson.date)
    if (unfounded !== null) return unfounded

    const column = workOfLesson(given, lesson, policy)
    if (isRefusal(column)) return column
    const { work, held } = column
    for (const [entry, mark] of state.marks) {
      if (mark.work === work && mark.pupil === pupil)
        return refuse('mark-exists', { pupil, entry, value: mark.value, version: mark.version })
    }
    const said = valueOf(gradingUnder(policy, given), policy, input)
    if (isRefusal(said)) return said
    const { value, criteria } = said
    if (!isEarned(policy, value)) return refuse('credit-not-earned', { value })
    const mark = { entry: newId('credit'), work, lesson: id, pupil, value, criteria }
    const data = { ...mark, absence, protocol, examiners }
    return [...held, { type: 'MissedTopicCredited', data }]
  },
})

type CreditGiven = Parameters<typeof todayOf>[0] & { readonly input: z.output<typeof CreditMissedTopic> }

/** The protocol is of a day between the lesson and today, and of people who worked in the school then. */
function checkProtocol(given: CreditGiven, lesson: string): Refusal | null {
  const { input, references } = given
  const { protocol, examiners } = input
  const today = todayOf(given)
  if (protocol.date < lesson || today < protocol.date)
    return refuse('protocol-misdated', { date: protocol.date, lesson, today })
  const repeated = examiners.find((staff, i) => examiners.indexOf(staff) !== i)
  if (repeated !== undefined) return refuse('examiner-repeated', { staff: repeated })
  for (const staff of examiners) {
    const absent = notAtSchool(references.roster, staff, protocol.date)
    if (absent !== null) return absent
  }
  return null
}
