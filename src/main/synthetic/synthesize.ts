import type { LocalDate } from '#values/time.ts'
import { lifeOf, type UnrecordedLesson, unrecordedLessons } from './life.ts'
import { DEMO_LOGINS, type DemoLogin, type LogIn, logInsOf } from './log-ins.ts'
import { schoolOf } from './school.ts'
import type { SchoolCommand } from './school-command.ts'
import { setUpOf } from './set-up.ts'

export interface SynthesizeOptions {
  readonly seed: string
  /**
   * S: a country school of 11 classes of about 8 pupils and 12 teachers; M: 17 classes, 351 pupils, 23 teachers; L: 40
   * classes, 1,006 pupils, 66 teachers in two shifts; or a list of classes with their mean size (presets.ts).
   */
  readonly preset: string
  /** The calendar year in which the school year begins. */
  readonly year: number
  /** The last day that the school has lived. */
  readonly until: LocalDate
  /** The password of every log-in. */
  readonly password: string
}

export interface SyntheticSchool {
  /** What the administration does before 1 September. */
  readonly setUp: readonly SchoolCommand[]
  /** Everyday life until the end of the last day. */
  readonly life: readonly SchoolCommand[]
  /** Both, one after the other, in order of time. */
  commands(): Iterable<SchoolCommand>
  readonly total: number
  readonly people: Readonly<Record<DemoLogin, LogIn>>
  /** The lessons of the last school day of `people.teacher`, left to be recorded by a visitor. */
  readonly unrecorded: readonly UnrecordedLesson[]
}

/**
 * A school that never was, as the commands by which it came to be what it is (DOMAIN.md part G).
 *
 * The same options give the same commands on every machine: no clock, no randomness but the seed, no locale. Carry
 * them out in order, with a clock that shows `at`, and each is accepted.
 */
export function synthesize({ seed, preset, year, until, password }: SynthesizeOptions): SyntheticSchool {
  const school = schoolOf(seed, year, preset)
  const logIns = logInsOf(school)
  const pupils = new Set(
    school.classes.flatMap(({ pupils }) => pupils.flatMap((p) => [p, ...p.parents])).map((p) => p.id),
  )
  const staff = logIns.filter(({ id }) => !pupils.has(id))
  const setUp = setUpOf(school, staff, logIns, password)
  const life = [...lifeOf(school, until, password)]
  const people = DEMO_LOGINS.map((login) => [login, logIns.find((known) => known.login === login)!] as const)
  return {
    setUp,
    life,
    *commands() {
      yield* setUp
      yield* life
    },
    total: setUp.length + life.length,
    people: Object.fromEntries(people) as Record<DemoLogin, LogIn>,
    unrecorded: unrecordedLessons(school, until),
  }
}
