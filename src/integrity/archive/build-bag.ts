import { createHash, hash } from 'node:crypto'
import { formatVerifierKey, signNote, type SignerKey } from '../tlog/signed-note.ts'
import { type Tile, tilePath, widthOf } from '../tlog/tiles.ts'
import type { Sealed } from '../sealed-log.ts'
import { ALGORITHMS, manifestOf, manifestText } from './manifest-lines.ts'
import { storedZip, type ZipFile } from './stored-zip.ts'

/** The proofs of a package: what was sealed, where it stands, and the tree above. */
export interface Proofs {
  /** The canonical text of SnapshotSealed, and its place in the log. */
  readonly sealed: string
  readonly place: number
  readonly checkpoint: Sealed
  readonly tiles: ReadonlyArray<{ readonly tile: Tile; readonly bytes: Buffer }>
}

export interface BagOf {
  readonly bag: string
  readonly retainUntil: string
  /** The day of the sealing, for the catalogue of an archive. */
  readonly date: string
  readonly school: string
  readonly content: readonly ZipFile[]
  readonly proofs: Proofs
  /** The keys of the log that sign now: more than one while a key is replaced by the next. */
  readonly keys: readonly SignerKey[]
}

export interface Bag {
  readonly bytes: Buffer
  readonly sha512: string
  readonly tagmanifestSha512: string
}

export const BAGIT = 'BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n'
/** The first line of the text of a note under a package, so that it is never taken for a checkpoint. */
export const NOTE_KIND = 'letopis-snapshot v1'

/** A package as one file; of the same parts always the same bytes. */
export function buildBag({ bag, retainUntil, date, school, content, proofs, keys }: BagOf): Bag {
  const payload = [...content, ...proofFiles(proofs, keys)].toSorted((a, b) => (a.name < b.name ? -1 : 1))
  const bytes = payload.reduce((sum, file) => sum + file.bytes.length, 0)
  const info = [
    `Source-Organization: ${school}`,
    `External-Identifier: ${bag}`,
    `Bagging-Date: ${date}`,
    `Payload-Oxum: ${bytes}.${payload.length}`,
    `Retain-Until: ${retainUntil}`,
  ]
  const tags = [
    text('bagit.txt', BAGIT),
    text('bag-info.txt', `${info.join('\n')}\n`),
    ...ALGORITHMS.map((each) => text(`manifest-${each}.txt`, manifestText(manifestOf(each, payload)))),
  ]
  const tagManifests = ALGORITHMS.map((each) =>
    text(`tagmanifest-${each}.txt`, manifestText(manifestOf(each, tags))),
  )
  const tagmanifestSha512 = hash(
    'sha512',
    tagManifests.find(({ name }) => name === 'tagmanifest-sha512.txt')!.bytes,
  )
  const { size, root } = proofs.checkpoint
  const note = noteText({
    origin: keys[0]!.name,
    bag,
    tagmanifestSha512,
    size,
    root: Buffer.from(root).toString('base64'),
    retainUntil,
  })
  const files = [...tags, ...tagManifests, text('snapshot.note', signNote(note, ...keys)), ...payload]
  const zip = Buffer.concat([
    ...storedZip(
      files
        .map((file) => ({ ...file, name: `${bag}/${file.name}` }))
        .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    ),
  ])
  return { bytes: zip, sha512: createHash('sha512').update(zip).digest('hex'), tagmanifestSha512 }
}

export interface NoteFields {
  readonly origin: string
  readonly bag: string
  readonly tagmanifestSha512: string
  readonly size: number
  readonly root: string
  readonly retainUntil: string
}

export function noteText({ origin, bag, tagmanifestSha512, size, root, retainUntil }: NoteFields): string {
  return `${NOTE_KIND}\norigin ${origin}\nbag ${bag}\ntagmanifest-sha512 ${tagmanifestSha512}\ncheckpoint ${size} ${root}\nretain-until ${retainUntil}\n`
}

const text = (name: string, of: string): ZipFile => ({ name, bytes: Buffer.from(of) })

function proofFiles({ sealed, place, checkpoint, tiles }: Proofs, keys: readonly SignerKey[]): ZipFile[] {
  return [
    text('data/log/sealed.ndjson', `${sealed}\n`),
    text('data/log/sealed-index.txt', `${place}\n`),
    text('data/log/checkpoint', checkpoint.note),
    text('data/keys/log.vkey', keys.map((key) => `${formatVerifierKey(key)}\n`).join('')),
    ...tiles.map(({ tile, bytes }) => ({
      name: `data/log/${tilePath({ ...tile, width: widthOf(tile, checkpoint.size) })}`,
      bytes,
    })),
  ]
}
