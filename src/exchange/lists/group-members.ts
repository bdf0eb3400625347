import { WHOLE_SCHOOL } from '#commands/references.ts'
import { joinGroup } from '#commands/roster/join-group.ts'
import { lastingMembership, rosterFold } from '#commands/roster/state.ts'
import { date, external } from '../columns.ts'
import { created, defineList, differs, step, THERE } from '../list.ts'

/** Who is in which group from which day on. */
export const groupMembers = defineList({
  name: 'group-members',
  title: 'Состав групп',
  columns: {
    group: external('Код группы'),
    pupil: external('Номер личного дела'),
    from: date('В группе с'),
  },
  commands: [joinGroup],
  key: ['group', 'pupil'],
  async plan([row], { id, state }) {
    const [group, pupil] = [id('group', row.group), id('pupil', row.pupil)]
    const members = (await state(rosterFold, WHOLE_SCHOOL)).groups.get(group)?.members ?? []
    const held = lastingMembership(members, pupil, row.from)
    if (held === undefined) return created(step(joinGroup, { group, pupils: [pupil], from: row.from }))
    return held.from === row.from ? THERE : differs('from', held.from)
  },
  blame: {
    'group-unknown': 'group',
    'individual-plan-taken': 'group',
    'pupil-unknown': 'pupil',
    'pupil-released': 'pupil',
    'pupil-not-in-class': 'pupil',
    'pupil-in-group': 'pupil',
  },
})
