import { z } from 'zod'
import { FormOfEducation, Order } from '#events/roster.ts'
import { LocalDate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { defineCommand } from '../command.ts'
import { WHOLE_SCHOOL } from '../references.ts'
import { refuse } from '../refusal.ts'
import { checkPupils, ofPupil } from './class-lists.ts'
import { formOn, rosterFold } from './state.ts'

const SetFormOfEducation = z.strictObject({
  pupil: Uuid,
  form: FormOfEducation.describe('Очная, очно-заочная, семейное образование, самообразование (экстернат)'),
  from: LocalDate,
  order: Order,
})

/** Says in which form a pupil learns from a date on (R-F16); everybody begins in the full-time form. */
export const setFormOfEducation = defineCommand({
  name: 'set-form-of-education',
  path: 'roster',
  summary: 'Установить форму получения образования обучающимся с указанной даты, по приказу',
  operation: '20',
  input: SetFormOfEducation,
  fold: rosterFold,
  stream: () => WHOLE_SCHOOL,
  needs: [],
  concerns: ({ input, state }) => ofPupil(state, input.pupil, input.from),
  decide({ input, state }) {
    const { pupil, form, from } = input
    const wrong = checkPupils(state, [pupil], from)
    if (wrong !== null) return wrong
    const last = state.forms.get(pupil)?.at(-1)
    if (last !== undefined && from <= last.from) return refuse('bounds-reversed', { from, last: last.from })
    if (formOn(state, pupil, from) === form) return refuse('same-value', { form })
    return [{ type: 'FormOfEducationSet', data: input }]
  },
})
