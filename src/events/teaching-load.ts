import { z } from 'zod'
import { GradingSystem } from '#values/grading.ts'
import { JournalType } from '#values/school.ts'
import { label } from '#values/text.ts'
import { Order } from './roster.ts'
import { LocalDate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { type EventsOf, v1 } from './define.ts'

/** Who learns in a journal: a class, or a group of one or several classes. */
export const Learners = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('class'), class: Uuid }),
  z.strictObject({ kind: z.literal('group'), group: Uuid }),
])

/** Journals of the year and who teaches them; the right to write follows the assignment (R-2.3, R-7A.6b). */
export const teachingLoadEvents = {
  JournalOpened: v1(
    z.strictObject({
      journal: Uuid,
      subject: Uuid,
      learners: Learners,
      type: JournalType,
      grading: GradingSystem,
      name: label(),
    }),
  ),
  TeacherAssigned: v1(z.strictObject({ journal: Uuid, staff: Uuid, from: LocalDate })),
  TeacherReleased: v1(z.strictObject({ journal: Uuid, staff: Uuid, from: LocalDate })),
  /** The head approves the load of the year as it stands with the change at revision `through`, the last one (row 18). */
  TeachingLoadApproved: v1(z.strictObject({ through: z.int().min(0), order: Order.nullable() })),
}
export type TeachingLoadEvent = EventsOf<typeof teachingLoadEvents>
