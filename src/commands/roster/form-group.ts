import { z } from 'zod'
import { GroupKind } from '#events/roster.ts'
import { SchoolYear } from '#values/school.ts'
import { label } from '#values/text.ts'
import { Uuid } from '#values/uuid.ts'
import { defineCommand } from '../command.ts'
import { WHOLE_SCHOOL } from '../references.ts'
import { refuse } from '../refusal.ts'
import { mayKeepLists, ofClasses } from './class-lists.ts'
import { rosterFold } from './state.ts'

const FormGroup = z.strictObject({
  group: Uuid.optional(),
  year: SchoolYear,
  name: label(),
  kind: GroupKind.default('subgroup').describe('Вид группы; по умолчанию — часть класса'),
  classes: z.array(Uuid).min(1).max(60).describe('Классы, обучающиеся которых могут входить в группу'),
})

/** Forms a group of some kind out of one or several classes of a year (R-F5, R-7A.6h, R-7A.6i, R-7B.8). */
export const formGroup = defineCommand({
  name: 'form-group',
  path: 'roster',
  summary: 'Сформировать учебную группу из одного или нескольких классов',
  operation: '19',
  input: FormGroup,
  fold: rosterFold,
  stream: () => WHOLE_SCHOOL,
  needs: ['schoolYear'],
  year: ({ year }) => year,
  concerns: ({ input, state }) => ofClasses(state, input.classes),
  may(given) {
    const { input, references } = given
    const { year } = references.schoolYear
    return year === null
      ? refuse('school-year-unknown', { year: input.year })
      : mayKeepLists(given, input.classes, year.from)
  },
  decide({ input, state, newId }) {
    const { group = newId('group'), year, name, kind } = input
    const classes = [...new Set(input.classes)]
    const unknown = classes.find((id) => state.classes.get(id)?.year !== year)
    if (unknown !== undefined) return refuse('class-unknown', { class: unknown, year })
    for (const [known, formed] of state.groups) {
      const sameName = formed.year === year && formed.name.toLowerCase() === name.toLowerCase()
      if (known === group || sameName) return refuse('group-exists', { group: known, name: formed.name })
    }
    return [{ type: 'GroupFormed', data: { group, year, name, kind, classes } }]
  },
})
