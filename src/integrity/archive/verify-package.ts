import { hash } from 'node:crypto'
import { decode, registry } from '#events/registry.ts'
import { BadRecord, LogCheck, parseRecord } from '#integrity/log-check.ts'
import { canonicalJson } from '#integrity/tlog/canonical-json.ts'
import { Malformed, parseCount } from '#integrity/tlog/malformed.ts'
import { parseNote, verifiedKeys } from '#integrity/tlog/signed-note.ts'
import { tilePath } from '#integrity/tlog/tiles.ts'
import { isAnchor, type Trust, type Vouched, vouched } from '#integrity/trust.ts'
import type { SchoolSlug } from '#values/school.ts'
import type { ArchiveEvent } from '#events/archive.ts'
import { BAGIT, type NoteFields, noteText } from './build-bag.ts'
import { voidSetDigest } from './content.ts'
import { saidBy } from './disclosures.ts'
import { FOLD_VERSION, foldRecord, newFold } from './fold.ts'
import { formOf } from './forms.ts'
import {
  ALGORITHMS,
  contentDigest,
  digestOf,
  inOrder,
  type Manifest,
  readManifest,
} from './manifest-lines.ts'
import { linesOf, type OpenBag, openBag } from './open-bag.ts'
import { PackageTampered } from './package-refused.ts'
import { TilesDiffer, TileTree } from './tile-tree.ts'

type Sealed = Extract<ArchiveEvent, { type: 'SnapshotSealed' }>['data']

export interface VerifiedPackage {
  readonly bag: string
  readonly school: SchoolSlug
  readonly scope: Sealed['scope']
  readonly retainUntil: string
  readonly origin: string
  /** The size of the log that the checkpoint of the package states. */
  readonly size: number
  readonly root: Buffer
  readonly records: number
  readonly streams: number
  /** Of which only those records are here that concern the scope. */
  readonly parts: number
  readonly files: number
  readonly voided: number
  /** The package itself is signed by a key that is trusted; false where the note is missing or of nobody known. */
  readonly signed: boolean
  /** The checkpoint is believed: by its signature, and by as many witnesses as are asked for. */
  readonly anchored: boolean
}

/** Larger than any list or note of ours; a form of a class for a year is some ten megabytes. */
const MOST = { note: 65_536, tag: 65_536, form: 268_435_456, tile: 8_192, record: 65_536 }

/**
 * Checks a package from its bytes alone: container, signatures, records and their places in the log, completeness, void
 * operations, the journal that follows from the records, and the digest of every file. Keys inside are never believed.
 * In memory stand the state of one journal, one tile of each level and a line.
 *
 * @throws {PackageTampered} {@link BadSignature} it was changed after it was sealed
 * @throws {Malformed} {@link NewerVersion} it cannot be read
 */
export function verifyPackage(
  path: string,
  trust: Trust,
  tick: (records: number, all: number) => void = () => {},
): VerifiedPackage {
  const bag = openBag(path)
  try {
    const container = containerOf(bag)
    const signatures = signaturesOf(bag, trust)
    const tree = treeOf(bag, signatures.checkpoint)
    const { sealed, school } = sealedOf(bag, tree, container.id)
    const { records, ids } = logOf(bag, tree, sealed, tick)
    const voided = voidSet(bag, sealed)
    foldOf(bag, { sealed, school, voided, ids })
    digestsOf(bag, container, sealed)
    const { origin, size, root } = signatures.checkpoint.checkpoint
    return {
      bag: container.id,
      school,
      scope: sealed.scope,
      retainUntil: sealed.retainUntil,
      origin,
      size,
      root: Buffer.from(root),
      records,
      streams: sealed.streams.length,
      parts: sealed.streams.filter(({ part }) => part).length,
      files: bag.files.size,
      voided: voided.size,
      signed: signatures.signed,
      anchored: isAnchor(signatures.checkpoint, trust),
    }
  } finally {
    bag.close()
  }
}

