import { z } from 'zod'
import { SchoolYear } from '#values/school.ts'
import { LocalDate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { defineCommand } from '../command.ts'
import { refuse } from '../refusal.ts'
import { hasLeft } from '../roster/state.ts'
import { matterOfJournal, teachingLoadFold } from './state.ts'

const AssignTeacher = z.strictObject({ year: SchoolYear, journal: Uuid, staff: Uuid, from: LocalDate })

/** Gives a journal to a teacher from a date on. The right to write in it begins with that and no other grant. */
export const assignTeacher = defineCommand({
  name: 'assign-teacher',
  path: 'years/:year/journals',
  summary: 'Назначить учителя журналу с указанной даты',
  operation: '18',
  input: AssignTeacher,
  fold: teachingLoadFold,
  stream: ({ year }) => year,
  needs: ['roster'],
  concerns: ({ input, state, references }) =>
    matterOfJournal(state.journals.get(input.journal), references.roster),
  decide({ input, state, references }) {
    const { journal, staff, from } = input
    const known = state.journals.get(journal)
    if (known === undefined) return refuse('journal-unknown', { journal })
    if (!references.roster.staff.has(staff)) return refuse('staff-unknown', { staff })
    if (hasLeft(references.roster.staff, staff, from)) return refuse('staff-released', { staff, from })
    const held = known.assignments.find((a) => a.staff === staff && (a.until === null || from < a.until))
    if (held !== undefined) {
      return refuse('teacher-assigned', { staff, journal, from: held.from, until: held.until })
    }
    return [{ type: 'TeacherAssigned', data: { journal, staff, from } }]
  },
})
