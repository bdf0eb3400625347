import { z } from 'zod'
import { printoutEvents } from '#events/printout.ts'
import { LocalDate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { defineCommand } from '../command.ts'
import { represents } from '../family/state.ts'
import { refuse } from '../refusal.ts'
import { classOf, leadsClass } from '../roster/state.ts'
import { ofFile } from './issued.ts'
import { printoutFold } from './state.ts'

const IssueExtract = z.strictObject({
  ...ofFile,
  pupil: Uuid,
  from: LocalDate,
  until: LocalDate,
  recipient: printoutEvents.PrintoutIssued.data.shape.recipient,
  today: LocalDate,
})

/**
 * Registers an extract for a family: who gave it when to whom, and the hash of the file (R-5.2c). The class teacher
 * gives it to the own class; to the pupil, or to a representative of that day.
 */
export const issueExtract = defineCommand({
  name: 'issue-extract',
  path: 'printouts',
  summary: 'Зарегистрировать выдачу выписки',
  operation: '27',
  input: IssueExtract,
  fold: printoutFold,
  stream: ({ printout }) => printout,
  needs: ['roster', 'family'],
  pupil: ({ pupil }) => pupil,
  concerns({ input, references: { roster } }) {
    const own = classOf(roster, input.pupil, input.today)
    const grade = own === undefined ? undefined : roster.classes.get(own)?.grade
    return grade === undefined ? null : { grades: [grade], subject: null }
  },
  may({ actor, input, references: { roster } }) {
    if (actor.role !== 'class-teacher') return null
    const own = classOf(roster, input.pupil, input.today)
    const led = own !== undefined && leadsClass(roster, actor.person, own, input.today)
    return led ? null : refuse('class-not-led', { pupil: input.pupil })
  },
  decide({ input, state, references: { roster, family } }) {
    const { today, pupil, recipient, ...file } = input
    if (state.issued !== null) return refuse('printout-exists', { printout: file.printout })
    if (!roster.pupils.has(pupil)) return refuse('pupil-unknown', { pupil })
    if (recipient !== null && recipient !== pupil && !represents(family, recipient, today)) {
      return refuse('representative-unknown', { pupil, representative: recipient })
    }
    return [{ type: 'PrintoutIssued', data: { ...file, of: { kind: 'pupil', pupil }, recipient } }]
  },
})
