/**
 * A place in the log. Two numbers, because EventStoreDB orders by {commit, prepare}; an engine with one
 * number uses it for both.
 */
export interface Position {
  readonly commit: bigint
  readonly prepare: bigint
}

/** Negative when `a` is before `b`, positive when after, 0 when the same. `null` is before everything. */
export function comparePositions(a: Position | null, b: Position | null): number {
  if (a === null || b === null) return (a === null ? 0 : 1) - (b === null ? 0 : 1)
  return Number(a.commit - b.commit) || Number(a.prepare - b.prepare)
}

/** `{ commit: 12n, prepare: 10n }` → `12-10`: the form in headers, cursors and tables. */
export function formatPosition(position: Position): string {
  return `${position.commit}-${position.prepare}`
}

/** The inverse of {@link formatPosition}; null for anything else. Engines count positions in 63 bits. */
export function parsePosition(text: string): Position | null {
  const parts = /^(0|[1-9]\d{0,18})-(0|[1-9]\d{0,18})$/.exec(text)
  if (parts === null) return null
  const position = { commit: BigInt(parts[1]!), prepare: BigInt(parts[2]!) }
  return position.commit < 2n ** 63n && position.prepare < 2n ** 63n ? position : null
}
