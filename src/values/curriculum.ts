import { z } from 'zod'
import { Grade, type SchoolYear } from './school.ts'
import type { LocalDate } from './time.ts'
import { Uuid } from './uuid.ts'

/** Whose part of a curriculum: of the federal plan (ФБУП), or the one that the school forms (R-7A.6p). */
export const Component = z.enum(['federal', 'school'])
export type Component = z.infer<typeof Component>

/** The profiles of upper classes, as п. 7А.6 names them. */
export const Profile = z.enum([
  'natural-science',
  'humanities',
  'socio-economic',
  'technological',
  'universal',
  'other',
])

/**
 * For whom a curriculum is: a grade, the classes and groups of one or several profiles of a grade, one class, one
 * group, or one pupil (индивидуальный учебный план, R-7A.6i).
 */
export const CurriculumFor = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('grade'), grade: Grade }),
    z.strictObject({
      kind: z.literal('profile'),
      grade: Grade,
      profiles: z.array(Profile).min(1).max(6),
      classes: z.array(Uuid).max(30),
      groups: z.array(Uuid).max(30),
    }),
    z.strictObject({ kind: z.literal('class'), class: Uuid }),
    z.strictObject({ kind: z.literal('group'), group: Uuid }),
    z.strictObject({ kind: z.literal('pupil'), pupil: Uuid }),
  ])
  .meta({ id: 'CurriculumFor' })
export type CurriculumFor = z.infer<typeof CurriculumFor>

/** Hours of a week in hundredths, so that they add up exactly: 250 is two and a half. */
export const WeeklyHundredths = z.int().min(1).max(4_000)

export const CurriculumLine = z.strictObject({
  subject: Uuid,
  component: Component,
  weekly: WeeklyHundredths,
})
export type CurriculumLine = z.infer<typeof CurriculumLine>

/** What a curriculum says from a date on; `until` is its last day, null where it lasts. */
export interface CurriculumVersion {
  readonly curriculum: Uuid
  readonly year: SchoolYear
  readonly for: CurriculumFor
  readonly lines: readonly CurriculumLine[]
  readonly effectiveFrom: LocalDate
  readonly until: LocalDate | null
}

/** The version of each curriculum of a school year that is in force on a date; each list is in order of dates. */
export function inForce<Version extends CurriculumVersion>(
  curricula: Iterable<readonly Version[]>,
  year: SchoolYear,
  date: LocalDate,
): Version[] {
  const found: Version[] = []
  for (const versions of curricula) {
    const newest = versions.findLast(({ effectiveFrom }) => effectiveFrom <= date)
    if (newest !== undefined && newest.year === year && (newest.until === null || date <= newest.until)) {
      found.push(newest)
    }
  }
  return found
}

/** Somebody who learns: a pupil with the class and the groups of a date, or a class as a whole. */
export interface Learning {
  readonly pupil: Uuid | null
  readonly class: Uuid | null
  readonly grade: number | null
  readonly groups: readonly Uuid[]
}

/**
 * By which curricula somebody learns: an own one goes before that of a group, then of the class, of the profile and of
 * the grade. Of one rank there may be several, as where a pupil is in two groups: together they are the curriculum.
 */
export function governing<Version extends CurriculumVersion>(
  versions: readonly Version[],
  learning: Learning,
): Version[] {
  const ranks = RANKS.map((covers) => versions.filter((version) => covers(version.for, learning)))
  return ranks.find((rank) => rank.length > 0) ?? []
}

const RANKS: ReadonlyArray<(of: CurriculumFor, learning: Learning) => boolean> = [
  (of, { pupil }) => of.kind === 'pupil' && of.pupil === pupil,
  (of, { groups }) => of.kind === 'group' && groups.includes(of.group),
  (of, learning) => of.kind === 'class' && of.class === learning.class,
  (of, learning) =>
    of.kind === 'profile' &&
    (of.groups.some((group) => learning.groups.includes(group)) ||
      (learning.class !== null && of.classes.includes(learning.class))),
  (of, { grade }) => of.kind === 'grade' && of.grade === grade,
]
