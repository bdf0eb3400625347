import { z } from 'zod'
import { note } from '#values/text.ts'
import { refuse } from '../refusal.ts'
import { byOrder, classesFree, giversOf, named, onPlace, planCommand, teacherFree } from './planned.ts'
import { absenceOf } from './state.ts'

const RestoreLesson = z.strictObject({ ...onPlace, ...byOrder, reason: note().nullable().default(null) })

/** Takes the cancellation of a lesson back. A transferred one is brought back by transferring it again. */
export const restoreLesson = planCommand({
  name: 'restore-lesson',
  summary: 'Вернуть отменённый урок',
  input: RestoreLesson,
  places: (input) => [input],
  decide(given) {
    const { input, state, references } = given
    const { journal, date, number, reason, order } = input
    const absence = absenceOf(state, journal, date, number)
    if (absence?.kind === 'transferred')
      return refuse('lesson-transferred', { journal, date, number, to: absence.to })
    if (absence === undefined) return refuse('lesson-not-cancelled', { journal, date, number })
    const taken = classesFree(given, input)
    if (taken !== null) return taken
    for (const staff of giversOf(state, references.teachingLoad, input)) {
      const busy = teacherFree(given, staff, input, [journal])
      if (busy !== null) return busy
    }
    return [{ type: 'LessonRestored', data: { ...named(given, input), reason, order } }]
  },
})
