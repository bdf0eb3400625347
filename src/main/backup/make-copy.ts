import type { PositionedEvent } from '#events/store/event-store.ts'
import { comparePositions, formatPosition, parsePosition, type Position } from '#events/store/position.ts'
import type { BackupKey } from '#integrity/backup/backup-key.ts'
import type { Manifest, ManifestBody, StoredFile } from '#integrity/backup/manifest.ts'
import { headLines, headsDigest } from '#integrity/heads.ts'
import { BadRecord, LogCheck } from '#integrity/log-check.ts'
import { SealedLog } from '#integrity/sealed-log.ts'
import type { SchoolSlug } from '#values/school.ts'
import type { Clock, Instant, TimeZone } from '#values/time.ts'
import { badRecord } from '../discrepancy.ts'
import { PEOPLE_KINDS, peopleLines } from '../people.ts'
import { percent } from '../progress.ts'
import { type Beginning, beginning } from './beginning.ts'
import { commitCopy, copiesIn, lockCopies, readManifest, removeCopy, sweep } from './copy-folder.ts'
import { DamagedCopy } from './damaged-copy.ts'
import { storeKeys } from './key-copies.ts'
import { outdated } from './rotation.ts'
import type { Source } from './source.ts'
import { readStored, storeLines, type Storing } from './stored-file.ts'

/** Bytes of text in a file of events. The last file is written anew with what came since, until it is full. */
const FULL = 33_554_432

export interface Making {
  readonly source: Source
  readonly clock: Clock
  readonly software: string
  /** Null: the files are not encrypted. */
  readonly key: BackupKey | null
  /** Bytes of text after which a file of events is full. */
  readonly full?: number
  /** Called with what is done, in percent. */
  readonly progress?: (percent: number) => void
}

export interface Keeping {
  /** For how many days copies are kept, by whose calendar. */
  readonly days: number
  readonly zone: TimeZone
  /** The log need not hold what the copy before holds: it was set back on purpose. */
  readonly anew?: boolean
}

export interface CopyMade {
  readonly manifest: Manifest
  /** Events that the copy before did not have. */
  readonly added: number
  /** Why nothing of the copy before could be used; null where it could, or where there is none. */
  readonly begunAnew: string | null
  readonly removed: readonly number[]
  /** Copies whose manifest cannot be read: nothing is cleaned up beside them. */
  readonly unreadable: readonly number[]
}

/**
 * Makes a copy of the whole log up to where it stands now, while others write. Files of events that the copy before
 * lists are listed again, after their checksums were compared; what is new goes into new files.
 *
 * @throws {BackupRunning}
 * @throws {Discrepancy} the log is not as it was written, or does not go on from the copy before: nothing is made
 */
export async function makeCopy(folder: string, making: Making, keeping: Keeping): Promise<CopyMade> {
  const unlock = lockCopies(folder)
  try {
    sweep(folder)
    const { begin, begunAnew } = await beginning(folder, { full: FULL, ...making }, keeping.anew ?? false)
    const copy = (copiesIn(folder).at(-1) ?? 0) + 1
    const manifest = await writeCopy({ folder, copy, key: making.key }, making, begin, null)
    const removed = rotate(folder, manifest.at, keeping)
    const unreadable = sweep(folder)
    return { manifest, added: manifest.events - begin.events, begunAnew, removed, unreadable }
  } finally {
    unlock()
  }
}

/** The events of one school, of a period by record time (`since` included, `until` not). */
export interface Extract {
  readonly school: SchoolSlug
  readonly since: Instant | null
  readonly until: Instant | null
}

/**
 * Writes the files of a copy and then its manifest.
 *
 * @param extract null for the whole log
 */
