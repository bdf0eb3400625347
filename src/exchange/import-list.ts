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
import { readCsv } from './csv.ts'
import { decodeText, type Encoding } from './encoding.ts'
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
import { type Headings, headingsOf, readRows, type ReadRow } from './rows.ts'

export interface ImportAsked {
  readonly school: SchoolSlug
  readonly actor: Actor
  /** `meta.corr` of every event; asked again with the same id, the same commands get the same ids. */
  readonly id: Uuid
  readonly list: List
  readonly bytes: Uint8Array
  readonly encoding?: Encoding | undefined
  readonly dryRun: boolean
  /** Rows without errors come in though others have some. */
  readonly partial: boolean
  /** The streams on which the actor's role rests, for `meta.basis`. */
  readonly basis?: Readonly<Record<string, number>>
}

/** How often the rows are decided anew when somebody else wrote meanwhile. */
const ATTEMPTS = 10

/** For how long, in milliseconds, rows are decided before everybody else has a turn. */
const TURN = 8

type Row = RowOf<Columns>

/** The rows of one thing, and what became of them. */
interface Unit {
  readonly lines: readonly number[]
  readonly rows: readonly [Row, ...Row[]]
  outcome: Outcome
  error: RowError | null
  /** The events of its commands by id. */
  events: readonly Uuid[]
}

/**
 * Brings a list into a school: every row is decided, one upon another, above the log and not in it. A dry run ends there,
 * and so does a file with errors, unless a part of it is wanted. Otherwise what was decided is recorded, stream by
 * stream; where somebody else wrote meanwhile, everything that is not recorded yet is decided anew.
 *
 * @throws {FileRefused} the file is no list
 * @throws {StoreUnavailable} how much was recorded is not known; the same file again brings in the rest
 * @throws {StaleRevision} others were faster time after time; the same file again brings in the rest
 */
export async function importList(parts: ImportParts, asked: ImportAsked): Promise<ImportReport> {
  const { list, bytes, encoding, dryRun, partial } = asked
  const table = readCsv(decodeText(bytes, encoding))
  const headings = headingsOf(list, table.header)
  const read = readRows(list, table, headings)
  const { units, repeated } = unitsOf(list, read, headings)
  const cellErrors = [
    ...read.flatMap(({ errors }) => errors.map((error) => ({ ...error, facts: {} }))),
    ...repeated,
  ]
  const recorded = new Set<Uuid>()

  for (let attempt = 1; ; attempt++) {
    const decided = await decideAll(parts, asked, headings, units, recorded)
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
    const written = { encoding: encoding ?? ('utf-8' as const), delimiter: table.delimiter }
    return reportOf(asked, written, read, units, cellErrors, recorded.size > 0)
  }
}

/**
 * Puts the rows of one thing together. A thing that stands twice, where it may stand once, is refused the second time;
 * one of whose rows a cell is wrong is not taken for whole.
 */
