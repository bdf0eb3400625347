import { z } from 'zod'
import { Component, CurriculumFor, CurriculumLine } from '#values/curriculum.ts'
import { SchoolYear } from '#values/school.ts'
import { label } from '#values/text.ts'
import { LocalDate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { type EventsOf, v1 } from './define.ts'

/**
 * The subjects of the school, of the federal plan (ФБУП) or of the school's own component, and its curricula (учебные
 * планы): how many hours of them somebody learns in a week (R-7A.6p).
 */
export const curriculumEvents = {
  SubjectAdded: v1(z.strictObject({ subject: Uuid, name: label(), component: Component })),
  /**
   * A curriculum as it is from a date on; the same `curriculum` again is its next version, and dates before keep the
   * one before. `weekly` is in hundredths of an hour; `until` is the last day in force, null to the end of the year.
   */
  CurriculumAdopted: v1(
    z.strictObject({
      curriculum: Uuid,
      year: SchoolYear,
      name: label(),
      for: CurriculumFor,
      lines: z.array(CurriculumLine).min(1).max(80),
      effectiveFrom: LocalDate,
      until: LocalDate.nullable(),
    }),
  ),
}
export type CurriculumEvent = EventsOf<typeof curriculumEvents>
