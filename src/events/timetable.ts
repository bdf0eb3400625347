import { z } from 'zod'
import { personal } from '#values/personal-text.ts'
import { label, note } from '#values/text.ts'
import { LocalDate, Weekday } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { type EventDefinition, type EventsOf, sealed, v1 } from './define.ts'
import { Order } from './roster.ts'

const LessonNumber = z.int().min(0).max(14)
const Room = label(20)

export const Slot = z.strictObject({
  weekday: Weekday,
  number: LessonNumber,
  journal: Uuid,
  room: Room.nullable(),
})

/** One lesson of the timetable; its id follows from journal, date and number, as that of the lesson once recorded. */
const planned = {
  lesson: Uuid,
  journal: Uuid,
  /** The classes that learn in it. */
  classes: z.array(Uuid).min(1).max(30),
  date: LocalDate,
  number: LessonNumber,
}
const order = { order: Order.nullable() }
const combined = z
  .array(z.strictObject({ lesson: Uuid, journal: Uuid, classes: planned.classes }))
  .min(2)
  .max(10)

const SubstitutionOrdered = z.strictObject({
  ...planned,
  /** To whom the load gives the lesson. */
  teachers: z.array(Uuid).max(10),
  substitute: Uuid,
  /** The substitute in whose place this one comes. */
  previous: Uuid.nullable(),
  /** Why, in words: it may speak of the health of a teacher. */
  reason: personal(note()).nullable(),
  ...order,
})
/** Version 1 named the order alone. */
const substitutionOrdered: EventDefinition<typeof SubstitutionOrdered> = {
  v: 2,
  data: SubstitutionOrdered,
  upcast: { 1: (data: object) => ({ ...data, reason: null }) },
}

/**
 * The weekly lessons of a class (its groups included) from a date on, in place of those before (R-7A.6d), and what
 * departs from them: each departure is a fact on top of the week, which itself stays as it was (п. 2.10, 7А/4).
 */
export const timetableEvents = {
  WeekScheduled: v1(z.strictObject({ class: Uuid, effectiveFrom: LocalDate, slots: z.array(Slot).max(120) })),

  /** The weekly lessons of a group that is planned apart from its classes, in the place of those before. */
  GroupWeekScheduled: v1(
    z.strictObject({
      group: Uuid,
      classes: z.array(Uuid).min(1),
      effectiveFrom: LocalDate,
      slots: z.array(Slot).max(120),
    }),
  ),

  /** Another teacher gives the lesson than those to whom the load gives it. */
  SubstitutionOrdered: substitutionOrdered,
  SubstitutionWithdrawn: v1(z.strictObject({ ...planned, substitute: Uuid, ...order })),

  /** The lesson is given on another date or at another number. Brought back to its place in the week, it stands as before. */
  LessonTransferred: sealed(
    z.strictObject({
      ...planned,
      to: z.strictObject({ lesson: Uuid, date: LocalDate, number: LessonNumber, room: Room.nullable() }),
      reason: personal(note()).nullable(),
      ...order,
    }),
  ),
  LessonCancelled: sealed(z.strictObject({ ...planned, reason: personal(note()), ...order })),
  /** A cancelled lesson is given after all. */
  LessonRestored: sealed(z.strictObject({ ...planned, reason: personal(note()).nullable(), ...order })),
  RoomChanged: v1(z.strictObject({ ...planned, previous: Room.nullable(), room: Room.nullable() })),

  /** One teacher gives the lessons of several journals at once (совмещение): each is recorded in its own journal. */
  LessonsCombined: v1(
    z.strictObject({
      combination: Uuid,
      date: LocalDate,
      number: LessonNumber,
      teacher: Uuid,
      lessons: combined,
      ...order,
    }),
  ),
  LessonsSeparated: v1(
    z.strictObject({
      combination: Uuid,
      date: LocalDate,
      number: LessonNumber,
      teacher: Uuid,
      lessons: combined,
      ...order,
    }),
  ),
}
export type TimetableEvent = EventsOf<typeof timetableEvents>
