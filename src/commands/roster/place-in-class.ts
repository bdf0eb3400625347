import { z } from 'zod'
import { Order } from '#events/roster.ts'
import { LocalDate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { defineCommand } from '../command.ts'
import { WHOLE_SCHOOL } from '../references.ts'
import { refuse } from '../refusal.ts'
import { checkPupils, mayKeepLists, ofClasses, yearOfClass } from './class-lists.ts'
import { lastingMembership, rosterFold } from './state.ts'

const PlaceInClass = z.strictObject({
  class: Uuid,
  pupils: z.array(Uuid).min(1).max(200),
  from: LocalDate,
  order: Order.optional(),
})

/**
 * Puts pupils into a class from a date on, all of them or none (R-7A.16g). In one school year a pupil is in one
 * class at a time; the class of a year that is over does not stand in the way of the next.
 */
export const placeInClass = defineCommand({
  name: 'place-in-class',
  path: 'roster',
  summary: 'Включить обучающихся в список класса с указанной даты',
  operation: '19',
  input: PlaceInClass,
  fold: rosterFold,
  stream: () => WHOLE_SCHOOL,
  needs: ['schoolYear'],
  year: yearOfClass,
  concerns: ({ input, state }) => ofClasses(state, [input.class]),
  may: (given) => mayKeepLists(given, [given.input.class], given.input.from),
  decide({ input, state }) {
    const { class: id, pupils, from, order = null } = input
    const wrong = checkPupils(state, pupils, from)
    if (wrong !== null) return wrong
    const year = state.classes.get(id)?.year
    const classes = [...state.classes].filter(([, known]) => known.year === year)
    for (const pupil of pupils) {
      for (const [known, { members }] of classes) {
        const held = lastingMembership(members, pupil, from)
        if (held !== undefined)
          return refuse('pupil-in-class', { pupil, class: known, from: held.from, until: held.until })
      }
    }
    return pupils.map((pupil) => ({ type: 'PupilPlacedInClass', data: { class: id, pupil, from, order } }))
  },
})
