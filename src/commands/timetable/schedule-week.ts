import { z } from 'zod'
import { Slot } from '#events/timetable.ts'
import { SchoolYear } from '#values/school.ts'
import { LocalDate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { defineCommand } from '../command.ts'
import { subjectsOf } from '../curriculum/state.ts'
import { type Refusal, refuse } from '../refusal.ts'
import { classesOf } from '../roster/state.ts'
import { type JournalState, teaches, type TeachingLoadState } from '../teaching-load/state.ts'
import { timetableFold, type TimetableState, weekOn } from './state.ts'

const ScheduleWeek = z.strictObject({
  year: SchoolYear,
  class: Uuid,
  effectiveFrom: LocalDate,
  slots: z.array(Slot.extend({ room: Slot.shape.room.default(null) })).max(120),
})
type Slots = z.output<typeof ScheduleWeek>['slots']

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
    const conflict = classInTwoPlaces(slots, teachingLoad) ?? teacherInTwoPlaces(input, state, teachingLoad)
    return conflict ?? [{ type: 'WeekScheduled', data: { class: id, effectiveFrom, slots } }]
  },
})

/** At one lesson a class has one journal, or is divided into groups that have one each. */
function classInTwoPlaces(slots: Slots, { journals }: Readonly<TeachingLoadState>): Refusal | null {
  for (const [i, { weekday, number, journal }] of slots.entries()) {
    const other = slots.slice(0, i).find((slot) => slot.weekday === weekday && slot.number === number)
    if (other === undefined) continue
    const divided = [journal, other.journal].every((id) => journals.get(id)?.learners.kind === 'group')
    const twice = slots.slice(0, i).some((slot) => isSameSlot(slot, { weekday, number, journal }))
    if (!divided || twice)
      return refuse('slot-conflict', { weekday, number, journals: [other.journal, journal] })
  }
  return null
}

/**
 * A teacher gives one lesson at a time. The same journal in the weeks of two classes is one lesson of a group of
 * both. Compared is every week that will be in force together with this one.
 */
function teacherInTwoPlaces(
  { class: id, effectiveFrom, slots }: z.output<typeof ScheduleWeek>,
  { weeks }: Readonly<TimetableState>,
  { journals }: Readonly<TeachingLoadState>,
): Refusal | null {
  const end = weeks.get(id)?.find((week) => week.effectiveFrom > effectiveFrom)?.effectiveFrom
  const others = [...weeks].filter(([other]) => other !== id)
  const beginnings = others.flatMap(([, ofOther]) => ofOther.map((week) => week.effectiveFrom))
  const dates = beginnings.filter((from) => from > effectiveFrom && (end === undefined || from < end))
  for (const date of new Set([effectiveFrom, ...dates])) {
    const taken = others.flatMap(([other]) =>
      (weekOn({ weeks }, other, date)?.slots ?? []).map((slot) => ({ ...slot, class: other })),
    )
    for (const [i, { weekday, number, journal }] of slots.entries()) {
      const elsewhere = [...slots.slice(0, i).map((slot) => ({ ...slot, class: id })), ...taken].filter(
        (slot) => slot.weekday === weekday && slot.number === number && slot.journal !== journal,
      )
      for (const slot of elsewhere) {
        const staff = sharedTeacher(journals.get(journal), journals.get(slot.journal), date)
        if (staff !== undefined) {
          const where = { class: slot.class, journal: slot.journal }
          return refuse('slot-conflict', { weekday, number, journal, teacher: staff, also: where, date })
        }
      }
    }
  }
  return null
}

function isSameSlot(a: Omit<Slots[number], 'room'>, b: Omit<Slots[number], 'room'>): boolean {
  return a.weekday === b.weekday && a.number === b.number && a.journal === b.journal
}

function sharedTeacher(
  a: JournalState | undefined,
  b: JournalState | undefined,
  date: LocalDate,
): Uuid | undefined {
  return a?.assignments.find(({ staff }) => teaches(a, staff, date) && teaches(b, staff, date))?.staff
}
