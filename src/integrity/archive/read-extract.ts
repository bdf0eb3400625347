import { hash } from 'node:crypto'
import { z } from 'zod'
import type { Trust } from '#integrity/trust.ts'
import { Malformed } from '#integrity/tlog/malformed.ts'
import { GradingSystem, MarkValue } from '#values/grading.ts'
import { PeriodId, SchoolYear } from '#values/school.ts'
import { LocalDate } from '#values/time.ts'
import { openBag } from './open-bag.ts'
import { type VerifiedPackage, verifyPackage } from './verify-package.ts'

const SaidPeriod = z.object({
  period: z.object({ period: PeriodId, name: z.string() }),
  closed: z.boolean(),
  finals: z.array(z.object({ kind: z.string(), value: MarkValue })),
  marks: z.array(z.object({ date: LocalDate, value: MarkValue })),
  absences: z.array(z.object({ date: LocalDate, number: z.int(), code: z.string() })),
})

/** What is read of `data/extract.json`; the file says more. */
const SaidExtract = z.object({
  form: z.literal('letopis-extract'),
  version: z.literal(1),
  scope: z.object({ year: SchoolYear }),
  school: z.object({ slug: z.string(), name: z.string().nullable() }),
  on: LocalDate,
  class: z.object({ name: z.string(), grade: z.int().nullable() }).nullable(),
  subjects: z.array(z.object({ subject: z.string(), grading: GradingSystem, periods: z.array(SaidPeriod) })),
  credited: z.array(
    z.object({ subject: z.string(), period: PeriodId, grading: GradingSystem, value: MarkValue }),
  ),
  attestations: z.array(
    z.object({ subject: z.string(), stage: z.string(), date: LocalDate, value: MarkValue }),
  ),
})
export type SaidExtract = z.output<typeof SaidExtract>

export interface VerifiedExtract {
  readonly found: VerifiedPackage
  readonly said: SaidExtract
  /** By what the document is known for ever: SHA-512 of its `tagmanifest-sha512.txt`. */
  readonly digest: string
}

/** An extract has some hundred lines. */
const MOST_BYTES = 16_777_216

/**
 * Verifies the extract of another installation, and reads what it says (R-A1.1). Whether somebody who is trusted stands
 * behind it, `found` says.
 *
 * @throws {PackageTampered} {@link BadSignature} it was changed after it was sealed
 * @throws {Malformed} {@link NewerVersion} it cannot be read, or is a package of something else
 */
export function readExtract(path: string, trust: Trust): VerifiedExtract {
  const found = verifyPackage(path, trust)
  if (found.scope.kind !== 'pupil') throw new Malformed('the package is no extract of a pupil')
  const bag = openBag(path)
  try {
    const text = bag.read('data/extract.json', MOST_BYTES).toString('utf8')
    const { success, data, error } = SaidExtract.safeParse(JSON.parse(text))
    if (!success) throw new Malformed('data/extract.json has another form', { cause: error })
    return { found, said: data, digest: hash('sha512', bag.read('tagmanifest-sha512.txt', MOST_BYTES)) }
  } finally {
    bag.close()
  }
}
