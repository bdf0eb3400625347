import { randomUUID } from 'node:crypto'
import type { SchoolSlug } from '#values/school.ts'
import type { Installation } from './installation.ts'
import { OPERATOR } from './operator.ts'

/** What of a school the operator is about to see, past the API: by which command, in which words. */
export interface OperatorRead {
  readonly school: SchoolSlug
  readonly operation: 'operator-history' | 'operator-export'
  /** The command line as far as it holds ids and dates alone. */
  readonly words: string
}

/** Registers it before it is shown, so that the school knows (R-A3.3a). What cannot be registered is not shown. */
export async function noteOperatorRead(
  { reads, execution }: Pick<Installation, 'reads' | 'execution'>,
  { school, operation, words }: OperatorRead,
  shown: unknown,
): Promise<void> {
  const { account, role } = OPERATOR
  const at = execution.clock()
  await reads.note({ at, school, account, role, operation, path: words, request: randomUUID() }, shown)
  await reads.flush()
}
