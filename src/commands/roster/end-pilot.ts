import { z } from 'zod'
import { LocalDate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { defineCommand } from '../command.ts'
import { WHOLE_SCHOOL } from '../references.ts'
import { refuse } from '../refusal.ts'
import { ofClasses } from './class-lists.ts'
import { rosterFold } from './state.ts'

const EndPilot = z.strictObject({
  class: Uuid,
  until: LocalDate.describe('Первый день без пилотного ведения: журнал класса с этого дня основной'),
})

/** Ends the pilot of a class before its time: from a day on its electronic journal counts like every other (R-T4). */
export const endPilot = defineCommand({
  name: 'end-pilot',
  path: 'roster',
  summary: 'Завершить пилотное ведение журнала в классе с указанной даты',
  operation: '47a',
  input: EndPilot,
  fold: rosterFold,
  stream: () => WHOLE_SCHOOL,
  needs: [],
  concerns: ({ input, state }) => ofClasses(state, [input.class]),
  decide({ input: { class: id, until }, state }) {
    const known = state.classes.get(id)
    if (known === undefined) return refuse('class-unknown', { class: id })
    const pilot = known.pilots.find(
      (time) => time.from <= until && (time.until === null || until < time.until),
    )
    if (pilot === undefined) return refuse('pilot-unknown', { class: id, until })
    return [{ type: 'PilotEnded', data: { class: id, from: pilot.from, until } }]
  },
})
