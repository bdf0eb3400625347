import { z } from 'zod'
import { LocalDate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { defineCommand } from '../command.ts'
import { WHOLE_SCHOOL } from '../references.ts'
import { refuse } from '../refusal.ts'
import { TypedName } from '../typed-name.ts'
import { hasLeft, rosterFold } from './state.ts'

const HireStaff = z.strictObject({ staff: Uuid.optional(), name: TypedName, from: LocalDate })

/** Enters a member of staff into the lists of the school, for the first time or again (R-7A.16g); the name is kept apart (R-D8). */
export const hireStaff = defineCommand({
  name: 'hire-staff',
  path: 'roster',
  summary: 'Внести работника в список сотрудников школы',
  operation: '19b',
  input: HireStaff,
  fold: rosterFold,
  stream: () => WHOLE_SCHOOL,
  needs: [],
  decide({ input, state, newId }) {
    const { staff = newId('staff'), from } = input
    if (state.staff.has(staff) && !hasLeft(state.staff, staff, from)) return refuse('staff-exists', { staff })
    return [{ type: 'StaffHired', data: { staff, from } }]
  },
  async aside({ school, input, actor, now, newId }, { persons }) {
    await persons.keep(school, input.staff ?? newId('staff'), input.name, actor.account, now)
    return null
  },
  asideFields: ['name'],
})
