import { z } from 'zod'
import { LocalDate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { defineCommand } from '../command.ts'
import { refuse } from '../refusal.ts'
import { matterOfFamily, mayKeepFamily } from './kept-by.ts'
import { familyFold } from './state.ts'

const EndRepresentation = z.strictObject({
  pupil: Uuid,
  representative: Uuid,
  from: LocalDate.describe('Первый день, когда человек уже не представляет обучающегося'),
})

/** Ends the representation of a pupil by a person; the right to read the diary ends with it. */
export const endRepresentation = defineCommand({
  name: 'end-representation',
  path: 'family/:pupil',
  summary: 'Прекратить представительство с указанной даты',
  operation: '19',
  input: EndRepresentation,
  fold: familyFold,
  stream: ({ pupil }) => pupil,
  needs: ['roster'],
  concerns: matterOfFamily,
  may: mayKeepFamily,
  decide({ input, state }) {
    const { representative, from } = input
    const known = state.representatives.get(representative)
    if (known === undefined || known.until !== null) {
      return refuse('representative-unknown', { representative, until: known?.until })
    }
    if (from < known.from) return refuse('bounds-reversed', { from: known.from, until: from })
    return [{ type: 'RepresentationEnded', data: input }]
  },
})
