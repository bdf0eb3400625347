import { readFileSync, statSync } from 'node:fs'
import type { BackupKey } from '#integrity/backup/backup-key.ts'
import type { ClockFound, OutOfBracket } from '#integrity/clock-bracket.ts'
import { BadRecord } from '#integrity/log-check.ts'
import type { EventStore } from '#events/store/event-store.ts'
import { expectedUntil, type Position } from '#events/store/position.ts'
import { SealedLog } from '#integrity/sealed-log.ts'
import { leafHash } from '#integrity/tlog/leaf-hash.ts'
import { Malformed } from '#integrity/tlog/malformed.ts'
import { parseHash, type TreeHash, verifiesConsistency } from '#integrity/tlog/merkle-tree.ts'
import { parseProof, proves } from '#integrity/tlog/proof-file.ts'
import { BadSignature } from '#integrity/tlog/signed-note.ts'
import { type Stated, TreeCheck, TreeDiffers } from '#integrity/tree-check.ts'
import { isAnchor, NOBODY, parseTrust, type Trust, type Vouched, vouched } from '#integrity/trust.ts'
import { CheckpointDiffers, LeafDiffers, verifyLog } from '#integrity/verify-log.ts'
import { VoidListDiffers } from '#integrity/void-check.ts'
import { openCopy, verifyCopy } from './backup/verify-copy.ts'
import type { Report } from './cli/call.ts'
import type { Config } from './config.ts'
import { badRecord, Discrepancy } from './discrepancy.ts'
import { describe, explain } from './explain.ts'
import { openPlace } from './place.ts'
import { progress } from './progress.ts'

/**
 * How a verification ended: 0 verified, by somebody who is trusted; 1 tampering was shown; 2 unreadable, or no such
 * thing; 3 consistent, and nobody trusted vouches for it; 4 verified with warnings, where those were asked for.
 */
export type ExitCode = 0 | 1 | 2 | 3 | 4

export interface Verdict extends Report {
  readonly exit: ExitCode
}

export interface Asked {
  /** The file of trust; without it nobody is trusted. */
  readonly trust?: string
  /** Files of checkpoints that were kept elsewhere. */
  readonly pinned?: readonly string[]
  readonly witnessQuorum?: number
  readonly strict?: true
}

/** A file of these is small; a larger one is something else. */
const MAX_FILE_BYTES = 1_048_576

function fileOf(path: string): Buffer {
  if (statSync(path).size > MAX_FILE_BYTES) throw new Malformed(`${path}: файл слишком велик`)
  return readFileSync(path)
}

export function trustOf({ trust, witnessQuorum }: Asked): Trust {
  const given = trust === undefined ? NOBODY : parseTrust(fileOf(trust).toString('utf8'))
  return witnessQuorum === undefined ? given : { ...given, quorum: witnessQuorum }
}

interface Pinned extends Vouched {
  readonly where: string
}

export function pinnedOf({ pinned = [] }: Asked, trust: Trust): Pinned[] {
  return pinned.map((where) => {
    const found = vouched(fileOf(where), trust)
    const { origin } = found.checkpoint
    if (trust.keys.length > 0 && !trust.keys.some(({ name }) => name === origin)) {
      throw new Malformed(`${where}: контрольная точка другого журнала, ${origin}`)
    }
    return { ...found, where }
  })
}

const stated = ({ checkpoint: { size, root }, where, seen }: Pinned): Stated => ({ size, root, where, seen })

/** The largest that is believed among pinned ones; 0 where none is. */
const largest = (pinned: readonly Pinned[], trust: Trust): number =>
  Math.max(0, ...pinned.filter((one) => isAnchor(one, trust)).map(({ checkpoint }) => checkpoint.size))

/** What a verification found that nothing contradicts. */
export interface Found {
  readonly lines: readonly string[]
  readonly json: object
  readonly anchored: boolean
  readonly warnings: readonly string[]
}

