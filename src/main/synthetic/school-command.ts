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
  /** Has passed the schema of the command, unless it lacks something. */
  readonly input: Readonly<Record<string, unknown>>
  readonly actor: Actor
  /** What the input lacks because only the log that the command is given to can tell it. */
  readonly lacks?: Lack
}

/** An event on a journal page, by its place there. */
export interface EventPlace {
  readonly page: Uuid
  readonly revision: number
}

/**
 * What follows from a secret of the installation or is made from its read models: the ids of operations that a breach made
 * suspect, or the file of an extract (`template`, `snapshot`, `content`, `digest`, `bytes`).
 */
export type Lack =
  | { readonly kind: 'operations'; readonly incident: Uuid; readonly of: readonly EventPlace[] }
  | { readonly kind: 'extract' }

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

/** A command whose input is whole only when {@link completed} by who carries it out. */
export function lackingCommand<Input extends z.ZodObject, State, Needs extends ReferenceName>(
  at: number,
  id: Uuid,
  actor: Actor,
  command: Command<Input, State, Needs>,
  input: Partial<z.input<Input>>,
  lacks: Lack,
): SchoolCommand {
  return { at: new Date(at).toISOString() as Instant, id, command, input, actor, lacks }
}

/** The command with what it lacked. */
export function completed({ lacks: _lacks, ...one }: SchoolCommand, by: object): SchoolCommand {
  return { ...one, input: one.command.input.parse({ ...one.input, ...by }) }
}