export async function writeCopy(
  storing: Storing,
  { source, clock, software, progress, full = FULL }: Making,
  begin: Beginning,
  extract: Extract | null,
): Promise<Manifest> {
  const { folder, copy, key } = storing
  const at = clock()
  const head = await source.store.head()
  const part = extract !== null && (extract.since !== null || extract.until !== null)
  const check = new LogCheck({ heads: begin.heads, part })
  let { firstPosition, last } = begin
  let place: Position | null = last === null ? null : parsePosition(last.position)

  async function* lines(): AsyncGenerator<string> {
    if (begin.open !== null) {
      for await (const some of readStored(folder, begin.open, key)) yield* some
    }
    const from = place
    let read = 0
    const reading = extract === null ? {} : { school: extract.school }
    for await (const event of source.store.readAll({ after: place, ...reading })) {
      // Up to where the log stood at the beginning: it may grow as fast as it is copied.
      if (comparePositions(event.position, head) > 0) return
      if (extract === null || isIn(extract, event)) {
        const { hash } = check.follow(event, () => `позиция ${formatPosition(event.position)}`)
        const position = formatPosition(event.position)
        const before = place === null ? null : formatPosition(place)
        last = { position, before, stream: event.stream, rev: Number(event.revision), hash }
        firstPosition ??= position
        yield event.canonical
      }
      place = event.position
      if (++read % 1_000 === 0) progress?.(percent(from, place, head))
    }
  }

  try {
    const first = begin.events - (begin.open?.lines ?? 0) + 1
    const events = await storeEvents(storing, lines(), first, full)
    const heads = await storeLines(storing, 'heads', headLines(check.heads))
    // After the events: a name is kept before the event that speaks of its person, so none is missing here.
    const people: StoredFile[] = []
    for (const kind of PEOPLE_KINDS) {
      const rows = peopleLines(source.database, kind, extract?.school ?? null)
      people.push(await storeLines(storing, kind, rows))
    }
    const reached = begin.events + check.records
    // An export is no beginning of the log, and no checkpoint speaks of it.
    const checkpoint = extract === null ? await new SealedLog(source.database).newestWithin(reached) : null
    const body: ManifestBody = {
      format: 'letopis-backup',
      version: 3,
      copy,
      at,
      software,
      engine: source.engine,
      export: extract,
      events: reached,
      firstPosition,
      last,
      streams: check.heads.size,
      headsDigest: headsDigest(check.heads),
      checkpoint: checkpoint?.note ?? null,
      key: key?.id ?? null,
      files: [...begin.full, ...events, heads, ...people],
    }
    // Before the copy is there: names that nobody could open would be no names.
    await storeKeys(storing, source.database, source.encryption, extract?.school ?? null)
    const manifest = await commitCopy(folder, body, key)
    progress?.(100)
    return manifest
  } catch (error) {
    throw error instanceof BadRecord ? badRecord(error) : error
  }
}

function isIn({ since, until }: Extract, { meta }: PositionedEvent): boolean {
  const at = meta['at'] as string
  return (since === null || at >= since) && (until === null || at < until)
}

/** Files of events, each closed when it is full. */
async function storeEvents(
  storing: Storing,
  lines: AsyncGenerator<string>,
  first: number,
  full: number,
): Promise<StoredFile[]> {
  const files: StoredFile[] = []
  let next = await lines.next()
  async function* untilFull(): AsyncGenerator<string> {
    for (let text = 0; next.done !== true && text < full; next = await lines.next()) {
      text += Buffer.byteLength(next.value) + 1
      yield next.value
    }
  }
  try {
    for (let number = first; next.done !== true; number += files.at(-1)!.lines) {
      files.push(await storeLines(storing, 'events', untilFull(), number))
    }
  } finally {
    await lines.return(undefined)
  }
  return files
}

/** Removes the copies that are not kept any more. Damaged ones stay: somebody must look at them. */
function rotate(folder: string, now: Instant, { days, zone }: Keeping): number[] {
  const whole: Manifest[] = []
  for (const copy of copiesIn(folder)) {
    try {
      whole.push(readManifest(folder, copy))
    } catch (error) {
      if (!(error instanceof DamagedCopy)) throw error
    }
  }
  const gone = [...outdated(whole, now, days, zone)]
  for (const copy of gone) removeCopy(folder, copy)
  return gone
}
