import type { z } from 'zod'
import type { Actor, Command } from '#commands/command.ts'
import type { ReferenceName } from '#commands/references.ts'
import type { Instant } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'

/** One command of the synthetic school: who gives it, and what the server's clock shows when it arrives. */
export interface SchoolCommand {
  readonly at: Instant
  readonly id: Uuid
  readonly command: Command
  /** Has passed the schema of the command. */
  readonly input: Readonly<Record<string, unknown>>
  readonly actor: Actor
}

/** @param at milliseconds since 1970 */
export function schoolCommand<Input extends z.ZodObject, State, Needs extends ReferenceName>(
  at: number,
  id: Uuid,
  actor: Actor,
  command: Command<Input, State, Needs>,
  input: z.input<Input>,
): SchoolCommand {
  return { at: new Date(at).toISOString() as Instant, id, command, input: command.input.parse(input), actor }
}
