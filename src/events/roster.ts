import { z } from 'zod'
import { Grade, SchoolYear } from '#values/school.ts'
import { label } from '#values/text.ts'
import { LocalDate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { type EventsOf, v1 } from './define.ts'

/** The number and date of the order on which a movement rests (R-7A.16h). */
export const Order = z.strictObject({ number: label(40), date: LocalDate })

/**
 * The people and the groups of the school, by pseudonymous ids: names stand in the person store only (R-D8).
 * Membership is dated: `from` is the first day in force, and a leaving is `from` the first day no longer in force.
 */
export const rosterEvents = {
  PupilEnrolled: v1(z.strictObject({ pupil: Uuid, from: LocalDate, order: Order.nullable() })),
  StaffHired: v1(z.strictObject({ staff: Uuid, from: LocalDate })),
  ClassFormed: v1(z.strictObject({ class: Uuid, year: SchoolYear, grade: Grade, name: label(12) })),
  PupilPlacedInClass: v1(
    z.strictObject({ class: Uuid, pupil: Uuid, from: LocalDate, order: Order.nullable() }),
  ),
  PupilRemovedFromClass: v1(
    z.strictObject({ class: Uuid, pupil: Uuid, from: LocalDate, order: Order.nullable() }),
  ),
  ClassTeacherAppointed: v1(z.strictObject({ class: Uuid, staff: Uuid, from: LocalDate })),
  GroupFormed: v1(
    z.strictObject({ group: Uuid, year: SchoolYear, name: label(), classes: z.array(Uuid).min(1) }),
  ),
  PupilJoinedGroup: v1(z.strictObject({ group: Uuid, pupil: Uuid, from: LocalDate })),
  PupilLeftGroup: v1(z.strictObject({ group: Uuid, pupil: Uuid, from: LocalDate })),
}
export type RosterEvent = EventsOf<typeof rosterEvents>
