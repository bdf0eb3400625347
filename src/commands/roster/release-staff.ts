import { z } from 'zod'
import { schoolYearOf } from '#values/school.ts'
import { LocalDate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { ADMINISTRATOR, leavesNoAdministrator } from '../last-administrator.ts'
import { defineCommand } from '../command.ts'
import { WHOLE_SCHOOL } from '../references.ts'
import { refuse } from '../refusal.ts'
import { hasLeft, leadsClass, rosterFold } from './state.ts'

const ReleaseStaff = z.strictObject({
  staff: Uuid,
  from: LocalDate.describe('Первый день, когда сотрудник уже не работает'),
})

/**
 * Takes a member of staff out of the lists of the school from a date on. Whoever still leads a class or teaches a
 * journal of that school year is refused, with what has to be handed over: otherwise lessons would stand without anybody
 * who may record them. The last administrator hands over, too.
 */
export const releaseStaff = defineCommand({
  name: 'release-staff',
  path: 'roster',
  summary: 'Отразить увольнение сотрудника с указанной даты',
  operation: '19a',
  input: ReleaseStaff,
  fold: rosterFold,
  stream: () => WHOLE_SCHOOL,
  needs: ['teachingLoad'],
  year: ({ from }) => schoolYearOf(from),
  holdersOf: () => ADMINISTRATOR,
  decide({ input, state, references, holders, now }) {
    const { staff, from } = input
    const hired = state.staff.get(staff)
    if (hired === undefined) return refuse('staff-unknown', { staff })
    if (hasLeft(state.staff, staff, from)) return refuse('staff-released', { staff, from: hired.until })
    if (from <= hired.from) return refuse('bounds-reversed', { from: hired.from, until: from })
    const year = schoolYearOf(from)
    const classes = [...state.classes]
      .filter(([id, formed]) => formed.year >= year && leadsClass(state, staff, id, from))
      .map(([id]) => id)
    const journals = [...references.teachingLoad.journals]
      .filter(([, { assignments }]) =>
        assignments.some((one) => one.staff === staff && (one.until === null || from < one.until)),
      )
      .map(([id]) => id)
    if (classes.length + journals.length > 0) return refuse('staff-in-office', { staff, classes, journals })
    const alone = leavesNoAdministrator(
      { holders, references: { roster: state }, now },
      { from, leaves: (_, { person }) => person === staff },
    )
    return alone ?? [{ type: 'StaffReleased', data: input }]
  },
})
