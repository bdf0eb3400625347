import { policyOn } from '#commands/policy/state.ts'
import { classesOf } from '#commands/roster/state.ts'
import { PAPERLESS_CONDITIONS } from '#events/school.ts'
import { yearOf } from '#projections/school-directory/queries.ts'
import { isGood, recordChecks } from '#projections/record-checks/queries.ts'
import { SchoolYear } from '#values/school.ts'
import { share } from '#values/share.ts'
import { addDays, type Instant, type LocalDate } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import { ProblemError } from '../problems.ts'
import { referenceOf } from './reference-of.ts'
import { reportDays } from './report-parts.ts'
import { fullness, type Missing } from './timeliness.ts'
import type { Asked } from './view.ts'

/** The longest span whose journals are looked at: a quarter and some more. */
export const DAYS = 92
/** The usual one: a month that ended yesterday. */
export const USUAL_DAYS = 30
const HOURS_OF_DAY = 24
/** A copy is made every day (R-A3.4b): one of the day before yesterday says that yesterday's failed. */
const BACKUP_HOURS = 2 * HOURS_OF_DAY
/** A restore is tried every month (R-A3.4b). */
const DRILL_HOURS = 31 * HOURS_OF_DAY
/** The record is checked every night (R-F10). */
const CHECK_HOURS = 2 * HOURS_OF_DAY

/** A journal of a class that has lessons in these days; `lacks` is null where it is full. */
interface JournalOfClass {
  readonly journal: Uuid
  readonly name: string | null
  readonly lacks: Missing | null
}

/** How many journals are full; a journal of several classes counts once. */
export function fullOf(journals: readonly JournalOfClass[]) {
  const once = [...new Map(journals.map((one) => [one.journal, one])).values()]
  return share(once.filter(({ lacks }) => lacks === null).length, once.length)
}

interface Days {
  readonly from?: LocalDate | undefined
  readonly until?: LocalDate | undefined
}

/** Whose lessons are looked at: a month until yesterday where nothing else is said. */
export function daysMeant(asked: Asked<Days>) {
  const until = asked.input.until ?? addDays(asked.today, -1)
  const from = asked.input.from ?? addDays(until, 1 - USUAL_DAYS)
  return reportDays({ ...asked, input: { from, until } }, DAYS)
}

/** How the conditions stand at this instant: journals of the days that are asked for, everything else now. */
export async function readinessOf(asked: Asked<Days>) {
  const { school, parts } = asked
  const { from, until } = daysMeant(asked)
  const year = await yearOf(parts.database, school, until)
  if (year === undefined) throw new ProblemError('school-year-unknown', { date: until })
  const calendar = await referenceOf(asked, 'schoolYear', year)
  const begins = calendar.year !== null && from < calendar.year.from ? calendar.year.from : from
  const classes = await classesWithJournals(asked, year, await fullness(asked, begins, until))
  const full = fullOf(classes.flatMap((one) => one.journals))
  const inFull = classes.length > 0 && classes.every(({ ready }) => ready)
  const backup = backupOf(asked)
  const control = await correctionControl(asked)
  const met: Readonly<Record<(typeof PAPERLESS_CONDITIONS)[number], boolean>> = {
    journals: inFull,
    backup: backup.good,
    drill: backup.tried,
    'correction-control': control.on,
  }
  return {
    year: SchoolYear.parse(year),
    from: begins,
    until,
    full,
    days_since_backup: backup.days_since_backup,
    last_backup: backup.last_backup,
    last_drill: backup.last_drill,
    correction_control: control,
    unmet: PAPERLESS_CONDITIONS.filter((condition) => !met[condition]),
    classes: classes.map(({ journals, ...one }) => ({
      ...one,
      full: fullOf(journals),
      lacks: journals.flatMap(({ lacks, ...of }) => (lacks === null ? [] : [{ ...of, ...lacks }])),
      journals,
    })),
  }
}

/** The classes of a year, each with those of its journals that have lessons in the days that were looked at. */
async function classesWithJournals(asked: Asked<unknown>, year: number, found: ReadonlyMap<Uuid, Missing>) {
  const roster = await referenceOf(asked, 'roster')
  const load = await referenceOf(asked, 'teachingLoad', year)
  const ofClass = new Map<Uuid, JournalOfClass[]>()
  for (const [journal, lacks] of found) {
    const known = load.journals.get(journal)
    if (known === undefined) continue
    const full = lacks.lesson + lacks.attendance + lacks.homework + lacks.marks === 0
    const one = { journal, name: known.name, lacks: full ? null : lacks }
    for (const id of classesOf(roster, known.learners)) ofClass.set(id, [...(ofClass.get(id) ?? []), one])
  }
  return [...roster.classes]
    .filter(([, formed]) => formed.year === year)
    .map(([id, { name, grade }]) => {
      const journals = ofClass.get(id) ?? []
      const ready = journals.length > 0 && journals.every(({ lacks }) => lacks === null)
      return { class: id, name, grade, ready, journals }
    })
    .toSorted((a, b) => a.grade - b.grade || a.name.localeCompare(b.name, 'ru'))
}

const hoursSince = (now: Instant, then: Instant): number => (Date.parse(now) - Date.parse(then)) / 3_600_000
const daysSince = (now: Instant, then: Instant): number => Math.floor(hoursSince(now, then) / HOURS_OF_DAY)

/** What the service knows of copies: nothing where they are made beside it. */
function backupOf({ parts }: Asked<unknown>) {
  const now = parts.execution.clock()
  const state = parts.backups?.state() ?? null
  const copy = state?.lastGood ?? null
  const drill = state?.lastDrill ?? null
  return {
    last_backup: copy,
    days_since_backup: copy === null ? null : daysSince(now, copy),
    last_drill: drill === null ? null : { at: drill.at, ok: drill.ok, days: daysSince(now, drill.at) },
    good: copy !== null && hoursSince(now, copy) <= BACKUP_HOURS,
    tried: drill !== null && drill.ok && hoursSince(now, drill.at) <= DRILL_HOURS,
  }
}

/**
 * Corrections are under control where the school has rules with reasons for them, without which nothing is corrected, and
 * where the record was found whole in the last nights: what was corrected past the rules would have been seen.
 */
async function correctionControl(asked: Asked<unknown>) {
  const { school, parts, today } = asked
  const reasons = policyOn(await referenceOf(asked, 'policy'), today)?.correctionReasons.length ?? 0
  const [newest] = await recordChecks(parts.database, school, today)
  const last = newest === undefined ? null : { at: newest.at, good: isGood(newest) }
  const fresh = last !== null && hoursSince(parts.execution.clock(), last.at) <= CHECK_HOURS
  return { on: reasons > 0 && fresh && last.good, reasons, last_check: last }
}
