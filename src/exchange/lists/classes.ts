import { WHOLE_SCHOOL } from '#commands/references.ts'
import { appointClassTeacher } from '#commands/roster/appoint-class-teacher.ts'
import { formClass } from '#commands/roster/form-class.ts'
import { leadsClass, rosterFold } from '#commands/roster/state.ts'
import { Grade, SchoolYear } from '#values/school.ts'
import { label } from '#values/text.ts'
import { date, external, number, optional, text } from '../columns.ts'
import { changed, created, defineList, differs, rowRefused, step, THERE } from '../list.ts'

/** The classes of a year, and who leads each from which day on. Another teacher in the list takes the class over. */
export const classes = defineList({
  name: 'classes',
  title: 'Классы',
  columns: {
    externalId: external('Код класса'),
    year: number('Учебный год', SchoolYear),
    grade: number('Параллель', Grade),
    name: text('Класс', label(12)),
    teacher: optional(external('Классный руководитель')),
    teacherFrom: optional(date('Руководит с')),
  },
  commands: [formClass, appointClassTeacher],
  key: ['externalId'],
  async plan([{ externalId, year, grade, name, teacher, teacherFrom: from }], { id, state }) {
    const of = id('class', externalId)
    const roster = await state(rosterFold, WHOLE_SCHOOL)
    const known = roster.classes.get(of)
    if (known !== undefined && known.year !== year) return differs('year', known.year)
    if (known !== undefined && known.grade !== grade) return differs('grade', known.grade)
    if (known !== undefined && known.name !== name) return differs('name', known.name)
    if (teacher !== null && from === null) return rowRefused('rows-unfit', 'teacherFrom')
    const staff = teacher === null ? null : id('staff', teacher)
    const leads = staff === null || from === null || leadsClass(roster, staff, of, from)
    const appointed = leads ? [] : [step(appointClassTeacher, { class: of, staff, from })]
    if (known === undefined) return created(step(formClass, { class: of, year, grade, name }), ...appointed)
    return appointed.length === 0 ? THERE : changed(...appointed)
  },
  blame: {
    'school-year-unknown': 'year',
    'class-exists': 'name',
    'staff-unknown': 'teacher',
    'staff-released': 'teacher',
    'teacher-assigned': 'teacher',
  },
})
