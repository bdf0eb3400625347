import { WHOLE_SCHOOL } from '#commands/references.ts'
import { placeInClass } from '#commands/roster/place-in-class.ts'
import { lastingMembership, rosterFold } from '#commands/roster/state.ts'
import { date, external, ORDER } from '../columns.ts'
import { created, defineList, differs, step, THERE } from '../list.ts'
import { orderOf } from '../orders.ts'

/** Who is in which class from which day on. A move from class to class is an order of its own, and no import. */
export const classMembers = defineList({
  name: 'class-members',
  title: 'Состав классов',
  columns: {
    class: external('Код класса'),
    pupil: external('Номер личного дела'),
    from: date('В классе с'),
    ...ORDER,
  },
  commands: [placeInClass],
  key: ['class', 'pupil'],
  async plan([row], { id, state }) {
    const [of, pupil] = [id('class', row.class), id('pupil', row.pupil)]
    const order = orderOf(row)
    if ('refused' in order) return order
    const { classes } = await state(rosterFold, WHOLE_SCHOOL)
    const held = lastingMembership(classes.get(of)?.members ?? [], pupil, row.from)
    if (held === undefined) {
      return created(step(placeInClass, { class: of, pupils: [pupil], from: row.from, ...order }))
    }
    return held.from === row.from ? THERE : differs('from', held.from)
  },
  blame: {
    'class-unknown': 'class',
    'school-year-unknown': 'class',
    'pupil-unknown': 'pupil',
    'pupil-released': 'pupil',
    'pupil-in-class': 'pupil',
  },
})
