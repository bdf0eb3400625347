import { z } from 'zod'
import { OutageText } from '#events/school.ts'
import { Order } from '#events/roster.ts'
import { Instant, LocalDate } from '#values/time.ts'
import { defineCommand } from '../command.ts'
import { WHOLE_SCHOOL } from '../references.ts'
import { refuse } from '../refusal.ts'
import { schoolFold, standingOutages } from './state.ts'

const RegisterOutage = z
  .strictObject({
    from: Instant.describe('Начало перерыва'),
    until: Instant.describe('Первое мгновение, когда журнал снова работал'),
    text: OutageText.describe('Причина: что не работало'),
    order: Order.nullable().default(null).describe('Распоряжение, на котором основана запись'),
    measured: z
      .boolean()
      .default(false)
      .describe('Основание — измерение самой службы (см. перечень перерывов)'),
    enterBy: LocalDate.nullable()
      .default(null)
      .describe('Последний день внесения с бумаги; после него запись снова считается опоздавшей'),
  })
  .refine(({ order, measured }) => order !== null || measured, {
    error: 'нужно основание: распоряжение или измерение службы',
    path: ['order'],
  })

/**
 * Registers a time in which the school could not work with the journal (R-A2.7). What was due then is still entered, and
 * keeps its deadline; that it came late is not counted against the teacher.
 */
export const registerOutage = defineCommand({
  name: 'register-outage',
  path: 'outages',
  summary: 'Зарегистрировать перерыв в работе журнала: опоздание записей из-за него учителю не засчитывается',
  operation: '46',
  input: RegisterOutage,
  fold: schoolFold,
  stream: () => WHOLE_SCHOOL,
  needs: [],
  decide({ input, state, newId }) {
    const { from, until, enterBy } = input
    if (until <= from) return refuse('bounds-reversed', { from, until })
    // East of Greenwich, as all of Russia is, no date is earlier than that of UTC.
    if (enterBy !== null && enterBy < from.slice(0, 10))
      return refuse('bounds-reversed', { from, until: enterBy })
    const known = standingOutages(state).find((one) => one.from === from && one.until === until)
    if (known !== undefined) return refuse('outage-exists', { outage: known.outage, from, until })
    return [{ type: 'OutageRegistered', data: { outage: newId('outage'), ...input } }]
  },
})
