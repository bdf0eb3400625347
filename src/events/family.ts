import { z } from 'zod'
import { nameCorrection } from '#values/name-correction.ts'
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
  /** The person is called otherwise from now on, in every family; neither name stands here (R-D8). */
  RepresentativeNameCorrected: v1(z.strictObject({ pupil: Uuid, representative: Uuid, ...nameCorrection })),
}
export type FamilyEvent = EventsOf<typeof familyEvents>
