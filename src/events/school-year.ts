import { z } from 'zod'
import { KindId } from '#values/policy.ts'
import { Grade, PeriodId, SchoolYear } from '#values/school.ts'
import { label } from '#values/text.ts'
import { LocalDate, LocalTime, TimeZone, Weekday } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { type EventDefinition, type EventsOf, v1 } from './define.ts'

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
  /** The classes and groups that rest apart from their grades, which are then those of `grades`. */
  units: z.array(Uuid).max(60),
})

export const Bell = z.strictObject({ number: z.int().min(0).max(14), from: LocalTime, until: LocalTime })

/**
 * For whom a part of the calendar is kept (`src/values/calendar-for.ts`): the classes of some grades, or the classes and
 * groups that are named; then `grades` are those of these units.
 */
const keptFor = { grades: z.array(Grade).min(1), units: z.array(Uuid).max(60) }

const PeriodsPlanned = z.strictObject({
  structure: z.enum(['quarters', 'trimesters', 'half-years', 'modules', 'year']),
  ...keptFor,
  periods: z.array(StudyPeriod).min(1).max(12),
})
const PeriodMoved = z.strictObject({
  period: PeriodId,
  ...keptFor,
  previous: z.strictObject({ from: LocalDate, until: LocalDate }),
  from: LocalDate,
  until: LocalDate,
})
const BellsScheduled = z.strictObject({
  shift: KindId,
  effectiveFrom: LocalDate,
  ...keptFor,
  bells: z.array(Bell).min(1).max(14),
})

const SchoolDayAdded = z.strictObject({
  date: LocalDate,
  grades: z.array(Grade).min(1).nullable(),
  units: z.array(Uuid).max(60),
})

/** In version 1 everything was kept by grades alone. */
function keptByUnitsToo<Schema extends z.ZodType>(data: Schema): EventDefinition<Schema> {
  return { v: 2, data, upcast: { 1: (of: object) => ({ ...of, units: [] }) } }
}

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
  PeriodsPlanned: keptByUnitsToo(PeriodsPlanned),
  /** The bounds of a period are others from now on; what was recorded stays where it is, and belongs by its date (R-F3). */
  PeriodMoved: keptByUnitsToo(PeriodMoved),
  /** A day on which there is school although the week or the holidays say otherwise; null is for the whole school. */
  SchoolDayAdded: keptByUnitsToo(SchoolDayAdded),
  HolidaysPlanned: {
    v: 2,
    data: z.strictObject({ holidays: z.array(Holidays).min(1).max(60) }),
    upcast: {
      1: (of: object) => ({
        ...of,
        holidays: (of as { holidays: object[] }).holidays.map((one) => ({ ...one, units: [] })),
      }),
    },
  } satisfies EventDefinition,
  /** The days of the week on which there is school from a date on, in the place of those of the year (R-F3). */
  SchoolWeekSet: v1(
    z.strictObject({
      effectiveFrom: LocalDate,
      ...keptFor,
      schoolDays: z.array(Weekday).min(1).max(7),
    }),
  ),
  /** The school has none of it this year: nothing is missing in the section. */
  SectionDeclaredEmpty: v1(
    z.strictObject({
      section: z.enum(['school-subjects', 'groups', 'individual-plans', 'internal-control']),
    }),
  ),
  BellsScheduled: keptByUnitsToo(BellsScheduled),
}
export type SchoolYearEvent = EventsOf<typeof schoolYearEvents>
