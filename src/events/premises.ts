import { z } from 'zod'
import { label } from '#values/text.ts'
import { LocalDate } from '#values/time.ts'
import { type EventsOf, v1 } from './define.ts'

/** A room by the sign on its door: what the slots of the timetable name. */
export const RoomName = label(20)

/** The rooms of the school (п. 2.2). */
export const premisesEvents = {
  RoomAdded: v1(
    z.strictObject({
      room: RoomName,
      /** What it is for: «кабинет физики». */
      purpose: label().nullable(),
      seats: z.int().min(1).max(1_000).nullable(),
    }),
  ),
  RoomClosed: v1(z.strictObject({ room: RoomName, from: LocalDate })),
}
export type PremisesEvent = EventsOf<typeof premisesEvents>
