import { z } from 'zod'
import { label } from '#values/text.ts'
import { LocalDate } from '#values/time.ts'
import { type EventsOf, v1 } from './define.ts'

/**
 * What a school is to the installation: that it is there, and by which agreement the operator processes its data
 * (152-ФЗ, R-A3.3a). Both are recorded by the operator.
 */
export const schoolEvents = {
  SchoolRegistered: v1(z.strictObject({ name: label(200) })),
  ProcessingAgreementRecorded: v1(z.strictObject({ agreement: label(60), from: LocalDate })),
}
export type SchoolEvent = EventsOf<typeof schoolEvents>
