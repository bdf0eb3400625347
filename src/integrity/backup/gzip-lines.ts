import { pipeline, Readable } from 'node:stream'
import { createGunzip, createGzip } from 'node:zlib'

/** Characters that are compressed together: a stream costs by the piece. */
const PIECE = 262_144

/** No line of a backup is longer: a file without line feeds must not fill the memory. */
const LONGEST_LINE = 1_048_576

/** The file does not hold lines of text, or none of a bearable length. */
export class NotLines extends Error {
  override readonly name = 'NotLines'
}

/** Lines of text as gzip (RFC 1952), each ended by a line feed. */
export async function* gzipLines(
  lines: AsyncIterable<string> | Iterable<string>,
): AsyncGenerator<Buffer, void, undefined> {
  const zip = createGzip()
  // Whatever breaks destroys `zip` with its reason, which then reaches the reader.
  pipeline(Readable.from(pieces(lines)), zip, () => {})
  yield* zip as AsyncIterable<Buffer>
}

async function* pieces(lines: AsyncIterable<string> | Iterable<string>): AsyncGenerator<Buffer> {
  let piece = ''
  for await (const line of lines) {
    piece += `${line}\n`
    if (piece.length < PIECE) continue
    yield Buffer.from(piece)
    piece = ''
  }
  yield Buffer.from(piece)
}

/**
 * The lines of gzipped text, as many at a time as a piece of the file gives.
 *
 * @throws {NotLines} and what zlib finds wrong
 */
export async function* gunzipLines(file: AsyncIterable<Uint8Array>): AsyncGenerator<readonly string[]> {
  const unzip = createGunzip({ chunkSize: 65_536 })
  pipeline(Readable.from(file), unzip, () => {})
  const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  let rest = ''
  for await (const bytes of unzip as AsyncIterable<Buffer>) {
    const lines = (rest + decoded(text, bytes)).split('\n')
    rest = lines.pop()!
    if (rest.length > LONGEST_LINE) throw new NotLines('a line does not end')
    if (lines.length > 0) yield lines
  }
  if (rest !== '' || decoded(text) !== '') throw new NotLines('the last line is cut off')
}

function decoded(text: InstanceType<typeof TextDecoder>, bytes?: Uint8Array): string {
  try {
    return bytes === undefined ? text.decode() : text.decode(bytes, { stream: true })
  } catch (cause) {
    throw new NotLines('this is not UTF-8', { cause })
  }
}
