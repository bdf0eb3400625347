import { randomUUID } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { execute } from '#commands/execute.ts'
import { WHOLE_SCHOOL } from '#commands/references.ts'
import { isRefusal } from '#commands/refusal.ts'
import { noteRightsEdition } from '#commands/school/note-rights-edition.ts'
import { schoolFold } from '#commands/school/state.ts'
import { streamName } from '#events/stream-name.ts'
import { RIGHTS_EDITION } from '#values/rights-editions.ts'
import type { SchoolSlug } from '#values/school.ts'
import type { Instant } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import type { Installation, ServiceLog } from './installation.ts'
import { OPERATOR } from './operator.ts'
import { schoolsOf } from './schools.ts'

/** After a start people come first. In milliseconds. */
const AFTER_START = 5 * 60_000
/** How often to look whether a school has begun meanwhile, in milliseconds. */
const LOOK = 10 * 60_000

export interface RightsEditionParts {
  readonly installation: Pick<Installation, 'database' | 'execution'>
  /** When this release began to let people in. */
  readonly since: Instant
  readonly log: ServiceLog
}

/** Records in every school by which edition of the matrix of rights the service acts. It asks the log, so it is recorded once. */
export async function noteRights(
  parts: RightsEditionParts,
  signal: AbortSignal = new AbortController().signal,
): Promise<void> {
  const { execution, database } = parts.installation
  for (const school of await schoolsOf(database.kysely)) {
    signal.throwIfAborted()
    const { state } = await execution.streams.load(schoolFold, streamName(school, 'school', WHOLE_SCHOOL))
    if (state.rights.at(-1)?.digest !== RIGHTS_EDITION.digest) await note(parts, school)
  }
}

/** Notes it again and again until the signal aborts, for schools that begin meanwhile. Never fails: what is away is waited for. */
export async function keepRightsNoted(parts: RightsEditionParts, signal: AbortSignal): Promise<void> {
  await setTimeout(AFTER_START, undefined, { signal }).catch(() => {})
  while (!signal.aborted) {
    try {
      await noteRights(parts, signal)
    } catch (err) {
      if (!signal.aborted) parts.log.error({ err }, 'the edition of the rights cannot be noted yet; waiting')
    }
    await setTimeout(LOOK, undefined, { signal }).catch(() => {})
  }
}

async function note({ installation, since, log }: RightsEditionParts, school: SchoolSlug): Promise<void> {
  const answer = await execute(installation.execution, noteRightsEdition, {
    school,
    actor: OPERATOR,
    id: randomUUID() as Uuid,
    input: { from: since },
  })
  if (isRefusal(answer)) {
    // Another process has noted it meanwhile.
    if (answer.refused === 'same-value') return
    throw new Error(`the edition of the rights of ${school} was not recorded: ${answer.refused}`)
  }
  log.info({ school, edition: RIGHTS_EDITION.edition }, 'people are let in by another edition of the rights')
}