interface Container {
  readonly id: string
  readonly payload: ReadonlyMap<string, Manifest>
  readonly tags: ReadonlyMap<string, Manifest>
}

/** The files that no manifest lists: the note speaks of the manifests, and signatures may come later. */
const isApart = (path: string): boolean =>
  path === 'snapshot.note' || path.startsWith('tagmanifest-') || path.startsWith('signatures/')

function containerOf(bag: OpenBag): Container {
  if (bag.read('bagit.txt', MOST.tag).toString('latin1') !== BAGIT)
    throw new Malformed('bagit.txt is of another version')
  const [, id] =
    /^External-Identifier: ([0-9a-f-]{36})$/m.exec(bag.read('bag-info.txt', MOST.tag).toString('utf8')) ?? []
  if (id === undefined) throw new Malformed('bag-info.txt does not say which package it is')
  if (bag.name !== id) throw new PackageTampered('other-package', { file: 'bag-info.txt' })
  const manifests = (prefix: string): Map<string, Manifest> =>
    new Map(ALGORITHMS.map((each) => [each, readManifest(bag, each, `${prefix}-${each}.txt`)]))
  const container = { id, payload: manifests('manifest'), tags: manifests('tagmanifest') }
  for (const each of ALGORITHMS) {
    const listed = new Set([...container.payload.get(each)!.keys(), ...container.tags.get(each)!.keys()])
    for (const path of container.payload.get(each)!.keys()) {
      if (!path.startsWith('data/')) throw new Malformed(`a manifest of the payload names ${path}`)
    }
    for (const path of inOrder(listed))
      if (!bag.files.has(path)) throw new PackageTampered('file-missing', { file: path })
    for (const path of inOrder(bag.files.keys())) {
      if (!listed.has(path) && !isApart(path)) throw new PackageTampered('file-unlisted', { file: path })
    }
  }
  return container
}

interface Signatures {
  readonly checkpoint: Vouched
  readonly signed: boolean
}

function signaturesOf(bag: OpenBag, trust: Trust): Signatures {
  const checkpoint = vouched(bag.read('data/log/checkpoint', MOST.note), trust)
  if (!bag.files.has('snapshot.note')) return { checkpoint, signed: false }
  const note = parseNote(bag.read('snapshot.note', MOST.note))
  const signed = verifiedKeys(note, trust.keys).length > 0
  const found = fieldsOf(note.text)
  const { origin, size, root } = checkpoint.checkpoint
  if (hash('sha512', bag.read('tagmanifest-sha512.txt', MOST.tag)) !== found.tagmanifestSha512) {
    throw new PackageTampered('manifests-differ', { file: 'tagmanifest-sha512.txt' })
  }
  if (found.bag !== bag.name) throw new PackageTampered('other-package', { file: 'snapshot.note' })
  const same =
    found.origin === origin && found.size === size && found.root === Buffer.from(root).toString('base64')
  if (!same) throw new PackageTampered('tree-differs', { file: 'data/log/checkpoint' })
  // A key of another log that is trusted too vouches for its own packages, not for this one.
  const own = signed && verifiedKeys(note, trust.keys).some(({ key }) => key.name === origin)
  return { checkpoint, signed: own }
}

function fieldsOf(text: string): NoteFields {
  const [, origin = '', bag = '', tagmanifestSha512 = '', size = '', root = '', retainUntil = ''] =
    /^letopis-snapshot v1\norigin (\S+)\nbag (\S+)\ntagmanifest-sha512 ([0-9a-f]{128})\ncheckpoint (\d+) (\S+)\nretain-until (\S+)\n$/.exec(
      text,
    ) ?? []
  const fields = {
    origin,
    bag,
    tagmanifestSha512,
    size: parseCount(size, 'the size in a note'),
    root,
    retainUntil,
  }
  if (noteText(fields) !== text) throw new Malformed('snapshot.note is no note of a package')
  return fields
}