/** Carries a verification out, and says of whatever comes of it what it means. */
export async function verdict(
  strict: true | undefined,
  work: () => Found | Promise<Found>,
): Promise<Verdict> {
  try {
    const { lines, json, anchored, warnings } = await work()
    const exit = anchored ? (strict === true && warnings.length > 0 ? 4 : 0) : 3
    const said = anchored
      ? 'ПРОВЕРЕНО.'
      : 'Расхождений нет, но опереться не на что: ни одна контрольная точка не подписана тем, кому верят (--trust).'
    return {
      exit,
      lines: [...lines, ...warnings.map((warning) => `Внимание: ${warning}`), said],
      json: { ...json, anchored, warnings, exit },
    }
  } catch (error) {
    const shown = tampering(error)
    const said = shown ?? unreadable(error)
    return {
      exit: shown === null ? 2 : 1,
      lines: [shown === null ? `Проверить нельзя: ${said}` : `НАРУШЕНИЕ: ${said}`],
      json: { anchored: false, exit: shown === null ? 2 : 1, problem: said, ...placeOf(error) },
    }
  }
}

const placeName = (of: { stream: string; rev: number } | null): string =>
  of === null ? 'ничего' : `поток ${of.stream}, ревизия ${of.rev}`

/** What was found that must not be; null for an error that shows nothing of the kind. */
export function tampering(error: unknown): string | null {
  if (error instanceof BadRecord) return badRecord(error).message
  if (error instanceof Discrepancy) return error.message
  if (error instanceof BadSignature) return `подпись ${error.key} неверна.`
  if (error instanceof NotProven) return error.message
  if (error instanceof CheckpointDiffers) {
    return `контрольная точка на ${error.size} записей в базе — не та, что в её записке.`
  }
  if (error instanceof VoidListDiffers) {
    const { stream, incident, list, missing, extra } = error
    const of = list === 'void' ? 'недействительных' : 'сомнительных'
    return `${stream}: список ${of} операций нарушения ${incident} не по правилу v1: нет ${missing}, лишних ${extra}.`
  }
  if (error instanceof LeafDiffers) {
    const { index, leaf, record } = error
    return `лист ${index}: под печатью ${placeName(leaf)}; в журнале ${placeName(record)}, и это не одно и то же.`
  }
  if (error instanceof TreeDiffers) {
    const { how, stated, good, records } = error
    return how === 'shorter'
      ? `${stated.where}: подписано ${stated.size} записей, а в журнале их ${records}: конец пропал.`
      : `${stated.where}: корень дерева на ${stated.size} записей другой. Верны первые ${good}, изменено между ${good} и ${stated.size}.`
  }
  return null
}

function placeOf(error: unknown): object {
  if (error instanceof BadRecord) return { stream: error.stream, rev: error.rev }
  if (error instanceof LeafDiffers) {
    const { stream = null, rev = null } = error.record ?? error.leaf ?? {}
    return { leaf: error.index, stream, rev }
  }
  if (error instanceof Discrepancy && 'place' in error) return error.place as object
  return error instanceof TreeDiffers ? { size: error.stated.size, good: error.good } : {}
}

function unreadable(error: unknown): string {
  if (error instanceof Malformed) return `файл не той формы (${error.message}).`
  const { code, path } = error as NodeJS.ErrnoException
  if (code === 'ENOENT') return `нет файла ${path ?? ''}.`
  return explain(error) ?? describe(error)
}

/** A proof does not show what it should. */
export class NotProven extends Error {
  override readonly name = 'NotProven'
}

export const NOT_EXTERNAL =
  'ни одна контрольная точка не хранилась вне установки (--pinned): владелец ключа мог переписать всё.'

/** The log of the installation, against its own tree and against checkpoints that were kept elsewhere. */
export function verifyOwnLog(config: Config, asked: Asked): Promise<Verdict> {
  return verdict(asked.strict, async () => {
    const trust = trustOf(asked)
    const pinned = pinnedOf(asked, trust)
    const found = await withLog(config, async (store, sealed) => {
      const head = await store.head()
      const bar = progress('Проверка журнала')
      const against = { sealed, trust, pinned: pinned.map(stated) }
      const tick = (records: number, at: Position): void => bar.to(records, expectedUntil(records, at, head))
      return verifyLog(store, against, tick).finally(bar.end)
    })
    const anchored = Math.max(found.anchored, largest(pinned, trust))
    const { records, streams, checkpoints, unsealed, incidents } = found
    return {
      lines: [
        `Записей ${records}, потоков ${streams}; контрольных точек в базе ${checkpoints}, предъявлено ${pinned.length}.`,
        ...(incidents > 0
          ? [`Нарушений доступа ${incidents}: списки операций пересчитаны по правилу v1 и совпали.`]
          : []),
        ...(anchored > 0 ? [`Подписано тем, кому верят: первые ${anchored} записей.`] : []),
      ],
      json: { ...found, anchoredSize: anchored, pinned: pinned.length },
      anchored: anchored > 0,
      warnings: [
        ...(pinned.length === 0 && trust.quorum === 0 ? [NOT_EXTERNAL] : []),
        ...(unsealed > 0 ? [`последние ${unsealed} записей ещё не под печатью.`] : []),
        ...clockWarnings(found.clock),
      ],
    }
  })
}

