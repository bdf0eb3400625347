import { closeSync, lstatSync, openSync, readdirSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { Malformed } from '../tlog/malformed.ts'
import { bytesAt, isPlainName, MOST_FILES, readStoredZip } from './stored-zip.ts'

/** A package as it lies there, zipped or unpacked: names and bytes, of which nothing is believed yet. */
export interface OpenBag {
  /** The name of the folder of the bag. */
  readonly name: string
  /** The files below it, by path, with their sizes. */
  readonly files: ReadonlyMap<string, number>
  /** The bytes of a file, a piece at a time. */
  pieces(path: string): Generator<Buffer>
  /** A file as a whole. @throws {Malformed} it is larger than `most` bytes, or not there */
  read(path: string, most: number): Buffer
  close(): void
}

const PIECE = 262_144
/** Folders within folders: those of tiles are the deepest. */
const DEEPEST = 10

/** @throws {Malformed} it is no bag, or holds what no bag of ours may hold: links, paths that lead out, packed files */
export function openBag(path: string): OpenBag {
  return lstatSync(path).isDirectory() ? openFolder(path) : openZip(path)
}

function openZip(path: string): OpenBag {
  const file = openSync(path, 'r')
  try {
    const entries = readStoredZip(file)
    const name = entries[0]?.name.split('/')[0] ?? ''
    const places = new Map(entries.map((entry) => [inBag(entry.name, name), entry]))
    const files = new Map([...places].map(([each, { size }]) => [each, size]))
    return bagOf(
      name,
      files,
      function* (asked) {
        const { at, size } = places.get(asked)!
        for (let done = 0; done < size; done += PIECE) {
          yield bytesAt(file, at + done, Math.min(PIECE, size - done))
        }
      },
      () => closeSync(file),
    )
  } catch (error) {
    closeSync(file)
    throw error
  }
}

function inBag(path: string, bag: string): string {
  if (!path.startsWith(`${bag}/`)) throw new Malformed('a package holds more than one folder')
  return path.slice(bag.length + 1)
}

function openFolder(path: string): OpenBag {
  const folder = bagFolder(path)
  const files = new Map<string, number>()
  const walk = (below: string, depth: number): void => {
    if (depth > DEEPEST) throw new Malformed('a package has folders too deep')
    for (const entry of readdirSync(join(folder, below), { withFileTypes: true })) {
      const name = below === '' ? entry.name : `${below}/${entry.name}`
      if (!isPlainName(name)) throw new Malformed('a package has a name that is no plain path')
      if (entry.isDirectory()) {
        walk(name, depth + 1)
      } else if (entry.isFile()) {
        files.set(name, lstatSync(join(folder, name)).size)
        if (files.size > MOST_FILES) throw new Malformed('a package has too many files')
      } else {
        // A link would let the package look elsewhere.
        throw new Malformed(`${name} is no file`)
      }
    }
  }
  walk('', 0)
  return bagOf(
    folder.split('/').at(-1)!,
    files,
    function* (asked) {
      const file = openSync(join(folder, asked), 'r')
      try {
        const piece = Buffer.alloc(PIECE)
        for (let read = -1; read !== 0; ) {
          read = readSync(file, piece)
          if (read > 0) yield Buffer.from(piece.subarray(0, read))
        }
      } finally {
        closeSync(file)
      }
    },
    () => {},
  )
}

/** The folder of the bag itself, or one that holds nothing else, as an unpacked zip leaves it. */
function bagFolder(path: string): string {
  const entries = readdirSync(path, { withFileTypes: true })
  if (entries.some(({ name }) => name === 'bagit.txt')) return path.replace(/\/+$/, '')
  const [only] = entries
  if (entries.length === 1 && only!.isDirectory()) return join(path, only!.name)
  throw new Malformed('this folder holds no package')
}

function bagOf(
  name: string,
  files: ReadonlyMap<string, number>,
  pieces: (path: string) => Generator<Buffer>,
  close: () => void,
): OpenBag {
  return {
    name,
    files,
    pieces,
    close,
    read(path, most) {
      const size = files.get(path)
      if (size === undefined) throw new Malformed(`${path} is not in the package`)
      if (size > most) throw new Malformed(`${path} is too large`)
      return Buffer.concat([...pieces(path)])
    },
  }
}

/** The longest record, and the longest line of any list of ours. */
const LONGEST_LINE = 65_536

/** The lines of a file of a package: UTF-8, each ended by one line feed. @throws {Malformed} */
export function* linesOf(bag: OpenBag, path: string): Generator<string> {
  if (!bag.files.has(path)) throw new Malformed(`${path} is not in the package`)
  const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  const decoded = (bytes?: Uint8Array): string => {
    try {
      return bytes === undefined ? text.decode() : text.decode(bytes, { stream: true })
    } catch (cause) {
      throw new Malformed(`${path} is not UTF-8`, { cause })
    }
  }
  let rest = ''
  for (const piece of bag.pieces(path)) {
    const lines = (rest + decoded(piece)).split('\n')
    rest = lines.pop()!
    if (rest.length > LONGEST_LINE) throw new Malformed(`${path} has a line that does not end`)
    yield* lines
  }
  if (rest !== '' || decoded() !== '') throw new Malformed(`the last line of ${path} is cut off`)
}