function treeOf(bag: OpenBag, { checkpoint }: Vouched): TileTree {
  return inTree(
    () =>
      new TileTree(checkpoint, (tile, width) => {
        const path = `data/log/${tilePath({ ...tile, width })}`
        return bag.files.has(path) ? bag.read(path, MOST.tile) : null
      }),
    { file: 'data/log/checkpoint' },
  )
}

/** Says of tiles that are not those of the signed tree in which file they stand. */
function inTree<Result>(work: () => Result, where: PackageTampered['where']): Result {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof TilesDiffer)) throw error
    const file = error.tile === null ? where.file : `data/log/${tilePath({ ...error.tile, width: 256 })}`
    throw new PackageTampered('tree-differs', { ...where, file }, error)
  }
}

function leafIs(tree: TileTree, place: number, leaf: string, where: PackageTampered['where']): void {
  const stands = inTree(() => Buffer.from(tree.leaf(place)).toString('base64'), where)
  if (stands !== leaf) throw new PackageTampered('leaf-differs', { ...where, leaf: place })
}

/** The record that sealed the package: it stands in the signed tree, and is of this package. */
function sealedOf(bag: OpenBag, tree: TileTree, id: string): { sealed: Sealed; school: SchoolSlug } {
  const file = 'data/log/sealed.ndjson'
  const [line, ...others] = [...linesOf(bag, file)]
  const [at, ...more] = [...linesOf(bag, 'data/log/sealed-index.txt')]
  if (line === undefined || at === undefined || others.length > 0 || more.length > 0) {
    throw new Malformed('a package is sealed by one record')
  }
  const record = inRecord(() => parseRecord(line, () => file), file)
  const where = { file, stream: record.stream, rev: Number(record.revision) }
  // A part: of the stream of the package only this record is here, at its beginning.
  const { hash: leaf } = inRecord(() => new LogCheck({ part: true }).follow(record, () => file), file)
  leafIs(tree, parseCount(at, 'a place of the log'), leaf, where)
  const decoded = decode(record)
  if (decoded?.type !== 'SnapshotSealed' || !record.stream.endsWith(`.archive-${id}`)) {
    throw new PackageTampered('other-package', where)
  }
  const parsed = registry.SnapshotSealed.data.safeParse(decoded.data)
  if (!parsed.success) throw new Malformed('the record of the sealing has another form')
  return { sealed: parsed.data, school: decoded.meta.school }
}

function inRecord<Result>(work: () => Result, file: string, leaf?: number): Result {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof BadRecord)) throw error
    const { stream, rev } = error
    const where = { file, ...(leaf !== undefined && { leaf }), ...(stream !== null && { stream, rev: rev! }) }
    throw new PackageTampered('record-bad', where, error)
  }
}

const EVENTS = 'data/log/events.ndjson'
const INDEX = 'data/log/index.txt'

/** Every record at its place of the tree and of its stream, and all that were sealed. */
function logOf(
  bag: OpenBag,
  tree: TileTree,
  sealed: Sealed,
  tick: (records: number, all: number) => void,
): { records: number; ids: number } {
  const log = new LogCheck({ part: true })
  const named = new Map(sealed.streams.map((each) => [each.stream, each]))
  const counts = new Map<string, number>()
  // Whether it is true is seen at the end.
  const said = sealed.streams.reduce((sum, { records }) => sum + records, 0)
  const places = linesOf(bag, INDEX)
  let last = -1
  for (const line of linesOf(bag, EVENTS)) {
    const next = places.next()
    if (next.done === true) throw new PackageTampered('incomplete', { file: INDEX })
    const place = parseCount(next.value, 'a place of the log')
    const record = inRecord(() => parseRecord(line, () => `${EVENTS} ${log.records + 1}`), EVENTS, place)
    const where = { file: EVENTS, leaf: place, stream: record.stream, rev: Number(record.revision) }
    if (place <= last) throw new PackageTampered('incomplete', { ...where, file: INDEX })
    last = place
    const stream = named.get(record.stream)
    if (stream === undefined || where.rev > stream.revision)
      throw new PackageTampered('stream-not-sealed', where)
    const { hash: leaf } = inRecord(
      () => log.follow(record, () => `${EVENTS} ${log.records + 1}`),
      EVENTS,
      place,
    )
    leafIs(tree, place, leaf, where)
    counts.set(record.stream, (counts.get(record.stream) ?? 0) + 1)
    if (log.records % 1_000 === 0) tick(log.records, Math.max(log.records, said))
  }
  if (places.next().done !== true) throw new PackageTampered('incomplete', { file: INDEX })
  for (const { stream, revision, head, records, part } of sealed.streams) {
    const found = counts.get(stream) ?? 0
    const end = log.heads.get(stream)
    const where = { file: EVENTS, stream, rev: end?.rev ?? 0 }
    if (found !== records || (!part && records !== revision + 1))
      throw new PackageTampered('incomplete', where)
    if (end?.rev === revision && end.hash !== head) throw new PackageTampered('head-differs', where)
  }
  return { records: log.records, ids: log.records }
}

