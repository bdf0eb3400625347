import { fstatSync, readSync } from 'node:fs'
import { crc32 } from 'node:zlib'
import { Malformed } from '../tlog/malformed.ts'

/**
 * A zip of stored files in its one form: files in the order in which they were given, one behind the other from the
 * first byte on, no compression, no time, no extra field, no comment (APPNOTE 6.3, method 0). The same files are the
 * same bytes on every machine and in every time zone, and a reader has nothing to unpack.
 */

export interface ZipFile {
  readonly name: string
  readonly bytes: Uint8Array
}

const LOCAL = 0x04034b50
const CENTRAL = 0x02014b50
const END = 0x06054b50
const LOCAL_BYTES = 30
const CENTRAL_BYTES = 46
const END_BYTES = 22
/** 1 January 1980, 00:00, as DOS writes it: the first time that there is. */
const DATE = 0x0021
/** A regular file that everybody may read, made on Unix. */
const MADE_BY = (3 << 8) | 20
const ATTRIBUTES = 0o100644 * 0x10000
/** Two gigabytes: far below where zip64 would begin, and more than any school year. */
const MOST_BYTES = 0x7fff_fffe
export const MOST_FILES = 0xfffe
/** Longer than any path of ours. */
const MOST_NAME = 200

/** What a name may be: parts of ASCII letters, digits and `.-_`, none of them of dots alone. */
const NAME = /^[A-Za-z0-9_-][A-Za-z0-9._-]*(\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$/

export function isPlainName(name: string): boolean {
  return name.length <= MOST_NAME && NAME.test(name)
}

/** The zip, in pieces. @throws {RangeError} it would need zip64, or a name is not plain */
export function* storedZip(files: readonly ZipFile[]): Generator<Buffer> {
  const central: Buffer[] = []
  let at = 0
  for (const { name, bytes } of files) {
    if (!isPlainName(name)) throw new RangeError(`${name} is no plain name`)
    const checksum = crc32(bytes)
    const header = Buffer.alloc(LOCAL_BYTES)
    header.writeUInt32LE(LOCAL, 0)
    writeFile(header.subarray(4), name, bytes.length, checksum)
    const entry = Buffer.alloc(CENTRAL_BYTES)
    entry.writeUInt32LE(CENTRAL, 0)
    entry.writeUInt16LE(MADE_BY, 4)
    writeFile(entry.subarray(6), name, bytes.length, checksum)
    entry.writeUInt32LE(ATTRIBUTES, 38)
    entry.writeUInt32LE(at, 42)
    central.push(entry, Buffer.from(name))
    yield header
    yield Buffer.from(name)
    yield Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    at += LOCAL_BYTES + name.length + bytes.length
    if (at > MOST_BYTES) throw new RangeError('a package of four gigabytes')
  }
  if (files.length > MOST_FILES) throw new RangeError('a package of too many files')
  const directory = Buffer.concat(central)
  const end = Buffer.alloc(END_BYTES)
  end.writeUInt32LE(END, 0)
  end.writeUInt16LE(files.length, 8)
  end.writeUInt16LE(files.length, 10)
  end.writeUInt32LE(directory.length, 12)
  end.writeUInt32LE(at, 16)
  if (at + directory.length > MOST_BYTES) throw new RangeError('a package of four gigabytes')
  yield directory
  yield end
}

/** The members that a local header and an entry of the directory share: version, flags, method, time, date, sizes. */
function writeFile(header: Buffer, name: string, size: number, checksum: number): void {
  header.writeUInt16LE(20, 0)
  header.writeUInt16LE(DATE, 8)
  header.writeUInt32LE(checksum, 10)
  header.writeUInt32LE(size, 14)
  header.writeUInt32LE(size, 18)
  header.writeUInt16LE(name.length, 22)
}

/** Where the bytes of a file stand in the zip. */
export interface ZipEntry {
  readonly name: string
  readonly at: number
  readonly size: number
}

/** The directory of a package of the most files and the longest names. */
const MOST_DIRECTORY = MOST_FILES * (CENTRAL_BYTES + MOST_NAME)

/**
 * The files of a zip in the one form of {@link storedZip}. Whatever else a zip may be is refused: packed, encrypted or
 * linked files, names that lead out, files that overlap or leave a gap, zip64.
 *
 * @throws {Malformed}
 */
export function readStoredZip(file: number): ZipEntry[] {
  const length = fstatSync(file).size
  if (length < END_BYTES || length > MOST_BYTES + END_BYTES) throw new Malformed('not a zip of a package')
  const end = bytesAt(file, length - END_BYTES, END_BYTES)
  const [count, size, start] = [end.readUInt16LE(10), end.readUInt32LE(12), end.readUInt32LE(16)]
  if (end.readUInt32LE(0) !== END || end.readUInt16LE(20) !== 0) {
    throw new Malformed('a zip does not end with its directory')
  }
  if (count > MOST_FILES || start > MOST_BYTES || size > MOST_BYTES) throw new Malformed('zip64 is not read')
  if (end.readUInt32LE(4) !== 0 || end.readUInt16LE(8) !== count) throw new Malformed('a zip in parts')
  if (size > MOST_DIRECTORY || start + size + END_BYTES !== length) {
    throw new Malformed('the directory of a zip is not where its end says')
  }
  const directory = bytesAt(file, start, size)
  const entries: ZipEntry[] = []
  let at = 0
  let next = 0
  for (let i = 0; i < count; i++) {
    const { entry, length: taken } = entryAt(file, directory, at, next)
    at += taken
    next = entry.at + entry.size
    if (next > start) throw new Malformed(`${entry.name} does not end before the directory`)
    entries.push(entry)
  }
  if (at !== size || next !== start) throw new Malformed('a zip has bytes that belong to no file')
  if (new Set(entries.map(({ name }) => name)).size !== entries.length) {
    throw new Malformed('a name comes twice in a zip')
  }
  return entries
}

/** @param next where the header of the file must stand: files follow one another */
function entryAt(
  file: number,
  directory: Buffer,
  at: number,
  next: number,
): { readonly entry: ZipEntry; readonly length: number } {
  if (at + CENTRAL_BYTES > directory.length) throw new Malformed('the directory of a zip is cut off')
  const central = directory.subarray(at, at + CENTRAL_BYTES)
  const nameLength = central.readUInt16LE(28)
  const name = directory.toString('latin1', at + CENTRAL_BYTES, at + CENTRAL_BYTES + nameLength)
  if (central.readUInt32LE(0) !== CENTRAL || name.length !== nameLength) {
    throw new Malformed('the directory of a zip is cut off')
  }
  if (!isPlainName(name)) throw new Malformed('a zip has a name that is no plain path')
  const size = central.readUInt32LE(24)
  const expected = Buffer.alloc(CENTRAL_BYTES)
  expected.writeUInt32LE(CENTRAL, 0)
  expected.writeUInt16LE(MADE_BY, 4)
  writeFile(expected.subarray(6), name, size, central.readUInt32LE(16))
  expected.writeUInt32LE(ATTRIBUTES, 38)
  expected.writeUInt32LE(next, 42)
  // A link, a packed or encrypted file, one that lies elsewhere: all of them differ from what there may be.
  if (!central.equals(expected)) throw new Malformed(`${name} is no stored file at its place`)
  const local = bytesAt(file, next, LOCAL_BYTES + nameLength)
  const header = Buffer.alloc(LOCAL_BYTES)
  header.writeUInt32LE(LOCAL, 0)
  expected.copy(header, 4, 6, 6 + LOCAL_BYTES - 4)
  header.writeUInt16LE(0, 28)
  if (!local.equals(Buffer.concat([header, Buffer.from(name)]))) {
    throw new Malformed(`${name} has another header than the directory says`)
  }
  return {
    entry: { name, at: next + LOCAL_BYTES + nameLength, size },
    length: CENTRAL_BYTES + nameLength,
  }
}

/** @throws {Malformed} the file ends before */
export function bytesAt(file: number, from: number, count: number): Buffer {
  const bytes = Buffer.alloc(count)
  for (let done = 0; done < count; ) {
    const read = readSync(file, bytes, done, count - done, from + done)
    if (read === 0) throw new Malformed('a package is cut off')
    done += read
  }
  return bytes
}
