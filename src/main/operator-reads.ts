import { randomUUID } from 'node:crypto'
import type { Execution } from '#commands/execute.ts'
import { WHOLE_SCHOOL } from '#commands/references.ts'
import { operatorMayRead, schoolFold } from '#commands/school/state.ts'
import { supportFold } from '#commands/support/state.ts'
import { streamName } from '#events/stream-name.ts'
import type { SchoolSlug } from '#values/school.ts'
import { Obstacle } from './explain.ts'
import type { Installation } from './installation.ts'
import { OPERATOR } from './operator.ts'

/** What of a school the operator is about to see, past the API: by which command, in which words. */
export interface OperatorRead {
  readonly school: SchoolSlug
  readonly operation: 'operator-history' | 'operator-export'
  /** The command line as far as it holds ids and dates alone. */
  readonly words: string
}

/**
 * Registers it before it is shown, so that the school knows (R-A3.3a). What cannot be registered is not shown, nor what
 * the school has not let the operator see (R-7G.5): its head lets him for some hours, and whoever asks the operator for
 * the data of a failed export has asked for them.
 *
 * @throws {Obstacle} the school has not
 */
export async function noteOperatorRead(
  { reads, execution }: Pick<Installation, 'reads' | 'execution'>,
  { school, operation, words }: OperatorRead,
  shown: unknown,
): Promise<void> {
  const granted = await letTo(execution, school, operation)
  if (!granted) {
    throw new Obstacle(
      `Школа «${school}» не разрешила оператору читать её сведения: руководитель разрешает на срок до 72 часов, POST /v1/schools/${school}/school/grant-operator-read.`,
    )
  }
  const { account, role } = OPERATOR
  const at = execution.clock()
  await reads.note({ at, school, account, role, operation, path: words, request: randomUUID() }, shown)
  await reads.flush()
}

async function letTo(
  { streams, clock }: Pick<Execution, 'streams' | 'clock'>,
  school: SchoolSlug,
  operation: OperatorRead['operation'],
): Promise<boolean> {
  const { state } = await streams.load(schoolFold, streamName(school, 'school', WHOLE_SCHOOL))
  if (operatorMayRead(state, clock())) return true
  if (operation !== 'operator-export') return false
  const support = await streams.load(supportFold, streamName(school, 'support', WHOLE_SCHOOL))
  return [...support.state.tickets.values()].some(
    ({ kind, closed }) => kind === 'export-failed' && closed === null,
  )
}
