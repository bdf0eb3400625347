/** How many statements a connection keeps prepared at most. */
const MOST = 500

/** A rebuild works in a schema of its own name: its statements would take the places of those that come again. */
const OF_REBUILD = /_[0-9a-f]{8}\./

/**
 * The names under which one connection keeps statements prepared.
 *
 * To parse and plan a view of six tables takes as long as to carry it out. Our texts are constant; those of registers vary
 * with their filters alone.
 */
export class StatementNames {
  readonly #names = new Map<string, string>()

  /** Undefined for a statement that does not come again, or has no parameters and may be several; or there are too many. */
  nameOf(text: string, values: readonly unknown[]): string | undefined {
    const known = this.#names.get(text)
    if (known !== undefined || values.length === 0) return known
    if (this.#names.size >= MOST || OF_REBUILD.test(text)) return undefined
    const name = `letopis_${this.#names.size}`
    this.#names.set(text, name)
    return name
  }
}
