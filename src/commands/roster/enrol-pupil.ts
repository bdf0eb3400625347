import { z } from 'zod'
import { Order } from '#events/roster.ts'
import { LocalDate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { defineCommand } from '../command.ts'
import { WHOLE_SCHOOL } from '../references.ts'
import { refuse } from '../refusal.ts'
import { TypedName } from '../typed-name.ts'
import { hasLeft, rosterFold } from './state.ts'

const EnrolPupil = z.strictObject({
  pupil: Uuid.optional(),
  name: TypedName,
  from: LocalDate,
  order: Order.optional().describe('Приказ о зачислении'),
})

/** Takes a pupil into the school, for the first time or again (R-7A.16h). The event knows the id alone; the name is kept apart (R-D8). */
export const enrolPupil = defineCommand({
  name: 'enrol-pupil',
  path: 'roster',
  summary: 'Зачислить обучающегося в школу',
  operation: '19a',
  input: EnrolPupil,
  fold: rosterFold,
  stream: () => WHOLE_SCHOOL,
  needs: [],
  decide({ input, state, newId }) {
    const { pupil = newId('pupil'), from, order = null } = input
    const known = state.pupils.get(pupil)
    // Whoever has left may come back, and has the same journal pages behind him.
    if (known !== undefined && !hasLeft(state.pupils, pupil, from)) {
      return refuse('pupil-exists', { pupil, from: known.from, until: known.until })
    }
    return [{ type: 'PupilEnrolled', data: { pupil, from, order } }]
  },
  async aside({ school, input, actor, now, newId }, { persons }) {
    await persons.keep(school, input.pupil ?? newId('pupil'), input.name, actor.account, now)
    return null
  },
  asideFields: ['name'],
})
