import { z } from 'zod'
import { SchoolYear } from '#values/school.ts'
import { LocalDate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { defineCommand } from '../command.ts'
import { refuse } from '../refusal.ts'
import { matterOfJournal, teachingLoadFold } from './state.ts'

const ReleaseTeacher = z.strictObject({
  year: SchoolYear,
  journal: Uuid,
  staff: Uuid,
  from: LocalDate.describe('Первый день, когда учитель уже не ведёт журнал'),
})

/** Takes a journal from a teacher from a date on: the right to write ends, the authorship of what was written stays. */
export const releaseTeacher = defineCommand({
  name: 'release-teacher',
  path: 'years/:year/journals',
  summary: 'Освободить учителя от журнала с указанной даты',
  operation: '18',
  input: ReleaseTeacher,
  fold: teachingLoadFold,
  stream: ({ year }) => year,
  needs: ['roster'],
  concerns: ({ input, state, references }) =>
    matterOfJournal(state.journals.get(input.journal), references.roster),
  decide({ input, state }) {
    const { journal, staff, from } = input
    const known = state.journals.get(journal)
    if (known === undefined) return refuse('journal-unknown', { journal })
    const open = known.assignments.findLast((a) => a.staff === staff && a.until === null)
    if (open === undefined || from <= open.from) {
      return refuse('teacher-not-assigned', { staff, journal, from })
    }
    return [{ type: 'TeacherReleased', data: { journal, staff, from } }]
  },
})
