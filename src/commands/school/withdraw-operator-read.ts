import { z } from 'zod'
import { OutageText } from '#events/school.ts'
import { defineCommand } from '../command.ts'
import { WHOLE_SCHOOL } from '../references.ts'
import { refuse } from '../refusal.ts'
import { operatorMayRead, schoolFold } from './state.ts'

const WithdrawOperatorRead = z.strictObject({ text: OutageText.describe('Почему') })

/** Ends what `grant-operator-read` began, before its time. */
export const withdrawOperatorRead = defineCommand({
  name: 'withdraw-operator-read',
  path: 'school',
  summary: 'Прекратить разрешение оператору читать сведения школы',
  operation: '42e',
  input: WithdrawOperatorRead,
  fold: schoolFold,
  stream: () => WHOLE_SCHOOL,
  needs: [],
  decide({ input: { text }, state, now }) {
    if (!operatorMayRead(state, now)) return refuse('operator-read-not-granted')
    return [{ type: 'OperatorReadWithdrawn', data: { text } }]
  },
})
