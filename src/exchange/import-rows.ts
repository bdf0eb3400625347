import { setImmediate } from 'node:timers/promises'
import { z } from 'zod'
import type { Actor } from '#commands/command.ts'
import { execute, type Execution } from '#commands/execute.ts'
import { isRefusal, type Refusal } from '#commands/refusal.ts'
import { StaleRevision } from '#events/store/event-store.ts'
import { streamName } from '#events/stream-name.ts'
import type { SchoolSlug } from '#values/school.ts'
import { type Uuid, uuidV5 } from '#values/uuid.ts'
import type { Columns, RowOf } from './columns.ts'
import { idOf } from './ids.ts'
import type { Context, List, Plan, RowRefused, Step } from './list.ts'
import { type Beside, OverlayPlaces } from './overlay-places.ts'
import { OverlayStore } from './overlay-store.ts'
import { type ImportParts, LogInTaken, recordAll } from './record-all.ts'
import {
  type ImportReport,
  MOST_ERRORS,
  type Outcome,
  OUTCOMES,
  ROW_PROBLEMS,
  type RowError,
} from './report.ts'
import type { CellError, Headings, ReadRow } from './rows.ts'

/** Who imports, and how. */
export interface ImportAsked {
  readonly school: SchoolSlug
  readonly actor: Actor
  /** `meta.corr` of every event; asked again with the same id, the same commands get the same ids. */
  readonly id: Uuid
  readonly dryRun: boolean
  /** Rows without errors come in though others have some. */
  readonly partial: boolean
  /** The streams on which the actor's role rests, for `meta.basis`. */
  readonly basis?: Readonly<Record<string, number>>
}

/** Rows that were read for one list. */
export interface Source {
  readonly list: List
  readonly read: readonly ReadRow[]
  readonly headings: Headings
  /** The file of a bundle in which they stand; null where there is one file only. */
  readonly file: string | null
}

/** How often the rows are decided anew when somebody else wrote meanwhile. */
const ATTEMPTS = 10

/** For how long, in milliseconds, rows are decided before everybody else has a turn. */
const TURN = 8

type Row = RowOf<Columns>

/** The rows of one thing, and what became of them. */
interface Unit {
  readonly source: Source
  /** The places of its rows among those of its source. */
  readonly at: readonly number[]
  readonly rows: readonly [Row, ...Row[]]
  outcome: Outcome
  error: RowError | null
  /** The events of its commands by id. */
  events: readonly Uuid[]
}

/** An error of a cell that no list has, in a bundle. */
export type FileError = CellError & { readonly file: string | null }

/**
 * Brings rows into a school: every row is decided, one upon another, above the log and not in it. A dry run ends there,
 * and so do rows with errors, unless a part of them is wanted. Otherwise what was decided is recorded, stream by
 * stream; where somebody else wrote meanwhile, everything that is not recorded yet is decided anew.
 *
 * @param sources in the order in which they rest on one another
 * @param others what is wrong beside the rows
 * @throws {StoreUnavailable} how much was recorded is not known; the same rows again bring in the rest
 * @throws {StaleRevision} others were faster time after time; the same rows again bring in the rest
 */
export async function importRows(
  parts: ImportParts,
  asked: ImportAsked,
  sources: readonly Source[],
  others: readonly FileError[] = [],
): Promise<Pick<ImportReport, 'recorded' | 'counts' | 'rows' | 'errors' | 'errorsLeftOff'>> {
  const { dryRun, partial } = asked
  const grouped = sources.map(unitsOf)
  const units = grouped.flatMap((one) => one.units)
  const cellErrors: RowError[] = [
    ...others.map((error) => ({ ...error, facts: {} })),
    ...sources.flatMap(({ read, file }) =>
      read.flatMap(({ errors }) => errors.map((error) => ({ file, ...error, facts: {} }))),
    ),
    ...grouped.flatMap(({ repeated }) => repeated),
  ]
  const recorded = new Set<Uuid>()

  for (let attempt = 1; ; attempt++) {
    const decided = await decideAll(parts, asked, units, recorded)
    const refused = cellErrors.length > 0 || units.some(({ error }) => error !== null)
    if (!dryRun && (partial || !refused)) {
      try {
        await recordAll(parts, asked.school, decided, recorded)
      } catch (error) {
        const conflict = error instanceof StaleRevision || error instanceof LogInTaken
        if (!conflict || attempt === ATTEMPTS) throw error
        continue
      }
    }
    return { recorded: recorded.size > 0, ...foundIn(sources, units, cellErrors) }
  }
}

