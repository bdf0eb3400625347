import type { Kysely } from 'kysely'
import type { EventStore, RecordedEvent } from '#events/store/event-store.ts'
import { filesOf } from '#integrity/backup/manifest.ts'
import type { PersonNames } from '#integrity/person-store.ts'
import type { PersonKeys } from '#integrity/privacy/person-keys.ts'
import { headsDigest, type Heads } from '#integrity/heads.ts'
import type { LogCheck } from '#integrity/log-check.ts'
import { Discrepancy } from '../discrepancy.ts'
import { Obstacle } from '../explain.ts'
import { appendInOrder } from '../log-copy/append-in-order.ts'
import { checkLog, foreign } from '../log-copy/check-log.ts'
import { hasNobody, type PeopleKind, replacePeople } from '../people.ts'
import { destroyAgain, putBackKeys } from './key-copies.ts'
import { joinedRecords, meeting } from './meeting-periods.ts'
import { readStored } from './stored-file.ts'
import { eventsOf, type ReadableCopy, type Verified, verifyCopy } from './verify-copy.ts'

export type RestoreStage = 'verify' | 'append' | 'compare'

/** An empty installation, and the folders in which a list of destroyed keys may lie. */
export interface RestoreTarget {
  readonly store: EventStore
  readonly database: Kysely<unknown>
  readonly keys: PersonKeys
  readonly persons: PersonNames
  readonly lists: readonly string[]
}

export interface Restored {
  readonly events: number
  readonly streams: number
  /** Events that this run recorded: the others stood there since a run that was cut short. */
  readonly recorded: number
  readonly headsDigest: string
  /** How many rows of each kind were put in; null where people were there already. */
  readonly people: Readonly<Record<PeopleKind, number>> | null
}

/**
 * Restores a copy into an empty installation, after the copy was read through; afterwards the log is read through as
 * well and compared with the manifest. May be killed and run again: the beginning that stands is recognised by its
 * hashes.
 *
 * @param tick called with the stage, the events that were dealt with in it, and all there are
 * @throws {DamagedCopy} nothing was written
 * @throws {Discrepancy} the installation holds something else, or the log differs afterwards
 */
export async function restoreCopy(
  copy: ReadableCopy,
  { store, database, keys, persons, lists }: RestoreTarget,
  tick: (stage: RestoreStage, done: number, total: number) => void = () => {},
): Promise<Restored> {
  const { manifest } = copy
  if (manifest.export !== null && (manifest.export.since ?? manifest.export.until) !== null) {
    throw new Obstacle(
      'Это выгрузка за часть времени: восстановить можно копию или выгрузку без --since и --until, ' +
        'а смежные выгрузки вместе — командой restore periods.',
    )
  }
  return restored([copy], { store, database, keys, persons, lists }, tick)
}

/**
 * Restores exports of one school for periods that meet into an empty installation, as {@link restoreCopy} does with a
 * copy. Every record is there once, each stream whole from its beginning; the people are those of the last export.
 *
 * @throws {Obstacle} the periods do not meet; nothing was written
 */
export async function restorePeriods(
  copies: readonly ReadableCopy[],
  target: RestoreTarget,
  tick: (stage: RestoreStage, done: number, total: number) => void = () => {},
): Promise<Restored> {
  return restored(meeting(copies), target, tick)
}

async function restored(
  copies: readonly ReadableCopy[],
  { store, database, keys, persons, lists }: RestoreTarget,
  tick: (stage: RestoreStage, done: number, total: number) => void,
): Promise<Restored> {
  const newest = copies.at(-1)!
  const total = copies.reduce((sum, { manifest }) => sum + manifest.events, 0)
  const { heads: standing } = await checkLog(store, await store.head())
  if (standing.size === 0 && !(await hasNobody(database))) {
    throw new Discrepancy(
      'Установка не пуста: в ней есть имена или учётные данные. Ничего не записано. Укажите пустую.',
    )
  }
  const verified = await verifiedOver(copies, standing, (done) => tick('verify', done, total))
  // Read through once before the first record is written: a period that is missing is known while nothing has happened.
  if (copies.length > 1) for await (const _ of joinedRecords(copies));
  const records = copies.length === 1 ? recordsOf(newest) : joinedRecords(copies)
  const recorded = await appendInOrder(store, records, standing, (done) => tick('append', done, total))
  const actual = await checkLog(store, await store.head(), (done) => tick('compare', done, total))
  if (copies.length === 1) mustBeAsCopied(verified[0]!, actual)
  else if (actual.records !== total) throw new Discrepancy(`Событий ${actual.records} вместо ${total}.`)
  if (newest.manifest.version > 1) await putBackKeys(newest, database, keys.encryption, lists)
  else await destroyAgain(database, lists)
  const people = (await hasNobody(database))
    ? await replacePeople(database, (kind) => peopleOf(newest, kind))
    : null
  await persons.sealPlain()
  return {
    events: actual.records,
    streams: actual.heads.size,
    recorded,
    headsDigest: headsDigest(actual.heads),
    people,
  }
}

/** Verifies the copies, and that everything which stands in the installation is their beginning. */
async function verifiedOver(
  copies: readonly ReadableCopy[],
  standing: Heads,
  progress: (done: number) => void,
): Promise<Verified[]> {
  const unseen = new Map(standing)
  const each = ({ stream, revision }: RecordedEvent, hash: string): void => {
    const head = unseen.get(stream)
    if (head?.rev === Number(revision) && head.hash === hash) unseen.delete(stream)
  }
  const verified: Verified[] = []
  let before = 0
  for (const copy of copies) {
    const done = before
    verified.push(await verifyCopy(copy, { each, progress: (events) => progress(done + events) }))
    before += copy.manifest.events
  }
  for (const [stream, { rev }] of unseen) throw foreign(stream, rev)
  return verified
}

async function* recordsOf(copy: ReadableCopy): AsyncGenerator<RecordedEvent> {
  for await (const { event } of eventsOf(copy)) yield event
}

async function* peopleOf({ folder, manifest, key }: ReadableCopy, kind: PeopleKind) {
  for (const file of filesOf(manifest, kind)) yield* readStored(folder, file, key)
}

function mustBeAsCopied({ manifest, orders }: Verified, actual: LogCheck): void {
  const differs = (what: string): Discrepancy =>
    new Discrepancy(`Восстановленный журнал не такой, как в копии ${manifest.copy}: ${what}.`)
  if (actual.records !== manifest.events) {
    throw differs(`событий ${actual.records} вместо ${manifest.events}`)
  }
  if (headsDigest(actual.heads) !== manifest.headsDigest) throw differs('концы потоков другие')
  for (const [school, order] of actual.orders()) {
    if (orders.get(school) !== order) throw differs(`порядок событий школы ${school} другой`)
  }
}
