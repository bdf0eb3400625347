import { z } from 'zod'
import { note } from '#values/text.ts'
import { refuse } from '../refusal.ts'
import { byOrder, classesFree, giversFree, named, onPlace, planCommand } from './planned.ts'
import { absenceOf } from './state.ts'

const RestoreLesson = z.strictObject({ ...onPlace, ...byOrder, reason: note().nullable().default(null) })

/** Takes the cancellation of a lesson back. A transferred one is brought back by transferring it again. */
export const restoreLesson = planCommand({
  name: 'restore-lesson',
  summary: 'Вернуть отменённый урок',
  input: RestoreLesson,
  places: (input) => [input],
  decide(given) {
    const { input, state } = given
    const { journal, date, number, reason, order } = input
    const absence = absenceOf(state, journal, date, number)
    if (absence?.kind === 'transferred')
      return refuse('lesson-transferred', { journal, date, number, to: absence.to })
    if (absence === undefined) return refuse('lesson-not-cancelled', { journal, date, number })
    const taken = classesFree(given, input) ?? giversFree(given, input)
    if (taken !== null) return taken
    return [{ type: 'LessonRestored', data: { ...named(given, input), reason, order } }]
  },
})
