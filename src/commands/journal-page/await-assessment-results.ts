import { z } from 'zod'
import { AssessmentName } from '#events/journal-page.ts'
import { KindId } from '#values/policy.ts'
import { LocalDate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { isRefusal } from '../refusal.ts'
import { assessmentGround } from './assessment-ground.ts'
import { mayWriteOnPage, onPage, pageCommand } from './ground.ts'

const AwaitAssessmentResults = z.strictObject({
  ...onPage,
  assessment: Uuid.optional(),
  date: LocalDate,
  kind: KindId.describe('Вид работы из справочника школы'),
  name: AssessmentName,
})

/**
 * Records an exam that was held and whose results others have still to send. It has no column yet and no deadline:
 * the 24 hours begin with the receipt of the results.
 */
export const awaitAssessmentResults = pageCommand({
  name: 'await-assessment-results',
  summary: 'Записать проведённое испытание, результатов которого ещё ждут',
  operation: '4b',
  input: AwaitAssessmentResults,
  may: mayWriteOnPage,
  decide(given) {
    const { assessment = given.newId('assessment'), date, kind, name } = given.input
    const ground = assessmentGround(given, { assessment, date, kind, name })
    if (isRefusal(ground)) return ground
    return [{ type: 'AssessmentHeld', data: { assessment, date, kind, name, resultsReceivedAt: null } }]
  },
})