const outOfBracket = ({ leaf, stream, rev, at, checkpoint }: OutOfBracket): string =>
  `лист ${leaf}, поток ${stream}, ревизия ${rev}: записано ${at}, контрольная точка на ${checkpoint.size} записей — ${checkpoint.at}`

function clockWarnings({ earlier, later }: ClockFound): string[] {
  return [
    ...(earlier === null
      ? []
      : [
          `часы переводили назад: записей со временем раньше контрольной точки перед ними — ${earlier.records}, первая — ${outOfBracket(earlier.first)}.`,
        ]),
    ...(later === null
      ? []
      : [
          `часы спешили или отстали: контрольных точек старше записей под ними — ${later.checkpoints}, первая — ${outOfBracket(later.first)}.`,
        ]),
  ]
}

/** The log and the tree of an installation, opened for reading: the role of an auditor will do. */
async function withLog<Result>(
  { data, databaseUrl, eventStoreUrl }: Config,
  work: (store: EventStore, sealed: SealedLog) => Promise<Result>,
): Promise<Result> {
  const beside = await openPlace(databaseUrl ?? `folder:${data}`, { mustExist: true })
  try {
    const sealed = new SealedLog(beside.database!.kysely)
    if (eventStoreUrl === undefined) return await work(beside.store, sealed)
    const log = await openPlace(eventStoreUrl, { mustExist: true })
    try {
      return await work(log.store, sealed)
    } finally {
      await log.close()
    }
  } finally {
    await beside.close()
  }
}

export interface AskedOfCopy extends Asked {
  readonly folder: string
  readonly copy: number | null
  readonly key: BackupKey | null
}

/** A copy, from its files alone, against checkpoints that were kept elsewhere. */
export function verifyBackup(asked: AskedOfCopy): Promise<Verdict> {
  return verdict(asked.strict, async () => {
    const trust = trustOf(asked)
    const pinned = pinnedOf(asked, trust)
    const copy = openCopy(asked.folder, asked.copy, asked.key)
    if (copy.manifest.export !== null)
      throw new Malformed('это выгрузка одной школы, а печать — на всём журнале')
    const tree = new TreeCheck(pinned.map(stated))
    const bar = progress('Проверка копии')
    const { manifest } = await verifyCopy(copy, {
      each: (_event, hash) => tree.follow(Buffer.from(hash, 'base64')),
      progress: bar.to,
    }).finally(bar.end)
    tree.end()
    // Its tree was held against the copy with everything else; here it is asked who vouches for it.
    const { checkpoint: note = null } = manifest
    const own = note === null ? null : vouched(note, trust)
    const anchored = Math.max(
      largest(pinned, trust),
      own !== null && isAnchor(own, trust) ? own.checkpoint.size : 0,
    )
    const beyond = tree.size - anchored
    return {
      lines: [
        `Копия ${manifest.copy} цела: событий ${manifest.events}, потоков ${manifest.streams}.`,
        ...(anchored > 0 ? [`Подписано тем, кому верят: первые ${anchored} событий.`] : []),
      ],
      json: {
        copy: manifest.copy,
        records: tree.size,
        checkpoint: own?.checkpoint.size ?? null,
        anchoredSize: anchored,
        pinned: pinned.length,
      },
      anchored: anchored > 0,
      warnings: [
        ...(anchored > 0 && pinned.length === 0 && trust.quorum === 0 ? [NOT_EXTERNAL] : []),
        ...(anchored > 0 && beyond > 0 ? [`за ${beyond} последних событий никто не ручается.`] : []),
      ],
    }
  })
}

