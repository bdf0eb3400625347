import { z } from 'zod'
import { PeriodId, SchoolYear } from './school.ts'
import { endOfDay, type Instant, LocalDate, type TimeZone } from './time.ts'
import { Uuid } from './uuid.ts'

/** What a package of the archive is of. */
export const ArchiveScope = z
  .discriminatedUnion('kind', [
    /** One journal in one period. */
    z.strictObject({ kind: z.literal('page'), page: Uuid }),
    /** All journals of a class in one period. */
    z.strictObject({
      kind: z.literal('class-period'),
      class: Uuid,
      year: SchoolYear,
      period: PeriodId,
    }),
    /** All journals of a class in a school year. */
    z.strictObject({ kind: z.literal('class-year'), class: Uuid, year: SchoolYear }),
    /** The summary sheet of a class for a school year. */
    z.strictObject({ kind: z.literal('summary'), class: Uuid, year: SchoolYear }),
    /** What a pupil who leaves takes along: as of a day, of the year that is under way (R-A1.1). */
    z.strictObject({ kind: z.literal('pupil'), pupil: Uuid, year: SchoolYear, on: LocalDate }),
  ])
  .meta({ id: 'ArchiveScope' })
export type ArchiveScope = z.infer<typeof ArchiveScope>

/** Two scopes of the same thing have the same key: the newer package then takes the place of the older. */
export function scopeKey(scope: ArchiveScope): string {
  if (scope.kind === 'page') return `page/${scope.page}`
  if (scope.kind === 'pupil') return `pupil/${scope.pupil}/${scope.year}/${scope.on}`
  const of = `${scope.kind}/${scope.class}/${scope.year}`
  return scope.kind === 'class-period' ? `${of}/${scope.period}` : of
}

/** For how many years a package is kept: journals 5, summary sheets 25 (п. 3.4, R-3.4a, R-3.4b). */
export function yearsKept({ kind }: Pick<ArchiveScope, 'kind'>): number {
  return kind === 'summary' ? 25 : 5
}

/**
 * The first day on which a package may be destroyed. The term begins on 1 September after the school year or on 1 January
 * after the year in which the last page was closed, whichever comes later.
 *
 * @param closed the day on which the last page was closed; of an extract, the day as of which it speaks
 */
export function retainedUntil(kind: ArchiveScope['kind'], year: SchoolYear, closed: LocalDate): LocalDate {
  const begins = [`${year + 1}-09-01`, `${Number(closed.slice(0, 4)) + 1}-01-01`].toSorted().at(-1)!
  return LocalDate.parse(`${Number(begins.slice(0, 4)) + yearsKept({ kind })}${begins.slice(4)}`)
}

/** By when the print set of a school year is printed and sealed: the end of 30 June after it (R-3.4c). */
export function printSetDue(year: SchoolYear, zone: TimeZone): Instant {
  return endOfDay(LocalDate.parse(`${year + 1}-06-30`), zone)
}
