import { z } from 'zod'
import { PrintoutSubject } from '#events/printout.ts'
import { Grade } from '#values/school.ts'
import { Uuid } from '#values/uuid.ts'
import { defineCommand } from '../command.ts'
import { refuse } from '../refusal.ts'
import { ofFile } from './issued.ts'
import { printoutFold } from './state.ts'

const PreparePrintout = z.strictObject({
  ...ofFile,
  of: PrintoutSubject,
  /** The part of the school that it is about: what a deputy answers for. */
  grades: z.array(Grade),
  subject: Uuid.nullable(),
})

/** Registers the print of a page or a summary sheet that is to be certified (R-2.14b, R-3.1). */
export const preparePrintout = defineCommand({
  name: 'prepare-printout',
  path: 'printouts',
  summary: 'Зарегистрировать распечатку для заверения',
  operation: '33a',
  input: PreparePrintout,
  fold: printoutFold,
  stream: ({ printout }) => printout,
  needs: [],
  concerns: ({ input: { grades, subject } }) => ({ grades, subject }),
  decide({ input, state }) {
    if (state.issued !== null) return refuse('printout-exists', { printout: input.printout })
    const { grades: _grades, subject: _subject, ...file } = input
    return [{ type: 'PrintoutIssued', data: { ...file, from: null, until: null, recipient: null } }]
  },
})
