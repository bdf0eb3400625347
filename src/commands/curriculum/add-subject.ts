import { z } from 'zod'
import { curriculumEvents } from '#events/curriculum.ts'
import { Uuid } from '#values/uuid.ts'
import { defineCommand } from '../command.ts'
import { WHOLE_SCHOOL } from '../references.ts'
import { refuse } from '../refusal.ts'
import { curriculumFold } from './state.ts'

const { name, component } = curriculumEvents.SubjectAdded.data.shape
const AddSubject = z.strictObject({ subject: Uuid.optional(), name, component: component.default('federal') })

/** Adds a subject to those of the school, once by its name (R-7A.6p). */
export const addSubject = defineCommand({
  name: 'add-subject',
  path: 'curriculum',
  summary: 'Добавить учебный предмет',
  operation: '18',
  input: AddSubject,
  fold: curriculumFold,
  stream: () => WHOLE_SCHOOL,
  needs: [],
  decide({ input, state, newId }) {
    const { subject = newId('subject'), name, component } = input
    for (const [id, known] of state.subjects) {
      if (id === subject || known.name.toLowerCase() === name.toLowerCase()) {
        return refuse('subject-exists', { subject: id, name: known.name })
      }
    }
    return [{ type: 'SubjectAdded', data: { subject, name, component } }]
  },
})
