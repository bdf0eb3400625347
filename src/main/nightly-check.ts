import { createHash, randomUUID } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { execute } from '#commands/execute.ts'
import { incidentsOf, WHOLE_SCHOOL } from '#commands/references.ts'
import { isRefusal } from '#commands/refusal.ts'
import { noteRecordCheck } from '#commands/school/note-record-check.ts'
import { schoolFold } from '#commands/school/state.ts'
import type { SchoolEvent } from '#events/school.ts'
import { StoreUnavailable } from '#events/store/event-store.ts'
import { type StreamName, streamName } from '#events/stream-name.ts'
import { followSchool, type SchoolRecords } from '#integrity/school-records.ts'
import { SealedLog } from '#integrity/sealed-log.ts'
import { NOBODY } from '#integrity/trust.ts'
import type { Stated } from '#integrity/tree-check.ts'
import { verifyLog } from '#integrity/verify-log.ts'
import { compareRows, type LiveRowsParts, type RowsCompared, strangeRows } from '#projections/live-rows.ts'
import type { SchoolSlug } from '#values/school.ts'
import type { LocalDate } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import { lastAppointed, type TimeOfDay } from './daily.ts'
import { describe } from './explain.ts'
import type { Installation, ServiceLog } from './installation.ts'
import { OPERATOR } from './operator.ts'
import { schoolsOf } from './schools.ts'
import { tampering } from './verifying.ts'

/** A school, and what the log says of its checks. */
interface Due {
  readonly school: SchoolSlug
  /** The day of the last; empty before the first. */
  readonly last: string
  readonly checks: number
  readonly records: number
  readonly done: boolean
}

/** After a start people come first: read models catch up, and who has waited is answered. In milliseconds. */
const AFTER_START = 5 * 60_000
/** How often to look whether the time has come, in milliseconds. */
const LOOK = 60_000
/** Records of streams that are folded at a time: what is in memory at once. */
const FOLDED_AT_ONCE = 2_000

type Checked = Extract<SchoolEvent, { type: 'RecordChecked' }>['data']

export interface NightlyCheckParts {
  readonly installation: Pick<Installation, 'database' | 'execution'>
  readonly models: LiveRowsParts['models']
  /** When it is time, and how many records a night may have. */
  readonly daily: TimeOfDay & { readonly records: number }
  /** What was signed last, kept outside the database; null where nothing is known of it here. */
  readonly signed: () => Stated | null
  readonly log: ServiceLog
}

/**
 * The nightly check (R-F10): the record of each school against its chains and its seal, and the read models against what
 * follows from it. It only reads, beside the service at work, and what it finds is an event of the school. Whether a
 * school is due the log says, so whoever has the duty goes on where a killed one was, and a day has one check.
 *
 * A night has a number of records. Where there are more, the schools that were checked longest ago come first, drawn by
 * the date among equals; and of a school that is larger by itself each check takes the next of its parts.
 */
export class NightlyCheck {
  readonly #parts: NightlyCheckParts
  readonly #sealed: SealedLog
  #wholeLog: { readonly date: LocalDate; readonly found: Checked['wholeLog'] } | null = null

  constructor(parts: NightlyCheckParts) {
    this.#parts = parts
    this.#sealed = new SealedLog(parts.installation.database.unhurried)
  }

  /** Looks again and again until the signal aborts. Never fails: what is away is waited for. */
  async run(signal: AbortSignal): Promise<void> {
    await setTimeout(AFTER_START, undefined, { signal }).catch(() => {})
    while (!signal.aborted) {
      try {
        await this.look(signal)
      } catch (err) {
        if (!signal.aborted) this.#parts.log.error({ err }, 'the nightly check cannot go on yet; waiting')
      }
      await setTimeout(LOOK, undefined, { signal }).catch(() => {})
    }
  }

  /** Checks every school that is due, as far as the night has records for it. */
  async look(signal: AbortSignal = new AbortController().signal): Promise<void> {
    const { installation, daily } = this.#parts
    const { date } = lastAppointed(daily, installation.execution.clock())
    const known = await this.#schools(date)
    let left = daily.records - known.reduce((sum, { records, done }) => sum + (done ? records : 0), 0)
    for (const due of known) {
      if (due.done || left <= 0) continue
      signal.throwIfAborted()
      left -= await this.#check(due, date, signal)
    }
  }

