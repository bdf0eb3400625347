import { z } from 'zod'
import { Order } from '#events/roster.ts'
import { LocalDate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { defineCommand } from '../command.ts'
import { WHOLE_SCHOOL } from '../references.ts'
import { refuse } from '../refusal.ts'
import { checkPupils, leavingsOfGroups, ofClasses } from './class-lists.ts'
import { endableMembership, lastingMembership, rosterFold } from './state.ts'

const TransferPupil = z.strictObject({
  pupil: Uuid,
  class: Uuid.describe('Класс, из которого переводят'),
  to: Uuid.describe('Класс, в который переводят'),
  from: LocalDate.describe('Первый день в новом классе'),
  order: Order.describe('Приказ о переводе'),
})

/**
 * Moves a pupil to another class of the same year by an order (R-7A.16h): from that day in the lessons of the new class
 * and in none of the old one, in one append, so that nobody ever sees the pupil in both or in neither. What was recorded
 * before stays where it is.
 */
export const transferPupil = defineCommand({
  name: 'transfer-pupil',
  path: 'roster',
  summary: 'Перевести обучающегося в другой класс по приказу',
  operation: '20',
  input: TransferPupil,
  fold: rosterFold,
  stream: () => WHOLE_SCHOOL,
  needs: [],
  concerns: ({ input, state }) => ofClasses(state, [input.class, input.to]),
  decide({ input, state }) {
    const { pupil, class: left, to: entered, from, order } = input
    const wrong = checkPupils(state, [pupil], from)
    if (wrong !== null) return wrong
    const year = state.classes.get(left)?.year
    if (year === undefined) return refuse('class-unknown', { class: left })
    if (state.classes.get(entered)?.year !== year) return refuse('class-unknown', { class: entered, year })
    if (left === entered) return refuse('same-value', { class: left })
    if (endableMembership(state.classes.get(left)!.members, pupil, from) === undefined) {
      return refuse('pupil-not-in-class', { pupil, class: left, from })
    }
    for (const [other, { members, year: of }] of state.classes) {
      const held = other === left || of !== year ? undefined : lastingMembership(members, pupil, from)
      if (held !== undefined) {
        return refuse('pupil-in-class', { pupil, class: other, from: held.from, until: held.until })
      }
    }
    return [
      { type: 'PupilRemovedFromClass', data: { class: left, pupil, from, order } },
      ...leavingsOfGroups(state, pupil, from, left, entered),
      { type: 'PupilPlacedInClass', data: { class: entered, pupil, from, order } },
    ]
  },
})
