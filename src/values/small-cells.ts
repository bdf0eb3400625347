/**
 * Which cells of a table of counts are hidden so that nobody is recognised in it (R-A2.19): a count of some but few, and as
 * many others as it takes that no sum that is shown gives a hidden count away. The table has classes within grades within
 * the school; each has several counts, which are shown or hidden together.
 */

/** The fewest people of whom anything is said. */
export const FEWEST = 5

/** A class: its counts, in the order that all classes share. */
export interface Leaf {
  readonly id: string
  readonly counts: readonly number[]
}

/** A grade with its classes. */
export interface Group {
  readonly id: string
  readonly leaves: readonly Leaf[]
}

export interface Hidden {
  readonly school: boolean
  readonly groups: ReadonlySet<string>
  readonly leaves: ReadonlySet<string>
}

export const NOTHING_HIDDEN: Hidden = { school: false, groups: new Set(), leaves: new Set() }

/**
 * Hides what is small, and then what would give it away. What is hidden of a grade is known as a sum wherever the grade is
 * shown, and what is hidden of hidden grades wherever the school is: such a sum must be of two classes or more, and not
 * small itself. To that end the smallest class that is still shown is hidden, or else the sum above.
 *
 * @param before what another table of the same people hides: whatever is hidden there is hidden here
 */
export function hideSmall(groups: readonly Group[], before: Hidden = NOTHING_HIDDEN): Hidden {
  const leaves = new Set(before.leaves)
  const hidden = new Set(before.groups)
  for (const group of groups) {
    for (const { id, counts } of group.leaves) if (isSmall(counts)) leaves.add(id)
    if (isSmall(sumOf(group.leaves))) hidden.add(group.id)
    hideWithin(group, leaves, hidden)
  }
  let school = before.school || isSmall(sumOf(groups.flatMap((group) => group.leaves)))
  while (!school) {
    const within = groups.filter(({ id }) => hidden.has(id)).flatMap((group) => group.leaves)
    if (isCovered(within.filter(({ id }) => leaves.has(id)))) break
    const next = smallest(
      groups.filter(({ id }) => !hidden.has(id)).map((group) => ({ ...group, counts: sumOf(group.leaves) })),
    )
    // Where every grade is hidden, more of their classes are; and where those are, too, the school.
    const other = next ?? smallest(within.filter(({ id }) => !leaves.has(id)))
    if (other === undefined) school = true
    else if (next === undefined) leaves.add(other.id)
    else {
      hidden.add(next.id)
      hideWithin(next, leaves, hidden)
    }
  }
  return { school, groups: hidden, leaves }
}

/** Hides classes of a grade until the sum of the hidden ones says nothing of anybody; where that is none, its own sum. */
function hideWithin(group: Group, leaves: Set<string>, hidden: Set<string>): void {
  const isHidden = ({ id }: Leaf): boolean => leaves.has(id)
  while (!hidden.has(group.id) && !isCovered(group.leaves.filter(isHidden))) {
    const next = smallest(group.leaves.filter((leaf) => !isHidden(leaf)))
    if (next === undefined) hidden.add(group.id)
    else leaves.add(next.id)
  }
  // The classes would add up to a sum that is hidden.
  if (hidden.has(group.id) && !group.leaves.some(isHidden)) {
    const next = smallest(group.leaves)
    if (next !== undefined) leaves.add(next.id)
  }
}

const isSmall = (counts: readonly number[]): boolean => counts.some((count) => count > 0 && count < FEWEST)

/** Whether the sum of what is hidden may be known. */
const isCovered = (some: readonly Leaf[]): boolean =>
  some.length === 0 || (some.length > 1 && !isSmall(sumOf(some)))

function sumOf(leaves: readonly Leaf[]): number[] {
  const sum: number[] = []
  for (const { counts } of leaves) for (const [i, count] of counts.entries()) sum[i] = (sum[i] ?? 0) + count
  return sum
}

/** The one with the fewest people, of those that have any: one without hides nobody behind it. */
function smallest<Of extends { readonly counts: readonly number[] }>(some: readonly Of[]): Of | undefined {
  const total = ({ counts }: Of): number => counts.reduce((sum, count) => sum + count, 0)
  return some.filter((one) => total(one) > 0).toSorted((a, b) => total(a) - total(b))[0]
}
