import { z } from 'zod'
import { OutageText } from '#events/school.ts'
import { Instant, plusMinutes } from '#values/time.ts'
import { defineCommand } from '../command.ts'
import { WHOLE_SCHOOL } from '../references.ts'
import { refuse } from '../refusal.ts'
import { schoolFold } from './state.ts'

/** Long enough for a weekend, and no routine. */
const MOST_HOURS = 72

const GrantOperatorRead = z.strictObject({
  until: Instant.describe('До какого мгновения; не больше 72 часов'),
  text: OutageText.describe('Зачем: что оператор должен увидеть'),
})

/**
 * Lets the operator see data of the school past the API for some hours (R-7G.5): without it he sees none. What he then
 * reads is told to the school.
 */
export const grantOperatorRead = defineCommand({
  name: 'grant-operator-read',
  path: 'school',
  summary: 'Разрешить оператору прочитать сведения школы, на срок до 72 часов',
  operation: '42e',
  input: GrantOperatorRead,
  fold: schoolFold,
  stream: () => WHOLE_SCHOOL,
  needs: [],
  decide({ input: { until, text }, now }) {
    if (until <= now) return refuse('bounds-reversed', { from: now, until })
    const latest = plusMinutes(now, MOST_HOURS * 60)
    if (until > latest) return refuse('operator-read-too-long', { until, latest })
    return [{ type: 'OperatorReadGranted', data: { until, text } }]
  },
})
