import { formatPosition, parsePosition } from '#events/store/position.ts'
import type { BackupKey } from '#integrity/backup/backup-key.ts'
import { filesOf, type LastEvent, type Manifest, type StoredFile } from '#integrity/backup/manifest.ts'
import { type Heads, headsDigest, parseHeadLine } from '#integrity/heads.ts'
import { leafHash } from '#integrity/tlog/leaf-hash.ts'
import { Discrepancy } from '../discrepancy.ts'
import { copiesIn, keyFor, readManifest } from './copy-folder.ts'
import { DamagedCopy } from './damaged-copy.ts'
import type { Source } from './source.ts'
import { checkBytes, readStored } from './stored-file.ts'

/** The copy that is to be made, as far as the one before matters to it. */
interface Continuing {
  readonly source: Source
  readonly key: BackupKey | null
  /** Bytes of text after which a file of events is full. */
  readonly full: number
}

/** Where a copy begins: what it takes over from the one before, which is nothing for the first. */
export interface Beginning {
  readonly events: number
  readonly heads: Heads
  readonly firstPosition: string | null
  readonly last: LastEvent | null
  /** Files that are full, to be listed again. */
  readonly full: readonly StoredFile[]
  /** A file that is not, to be written anew with what comes; its events are among `events`. */
  readonly open: StoredFile | null
}

export const FROM_NOTHING: Beginning = {
  events: 0,
  heads: new Map(),
  firstPosition: null,
  last: null,
  full: [],
  open: null,
}

interface Begun {
  readonly begin: Beginning
  readonly begunAnew: string | null
}

const fresh = (begunAnew: string | null): Begun => ({ begin: FROM_NOTHING, begunAnew })

/**
 * Decides what a new copy takes over: everything, where the newest copy is whole and the log goes on from it.
 *
 * @param anew nothing, and the log may be another one
 * @throws {Discrepancy} the log does not hold what the newest readable copy holds
 */
export async function beginning(
  folder: string,
  { source, key, full }: Continuing,
  anew: boolean,
): Promise<Begun> {
  if (anew) return fresh('так велено')
  const { before, damage } = newestReadable(folder)
  if (before === null) return fresh(damage)
  const stands = await whereStands(before, source)
  if (stands === 'nowhere') throw notGoingOn(before.copy)
  if (damage !== null) return fresh(damage)
  if (stands === 'elsewhere') return fresh('журнал перенесён на другое хранилище')
  if (before.key !== (key?.id ?? null)) return fresh('ключ шифрования другой')
  try {
    // Nobody but the one who has the key can have a new copy vouch for files.
    return { begin: await takeOver(folder, before, keyFor(before, key), full), begunAnew: null }
  } catch (error) {
    return fresh(messageOf(error))
  }
}

/** The newest copy whose manifest can be read, and what is wrong with the newest of all, if anything is. */
function newestReadable(folder: string): { before: Manifest | null; damage: string | null } {
  let damage: string | null = null
  for (const copy of copiesIn(folder).toReversed()) {
    try {
      return { before: readManifest(folder, copy), damage }
    } catch (error) {
      damage ??= messageOf(error)
    }
  }
  return { before: null, damage }
}

/** What is damaged; any other error is passed on. */
function messageOf(error: unknown): string {
  if (error instanceof DamagedCopy) return error.message
  throw error
}

function notGoingOn(copy: number): Discrepancy {
  return new Discrepancy(
    `Журнал событий не продолжает копию ${copy}: её последнего события в нём нет. Проверьте, тот ли это журнал и не ` +
      'потеряно ли что-то. Если он восстановлен из более старой копии намеренно, начните копии заново: --anew. ' +
      'Прежние копии не тронуты.',
  )
}

/** Whether the last event of a copy stands at its position, elsewhere in the log (another engine), or nowhere. */
async function whereStands(
  { engine, last }: Manifest,
  source: Source,
): Promise<'there' | 'elsewhere' | 'nowhere'> {
  if (last === null) return 'there'
  const same = (canonical: string): boolean => leafHash(canonical) === last.hash
  if (engine === source.engine) {
    const after = last.before === null ? null : parsePosition(last.before)
    for await (const { position, canonical } of source.store.readAll({ after, limit: 1 })) {
      if (formatPosition(position) === last.position && same(canonical)) return 'there'
    }
  }
  for await (const { canonical } of source.store.readStream(last.stream, {
    from: BigInt(last.rev),
    limit: 1,
  })) {
    if (same(canonical)) return 'elsewhere'
  }
  return 'nowhere'
}

/** @throws {DamagedCopy} a file of the copy has changed: then the new copy is made of the log alone */
async function takeOver(
  folder: string,
  before: Manifest,
  key: BackupKey | null,
  full: number,
): Promise<Beginning> {
  const heads = new Map<string, { rev: number; hash: string }>()
  for (const file of filesOf(before, 'heads')) {
    for await (const lines of readStored(folder, file, key)) {
      for (const line of lines) heads.set(...(parseHeadLine(line) ?? headDamaged(file)))
    }
    if (headsDigest(heads) !== before.headsDigest) headDamaged(file)
  }
  const files = filesOf(before, 'events')
  for (const file of files) await checkBytes(folder, file)
  const last = files.at(-1)
  const open = last !== undefined && last.text < full ? last : null
  return {
    events: before.events,
    heads,
    firstPosition: before.firstPosition,
    last: before.last,
    full: open === null ? files : files.slice(0, -1),
    open,
  }
}

function headDamaged({ name }: StoredFile): never {
  throw new DamagedCopy(name, 'это не концы потоков этой копии')
}
