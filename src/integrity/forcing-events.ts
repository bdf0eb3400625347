import type { EventType } from '#events/registry.ts'

/**
 * What is signed at once, and not only when it is time: from here on a period stands or is written again, operations have
 * no effect any more, access is open again. Whoever asks in years when that was finds a checkpoint that ends with it. A
 * package of the archive waits for the one that covers it.
 */
const FORCING: ReadonlySet<string> = new Set<EventType>([
  'PageClosed',
  'PageReopened',
  'CompromiseDeclared',
  'OperationsVoided',
  'AccessRestored',
  'SnapshotSealed',
])

export const forcesCheckpoint = (type: string): boolean => FORCING.has(type)
