import { z } from 'zod'
import { familyEvents } from '#events/family.ts'
import { LocalDate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { defineCommand } from '../command.ts'
import { refuse } from '../refusal.ts'
import { TypedName } from '../typed-name.ts'
import { matterOfFamily, mayKeepFamily } from './kept-by.ts'
import { familyFold, hasEnded } from './state.ts'

const RegisterRepresentative = z.strictObject({
  pupil: Uuid,
  representative: Uuid.optional().describe('Тот же человек у братьев и сестёр имеет тот же id'),
  name: TypedName,
  kinship: familyEvents.RepresentativeRegistered.data.shape.kinship,
  from: LocalDate,
})

/** Enters who represents a pupil; the right to read the diary follows. The name is kept apart (R-D8). */
export const registerRepresentative = defineCommand({
  name: 'register-representative',
  path: 'family/:pupil',
  summary: 'Внести законного представителя обучающегося',
  operation: '19',
  input: RegisterRepresentative,
  fold: familyFold,
  stream: ({ pupil }) => pupil,
  needs: ['roster'],
  concerns: matterOfFamily,
  may: mayKeepFamily,
  decide({ input, state, references, newId }) {
    const { pupil, representative = newId('representative'), kinship, from } = input
    if (!references.roster.pupils.has(pupil)) return refuse('pupil-unknown', { pupil })
    if (state.representatives.has(representative) && !hasEnded(state, representative, from)) {
      return refuse('representative-exists', { representative })
    }
    return [{ type: 'RepresentativeRegistered', data: { pupil, representative, kinship, from } }]
  },
  async aside({ school, input, actor, now, newId }, { persons }) {
    const representative = input.representative ?? newId('representative')
    await persons.keep(school, representative, input.name, actor.account, now)
    return null
  },
  asideFields: ['name'],
})
