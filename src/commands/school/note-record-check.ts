import { schoolEvents } from '#events/school.ts'
import { defineCommand } from '../command.ts'
import { WHOLE_SCHOOL } from '../references.ts'
import { refuse } from '../refusal.ts'
import { schoolFold } from './state.ts'

/** Records how the nightly check of the school ended (R-F10). The service gives it; a day has one. */
export const noteRecordCheck = defineCommand({
  name: 'note-record-check',
  path: 'school',
  summary: 'Записать результат ежедневной сверки записей и представлений школы',
  operation: '43a',
  input: schoolEvents.RecordChecked.data,
  fold: schoolFold,
  stream: () => WHOLE_SCHOOL,
  needs: [],
  decide({ input, state }) {
    const last = state.checked?.date ?? null
    if (last !== null && input.date <= last) return refuse('same-value', { date: last })
    return [{ type: 'RecordChecked', data: input }]
  },
})
