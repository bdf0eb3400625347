import { z } from 'zod'
import { issueExtract } from '#commands/printout/issue-extract.ts'
import { extractFile } from '#api/prints/print.ts'
import type { SchoolSlug } from '#values/school.ts'
import { dateAt } from '#values/time.ts'
import { caughtUp, type Installation } from './installation.ts'
import type { PrintExtract } from './seed.ts'
import { ZONE } from './synthetic/calendar.ts'

const { printout, pupil, from, until, recipient } = issueExtract.input.shape
const OfExtract = z.object({ printout, pupil, from, until, recipient })

/**
 * Prints the extract that a synthetic school gives out, from read models that show all that was recorded before it. They
 * are built on the way to the end of the school anyway, so that it costs no more than the print.
 */
export function extractPrinter(installation: Installation, school: SchoolSlug): PrintExtract {
  return async (execution, { input, actor }) => {
    const { printout, recipient, ...of } = OfExtract.parse(input)
    const models = installation.newProjectors()
    try {
      for (const model of models) await model.start()
      await caughtUp(installation.execution.store, models)
      const stopped = models.find(({ failure }) => failure !== null)
      if (stopped !== undefined) throw new Error('a read model has stopped', { cause: stopped.failure })
      const { database, persons, texts } = installation
      const { kysely, unhurried } = database
      const parts = { database: kysely, unhurried, execution, persons, texts, zone: ZONE }
      const today = dateAt(execution.clock(), ZONE)
      const asked = { school, actor, held: [actor.role], input: of, parts, today }
      return (await extractFile(asked, of, { printout, issuedTo: recipient })).file
    } finally {
      for (const model of models) await model.stop()
    }
  }
}