/** One checkpoint, and whether it contradicts others that were kept. */
export function verifyCheckpoint(file: string, asked: Asked): Promise<Verdict> {
  return verdict(asked.strict, () => {
    const trust = trustOf(asked)
    const found = vouched(fileOf(file), trust)
    const { origin, size, root } = found.checkpoint
    for (const other of pinnedOf(asked, trust)) {
      const { checkpoint } = other
      if (checkpoint.origin === origin && checkpoint.size === size && !same(checkpoint.root, root)) {
        throw new NotProven(
          `${file} и ${other.where}: два разных дерева одного размера ${size}. Оба файла вместе — доказательство подлога.`,
        )
      }
    }
    return {
      lines: [`${origin}: записей ${size}, корень ${Buffer.from(root).toString('base64')}`, ...behind(found)],
      json: { origin, size, root: Buffer.from(root).toString('base64'), ...voices(found) },
      anchored: isAnchor(found, trust),
      warnings: [],
    }
  })
}

/** That a later checkpoint goes on from an earlier one. @param proof the answer of `GET /log/consistency` */
export function verifyConsistency(
  older: string,
  newer: string,
  proof: string | undefined,
  asked: Asked,
): Promise<Verdict> {
  return verdict(asked.strict, () => {
    const trust = trustOf(asked)
    const [from, to] = [vouched(fileOf(older), trust), vouched(fileOf(newer), trust)]
    const sizes = { from: from.checkpoint.size, to: to.checkpoint.size }
    if (from.checkpoint.origin !== to.checkpoint.origin) throw new Malformed('это точки разных журналов')
    const steps = sizes.from === sizes.to || sizes.from === 0 ? [] : stepsOf(proof, sizes)
    if (!verifiesConsistency(from.checkpoint, to.checkpoint, steps)) {
      throw new NotProven(
        sizes.from > sizes.to
          ? `журнал стал короче: было подписано ${sizes.from} записей, стало ${sizes.to}.`
          : `дерево на ${sizes.to} записей не продолжает дерево на ${sizes.from}.`,
      )
    }
    return {
      lines: [`${to.checkpoint.origin}: ${sizes.to} записей продолжают ${sizes.from}.`, ...behind(to)],
      json: { ...sizes, older: voices(from), newer: voices(to) },
      anchored: isAnchor(from, trust) && isAnchor(to, trust),
      warnings: [],
    }
  })
}

function stepsOf(file: string | undefined, sizes: { from: number; to: number }): TreeHash[] {
  // A shorter log needs no proof to be one.
  if (sizes.from > sizes.to) return []
  if (file === undefined) throw new Malformed('нужен файл доказательства: --proof')
  let parsed: unknown
  try {
    parsed = JSON.parse(fileOf(file).toString('utf8'))
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause
    throw new Malformed('доказательство — JSON из GET /log/consistency', { cause })
  }
  const { from, to, proof } = (parsed ?? {}) as Record<string, unknown>
  if (from !== sizes.from || to !== sizes.to || !Array.isArray(proof)) {
    throw new Malformed(`доказательство не между размерами ${sizes.from} и ${sizes.to}`)
  }
  return proof.map((line) => parseHash(String(line)))
}

/** That a record stands in the log: `GET /log/proof/{event}`, and the record as somebody has it. */
export function verifyProof(file: string, record: string, asked: Asked): Promise<Verdict> {
  return verdict(asked.strict, () => {
    const trust = trustOf(asked)
    const text = fileOf(file).toString('utf8')
    const proof = parseProof(text)
    const found = vouched(text.slice(text.indexOf('\n\n') + 2), trust)
    // A line of NDJSON ends with a line feed, which is none of the record.
    const canonical = fileOf(record).toString('utf8').replace(/\n$/, '')
    if (!proves(proof, Buffer.from(leafHash(canonical), 'base64'))) {
      throw new NotProven(`${record}: этой записи на месте ${proof.index} журнала нет.`)
    }
    const { origin, size } = found.checkpoint
    return {
      lines: [`${origin}: запись стоит на месте ${proof.index} из ${size}.`, ...behind(found)],
      json: { origin, index: proof.index, size, ...voices(found) },
      anchored: isAnchor(found, trust),
      warnings: [],
    }
  })
}

const same = (a: TreeHash, b: TreeHash): boolean => Buffer.compare(a, b) === 0
const voices = ({ signed, witnesses }: Vouched) => ({ signed, witnesses })

function behind({ signed, witnesses }: Vouched): string[] {
  const of = witnesses.length === 0 ? '' : `; свидетели: ${witnesses.join(', ')}`
  return signed ? [`Подписано ключом журнала, которому верят${of}.`] : []
}
