import { amend, put, type ReadModel, table } from '#projections/read-model.ts'
import type { SchoolSlug } from '#values/school.ts'
import { Instant } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import { Chronicle, type History } from '#support/chronicle.ts'
import { ANNA, BORIS, CLASS_7A, date, past, VERA, YEAR } from '#support/class-7a.ts'
import { SCHOOL } from '#support/spec.ts'

export const NOW = Instant.parse('2026-12-30T03:00:00.000Z')
export const clock = () => NOW

interface PlacedRow {
  readonly pupil: Uuid
  readonly times: number
}

/** A read model that tells once from twice: how often each pupil was placed in a class. */
export function placements({
  version = 1,
  name = 'placements',
  cannotCount = [] as readonly Uuid[],
} = {}): ReadModel {
  return {
    name,
    version,
    tables: [
      table<PlacedRow>({
        name: 'pupil',
        columns: { pupil: 'uuid', times: 'integer' },
        key: ['pupil'],
        on: {
          PupilEnrolled: ({ data: { pupil } }) => [put<PlacedRow, 'pupil'>({ pupil }, { times: 0 })],
          PupilPlacedInClass: ({ data: { pupil } }) => {
            if (cannotCount.includes(pupil)) throw new Error('this pupil cannot be counted')
            return [amend<PlacedRow>({ pupil }, ({ times }) => ({ times: times + 1 }))]
          },
        },
      }),
    ],
  }
}

const roster = (event: Parameters<typeof past>[2]) => past('roster', 'main', event)
const from = date('2026-09-01')

/** Three pupils are enrolled and a class is formed; then pupils are placed in it, one event each. */
export function placed(...pupils: readonly Uuid[]): History {
  return placedIn(SCHOOL, ...pupils)
}

export function placedIn(school: SchoolSlug, ...pupils: readonly Uuid[]): History {
  const enrolled = [ANNA, BORIS, VERA].map((pupil) =>
    roster({ type: 'PupilEnrolled', data: { pupil, from, order: null } }),
  )
  const formed = roster({ type: 'ClassFormed', data: { class: CLASS_7A, year: YEAR, grade: 7, name: '7А' } })
  const placings = pupils.map((pupil) =>
    roster({ type: 'PupilPlacedInClass', data: { class: CLASS_7A, pupil, from, order: null } }),
  )
  return new Chronicle(school, [...enrolled, formed, ...placings], NOW).written
}

/** How many events of {@link placed} come before the first placing. */
export const BEFORE_PLACING = 4

/** Many pupils in turn: event `n` places pupil `n mod 3`. */
export function many(count: number): Uuid[] {
  return Array.from({ length: count }, (_, n) => [ANNA, BORIS, VERA][n % 3]!)
}
