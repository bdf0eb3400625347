import { z } from 'zod'
import { LocalDate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { defineCommand } from '../command.ts'
import { WHOLE_SCHOOL } from '../references.ts'
import { refuse } from '../refusal.ts'
import { mayKeepLists, ofClasses, yearOfGroup } from './class-lists.ts'
import { classOfGroup, endableMembership, rosterFold } from './state.ts'

const LeaveGroup = z.strictObject({
  group: Uuid,
  pupil: Uuid,
  from: LocalDate.describe('Первый день, когда обучающийся уже не в группе'),
})

/** Takes a pupil out of a group from a date on; what was recorded before stays. */
export const leaveGroup = defineCommand({
  name: 'leave-group',
  path: 'roster',
  summary: 'Исключить обучающегося из группы с указанной даты',
  operation: '19',
  input: LeaveGroup,
  fold: rosterFold,
  stream: () => WHOLE_SCHOOL,
  needs: ['schoolYear'],
  year: yearOfGroup,
  concerns: ({ input, state }) => ofClasses(state, state.groups.get(input.group)?.classes ?? []),
  may(given) {
    const { group, pupil, from } = given.input
    const own = classOfGroup(given.state, group, pupil, from)
    return mayKeepLists(given, own === undefined ? given.state.groups.get(group)!.classes : [own], from)
  },
  decide({ input, state }) {
    const { group, pupil, from } = input
    if (endableMembership(state.groups.get(group)!.members, pupil, from) === undefined) {
      return refuse('pupil-not-in-group', { pupil, group, from })
    }
    return [{ type: 'PupilLeftGroup', data: input }]
  },
})
