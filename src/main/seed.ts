import { execute, type Execution } from '#commands/execute.ts'
import { isRefusal } from '#commands/refusal.ts'
import { streamName } from '#events/stream-name.ts'
import type { SchoolSlug } from '#values/school.ts'
import type { Instant } from '#values/time.ts'
import { BatchedAppends } from './batched-appends.ts'
import type { SchoolCommand } from './synthetic/school-command.ts'

/** A command of a synthetic school was refused: the generator or a rule is wrong. */
export class SeedRefused extends Error {
  override readonly name = 'SeedRefused'

  constructor({ command, input, at }: SchoolCommand, reason: string, detail: unknown) {
    super(`${command.name} ${JSON.stringify(input)} at ${at}: ${reason} ${JSON.stringify(detail)}`)
  }
}

/** So many commands are recorded at a time. */
const TOGETHER = 100

/**
 * Carries out the commands of a synthetic school through the same `execute` as any other, with a clock that shows the
 * time of each. Resumable: the first commands that are already there are found and passed over, because their ids
 * follow from the school. Nobody else may write to the log meanwhile.
 *
 * @param tick called with the number of commands that are recorded
 */
export async function seed(
  execution: Execution,
  school: SchoolSlug,
  commands: readonly SchoolCommand[],
  tick: (done: number) => void,
): Promise<void> {
  let now = '' as Instant
  const store = new BatchedAppends(execution.store)
  const simulated = { ...execution, store, streams: execution.streams.over(store), clock: () => now }
  let recorded = await firstMissing(execution, school, commands)
  try {
    for (let i = recorded; i < commands.length; i++) {
      const one = commands[i]!
      now = one.at
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
