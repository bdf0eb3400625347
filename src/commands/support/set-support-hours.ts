import { SupportHours } from '#values/support-hours.ts'
import { defineCommand } from '../command.ts'
import { refuse } from '../refusal.ts'
import { onSupport } from './about.ts'

const SetSupportHours = SupportHours.extend({
  channel: SupportHours.shape.channel.describe('Телефон, адрес или иной путь, кроме самого журнала'),
  hours: SupportHours.shape.hours.describe('По часам школы; weekday 1 — понедельник'),
  answerMinutes: SupportHours.shape.answerMinutes.describe('Рабочих минут до ответа на обращение'),
})

/** Sets from a date on when the support service works and how soon it answers (R-7A.17b). */
export const setSupportHours = defineCommand({
  ...onSupport,
  name: 'set-support-hours',
  path: 'support',
  summary: 'Задать с указанной даты часы работы поддержки по времени школы и срок ответа',
  operation: '39d',
  input: SetSupportHours,
  needs: [],
  decide({ input }) {
    for (const [i, { weekday, from, until }] of input.hours.entries()) {
      if (until <= from) return refuse('bounds-reversed', { weekday, from, until })
      const other = input.hours
        .slice(0, i)
        .find((one) => one.weekday === weekday && one.from < until && from < one.until)
      if (other !== undefined) return refuse('support-hours-overlap', { weekday, from, with: other.from })
    }
    return [{ type: 'SupportHoursSet', data: input }]
  },
})