function unitsOf(
  list: List,
  read: readonly ReadRow[],
  headings: Headings,
): { units: Unit[]; repeated: RowError[] } {
  const units = new Map<string, { lines: number[]; rows: [Row, ...Row[]] }>()
  const repeated: RowError[] = []
  const broken = new Set(read.flatMap(({ key, row }) => (row === null && key !== null ? [key] : [])))
  for (const { line, row, key } of read) {
    if (row === null || key === null || (list.together === true && broken.has(key))) continue
    const known = units.get(key)
    if (known === undefined) units.set(key, { lines: [line], rows: [row] })
    else if (list.together === true) {
      known.lines.push(line)
      known.rows.push(row)
    } else {
      const detail = { line: known.lines[0] }
      repeated.push(errorOf({ refused: 'row-repeated', column: null, detail }, line, list, headings))
    }
  }
  const found = [...units.values()].map((unit) => ({
    ...unit,
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
  headings: Headings,
  units: readonly Unit[],
  recorded: ReadonlySet<Uuid>,
): Promise<Decided> {
  const { school, list } = asked
  const overlay = new OverlayStore(execution.store)
  const streams = execution.streams.over(overlay)
  const known = await lookedUp(asked, beside, units)
  const places = new OverlayPlaces(known.holders)
  const above = { store: overlay, streams, places, clock: execution.clock }
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
    if (!isRecorded)
      await decide(above, asked, context, unit, (refused) => errorOf(refused, unit.lines[0]!, list, headings))
  }
  return { overlay, places }
}

/** What stands beside the log of those whom the rows name, asked for once. */
async function lookedUp(
  { school, list }: ImportAsked,
  beside: Beside,
  units: readonly Unit[],
): Promise<Pick<Context, 'nameOf' | 'logInOf'> & { holders: Map<string, Uuid> }> {
  const rows = units.flatMap(({ rows }) => rows)
  const context = { id: (kind, external) => idOf(school, kind, external) } as Context
  const persons = list.person === undefined ? [] : rows.map((row) => list.person!(row, context))
  const accounts = list.account === undefined ? [] : rows.map((row) => list.account!(row, context))
  const logIns = list.account === undefined ? [] : rows.map((row) => String(row['login']).toLowerCase())
  const names = persons.length === 0 ? new Map() : await beside.names(school, [...new Set(persons)])
  const own = accounts.length === 0 ? new Map() : await beside.logInsOf(school, [...new Set(accounts)])
  const holders = logIns.length === 0 ? new Map() : await beside.holdersOf(school, [...new Set(logIns)])
  return {
    nameOf: (person) => names.get(person),
    logInOf: (account) => own.get(account),
    holders: new Map(holders),
  }
}

async function decide(
  above: Execution,
  asked: ImportAsked,
  context: Context,
  unit: Unit,
  wrong: (refused: RowRefused | Refusal) => RowError,
): Promise<void> {
  const { school, actor, id, list, basis } = asked
  unit.error = null
  const plan = await planned(list, unit, context)
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
async function planned(list: List, { rows }: Unit, context: Context): Promise<Plan> {
  try {
    return await list.plan(rows, context)
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error
    const [issue] = error.issues
    return { refused: 'rows-unfit', column: null, detail: { problem: issue!.message } }
  }
}

function errorOf(refused: RowRefused | Refusal, line: number, list: List, headings: Headings): RowError {
  const column = 'column' in refused ? refused.column : (list.blame[refused.refused] ?? null)
  const place = column === null ? { column: null, heading: null } : headings.sayOf(column)
  const message = 'column' in refused ? ROW_PROBLEMS[refused.refused] : null
  return { line, ...place, problem: refused.refused, message, facts: refused.detail }
}

function reportOf(
  { id, list, dryRun, partial }: ImportAsked,
  written: Pick<ImportReport, 'encoding' | 'delimiter'>,
  read: readonly ReadRow[],
  units: readonly Unit[],
  cellErrors: readonly RowError[],
  recorded: boolean,
): ImportReport {
  const outcomes = new Map(
    units.flatMap(({ lines, outcome }) => lines.map((line) => [line, outcome] as const)),
  )
  const rows = read.map(({ line }) => ({ line, outcome: outcomes.get(line) ?? ('refused' as const) }))
  const errors = [...cellErrors, ...units.flatMap(({ error }) => error ?? [])].toSorted(
    (a, b) => a.line - b.line,
  )
  const counts = Object.fromEntries(
    OUTCOMES.map((outcome) => [outcome, rows.filter((row) => row.outcome === outcome).length]),
  )
  return {
    import: id,
    list: list.name,
    dryRun,
    partial,
    ...written,
    recorded,
    counts: { rows: rows.length, ...(counts as Record<Outcome, number>) },
    rows,
    errors: errors.slice(0, MOST_ERRORS),
    errorsLeftOff: Math.max(0, errors.length - MOST_ERRORS),
  }
}
