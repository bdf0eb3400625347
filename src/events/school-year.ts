import { z } from 'zod'
import { KindId } from '#values/policy.ts'
import { Grade, PeriodId, SchoolYear } from '#values/school.ts'
import { label } from '#values/text.ts'
import { LocalDate, LocalTime, TimeZone, Weekday } from '#values/time.ts'
import { type EventsOf, v1 } from './define.ts'

export const StudyPeriod = z.strictObject({
  period: PeriodId,
  name: label(),
  from: LocalDate,
  until: LocalDate,
})

export const Holidays = z.strictObject({
  name: label(),
  from: LocalDate,
  until: LocalDate,
  /** The grades that rest; null for the whole school (grade 1 has a break of its own). */
  grades: z.array(Grade).min(1).nullable(),
})

export const Bell = z.strictObject({ number: z.int().min(0).max(14), from: LocalTime, until: LocalTime })

/** What the year of a school is made of (R-F3, R-7A.6a). All dates are of the school's zone, both ends included. */
export const schoolYearEvents = {
  SchoolYearOpened: v1(
    z.strictObject({
      year: SchoolYear,
      from: LocalDate,
      until: LocalDate,
      zone: TimeZone,
      schoolDays: z.array(Weekday).min(1).max(7),
    }),
  ),
  PeriodsPlanned: v1(
    z.strictObject({
      structure: z.enum(['quarters', 'trimesters', 'half-years', 'modules', 'year']),
      grades: z.array(Grade).min(1),
      periods: z.array(StudyPeriod).min(1).max(12),
    }),
  ),
  /** The bounds of a period are others from now on; what was recorded in it stays where it is (R-F3). */
  PeriodMoved: v1(
    z.strictObject({
      period: PeriodId,
      grades: z.array(Grade).min(1),
      previous: z.strictObject({ from: LocalDate, until: LocalDate }),
      from: LocalDate,
      until: LocalDate,
    }),
  ),
  /** A day on which there is school although the week or the holidays say otherwise; null is for the whole school. */
  SchoolDayAdded: v1(z.strictObject({ date: LocalDate, grades: z.array(Grade).min(1).nullable() })),
  HolidaysPlanned: v1(z.strictObject({ holidays: z.array(Holidays).min(1).max(60) })),
  /** The school has none of it this year: nothing is missing in the section. */
  SectionDeclaredEmpty: v1(
    z.strictObject({
      section: z.enum(['school-subjects', 'groups', 'individual-plans', 'internal-control']),
    }),
  ),
  BellsScheduled: v1(
    z.strictObject({
      shift: KindId,
      effectiveFrom: LocalDate,
      grades: z.array(Grade).min(1),
      bells: z.array(Bell).min(1).max(14),
    }),
  ),
}
export type SchoolYearEvent = EventsOf<typeof schoolYearEvents>
