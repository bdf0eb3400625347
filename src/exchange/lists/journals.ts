import type { z } from 'zod'
import { openJournal } from '#commands/teaching-load/open-journal.ts'
import { teachingLoadFold } from '#commands/teaching-load/state.ts'
import type { JournalType } from '#values/school.ts'
import { SchoolYear } from '#values/school.ts'
import { choice, external, GRADING, number, optional, text } from '../columns.ts'
import { created, defineList, differs, rowRefused, step, THERE } from '../list.ts'

/** The journals of a year: a subject for a class, or for a group. */
export const journals = defineList({
  name: 'journals',
  title: 'Журналы',
  columns: {
    externalId: external('Код журнала'),
    year: number('Учебный год', SchoolYear),
    subject: external('Код предмета'),
    class: optional(external('Код класса')),
    group: optional(external('Код группы')),
    type: choice<z.infer<typeof JournalType>>('Вид занятий', {
      lesson: 'урок',
      elective: 'элективный курс',
      club: 'кружок',
      'after-school': 'продлённый день',
      project: 'проект',
      service: 'служебный',
    }),
    grading: GRADING,
    name: text('Название журнала'),
  },
  commands: [openJournal],
  key: ['year', 'externalId'],
  async plan([row], { id, state }) {
    const { year, type, grading, name } = row
    const [journal, subject] = [id('journal', row.externalId), id('subject', row.subject)]
    if ((row.class === null) === (row.group === null)) {
      return rowRefused('learners-ambiguous', row.class === null ? 'class' : 'group')
    }
    const learners =
      row.class === null
        ? { kind: 'group' as const, group: id('group', row.group!) }
        : { kind: 'class' as const, class: id('class', row.class) }
    const known = (await state(teachingLoadFold, year)).journals.get(journal)
    if (known === undefined) {
      return created(step(openJournal, { year, journal, subject, learners, type, grading, name }))
    }
    const of = known.learners
    if (known.subject !== subject) return differs('subject', known.subject)
    if (of.kind !== learners.kind) return differs(learners.kind)
    if (of.kind === 'class' && of.class !== learners.class) return differs('class', of.class)
    if (of.kind === 'group' && of.group !== learners.group) return differs('group', of.group)
    if (known.type !== type) return differs('type', known.type)
    if (known.grading !== grading) return differs('grading', known.grading)
    return known.name === name ? THERE : differs('name', known.name)
  },
  blame: {
    'subject-unknown': 'subject',
    'class-unknown': 'class',
    'group-unknown': 'group',
    'journal-exists': 'externalId',
  },
})
