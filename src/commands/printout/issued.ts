import type { z } from 'zod'
import { printoutEvents } from '#events/printout.ts'

const { printout, template, snapshot, content, digest, bytes } = printoutEvents.PrintoutIssued.data.shape

/** What the service says of a file that it has just made; no client says it, so no client can say it wrong. */
export const ofFile = { printout, template, snapshot, content, digest, bytes } satisfies Record<
  string,
  z.ZodType
>
