import { z } from 'zod'
import { Uuid } from '#values/uuid.ts'
import { defineCommand } from '../command.ts'
import { checkNameCorrection, correctingName, rightUntil } from '../name-correction.ts'
import { refuse } from '../refusal.ts'
import { matterOfFamily, mayKeepFamily } from './kept-by.ts'
import { familyFold } from './state.ts'

const CorrectRepresentativeName = z.strictObject({ pupil: Uuid, representative: Uuid, ...correctingName })

/**
 * Gives a representative another name. Of several children the person is one, so it is given in one family and holds in
 * all of them; the event knows neither name (R-D8).
 */
export const correctRepresentativeName = defineCommand({
  name: 'correct-representative-name',
  path: 'family/:pupil',
  summary: 'Исправить имя законного представителя: сменилось по документу или внесено с ошибкой',
  operation: '19',
  input: CorrectRepresentativeName,
  fold: familyFold,
  stream: ({ pupil }) => pupil,
  needs: ['roster'],
  concerns: matterOfFamily,
  may: mayKeepFamily,
  decide({ input: { pupil, representative, reason, document }, state, now }) {
    if (!state.representatives.has(representative))
      return refuse('representative-unknown', { representative })
    return (
      checkNameCorrection({ reason, document }, now) ?? [
        { type: 'RepresentativeNameCorrected', data: { pupil, representative, reason, document } },
      ]
    )
  },
  async aside({ school, input, actor, now }, { persons }) {
    await persons.correct(school, input.representative, input.name, rightUntil(input), actor.account, now)
    return null
  },
  takeBack: ({ school, input, actor, now }, { persons }) =>
    persons.takeBack(school, input.representative, actor.account, now),
  asideFields: ['name'],
})
