import { WHOLE_SCHOOL } from '#commands/references.ts'
import { enrolPupil } from '#commands/roster/enrol-pupil.ts'
import { hasLeft, rosterFold } from '#commands/roster/state.ts'
import { date, external, NAME, ORDER } from '../columns.ts'
import { changed, created, defineList, differs, step, THERE } from '../list.ts'
import { nameIn, otherName } from '../names.ts'
import { orderOf } from '../orders.ts'

/** Everybody who learns at the school. Whoever has left and stands in the list again is enrolled again. */
export const pupils = defineList({
  name: 'pupils',
  title: 'Обучающиеся',
  columns: { externalId: external('Номер личного дела'), ...NAME, from: date('Зачислен с'), ...ORDER },
  commands: [enrolPupil],
  key: ['externalId'],
  person: ({ externalId }, { id }) => id('pupil', externalId),
  async plan([row], { id, state, nameOf }) {
    const pupil = id('pupil', row.externalId)
    const order = orderOf(row)
    if ('refused' in order) return order
    const known = (await state(rosterFold, WHOLE_SCHOOL)).pupils
    const time = known.get(pupil)
    if (time === undefined || hasLeft(known, pupil, row.from)) {
      const enrolled = step(enrolPupil, { pupil, name: nameIn(row), from: row.from, ...order })
      return time === undefined ? created(enrolled) : changed(enrolled)
    }
    if (time.from !== row.from) return differs('from', time.from)
    return otherName(row, nameOf(pupil)) ?? THERE
  },
  blame: { 'pupil-exists': 'externalId' },
})
