import { Malformed, parseBase64, parseCount } from './malformed.ts'
import { HASH_BYTES, type TreeHead } from './merkle-tree.ts'
import { parseNote, type Note } from './signed-note.ts'

/** C2SP tlog-checkpoint: the text of a note that states a tree. */
export interface Checkpoint extends TreeHead {
  /** The name of the log, for ever. */
  readonly origin: string
}

/** A checkpoint and the note in which it stands. Whether to believe it, the signatures say. */
export interface SignedCheckpoint extends Checkpoint {
  readonly note: Note
}

export function formatCheckpoint({ origin, size, root }: Checkpoint): string {
  return `${origin}\n${size}\n${Buffer.from(root).toString('base64')}\n`
}

/**
 * @param note at most 64 KiB
 * @throws {Malformed} it is no note, or its text no checkpoint
 */
export function parseCheckpoint(note: Uint8Array | string): SignedCheckpoint {
  const parsed = parseNote(note)
  const [origin, size, root, ...others] = parsed.text.slice(0, -1).split('\n')
  if (
    origin === undefined ||
    origin === '' ||
    size === undefined ||
    root === undefined ||
    others.includes('')
  ) {
    throw new Malformed('a checkpoint is origin, size and root, a line each')
  }
  return {
    origin,
    size: parseCount(size, 'the size of a checkpoint'),
    root: parseBase64(root, HASH_BYTES, 'the root of a checkpoint'),
    note: parsed,
  }
}
