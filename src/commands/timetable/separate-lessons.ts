import { z } from 'zod'
import { refuse } from '../refusal.ts'
import { byOrder, namedTogether, notRecorded, onPlace, planCommand } from './planned.ts'
import { combinationOf } from './state.ts'

const SeparateLessons = z.strictObject({ ...onPlace, ...byOrder })

/** Takes a combination back before any of its lessons is recorded; one of them names it. */
export const separateLessons = planCommand({
  name: 'separate-lessons',
  summary: 'Отменить совмещение уроков',
  input: SeparateLessons,
  places: ({ journal, date, number }, state) =>
    (combinationOf(state, journal, date, number)?.journals ?? []).map((one) => ({
      journal: one,
      date,
      number,
    })),
  decide(given) {
    const { journal, date, number, order } = given.input
    const found = combinationOf(given.state, journal, date, number)
    if (found === undefined) return refuse('combination-unknown', { journal, date, number })
    const { combination, teacher, journals } = found
    for (const one of journals) {
      const recorded = notRecorded(given, { journal: one, date, number })
      if (recorded !== null) return recorded
    }
    const lessons = namedTogether(given, journals, { date, number })
    return [{ type: 'LessonsSeparated', data: { combination, date, number, teacher, lessons, order } }]
  },
})
