/** How many statements are kept prepared at most; each connection keeps those that it has used. */
const MOST = 500

const names = new Map<string, string>()

/**
 * The name under which connections to PostgreSQL keep a statement prepared; undefined for one without parameters, which
 * may be several, or when there are too many.
 *
 * To parse and plan a view of six tables takes as long as to carry it out. Our texts are constant (those of registers
 * vary with their filters alone), so a name stands for one text in the whole process.
 */
export function statementName(text: string, values: readonly unknown[]): string | undefined {
  if (values.length === 0) return undefined
  const known = names.get(text)
  if (known !== undefined || names.size >= MOST) return known
  const name = `letopis_${names.size}`
  names.set(text, name)
  return name
}
