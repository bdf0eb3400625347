import { z } from 'zod'
import { Slot } from '#events/timetable.ts'
import { SchoolYear } from '#values/school.ts'
import { LocalDate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { defineCommand } from '../command.ts'
import { subjectsOf } from '../curriculum/state.ts'
import { refuse } from '../refusal.ts'
import { gradesOf } from '../roster/state.ts'
import { timetableFold } from './state.ts'
import { pupilInTwoPlaces, teacherInTwoPlaces } from './week-conflicts.ts'

const ScheduleGroupWeek = z.strictObject({
  year: SchoolYear,
  group: Uuid,
  effectiveFrom: LocalDate,
  slots: z.array(Slot.extend({ room: Slot.shape.room.default(null) })).max(120),
})

/**
 * Sets the weekly lessons of a group apart from the weeks of its classes, from a date on (R-7A.6d): of electives, clubs and
 * streams, and of whoever learns by an individual plan (R-7A.6i).
 */
export const scheduleGroupWeek = defineCommand({
  name: 'schedule-group-week',
  path: 'years/:year/timetable',
  summary: 'Задать недельное расписание группы, потока или индивидуального плана отдельно от классов',
  operation: '17',
  input: ScheduleGroupWeek,
  fold: timetableFold,
  stream: ({ year }) => year,
  needs: ['schoolYear', 'roster', 'teachingLoad', 'curriculum'],
  year: ({ year }) => year,
  concerns({ input, references: { roster } }) {
    const grades = gradesOf(roster, { kind: 'group', group: input.group })
    return grades.length === 0 ? null : { grades, subject: null }
  },
  decide({ input, state, references }) {
    const { year, group, effectiveFrom, slots } = input
    const { schoolYear, roster, teachingLoad, curriculum } = references
    const bounds = schoolYear.year
    if (bounds === null) return refuse('school-year-unknown', { year })
    if (effectiveFrom < bounds.from || bounds.until < effectiveFrom)
      return refuse('date-outside-year', { date: effectiveFrom, year })
    const known = roster.groups.get(group)
    if (known?.year !== year) return refuse('group-unknown', { group, year })
    for (const { journal } of slots) {
      const of = teachingLoad.journals.get(journal)
      if (of === undefined) return refuse('journal-unknown', { journal })
      if (of.learners.kind !== 'group' || of.learners.group !== group)
        return refuse('journal-not-of-class', { journal, group })
      const outside = known.classes.find(
        (id) => subjectsOf(curriculum, roster, id, effectiveFrom)?.has(of.subject) === false,
      )
      // Electives, clubs and the like are beside the curriculum.
      if (of.type === 'lesson' && outside !== undefined)
        return refuse('subject-not-in-curriculum', { journal, subject: of.subject, class: outside })
    }
    const week = { unit: group, effectiveFrom, slots }
    const twice = slots.findIndex(({ weekday, number }, i) =>
      slots.slice(0, i).some((slot) => slot.weekday === weekday && slot.number === number),
    )
    const conflict =
      (twice < 0 ? null : refuse('slot-conflict', { ...slots[twice] })) ??
      teacherInTwoPlaces(week, state, teachingLoad) ??
      pupilInTwoPlaces(week, state, teachingLoad, roster)
    const data = { group, classes: [...known.classes], effectiveFrom, slots }
    return conflict ?? [{ type: 'GroupWeekScheduled', data }]
  },
})