  /** Those that were checked longest ago first, in an order of the date among equals. */
  async #schools(date: LocalDate): Promise<Due[]> {
    const { database, execution } = this.#parts.installation
    const known = await Promise.all(
      (await schoolsOf(database.kysely)).map(async (school) => {
        const stream = streamName(school, 'school', WHOLE_SCHOOL)
        const { checked } = (await execution.streams.load(schoolFold, stream)).state
        const last = checked?.date ?? ''
        const { records, checks } = checked ?? { records: 0, checks: 0 }
        return { school, last, records, checks, done: last >= date }
      }),
    )
    const turn = ({ school, last }: Due) => `${last} ${drawn(date, school)}`
    return known.toSorted((a, b) => (turn(a) < turn(b) ? -1 : 1))
  }

  /** @returns how many records it took */
  async #check({ school, checks }: Due, date: LocalDate, signal: AbortSignal): Promise<number> {
    const { execution } = this.#parts.installation
    const followed = await followSchool(execution.store, this.#sealed, school, signal)
    const wholeLog = await this.#againstSeal(date, followed)
    // Rows that follow from a record that is not as it was written would say nothing.
    const compared =
      followed.fault === null ? await this.#compared(school, checks, followed, signal) : NOTHING
    const { differences, ...counted } = compared
    const outcome: Checked = {
      date,
      records: followed.records,
      ...counted,
      notCompared: [...counted.notCompared],
      fault: followed.fault,
      wholeLog,
      differences: differences.map((one) => ({ ...one, stream: one.stream.slice(0, 120) })),
    }
    await this.#record(school, outcome)
    return followed.records
  }

  async #compared(
    school: SchoolSlug,
    checks: number,
    { records, streams }: SchoolRecords,
    signal: AbortSignal,
  ): Promise<
    Omit<RowsCompared, 'differences'> & { part: boolean; differences: RowsCompared['differences'] }
  > {
    const { models, daily, installation } = this.#parts
    const { database, execution } = installation
    const parts = { store: execution.store, database: database.unhurried, models }
    const nights = Math.ceil(records / daily.records)
    const tonight = checks % Math.max(1, nights)
    const chosen = [...streams].filter(([stream]) => nights <= 1 || lot(stream) % nights === tonight)
    const strange = await strangeRows(parts, school, streams)
    let [rows, differing, compared] = [0, strange.length, 0]
    const notCompared = new Set<string>()
    const differences = strange.slice(0, NAMED)
    for (const some of portions(chosen)) {
      const found = await compareRows(parts, incidentsOf(school), some)
      rows += found.rows
      compared += found.streams
      differing += found.differing
      differences.push(...found.differences.slice(0, NAMED - differences.length))
      for (const name of found.notCompared) notCompared.add(name)
      signal.throwIfAborted()
    }
    const part = chosen.length < streams.size
    return { streams: compared, part, rows, differing, differences, notCompared: [...notCompared].toSorted() }
  }

  /** The log of the installation against its own tree and what was signed last: once a night, where a night has room for it. */
  async #againstSeal(date: LocalDate, { records }: SchoolRecords): Promise<Checked['wholeLog']> {
    if (this.#wholeLog?.date === date) return this.#wholeLog.found
    const { installation, daily, signed, log } = this.#parts
    const size = await this.#sealed.size()
    if (size === 0 || Math.max(size, records) > daily.records) return 'not-read'
    const last = signed()
    const pinned = last === null ? [] : [last]
    let found: Checked['wholeLog'] = 'as-sealed'
    try {
      await verifyLog(installation.execution.store, { sealed: this.#sealed, trust: NOBODY, pinned })
    } catch (error) {
      if (error instanceof StoreUnavailable) throw error
      found = 'differs'
      log.error({ found: tampering(error) ?? describe(error) }, 'the log is not as it was sealed')
    }
    this.#wholeLog = { date, found }
    return found
  }

  async #record(school: SchoolSlug, outcome: Checked): Promise<void> {
    const { installation, log } = this.#parts
    const { date, differing, fault, differences, notCompared, records, rows } = outcome
    const answer = await execute(installation.execution, noteRecordCheck, {
      school,
      actor: OPERATOR,
      id: randomUUID() as Uuid,
      input: outcome,
    })
    if (isRefusal(answer)) {
      // Another process has checked it meanwhile.
      if (answer.refused === 'same-value') return
      throw new Error(`the check of ${school} was not recorded: ${answer.refused}`)
    }
    if (fault !== null) log.error({ school, date, fault }, 'the record of a school is not as it was written')
    else if (differing > 0) {
      log.error({ school, date, differing, differences }, 'read models are not what follows from the record')
    } else
      log.info({ school, date, records, rows, notCompared }, 'a school was checked, and all is as recorded')
  }
}

/** Of what differs, so much is named. */
const NAMED = 20
const NOTHING = { streams: 0, part: true, rows: 0, differing: 0, differences: [], notCompared: [] } as const

/** A place in the order of a date, the same for whoever looks. */
const drawn = (date: LocalDate, school: SchoolSlug): string => hex(`${date} ${school}`)
const lot = (stream: string): number => Number.parseInt(hex(stream).slice(0, 8), 16)
const hex = (text: string): string => createHash('sha256').update(text).digest('hex')

/** Streams put together as far as their records may stand in memory. */
function* portions(streams: ReadonlyArray<readonly [StreamName, number]>): Iterable<StreamName[]> {
  let some: StreamName[] = []
  let records = 0
  for (const [stream, count] of streams) {
    if (some.length > 0 && records + count > FOLDED_AT_ONCE) {
      yield some
      some = []
      records = 0
    }
    some.push(stream)
    records += count
  }
  if (some.length > 0) yield some
}
