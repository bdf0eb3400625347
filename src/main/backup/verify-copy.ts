import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { RecordedEvent } from '#events/store/event-store.ts'
import type { BackupKey } from '#integrity/backup/backup-key.ts'
import { checksumName, filesOf, type Manifest, manifestName } from '#integrity/backup/manifest.ts'
import { headLines, headsDigest } from '#integrity/heads.ts'
import { BadRecord, LogCheck, parseRecord } from '#integrity/log-check.ts'
import { canonicalJson } from '#integrity/tlog/canonical-json.ts'
import { parseCheckpoint } from '#integrity/tlog/checkpoint.ts'
import { type Stated, TreeCheck, TreeDiffers } from '#integrity/tree-check.ts'
import type { SchoolSlug } from '#values/school.ts'
import { badRecord } from '../discrepancy.ts'
import { Obstacle } from '../explain.ts'
import { PEOPLE_KINDS } from '../people.ts'
import { copiesIn, keyFor, readManifest } from './copy-folder.ts'
import { DamagedCopy } from './damaged-copy.ts'
import { readStored } from './stored-file.ts'

/** A copy that can be read. */
export interface ReadableCopy {
  readonly folder: string
  readonly manifest: Manifest
  /** Null where the files are not encrypted. */
  readonly key: BackupKey | null
}

/**
 * A copy of a folder, of which the manifest is known to be whole.
 *
 * @param copy null for the newest
 * @throws {Obstacle} there is no such copy, or the key is not the one
 * @throws {DamagedCopy}
 */
export function openCopy(folder: string, copy: number | null, key: BackupKey | null): ReadableCopy {
  const copies = copiesIn(folder)
  const chosen = copy ?? copies.at(-1)
  if (chosen === undefined) throw new Obstacle(`В папке ${folder} нет ни одной копии.`)
  if (!copies.includes(chosen) && !existsSync(join(folder, checksumName(chosen)))) {
    throw new Obstacle(`В папке ${folder} нет копии ${chosen}.`)
  }
  const manifest = readManifest(folder, chosen)
  return { folder, manifest, key: keyFor(manifest, key) }
}

/** The events of a copy, in order, each with its file and line. @throws {DamagedCopy} @throws {BadRecord} */
export async function* eventsOf({
  folder,
  manifest,
  key,
}: ReadableCopy): AsyncGenerator<{ readonly event: RecordedEvent; readonly where: () => string }> {
  for (const file of filesOf(manifest, 'events')) {
    let line = 0
    for await (const lines of readStored(folder, file, key)) {
      for (const text of lines) {
        const number = ++line
        const where = () => `${file.name}, строка ${number}`
        yield { event: parseRecord(text, where), where }
      }
    }
  }
}

/** What was found in a copy that is whole. */
export interface Verified {
  readonly manifest: Manifest
  readonly orders: ReadonlyMap<SchoolSlug, string>
}

export interface Watch {
  readonly progress?: (events: number, total: number) => void
  /** Sees every event with its leaf hash. */
  readonly each?: (event: RecordedEvent, hash: string) => void
}

/**
 * Reads a copy from beginning to end, and nothing else: no network, no database, no writing (R-F9). Checks the
 * checksum of every file, that it can be decrypted and unpacked, every record with its place in the chain, and the
 * counts and heads against the manifest.
 *
 * @throws {DamagedCopy} the first file that is not as it was written
 * @throws {Discrepancy} the first record that cannot be
 */
export async function verifyCopy(copy: ReadableCopy, watch: Watch = {}): Promise<Verified> {
  const { manifest } = copy
  const { export: extract } = manifest
  const stated = statedBy(manifest)
  const tree = new TreeCheck(stated === null ? [] : [stated])
  const check = new LogCheck({ part: extract !== null && (extract.since ?? extract.until) !== null })
  try {
    for await (const { event, where } of eventsOf(copy)) {
      const { hash } = check.follow(event, where)
      tree.follow(Buffer.from(hash, 'base64'))
      watch.each?.(event, hash)
      if (check.records % 10_000 === 0) watch.progress?.(check.records, manifest.events)
    }
  } catch (error) {
    if (error instanceof TreeDiffers) throw otherTree(manifest, error)
    throw error instanceof BadRecord ? badRecord(error) : error
  }
  watch.progress?.(check.records, manifest.events)
  const differs = (what: string): DamagedCopy => new DamagedCopy(manifestName(manifest.copy), what)
  if (check.records !== manifest.events) {
    throw differs(`событий в файлах ${check.records}, а в манифесте ${manifest.events}`)
  }
  if (check.heads.size !== manifest.streams || headsDigest(check.heads) !== manifest.headsDigest) {
    throw differs('концы потоков в файлах не те, что в манифесте')
  }
  if (stated !== null && stated.size > tree.size) throw otherTree(manifest, tree.differs('shorter', stated))
  await sameHeads(copy, check)
  for (const kind of PEOPLE_KINDS) await readPeople(copy, kind)
  return { manifest, orders: check.orders() }
}

/** What the checkpoint of a manifest states; null where there is none. */
function statedBy({ copy, checkpoint = null }: Manifest): Stated | null {
  if (checkpoint === null) return null
  try {
    const { size, root } = parseCheckpoint(checkpoint)
    return { size, root, where: manifestName(copy) }
  } catch (cause) {
    throw new DamagedCopy(manifestName(copy), 'контрольная точка не читается', { cause })
  }
}

function otherTree({ copy }: Manifest, cause: TreeDiffers): DamagedCopy {
  const { stated, good } = cause
  const what = `события не те, на которых стоит подписанная контрольная точка (${stated.size} записей, верны первые ${good})`
  return new DamagedCopy(manifestName(copy), what, { cause })
}

async function sameHeads({ folder, manifest, key }: ReadableCopy, { heads }: LogCheck): Promise<void> {
  for (const file of filesOf(manifest, 'heads')) {
    const expected = headLines(heads)
    const differs = (): DamagedCopy => new DamagedCopy(file.name, 'концы потоков не те')
    for await (const lines of readStored(folder, file, key)) {
      for (const line of lines) if (line !== expected.next().value) throw differs()
    }
    if (expected.next().done !== true) throw differs()
  }
}

async function readPeople(
  { folder, manifest, key }: ReadableCopy,
  kind: (typeof PEOPLE_KINDS)[number],
): Promise<void> {
  for (const file of filesOf(manifest, kind)) {
    let number = 0
    for await (const lines of readStored(folder, file, key)) {
      for (const line of lines) {
        number++
        if (!isCanonical(line)) throw new DamagedCopy(file.name, `строка ${number} не читается`)
      }
    }
  }
}

function isCanonical(line: string): boolean {
  try {
    return canonicalJson(JSON.parse(line)) === line
  } catch {
    return false
  }
}
