import type { z } from 'zod'
import { WHOLE_SCHOOL } from '#commands/references.ts'
import { formGroup } from '#commands/roster/form-group.ts'
import { rosterFold } from '#commands/roster/state.ts'
import type { GroupKind } from '#events/roster.ts'
import { SchoolYear } from '#values/school.ts'
import { choice, external, externals, number, text } from '../columns.ts'
import { created, defineList, differs, step, THERE } from '../list.ts'

/** The groups of a year, and the classes from which each takes its pupils. */
export const groups = defineList({
  name: 'groups',
  title: 'Группы',
  columns: {
    externalId: external('Код группы'),
    year: number('Учебный год', SchoolYear),
    name: text('Группа'),
    kind: choice<z.infer<typeof GroupKind>>('Вид группы', {
      subgroup: 'подгруппа',
      profile: 'профильная',
      elective: 'элективная',
      club: 'кружок',
      project: 'проектная',
      'after-school': 'продлённого дня',
      stream: 'поток',
      'class-set': 'класс-комплект',
      'individual-plan': 'индивидуальный план',
    }),
    classes: externals('Коды классов'),
  },
  commands: [formGroup],
  key: ['externalId'],
  async plan([{ externalId, year, name, kind, classes: from }], { id, state }) {
    const group = id('group', externalId)
    const classes = [...new Set(from.map((one) => id('class', one)))]
    const known = (await state(rosterFold, WHOLE_SCHOOL)).groups.get(group)
    if (known === undefined) return created(step(formGroup, { group, year, name, kind, classes }))
    if (known.year !== year) return differs('year', known.year)
    if (known.name !== name) return differs('name', known.name)
    if (known.kind !== kind) return differs('kind', known.kind)
    const same =
      known.classes.length === classes.length && classes.every((one) => known.classes.includes(one))
    return same ? THERE : differs('classes', known.classes)
  },
  blame: { 'school-year-unknown': 'year', 'class-unknown': 'classes', 'group-exists': 'name' },
})
