import { z } from 'zod'
import { Uuid, uuidV5 } from './uuid.ts'
import type { LocalDate } from './time.ts'

/**
 * The slug of a school: the first part of the name of each of its streams and of each of its addresses.
 * No dash and no dot, because those separate the parts of a stream name.
 */
export const SchoolSlug = z
  .string()
  .regex(/^[a-z][a-z0-9]{1,30}$/, 'two to 31 small Latin letters and digits, a letter first')
  .brand<'SchoolSlug'>()
  .meta({ id: 'SchoolSlug' })
export type SchoolSlug = z.infer<typeof SchoolSlug>

/** A school year by the calendar year in which it begins: 2026 is 2026/27. */
export const SchoolYear = z.int().min(2000).max(2100).meta({ id: 'SchoolYear' })
export type SchoolYear = z.infer<typeof SchoolYear>

/** The school year to which a date belongs; the holidays of July end it, so that August prepares the next. */
export function schoolYearOf(date: LocalDate): SchoolYear {
  const year = Number(date.slice(0, 4))
  return date.slice(5, 7) < '08' ? year - 1 : year
}

export const Grade = z.int().min(1).max(12)

/** The id of a study period within its school year: `q1`, `h2`, `year`. */
export const PeriodId = z
  .string()
  .regex(/^[a-z][a-z0-9]{0,15}$/, 'small Latin letters and digits, a letter first')
  .brand<'PeriodId'>()
  .meta({ id: 'PeriodId' })
export type PeriodId = z.infer<typeof PeriodId>

// Fixed for ever: the ids below are made from these, and every stream and every mark refers to them.
const PAGE_NAMESPACE = Uuid.parse('a54af4a8-8c3f-5f14-9d54-0d3f3a3a6f01')
const LESSON_NAMESPACE = Uuid.parse('a54af4a8-8c3f-5f14-9d54-0d3f3a3a6f02')
const WORK_NAMESPACE = Uuid.parse('a54af4a8-8c3f-5f14-9d54-0d3f3a3a6f03')

/** The page of a journal for one period. One journal has one page a period, because the id says so. */
export function pageId(journal: Uuid, period: PeriodId): Uuid {
  return uuidV5(PAGE_NAMESPACE, `${journal}/${period}`)
}

/** The lesson of a journal on a date at a lesson number. */
export function lessonId(journal: Uuid, date: LocalDate, number: number): Uuid {
  return uuidV5(LESSON_NAMESPACE, `${journal}/${date}/${number}`)
}

/** The work (column of marks) of one kind at a lesson. */
export function workId(lesson: Uuid, kind: string): Uuid {
  return uuidV5(WORK_NAMESPACE, `${lesson}/${kind}`)
}

/** The kinds of classes that a journal records (R-A4.3). */
export const JournalType = z.enum(['lesson', 'elective', 'club', 'after-school', 'project', 'service'])
export type JournalType = z.infer<typeof JournalType>
