import { z } from 'zod'
import { nameCorrection } from '#values/name-correction.ts'
import { ConsentForm, ConsentScope, NoticeVersion } from '#values/consent.ts'
import { LocalDate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { type EventsOf, v1 } from './define.ts'

/** Of what the representative was told, and when (R-A3.3b). */
const Notice = z.strictObject({ version: NoticeVersion, date: LocalDate })

/** A decision of a representative about the electronic form; `date` is that of the paper, or the day in the cabinet. */
const decided = { pupil: Uuid, representative: Uuid, form: ConsentForm, date: LocalDate }

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
  /** Results of the child may be delivered to this representative in electronic form, as far as `scope` goes. */
  ConsentGiven: v1(z.strictObject({ ...decided, scope: z.array(ConsentScope).min(1), notice: Notice })),
  /** The representative does not consent; `notice` is null where nothing was said of one. */
  ConsentRefused: v1(z.strictObject({ ...decided, notice: Notice.nullable() })),
  ConsentWithdrawn: v1(z.strictObject(decided)),
}
export type FamilyEvent = EventsOf<typeof familyEvents>
