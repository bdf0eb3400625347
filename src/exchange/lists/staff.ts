import { WHOLE_SCHOOL } from '#commands/references.ts'
import { hireStaff } from '#commands/roster/hire-staff.ts'
import { hasLeft, rosterFold } from '#commands/roster/state.ts'
import { date, external, NAME } from '../columns.ts'
import { changed, created, defineList, differs, step, THERE } from '../list.ts'
import { nameIn, otherName } from '../names.ts'

/** Everybody who works at the school. Whoever has left and stands in the list again is hired again. */
export const staff = defineList({
  name: 'staff',
  title: 'Сотрудники',
  columns: { externalId: external('Табельный номер'), ...NAME, from: date('Работает с') },
  commands: [hireStaff],
  key: ['externalId'],
  person: ({ externalId }, { id }) => id('staff', externalId),
  async plan([row], { id, state, nameOf }) {
    const staff = id('staff', row.externalId)
    const known = (await state(rosterFold, WHOLE_SCHOOL)).staff
    const time = known.get(staff)
    if (time === undefined || hasLeft(known, staff, row.from)) {
      const hired = step(hireStaff, { staff, name: nameIn(row), from: row.from })
      return time === undefined ? created(hired) : changed(hired)
    }
    if (time.from !== row.from) return differs('from', time.from)
    return otherName(row, nameOf(staff)) ?? THERE
  },
  blame: { 'staff-exists': 'externalId' },
})
