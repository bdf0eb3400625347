import { z } from 'zod'
import { Slot } from '#events/timetable.ts'
import { SchoolYear } from '#values/school.ts'
import { LocalDate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { defineCommand } from '../command.ts'
import { subjectsOf } from '../curriculum/state.ts'
import { refuse } from '../refusal.ts'
import { classesOf } from '../roster/state.ts'
import { timetableFold } from './state.ts'
import { classInTwoPlaces, pupilInTwoPlaces, teacherInTwoPlaces } from './week-conflicts.ts'

const ScheduleWeek = z.strictObject({
  year: SchoolYear,
  class: Uuid,
  effectiveFrom: LocalDate,
  slots: z.array(Slot.extend({ room: Slot.shape.room.default(null) })).max(120),
})

/** Sets the weekly lessons of a class, those of its groups included, from a date on (R-7A.6d). */
export const scheduleWeek = defineCommand({
  name: 'schedule-week',
  path: 'years/:year/timetable',
  summary: 'Задать недельное расписание класса с указанной даты',
  operation: '17',
  input: ScheduleWeek,
  fold: timetableFold,
  stream: ({ year }) => year,
  needs: ['schoolYear', 'roster', 'teachingLoad', 'curriculum'],
  year: ({ year }) => year,
  concerns({ input, references }) {
    const grade = references.roster.classes.get(input.class)?.grade
    return grade === undefined ? null : { grades: [grade], subject: null }
  },
  decide({ input, state, references }) {
    const { year, class: id, effectiveFrom, slots } = input
    const { schoolYear, roster, teachingLoad, curriculum } = references
    const bounds = schoolYear.year
    if (bounds === null) return refuse('school-year-unknown', { year })
    if (effectiveFrom < bounds.from || bounds.until < effectiveFrom) {
      return refuse('date-outside-year', { date: effectiveFrom, year })
    }
    if (roster.classes.get(id)?.year !== year) return refuse('class-unknown', { class: id, year })
    const subjects = subjectsOf(curriculum, roster, id, effectiveFrom)
    for (const { journal } of slots) {
      const known = teachingLoad.journals.get(journal)
      if (known === undefined) return refuse('journal-unknown', { journal })
      if (!classesOf(roster, known.learners).includes(id)) {
        return refuse('journal-not-of-class', { journal, class: id })
      }
      // Electives, clubs and the like are beside the curriculum; a school that has adopted none plans without it.
      if (known.type === 'lesson' && subjects?.has(known.subject) === false) {
        return refuse('subject-not-in-curriculum', { journal, subject: known.subject, class: id })
      }
    }
    const week = { unit: id, effectiveFrom, slots }
    const conflict =
      classInTwoPlaces(slots, teachingLoad) ??
      teacherInTwoPlaces(week, state, teachingLoad) ??
      pupilInTwoPlaces(week, state, teachingLoad, roster)
    return conflict ?? [{ type: 'WeekScheduled', data: { class: id, effectiveFrom, slots } }]
  },
})
