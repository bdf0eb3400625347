import type { PersonName } from '#commands/command.ts'
import { differs, type RowRefused } from './list.ts'

const PARTS = ['family', 'given', 'patronymic'] as const

/**
 * Says where the name of a row is not the one that is kept. The name of somebody who is known is not changed by an
 * import: that is a correction of its own, which says who made it.
 */
export function otherName(row: PersonName, kept: PersonName | undefined): RowRefused | null {
  const part = kept === undefined ? undefined : PARTS.find((name) => row[name] !== kept[name])
  return part === undefined ? null : differs(part)
}

export const nameIn = ({ family, given, patronymic }: PersonName): PersonName => ({
  family,
  given,
  patronymic,
})
