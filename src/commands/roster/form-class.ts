import { z } from 'zod'
import { Grade, SchoolYear } from '#values/school.ts'
import { label } from '#values/text.ts'
import { Uuid } from '#values/uuid.ts'
import { defineCommand } from '../command.ts'
import { WHOLE_SCHOOL } from '../references.ts'
import { refuse } from '../refusal.ts'
import { rosterFold } from './state.ts'

const FormClass = z.strictObject({ class: Uuid.optional(), year: SchoolYear, grade: Grade, name: label(12) })

/** Forms a class for a school year; a name stands for one class a year. */
export const formClass = defineCommand({
  name: 'form-class',
  path: 'roster',
  summary: 'Сформировать класс на учебный год',
  operation: '19a',
  input: FormClass,
  fold: rosterFold,
  stream: () => WHOLE_SCHOOL,
  needs: ['schoolYear'],
  year: ({ year }) => year,
  concerns: ({ input }) => ({ grades: [input.grade], subject: null }),
  decide({ input, state, references, newId }) {
    const { class: id = newId('class'), year, grade, name } = input
    if (references.schoolYear.year === null) return refuse('school-year-unknown', { year })
    for (const [known, formed] of state.classes) {
      const sameName = formed.year === year && formed.name.toLowerCase() === name.toLowerCase()
      if (known === id || sameName) return refuse('class-exists', { class: known, name: formed.name })
    }
    return [{ type: 'ClassFormed', data: { class: id, year, grade, name } }]
  },
})
