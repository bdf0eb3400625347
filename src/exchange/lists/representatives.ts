import { endRepresentation } from '#commands/family/end-representation.ts'
import { registerRepresentative } from '#commands/family/register-representative.ts'
import { familyFold, hasEnded } from '#commands/family/state.ts'
import { choice, date, external, NAME, optional } from '../columns.ts'
import { changed, created, defineList, differs, step, THERE } from '../list.ts'
import { nameIn, otherName } from '../names.ts'

/** Who represents which pupil. Brothers and sisters have a row each, with the same representative. */
export const representatives = defineList({
  name: 'representatives',
  title: 'Законные представители',
  columns: {
    externalId: external('Код представителя'),
    pupil: external('Номер личного дела'),
    ...NAME,
    kinship: choice('Степень родства', {
      mother: 'мать',
      father: 'отец',
      guardian: 'опекун',
      other: 'иное',
    }),
    from: date('Представляет с'),
    until: optional(date('Представляет до')),
  },
  commands: [registerRepresentative, endRepresentation],
  key: ['externalId', 'pupil'],
  person: ({ externalId }, { id }) => id('representative', externalId),
  async plan([row], { id, state, nameOf }) {
    const [representative, pupil] = [id('representative', row.externalId), id('pupil', row.pupil)]
    const { kinship, from, until } = row
    const family = await state(familyFold, pupil)
    const known = family.representatives.get(representative)
    // Of a person who represents two pupils the name was kept with the first.
    const renamed = otherName(row, nameOf(representative))
    if (renamed !== null) return renamed
    const ended = until === null ? [] : [step(endRepresentation, { pupil, representative, from: until })]
    if (known === undefined || (known.from !== from && hasEnded(family, representative, from))) {
      const input = { pupil, representative, name: nameIn(row), kinship, from }
      const steps = [step(registerRepresentative, input), ...ended]
      return known === undefined ? created(...steps) : changed(...steps)
    }
    if (known.from !== from) return differs('from', known.from)
    if (known.kinship !== kinship) return differs('kinship', known.kinship)
    if (known.until === until) return THERE
    return known.until === null ? changed(...ended) : differs('until', known.until)
  },
  blame: {
    'pupil-unknown': 'pupil',
    'representative-exists': 'externalId',
    'representative-unknown': 'until',
    'bounds-reversed': 'until',
  },
})
