import type { References } from '#commands/references.ts'
import { referenceStream, REFERENCES } from '#commands/references.ts'
import { hasLeft } from '#commands/roster/state.ts'
import { teachersOf } from '#commands/teaching-load/state.ts'
import { excusing, type OutageWindow } from '#values/outage.ts'
import { dateAt, type Instant, type LocalDate, secondsLate, type TimeZone } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import { outagesOf } from '../outages.ts'
import { leftOut } from '../pilots.ts'
import type { Asked } from '../view.ts'

/** What has a deadline and is still to be done (R-D10), each with its clause. */
export const DUTIES = [
  'lesson', // п. 2.5
  'attendance', // п. 2.9
  'homework', // п. 2.7
  'marks', // п. 2.5, 2.11, 2.12
  'results', // п. 5.6
  'finals', // п. 2.13
  'closing', // п. 2.8, §7В
  'finding', // п. 7А/7
  'section', // п. 2.2
  'print-set', // п. 3.4
  'notice', // п. 4.3
  'ticket', // Пр3/4, п. 7А/17
] as const
export type DutyName = (typeof DUTIES)[number]

export const STATES = ['overdue', 'due', 'excused', 'waiting'] as const
export type DutyState = (typeof STATES)[number]

/** One thing that is still to be done. */
export interface Duty {
  readonly duty: DutyName
  /** Null where nothing says when it is due: the results of an exam have not come, a page may be closed. */
  readonly dueAt: Instant | null
  /** The day that it is about: of the lesson, or on which the period ended. */
  readonly date: LocalDate
  /** Who has to do it; nobody by name where it is the administration's. */
  readonly responsible: readonly Uuid[]
  readonly journal: Uuid | null
  readonly lesson: Uuid | null
  readonly number: number | null
  readonly period: string | null
  /** The kind of work whose marks are missing; of a notice who has not confirmed it; of a ticket what it is about. */
  readonly kind: string | null
  /** An exam, a project or a final test outside the lessons. */
  readonly assessment: { readonly id: Uuid; readonly name: string } | null
  /** The pupils without a final, or whose results came and are not recorded. */
  readonly pupils: readonly Uuid[]
  readonly section: string | null
  readonly incident: Uuid | null
  /** What was asked of the support service. */
  readonly ticket: Uuid | null
  /** What a check of a journal or of diaries found, and is open. */
  readonly finding: Uuid | null
}

/** A duty that is none of these. */
export const NOTHING_MORE = {
  journal: null,
  lesson: null,
  number: null,
  period: null,
  kind: null,
  assessment: null,
  pupils: [],
  section: null,
  incident: null,
  ticket: null,
  finding: null,
} as const

/** Everything on which duties are found, at one instant. */
export interface DutyGround {
  readonly year: number
  readonly now: Instant
  readonly zone: TimeZone
  /** Today, by the calendar of the school year. */
  readonly today: LocalDate
  readonly references: Pick<References, 'schoolYear' | 'roster' | 'teachingLoad' | 'timetable' | 'policy'>
  readonly outages: readonly OutageWindow[]
  /** Whether what a class does on a date is no duty, because it is a pilot (R-T4). */
  readonly pilot: (of: Uuid, date: LocalDate) => boolean
  /** The journals that are looked at; null is all of the year. */
  readonly journals: ReadonlySet<Uuid> | null
}

export async function dutyGround(
  asked: Asked<unknown>,
  year: number,
  journals: ReadonlySet<Uuid> | null,
): Promise<DutyGround> {
  const { school, parts } = asked
  const { streams, clock } = parts.execution
  const of = async <Name extends keyof DutyGround['references']>(name: Name) =>
    (await streams.load(REFERENCES[name].fold, referenceStream(school, name, year))).state
  const references = {
    schoolYear: await of('schoolYear'),
    roster: await of('roster'),
    teachingLoad: await of('teachingLoad'),
    timetable: await of('timetable'),
    policy: await of('policy'),
  }
  const zone = references.schoolYear.year?.zone ?? parts.zone
  const now = clock()
  return {
    year,
    now,
    zone,
    today: dateAt(now, zone),
    references,
    outages: await outagesOf(asked),
    pilot: await leftOut(asked),
    journals,
  }
}

/**
 * How a duty stands: overdue from the first second after its deadline, unless a registered outage excuses it; without a
 * deadline it waits.
 */
export function stateOf({ outages, now, zone }: DutyGround, { duty, date, dueAt }: Duty): DutyState {
  if (dueAt === null) return 'waiting'
  if (secondsLate(now, dueAt) === 0) return 'due'
  // An outage is no excuse of those who are to repair it.
  if (duty === 'ticket') return 'overdue'
  return excusing(outages, { date, dueAt, at: now }, zone) === null ? 'overdue' : 'excused'
}

/**
 * Who does it today: those whose it was, without those who have left the school since, and where nobody of them is left
 * whoever teaches the journal now.
 */
export function stillResponsible(
  { references: { roster, teachingLoad }, today }: DutyGround,
  of: readonly Uuid[],
  journal: Uuid,
): readonly Uuid[] {
  const here = of.filter((staff) => !hasLeft(roster.staff, staff, today))
  return here.length > 0 ? here : teachersOf(teachingLoad, journal, today)
}
