import { z } from 'zod'
import { Order } from '#events/roster.ts'
import { LocalDate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { defineCommand } from '../command.ts'
import { WHOLE_SCHOOL } from '../references.ts'
import { refuse } from '../refusal.ts'
import { leavingsOfGroups, ofClasses } from './class-lists.ts'
import { endableMembership, rosterFold } from './state.ts'

const RemoveFromClass = z.strictObject({
  class: Uuid,
  pupil: Uuid,
  from: LocalDate.describe('Первый день, когда обучающийся уже не в классе'),
  order: Order.optional(),
})

/**
 * Takes a pupil out of a class, and out of its groups, from a date on: the pupil is not in the lessons of that day,
 * and what was recorded before stays (R-7A.16h). The pupil may be placed in another class from the same day.
 */
export const removeFromClass = defineCommand({
  name: 'remove-from-class',
  path: 'roster',
  summary: 'Исключить обучающегося из списка класса с указанной даты',
  operation: '20',
  input: RemoveFromClass,
  fold: rosterFold,
  stream: () => WHOLE_SCHOOL,
  needs: [],
  concerns: ({ input, state }) => ofClasses(state, [input.class]),
  decide({ input, state }) {
    const { class: id, pupil, from, order = null } = input
    const left = state.classes.get(id)
    if (left === undefined) return refuse('class-unknown', { class: id })
    if (endableMembership(left.members, pupil, from) === undefined) {
      return refuse('pupil-not-in-class', { pupil, class: id, from })
    }
    return [
      { type: 'PupilRemovedFromClass', data: { class: id, pupil, from, order } },
      ...leavingsOfGroups(state, pupil, from, id),
    ]
  },
})
