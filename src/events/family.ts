import { z } from 'zod'
import { LocalDate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { type EventsOf, v1 } from './define.ts'

/**
 * Who represents a pupil (законный представитель); the right to read the diary follows it. An end is `from` the first
 * day without it.
 */
export const familyEvents = {
  RepresentativeRegistered: v1(
    z.strictObject({
      pupil: Uuid,
      representative: Uuid,
      kinship: z.enum(['mother', 'father', 'guardian', 'other']),
      from: LocalDate,
    }),
  ),
  RepresentationEnded: v1(z.strictObject({ pupil: Uuid, representative: Uuid, from: LocalDate })),
}
export type FamilyEvent = EventsOf<typeof familyEvents>
