import { z } from 'zod'
import { label } from '#values/text.ts'
import { LocalDate } from '#values/time.ts'
import { defineCommand } from '../command.ts'
import { WHOLE_SCHOOL } from '../references.ts'
import { refuse } from '../refusal.ts'
import { agreementOn, schoolFold } from './state.ts'

const RecordProcessingAgreement = z.strictObject({
  agreement: label(60).describe('Номер и дата договора, как в самом договоре'),
  from: LocalDate,
})

/** Records by which agreement the operator processes the personal data of the school from a date on (R-A3.3a). */
export const recordProcessingAgreement = defineCommand({
  name: 'record-processing-agreement',
  path: 'school',
  summary: 'Записать договор, по которому оператор обрабатывает данные школы',
  operation: '22e',
  input: RecordProcessingAgreement,
  fold: schoolFold,
  stream: () => WHOLE_SCHOOL,
  needs: [],
  decide({ input, state }) {
    const standing = agreementOn(state, input.from)
    if (standing?.agreement === input.agreement) return refuse('same-value', { from: standing.from })
    return [{ type: 'ProcessingAgreementRecorded', data: input }]
  },
})
