import { z } from 'zod'
import { SchoolYear } from '#values/school.ts'
import { LocalDate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { isRefusal, refuse } from '../refusal.ts'
import {
  atSchool,
  byOrder,
  namedTogether,
  onPlace,
  planCommand,
  plannedLesson,
  recordedAt,
  teacherFree,
} from './planned.ts'
import { combinationOf, substituteOf } from './state.ts'

const CombineLessons = z.strictObject({
  year: SchoolYear,
  date: LocalDate,
  number: onPlace.number,
  journals: z.array(Uuid).min(2).max(10),
  teacher: Uuid.describe('Кто проводит уроки вместе'),
  ...byOrder,
})

/**
 * Joins the lessons of several journals at one time under one teacher (совмещение, R-2.10), as when two classes learn
 * together for a day. Each lesson is recorded in its own journal; the combination is their common link.
 */
export const combineLessons = planCommand({
  name: 'combine-lessons',
  summary: 'Совместить уроки нескольких журналов под одним учителем',
  input: CombineLessons,
  places: ({ journals, date, number }) => journals.map((journal) => ({ journal, date, number })),
  decide(given) {
    const { input, state, newId } = given
    const { date, number, journals, teacher, order } = input
    const repeated = journals.find((journal, i) => journals.indexOf(journal) !== i)
    if (repeated !== undefined) return refuse('journal-repeated', { journal: repeated })
    for (const journal of journals) {
      const place = { journal, date, number }
      const lesson = plannedLesson(given, place)
      if (isRefusal(lesson)) return lesson
      const combination = combinationOf(state, journal, date, number)
      if (combination !== undefined) return refuse('lessons-combined', { ...combination })
      const substitute = substituteOf(state, journal, date, number)
      if (substitute !== undefined && substitute !== teacher)
        return refuse('lesson-given-by-another', { ...place, teacher: substitute })
      const recorded = recordedAt(given, place)
      if (recorded !== undefined && recorded.teacher !== teacher)
        return refuse('lesson-recorded', { ...place, teacher: recorded.teacher })
    }
    const refused =
      atSchool(given, teacher, date) ??
      teacherFree(given, teacher, { journal: journals[0]!, date, number }, journals)
    if (refused !== null) return refused
    const lessons = namedTogether(given, journals, { date, number })
    const data = { combination: newId('combination'), date, number, teacher, lessons, order }
    return [{ type: 'LessonsCombined', data }]
  },
})
