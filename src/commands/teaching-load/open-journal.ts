import { z } from 'zod'
import { Learners } from '#events/teaching-load.ts'
import { GradingSystem } from '#values/grading.ts'
import { JournalType, SchoolYear } from '#values/school.ts'
import { label } from '#values/text.ts'
import { Uuid } from '#values/uuid.ts'
import { defineCommand } from '../command.ts'
import { refuse } from '../refusal.ts'
import { gradesOf, type LearnersOf, type RosterState } from '../roster/state.ts'
import { teachingLoadFold } from './state.ts'

const OpenJournal = z.strictObject({
  year: SchoolYear,
  journal: Uuid.optional(),
  subject: Uuid,
  learners: Learners,
  type: JournalType.default('lesson'),
  grading: GradingSystem.default('g5'),
  name: label(),
})

/** Opens the journal of a subject for a class or a group; a subject has one of each type for the same learners. */
export const openJournal = defineCommand({
  name: 'open-journal',
  path: 'years/:year/journals',
  summary: 'Завести журнал: предмет, класс или группа, тип занятий, система оценивания',
  operation: '18',
  input: OpenJournal,
  fold: teachingLoadFold,
  stream: ({ year }) => year,
  needs: ['curriculum', 'roster'],
  concerns: ({ input, references }) => ({
    grades: gradesOf(references.roster, input.learners),
    subject: input.subject,
  }),
  decide({ input, state, references, newId }) {
    const { journal = newId('journal'), year, subject, learners, type, grading, name } = input
    if (!references.curriculum.subjects.has(subject)) return refuse('subject-unknown', { subject })
    if (yearOf(references.roster, learners) !== year) {
      return learners.kind === 'class'
        ? refuse('class-unknown', { class: learners.class, year })
        : refuse('group-unknown', { group: learners.group, year })
    }
    for (const [id, known] of state.journals) {
      const same = known.subject === subject && known.type === type && isSame(known.learners, learners)
      if (id === journal || same) return refuse('journal-exists', { journal: id })
    }
    return [{ type: 'JournalOpened', data: { journal, subject, learners, type, grading, name } }]
  },
})

function yearOf({ classes, groups }: Readonly<RosterState>, learners: LearnersOf): SchoolYear | undefined {
  return (learners.kind === 'class' ? classes.get(learners.class) : groups.get(learners.group))?.year
}

function isSame(a: LearnersOf, b: LearnersOf): boolean {
  if (a.kind === 'class') return b.kind === 'class' && a.class === b.class
  return b.kind === 'group' && a.group === b.group
}
