import type { z } from 'zod'
import { answersFor } from '#values/competence.ts'
import type { Command, Given } from './command.ts'
import type { ReferenceName } from './references.ts'
import { type Refusal, refuse } from './refusal.ts'

/**
 * Why this person, whose role is permitted, may not do this; null where he may. A deputy of a part of the school changes
 * what lies in it altogether; what a command does not say to be of some part is of the whole school (R-7A.16b).
 */
export function forbids<Input extends z.ZodObject, State, Needs extends ReferenceName>(
  command: Pick<Command<Input, State, Needs>, 'asOneself' | 'concerns' | 'may'>,
  given: Given<z.output<Input>, State, Needs>,
): Refusal | null {
  const { competence = null } = given.actor
  if (competence !== null && command.asOneself !== true) {
    const matters = [command.concerns?.(given) ?? []].flat()
    if (matters.length === 0 || !matters.every((matter) => answersFor(competence, matter))) {
      return refuse('outside-competence', { competence, matters })
    }
  }
  return command.may?.(given) ?? null
}
