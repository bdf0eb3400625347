import { assignTeacher } from '#commands/teaching-load/assign-teacher.ts'
import { releaseTeacher } from '#commands/teaching-load/release-teacher.ts'
import { teachingLoadFold } from '#commands/teaching-load/state.ts'
import { SchoolYear } from '#values/school.ts'
import { date, external, number, optional } from '../columns.ts'
import { changed, created, defineList, differs, step, THERE } from '../list.ts'

/** Who teaches which journal from which day on, and until the day before which. */
export const assignments = defineList({
  name: 'assignments',
  title: 'Нагрузка',
  columns: {
    year: number('Учебный год', SchoolYear),
    journal: external('Код журнала'),
    staff: external('Табельный номер'),
    from: date('Ведёт с'),
    until: optional(date('Ведёт до')),
  },
  commands: [assignTeacher, releaseTeacher],
  key: ['year', 'journal', 'staff', 'from'],
  async plan([row], { id, state }) {
    const { year, from, until } = row
    const [journal, staff] = [id('journal', row.journal), id('staff', row.staff)]
    const given = (await state(teachingLoadFold, year)).journals.get(journal)?.assignments ?? []
    const known = given.findLast((one) => one.staff === staff && one.from === from)
    const released = until === null ? [] : [step(releaseTeacher, { year, journal, staff, from: until })]
    if (known === undefined) {
      return created(step(assignTeacher, { year, journal, staff, from }), ...released)
    }
    if (known.until === until) return THERE
    return known.until === null ? changed(...released) : differs('until', known.until)
  },
  blame: {
    'journal-unknown': 'journal',
    'staff-unknown': 'staff',
    'staff-released': 'staff',
    'teacher-assigned': 'staff',
    'teacher-not-assigned': 'until',
  },
})
