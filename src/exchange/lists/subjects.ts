import { addSubject } from '#commands/curriculum/add-subject.ts'
import { curriculumFold } from '#commands/curriculum/state.ts'
import { WHOLE_SCHOOL } from '#commands/references.ts'
import type { Component } from '#values/curriculum.ts'
import { choice, external, text } from '../columns.ts'
import { created, defineList, differs, step, THERE } from '../list.ts'

export const subjects = defineList({
  name: 'subjects',
  title: 'Предметы',
  columns: {
    externalId: external('Код'),
    name: text('Предмет'),
    component: choice<Component>('Компонент', { federal: 'федеральный', school: 'школьный' }),
  },
  commands: [addSubject],
  key: ['externalId'],
  async plan([{ externalId, name, component }], { id, state }) {
    const subject = id('subject', externalId)
    const known = (await state(curriculumFold, WHOLE_SCHOOL)).subjects.get(subject)
    if (known === undefined) return created(step(addSubject, { subject, name, component }))
    if (known.name !== name) return differs('name', known.name)
    return known.component === component ? THERE : differs('component', known.component)
  },
  blame: { 'subject-exists': 'name' },
})
