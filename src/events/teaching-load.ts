import { z } from 'zod'
import { GradingSystem } from '#values/grading.ts'
import { JournalType } from '#values/school.ts'
import { label } from '#values/text.ts'
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
}
export type TeachingLoadEvent = EventsOf<typeof teachingLoadEvents>