function voidSet(bag: OpenBag, { voidSetDigest: stated }: Sealed): ReadonlySet<string> {
  const file = 'data/log/void.json'
  const text = bag.read(file, MOST.form).toString('utf8')
  const ids = parsed(text, file)
  const isList = Array.isArray(ids) && ids.every((id): id is string => typeof id === 'string')
  if (!isList || canonicalJson(ids) !== text) throw new Malformed(`${file} is no list of ids`)
  if (voidSetDigest(ids) !== stated) throw new PackageTampered('void-set-differs', { file })
  return new Set(ids)
}

function parsed(text: string, file: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new Malformed(`${file} is no JSON`, { cause })
  }
}

/** Makes the journal from the records once more. An extract shows no records of others: of it, what was sealed is held. */
function foldOf(
  bag: OpenBag,
  {
    sealed,
    school,
    voided,
  }: { sealed: Sealed; school: SchoolSlug; voided: ReadonlySet<string>; ids: number },
): void {
  if (sealed.foldVersion > FOLD_VERSION)
    throw new Malformed(`the fold of version ${sealed.foldVersion} is not known`)
  if (sealed.scope.kind === 'pupil') return
  const state = newFold()
  const said = saidBy(disclosuresOf(bag))
  for (const line of linesOf(bag, EVENTS)) {
    const record = parseRecord(line, () => EVENTS)
    const decoded = decode(record)
    if (decoded !== null && !voided.has(record.id)) foldRecord(state, decoded, said)
  }
  const { name, form } = formOf(school, sealed.scope, state)
  const file = `data/${name}.json`
  if (!bag.files.has(file)) throw new PackageTampered('file-missing', { file })
  if (hash('sha512', canonicalJson(form)) !== digestOf(bag, 'sha512', file))
    throw new PackageTampered('fold-differs', { file })
}

const DISCLOSURES = 'data/disclosures.ndjson'

/** A disclosure that is of no record says nothing, and that the file is the one that was sealed its digest tells. */
function* disclosuresOf(bag: OpenBag): Iterable<string> {
  if (!bag.files.has(DISCLOSURES)) return
  for (const line of linesOf(bag, DISCLOSURES)) {
    const { d } = parsed(line, DISCLOSURES) as { readonly d?: unknown }
    if (typeof d !== 'string') throw new Malformed(`${DISCLOSURES} is no list of disclosures`)
    yield d
  }
}

function digestsOf(bag: OpenBag, { payload, tags }: Container, sealed: Sealed): void {
  for (const each of ALGORITHMS) {
    for (const manifest of [tags.get(each)!, payload.get(each)!]) {
      for (const path of inOrder(manifest.keys())) {
        if (digestOf(bag, each, path) !== manifest.get(path))
          throw new PackageTampered('file-differs', { file: path })
      }
    }
  }
  if (contentDigest(payload.get('sha512')!) !== sealed.contentDigest) {
    throw new PackageTampered('content-differs', { file: 'manifest-sha512.txt' })
  }
}
