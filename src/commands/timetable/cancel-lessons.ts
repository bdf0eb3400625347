import { z } from 'zod'
import { note } from '#values/text.ts'
import { LocalDate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { SchoolYear } from '#values/school.ts'
import { isRefusal, type Refusal, refuse } from '../refusal.ts'
import {
  byOrder,
  classesAt,
  named,
  onPlace,
  type Place,
  planCommand,
  type PlanGiven,
  plannedLesson,
  recordedAt,
} from './planned.ts'
import { combinationOf, lessonsOn, type TimetableState } from './state.ts'

const CancelLessons = z
  .strictObject({
    year: SchoolYear,
    date: LocalDate,
    lessons: z
      .array(z.strictObject({ journal: Uuid, number: onPlace.number }))
      .max(400)
      .default([])
      .describe('Отдельные уроки'),
    classes: z
      .array(Uuid)
      .max(100)
      .default([])
      .describe('Классы, у которых отменяются все уроки этого дня; урок группы — если названы все её классы'),
    reason: note(),
    ...byOrder,
  })
  .refine(({ lessons, classes }) => lessons.length + classes.length > 0, {
    error: 'нужны уроки или классы',
    path: ['lessons'],
  })
type Input = z.output<typeof CancelLessons>

/** Cancels lessons of one day: single ones, or all of whole classes, as on a day of hard frost (R-7A.6d). */
export const cancelLessons = planCommand({
  name: 'cancel-lessons',
  summary: 'Отменить уроки дня: отдельные или все уроки классов',
  input: CancelLessons,
  places: (input, state) => [...namedOnes(input), ...ofClasses(input, state)],
  decide(given) {
    const { input, references, state } = given
    const unknown = input.classes.find((id) => references.roster.classes.get(id)?.year !== input.year)
    if (unknown !== undefined) return refuse('class-unknown', { class: unknown, year: input.year })

    const places = new Map<string, Place>()
    for (const place of namedOnes(input)) {
      const lesson = plannedLesson(given, place)
      if (isRefusal(lesson)) return lesson
      places.set(`${place.journal}/${place.number}`, place)
    }
    for (const place of ofClasses(input, state)) {
      const whole = classesAt(given, place.journal).every((id) => input.classes.includes(id))
      if (whole && !isRefusal(plannedLesson(given, place)))
        places.set(`${place.journal}/${place.number}`, place)
    }
    const refused = heldAlready(given, [...places.values()])
    if (refused !== null) return refused
    return [...places.values()].map((place) => ({
      type: 'LessonCancelled',
      data: { ...named(given, place), reason: input.reason, order: input.order },
    }))
  },
})

function namedOnes({ lessons, date }: Input): Place[] {
  return lessons.map(({ journal, number }) => ({ journal, date, number }))
}

function ofClasses({ classes, date }: Input, state: Readonly<TimetableState>): Place[] {
  return classes.flatMap((id) =>
    lessonsOn(state, id, date).map(({ journal, number }) => ({ journal, date, number })),
  )
}

function heldAlready(given: PlanGiven, places: readonly Place[]): Refusal | null {
  const recorded = places.filter((place) => recordedAt(given, place) !== undefined)
  if (recorded.length > 0) return refuse('lesson-recorded', { lessons: recorded })
  for (const { journal, date, number } of places) {
    const combination = combinationOf(given.state, journal, date, number)
    if (combination !== undefined) return refuse('lessons-combined', { ...combination })
  }
  return null
}
