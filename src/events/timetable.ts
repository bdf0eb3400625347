import { z } from 'zod'
import { label } from '#values/text.ts'
import { LocalDate, Weekday } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { type EventsOf, v1 } from './define.ts'

export const Slot = z.strictObject({
  weekday: Weekday,
  number: z.int().min(0).max(14),
  journal: Uuid,
  room: label(20).nullable(),
})

/** The weekly lessons of a class (its groups included) from a date on, in place of those before (R-7A.6d). */
export const timetableEvents = {
  WeekScheduled: v1(z.strictObject({ class: Uuid, effectiveFrom: LocalDate, slots: z.array(Slot).max(120) })),
}
export type TimetableEvent = EventsOf<typeof timetableEvents>
