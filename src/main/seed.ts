import { execute, type Execution } from '#commands/execute.ts'
import { incidentFold } from '#commands/incident/state.ts'
import { incidentsOf } from '#commands/references.ts'
import { isRefusal } from '#commands/refusal.ts'
import { streamName } from '#events/stream-name.ts'
import type { SchoolSlug } from '#values/school.ts'
import type { Instant } from '#values/time.ts'
import { BatchedAppends } from './batched-appends.ts'
import { completed, type SchoolCommand } from './synthetic/school-command.ts'

/** A command of a synthetic school was refused: the generator or a rule is wrong. */
export class SeedRefused extends Error {
  override readonly name = 'SeedRefused'

  constructor({ command, input, at }: SchoolCommand, reason: string, detail: unknown) {
    super(`${command.name} ${JSON.stringify(input)} at ${at}: ${reason} ${JSON.stringify(detail)}`)
  }
}

/** Makes the file of an extract as the service makes it, at the time of the command, and says what is recorded of it. */
export type PrintExtract = (execution: Execution, one: SchoolCommand) => Promise<object>

/** So many commands are recorded at a time. */
const TOGETHER = 100

/**
 * Carries out the commands of a synthetic school through the same `execute` as any other, with a clock that shows the
 * time of each. Resumable: the first commands that are already there are found and passed over, because their ids
 * follow from the school. Nobody else may write to the log meanwhile.
 *
 * @param tick called with the number of commands that are recorded
 * @param print for schools in which an extract is given out
 */
export async function seed(
  execution: Execution,
  school: SchoolSlug,
  commands: readonly SchoolCommand[],
  tick: (done: number) => void,
  print?: PrintExtract,
): Promise<void> {
  let now = '' as Instant
  const store = new BatchedAppends(execution.store)
  const simulated = { ...execution, store, streams: execution.streams.over(store), clock: () => now }
  let recorded = await firstMissing(execution, school, commands)
  try {
    for (let i = recorded; i < commands.length; i++) {
      now = commands[i]!.at
      const one = await whole(simulated, school, commands[i]!, print)
      const { command, actor, id, input } = one
      const outcome = await execute(simulated, command, { school, actor, id, input })
      if (isRefusal(outcome)) throw new SeedRefused(one, outcome.refused, outcome.detail)
      if ((i + 1) % TOGETHER > 0 && i + 1 < commands.length) continue
      await store.flush()
      while (recorded <= i) tick(++recorded)
    }
  } finally {
    await store.flush()
  }
}

/** The command with what only this log knows. */
async function whole(
  execution: Execution & { readonly store: BatchedAppends },
  school: SchoolSlug,
  one: SchoolCommand,
  print: PrintExtract | undefined,
): Promise<SchoolCommand> {
  if (one.lacks === undefined) return one
  // What is asked about has to be in the log, not on its way there.
  await execution.store.flush()
  if (one.lacks.kind === 'extract') {
    if (print === undefined) throw new Error('nothing here prints the extract that the school gives out')
    return completed(one, await print(execution, one))
  }
  const { incident, of } = one.lacks
  const { state } = await execution.streams.load(incidentFold, incidentsOf(school))
  const suspects = [...(state.incidents.get(incident)?.suspects.values() ?? [])]
  const operations = of.map(({ page, revision }) => {
    const stream = streamName(school, 'journalPage', page)
    const found = suspects.find((known) => known.stream === stream && known.rev === revision)
    if (found === undefined) throw new Error(`${stream}#${revision} is not among the suspect operations`)
    return found.operation
  })
  return completed(one, { operations })
}

/** They were carried out one after another, so those that are there stand at the front. */
async function firstMissing(
  { streams }: Execution,
  school: SchoolSlug,
  commands: readonly SchoolCommand[],
): Promise<number> {
  let [there, missing] = [0, commands.length]
  while (there < missing) {
    const middle = (there + missing) >> 1
    const { command, input, id } = commands[middle]!
    const stream = streamName(school, command.fold.category, command.stream(input))
    if ((await streams.load(command.fold, stream)).commands.has(id)) there = middle + 1
    else missing = middle
  }
  return there
}
