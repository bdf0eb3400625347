import { createHash } from 'node:crypto'

/** Where a stream ends: the revision of its last event, and the leaf hash of that record. */
export interface Head {
  readonly rev: number
  readonly hash: string
}

/** Where every stream of a log ends, by stream name. */
export type Heads = ReadonlyMap<string, Head>

/**
 * One line for each stream, in order of their names by UTF-16 code units (docs/spec/backup.md):
 *
 *     tomsk35.roster-main 412 7zU3EgNx0s0CTHtvBr8IWv3JvFDKQ4QWadAMhDQJBww=
 *
 * A hash vouches for the whole stream before it, so these lines vouch for every record of the log.
 */
export function* headLines(heads: Heads): Generator<string> {
  for (const stream of [...heads.keys()].toSorted()) {
    const { rev, hash } = heads.get(stream)!
    yield `${stream} ${rev} ${hash}`
  }
}

/** SHA-256, in hex, over the {@link headLines}, each ended by a line feed. */
export function headsDigest(heads: Heads): string {
  const digest = createHash('sha256')
  for (const line of headLines(heads)) digest.update(`${line}\n`)
  return digest.digest('hex')
}

/** The inverse of one of the {@link headLines}; null for anything else. */
export function parseHeadLine(line: string): readonly [stream: string, head: Head] | null {
  const parts = /^(\S+) (0|[1-9]\d{0,15}) ([A-Za-z0-9+/]{43}=)$/.exec(line)
  return parts === null ? null : [parts[1]!, { rev: Number(parts[2]), hash: parts[3]! }]
}
