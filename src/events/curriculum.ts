import { z } from 'zod'
import { label } from '#values/text.ts'
import { Uuid } from '#values/uuid.ts'
import { type EventsOf, v1 } from './define.ts'

/** The subjects of the school: of the federal plan (ФБУП) or of the school's own component (R-7A.6p). */
export const curriculumEvents = {
  SubjectAdded: v1(
    z.strictObject({ subject: Uuid, name: label(), component: z.enum(['federal', 'school']) }),
  ),
}
export type CurriculumEvent = EventsOf<typeof curriculumEvents>
