import { z } from 'zod'
import { LocalDate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { defineCommand } from '../command.ts'
import { WHOLE_SCHOOL } from '../references.ts'
import { refuse } from '../refusal.ts'
import { ofClasses } from './class-lists.ts'
import { hasLeft, leadsClass, rosterFold } from './state.ts'

const AppointClassTeacher = z.strictObject({ class: Uuid, staff: Uuid, from: LocalDate })

/** Gives a class its class teacher from a date on, in place of the one before; rights follow at once. */
export const appointClassTeacher = defineCommand({
  name: 'appoint-class-teacher',
  path: 'roster',
  summary: 'Назначить классного руководителя с указанной даты',
  operation: '18',
  input: AppointClassTeacher,
  fold: rosterFold,
  stream: () => WHOLE_SCHOOL,
  needs: [],
  concerns: ({ input, state }) => ofClasses(state, [input.class]),
  decide({ input, state }) {
    const { class: id, staff, from } = input
    if (!state.classes.has(id)) return refuse('class-unknown', { class: id })
    if (!state.staff.has(staff)) return refuse('staff-unknown', { staff })
    if (hasLeft(state.staff, staff, from)) return refuse('staff-released', { staff, from })
    if (leadsClass(state, staff, id, from)) return refuse('teacher-assigned', { staff, class: id, from })
    return [{ type: 'ClassTeacherAppointed', data: input }]
  },
})
