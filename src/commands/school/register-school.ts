import { z } from 'zod'
import { label } from '#values/text.ts'
import { defineCommand } from '../command.ts'
import { WHOLE_SCHOOL } from '../references.ts'
import { refuse } from '../refusal.ts'
import { schoolFold } from './state.ts'

const RegisterSchool = z.strictObject({ name: label(200).describe('Название школы') })

/** Begins a school in the installation. The stream is made by this event, so one slug is one school, whoever is faster. */
export const registerSchool = defineCommand({
  name: 'register-school',
  path: 'school',
  summary: 'Завести школу в установке',
  operation: '22e',
  input: RegisterSchool,
  fold: schoolFold,
  stream: () => WHOLE_SCHOOL,
  needs: [],
  decide({ school, input, state }) {
    if (state.name !== null) return refuse('school-exists', { school })
    return [{ type: 'SchoolRegistered', data: input }]
  },
})
