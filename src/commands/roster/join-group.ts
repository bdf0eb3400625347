import { z } from 'zod'
import { LocalDate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { defineCommand } from '../command.ts'
import { WHOLE_SCHOOL } from '../references.ts'
import { refuse } from '../refusal.ts'
import { checkPupils, mayKeepLists, ofClasses, yearOfGroup } from './class-lists.ts'
import { classOfGroup, lastingMembership, rosterFold } from './state.ts'

const JoinGroup = z.strictObject({ group: Uuid, pupils: z.array(Uuid).min(1).max(200), from: LocalDate })

/** Puts pupils of its classes into a group from a date on, all of them or none (R-7B.8). */
export const joinGroup = defineCommand({
  name: 'join-group',
  path: 'roster',
  summary: 'Включить обучающихся в группу с указанной даты',
  operation: '19',
  input: JoinGroup,
  fold: rosterFold,
  stream: () => WHOLE_SCHOOL,
  needs: ['schoolYear'],
  year: yearOfGroup,
  concerns: ({ input, state }) => ofClasses(state, state.groups.get(input.group)?.classes ?? []),
  may(given) {
    const { group, pupils, from } = given.input
    const classes = pupils.map((pupil) => classOfGroup(given.state, group, pupil, from))
    const known = classes.filter((id) => id !== undefined)
    return mayKeepLists(given, [...new Set(known)], from)
  },
  decide({ input, state, references }) {
    const { group, pupils, from } = input
    const { year } = references.schoolYear
    // A class ends with its year, though nobody is taken out of it then; no group of it goes on.
    if (year !== null && from > year.until)
      return refuse('date-outside-year', { date: from, until: year.until })
    const wrong = checkPupils(state, pupils, from)
    if (wrong !== null) return wrong
    const { classes, members, kind } = state.groups.get(group)!
    if (kind === 'individual-plan') {
      const other = members.find((one) => one.pupil !== pupils[0] && (one.until === null || from < one.until))
      const taken = pupils[1] ?? other?.pupil
      if (taken !== undefined) return refuse('individual-plan-taken', { group, pupil: taken })
    }
    for (const pupil of pupils) {
      if (classOfGroup(state, group, pupil, from) === undefined) {
        return refuse('pupil-not-in-class', { pupil, classes, from })
      }
      const held = lastingMembership(members, pupil, from)
      if (held !== undefined) return refuse('pupil-in-group', { pupil, from: held.from, until: held.until })
    }
    return pupils.map((pupil) => ({ type: 'PupilJoinedGroup', data: { group, pupil, from } }))
  },
})