/**
 * Puts the rows of one thing together. A thing that stands twice, where it may stand once, is refused the second time;
 * one of whose rows a cell is wrong is not taken for whole.
 */
function unitsOf(source: Source): { units: Unit[]; repeated: RowError[] } {
  const { list, read } = source
  const units = new Map<string, { at: number[]; rows: [Row, ...Row[]] }>()
  const repeated: RowError[] = []
  const broken = new Set(read.flatMap(({ key, row }) => (row === null && key !== null ? [key] : [])))
  for (const [i, { line, row, key }] of read.entries()) {
    if (row === null || key === null || (list.together === true && broken.has(key))) continue
    const known = units.get(key)
    if (known === undefined) units.set(key, { at: [i], rows: [row] })
    else if (list.together === true) {
      known.at.push(i)
      known.rows.push(row)
    } else {
      const detail = { line: read[known.at[0]!]!.line }
      repeated.push(errorOf({ refused: 'row-repeated', column: null, detail }, line, source))
    }
  }
  const found = [...units.values()].map((unit) => ({
    ...unit,
    source,
    outcome: 'refused' as const,
    error: null,
    events: [],
  }))
  return { units: found, repeated }
}

interface Decided {
  readonly overlay: OverlayStore
  readonly places: OverlayPlaces
}

/** Decides every unit above the log; those whose events are recorded already stay as they are. */
async function decideAll(
  { execution, beside, progress }: ImportParts,
  asked: ImportAsked,
  units: readonly Unit[],
  recorded: ReadonlySet<Uuid>,
): Promise<Decided> {
  const { school } = asked
  const overlay = new OverlayStore(execution.store)
  const streams = execution.streams.over(overlay)
  const known = await lookedUp(asked, beside, units)
  const places = new OverlayPlaces(known.holders)
  const above = { ...execution, store: overlay, streams, places }
  const context: Context = {
    ...known,
    school,
    id: (kind, external) => idOf(school, kind, external),
    state: async (fold, id) => (await streams.load(fold, streamName(school, fold.category, id))).state,
  }
  let turn = performance.now()
  for (const [i, unit] of units.entries()) {
    if (performance.now() - turn > TURN) {
      progress?.('deciding', i, units.length)
      await setImmediate()
      turn = performance.now()
    }
    const isRecorded = unit.events.length > 0 && unit.events.every((event) => recorded.has(event))
    if (!isRecorded) await decide(above, asked, context, unit)
  }
  return { overlay, places }
}

/** What stands beside the log of those whom the rows name, asked for once. */
async function lookedUp(
  { school }: ImportAsked,
  beside: Beside,
  units: readonly Unit[],
): Promise<Pick<Context, 'nameOf' | 'logInOf'> & { holders: Map<string, Uuid> }> {
  const context = { id: (kind, external) => idOf(school, kind, external) } as Context
  const persons = new Set<Uuid>()
  const accounts = new Set<Uuid>()
  const logIns = new Set<string>()
  for (const { source, rows } of units) {
    for (const row of rows) {
      if (source.list.person !== undefined) persons.add(source.list.person(row, context))
      if (source.list.account === undefined) continue
      accounts.add(source.list.account(row, context))
      logIns.add(String(row['login']).toLowerCase())
    }
  }
  const names = persons.size === 0 ? new Map() : await beside.names(school, [...persons])
  const own = accounts.size === 0 ? new Map() : await beside.logInsOf(school, [...accounts])
  const holders = logIns.size === 0 ? new Map() : await beside.holdersOf(school, [...logIns])
  return {
    nameOf: (person) => names.get(person),
    logInOf: (account) => own.get(account),
    holders: new Map(holders),
  }
}

