import { z } from 'zod'
import { RIGHTS_COLUMNS, RIGHTS_TABLE } from '#values/rights.ts'
import { RIGHTS_EDITION } from '#values/rights-editions.ts'
import { Instant } from '#values/time.ts'
import { defineCommand } from '../command.ts'
import { WHOLE_SCHOOL } from '../references.ts'
import { refuse } from '../refusal.ts'
import { schoolFold } from './state.ts'

const NoteRightsEdition = z.strictObject({
  from: Instant.describe('С какого мгновения служба действует по матрице этого выпуска'),
})

/**
 * Records by which edition of the matrix of rights the service acts, whole, where it is another one than before.
 * An older release that comes back is a change too.
 */
export const noteRightsEdition = defineCommand({
  name: 'note-rights-edition',
  path: 'school',
  summary: 'Записать, по какой редакции матрицы прав действует служба',
  operation: '22f',
  input: NoteRightsEdition,
  fold: schoolFold,
  stream: () => WHOLE_SCHOOL,
  needs: [],
  decide({ input: { from }, state }) {
    const { edition, digest } = RIGHTS_EDITION
    const last = state.rights.at(-1)
    if (last?.digest === digest) return refuse('same-value', { from: last.from })
    const rows = RIGHTS_TABLE.map((row) => ({ ...row, bySwitch: [...row.bySwitch] }))
    const data = { edition, digest, from, roles: [...RIGHTS_COLUMNS], rows }
    return [{ type: 'RightsEditionApplied', data }]
  },
})
