import { z } from 'zod'
import type { JournalPageEvent } from '#events/journal-page.ts'
import { CriterionScore, MarkValue } from '#values/grading.ts'
import type { Policy } from '#values/policy.ts'
import type { Instant } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import type { Given } from '../command.ts'
import { isRefusal, type Refusal, refuse } from '../refusal.ts'
import { isAbsence, isEarned } from './attendance-codes.ts'
import { gradingUnder, type PAGE_NEEDS } from './ground.ts'
import { isSaid, NOTHING_SAID, valueOf } from './mark-values.ts'
import type { JournalPageState, MarkState } from './state.ts'

/** The marks of a column as a command says them. */
export const MarksOfColumn = z
  .array(
    z
      .strictObject({
        pupil: Uuid,
        value: MarkValue.optional(),
        criteria: z
          .array(CriterionScore)
          .min(1)
          .max(20)
          .optional()
          .describe('В критериальной системе: баллы по критериям, из которых выводится отметка'),
      })
      .refine(isSaid, NOTHING_SAID),
  )
  .min(1)
  .max(200)

interface Column {
  readonly work: Uuid
  /** The lesson or the assessment at which the work was held. */
  readonly lesson: Uuid
  readonly dueOf: (pupil: Uuid) => Instant
  /** What attendance says of a pupil there. */
  readonly codeOf: (pupil: Uuid) => string | null
}

/** The marks of a column: a pupil has one mark for a work, and one that the grading system of the page knows. */
export function columnOfMarks(
  given: Given<unknown, JournalPageState, (typeof PAGE_NEEDS)[number]>,
  { work, lesson, dueOf, codeOf }: Column,
  policy: Policy,
  marks: z.output<typeof MarksOfColumn>,
): JournalPageEvent[] | Refusal {
  const grading = gradingUnder(policy, given)
  // A page has thousands of marks, a work those of a class.
  const standing = new Map<Uuid, MarkState & { readonly entry: Uuid }>()
  for (const [entry, mark] of given.state.marks) {
    if (mark.work === work) standing.set(mark.pupil, { entry, ...mark })
  }
  const events: JournalPageEvent[] = []
  for (const { pupil, ...said } of marks) {
    const meant = valueOf(grading, policy, said)
    if (isRefusal(meant)) return { ...meant, detail: { ...meant.detail, pupil } }
    const { value, criteria } = meant
    const mark = standing.get(pupil)
    if (mark !== undefined) {
      return refuse('mark-exists', { pupil, entry: mark.entry, value: mark.value, version: mark.version })
    }
    if (isAbsence(policy, codeOf(pupil)) && isEarned(policy, value))
      return refuse('mark-on-absent', { pupils: [pupil] })
    const entry = given.newId(`mark ${pupil}`)
    events.push({
      type: 'MarkRecorded',
      data: { entry, work, lesson, pupil, value, criteria, dueAt: dueOf(pupil) },
    })
  }
  return events
}
