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

/**
 * Of how many events, as far as can be told: those behind a place are taken to stand as densely in the log as those up to
 * it, since engines count positions in events or in bytes. 0 before the first.
 *
 * @param events how many stand up to `here`
 */
export function expectedUntil(events: number, here: Position | null, end: Position | null): number {
  const [come, all] = [here?.commit ?? 0n, end?.commit ?? 0n]
  return come === 0n ? 0 : Math.max(events, Math.round((events * Number(all)) / Number(come)))
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