async function decide(above: Execution, asked: ImportAsked, context: Context, unit: Unit): Promise<void> {
  const { school, actor, id, basis } = asked
  const wrong = (refused: RowRefused | Refusal): RowError =>
    errorOf(refused, unit.source.read[unit.at[0]!]!.line, unit.source)
  unit.error = null
  const plan = await planned(unit, context)
  if ('there' in plan) {
    unit.outcome = 'there'
    return
  }
  if (!('steps' in plan)) {
    unit.outcome = 'refused'
    unit.error = wrong(plan)
    return
  }
  const events: Uuid[] = []
  for (const { command, input } of plan.steps) {
    const outcome = await execute(above, command, {
      school,
      actor,
      id: commandId(id, { command, input }),
      input,
      corr: id,
      ...(basis === undefined ? {} : { basis }),
    })
    if (isRefusal(outcome)) {
      unit.outcome = events.length === 0 ? 'refused' : 'partly'
      unit.error = wrong(outcome)
      unit.events = events
      return
    }
    events.push(...outcome.events.map((event) => event.id))
  }
  unit.outcome = plan.outcome
  unit.events = events
}

/** The same command of one import is the same, whatever stands before it. Ids are public: names do not enter them. */
function commandId(id: Uuid, { command, input }: Step): Uuid {
  const said = Object.entries(input).filter(([field]) => !command.asideFields?.includes(field as never))
  return uuidV5(id, `${command.name}/${JSON.stringify(said)}`)
}

/** Rows of one thing may be more together than a command can take, though each of them is right. */
async function planned({ source, rows }: Unit, context: Context): Promise<Plan> {
  try {
    return await source.list.plan(rows, context)
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error
    const [issue] = error.issues
    return { refused: 'rows-unfit', column: null, detail: { problem: issue!.message } }
  }
}

function errorOf(refused: RowRefused | Refusal, line: number, { list, headings, file }: Source): RowError {
  const column = 'column' in refused ? refused.column : (list.blame[refused.refused] ?? null)
  const place = column === null ? { column: null, heading: null } : headings.sayOf(column)
  const message = 'column' in refused ? ROW_PROBLEMS[refused.refused] : null
  return { file, line, ...place, problem: refused.refused, message, facts: refused.detail }
}

function foundIn(
  sources: readonly Source[],
  units: readonly Unit[],
  cellErrors: readonly RowError[],
): Pick<ImportReport, 'counts' | 'rows' | 'errors' | 'errorsLeftOff'> {
  const outcomes = new Map<Source, Map<number, Outcome>>(sources.map((source) => [source, new Map()]))
  for (const { source, at, outcome } of units) {
    for (const i of at) outcomes.get(source)!.set(i, outcome)
  }
  const rows = sources.flatMap((source) =>
    source.read.map(({ line }, i) => {
      return { file: source.file, line, outcome: outcomes.get(source)!.get(i) ?? ('refused' as const) }
    }),
  )
  // Files in their order, and within one by line; sorting keeps the order of what is alike.
  const place = new Map(sources.map(({ file }, i) => [file, i]))
  const placeOf = ({ file }: RowError): number => place.get(file) ?? sources.length
  const errors = [...cellErrors, ...units.flatMap(({ error }) => error ?? [])].toSorted(
    (a, b) => placeOf(a) - placeOf(b) || a.line - b.line,
  )
  const counts = Object.fromEntries(
    OUTCOMES.map((outcome) => [outcome, rows.filter((row) => row.outcome === outcome).length]),
  )
  return {
    counts: { rows: rows.length, ...(counts as Record<Outcome, number>) },
    rows,
    errors: errors.slice(0, MOST_ERRORS),
    errorsLeftOff: Math.max(0, errors.length - MOST_ERRORS),
  }
}
