import { z } from 'zod'
import { DisputeText } from '#events/journal-page.ts'
import { Uuid } from '#values/uuid.ts'
import { diaryClosedTo } from '../family/state.ts'
import { refuse } from '../refusal.ts'
import { classOf, leadsClass } from '../roster/state.ts'
import { onPage, pageCommand, todayOf } from './ground.ts'

const DisputeMark = z.strictObject({
  ...onPage,
  pupil: Uuid,
  entry: Uuid.describe('Отметка, с которой не согласны'),
  text: DisputeText.describe('В чём ошибка'),
})

/**
 * Says that a mark is wrong: the pupil, the family, or the class teacher for them (R-A1.p1). The mark stays as it is until
 * its teacher answers, by a correction or a refusal. A closed page bars nobody from saying so.
 */
export const disputeMark = pageCommand({
  name: 'dispute-mark',
  summary: 'Обратиться по поводу неверной отметки; отметка не меняется до ответа учителя',
  operation: '28',
  input: DisputeMark,
  also: ['family'],
  pupil: ({ pupil }) => pupil,
  passesLock: true,
  may(given) {
    const { actor, input, references } = given
    const { pupil } = input
    const today = todayOf(given)
    if (actor.role === 'pupil') return actor.person === pupil ? null : refuse('diary-not-yours', { pupil })
    if (actor.role === 'parent') {
      // The answer says what the mark is: without consent that is for the class teacher to ask, on paper.
      return diaryClosedTo(references.family, references.policy, pupil, actor.person, today)
    }
    const own = classOf(references.roster, pupil, today)
    const leads = own !== undefined && leadsClass(references.roster, actor.person, own, today)
    return leads ? null : refuse('class-not-led', { pupil })
  },
  decide({ input: { pupil, entry, text }, state, newId }) {
    const mark = state.marks.get(entry)
    if (mark === undefined || mark.pupil !== pupil) return refuse('mark-unknown', { entry })
    for (const [dispute, known] of state.disputes) {
      if (known.entry === entry && known.open) return refuse('dispute-open', { dispute, entry })
    }
    const { work, lesson, value } = mark
    const data = { dispute: newId('dispute'), entry, work, lesson, pupil, value, text }
    return [{ type: 'MarkDisputed', data }]
  },
})
