import { z } from 'zod'
import { Order, ReleaseReason, type RosterEvent } from '#events/roster.ts'
import { LocalDate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { defineCommand } from '../command.ts'
import { WHOLE_SCHOOL } from '../references.ts'
import { refuse } from '../refusal.ts'
import { checkPupils, leavingsOfGroups, ofClasses } from './class-lists.ts'
import { classOf, rosterFold } from './state.ts'

const ReleasePupil = z.strictObject({
  pupil: Uuid,
  from: LocalDate.describe('Первый день, когда обучающийся уже не в школе'),
  reason: ReleaseReason,
  order: Order.describe('Приказ о выбытии'),
})

/**
 * Lets a pupil leave the school by an order (выбытие, R-7A.16h), and with it every class and group, also those of a year
 * to come. Marks stay, and can be printed.
 */
export const releasePupil = defineCommand({
  name: 'release-pupil',
  path: 'roster',
  summary: 'Отразить выбытие обучающегося из школы по приказу',
  operation: '20',
  input: ReleasePupil,
  fold: rosterFold,
  stream: () => WHOLE_SCHOOL,
  needs: [],
  concerns: ({ input, state }) => {
    const id = classOf(state, input.pupil, input.from)
    return id === undefined ? null : ofClasses(state, [id])
  },
  decide({ input, state }) {
    const { pupil, from, order } = input
    const wrong = checkPupils(state, [pupil], from)
    if (wrong !== null) return wrong
    const enrolled = state.pupils.get(pupil)!
    // A leaving that was recorded for a later day stands: two would contradict each other.
    if (enrolled.until !== null) return refuse('pupil-released', { pupil, from: enrolled.until })
    if (from <= enrolled.from) return refuse('bounds-reversed', { from: enrolled.from, until: from })
    const classes = [...state.classes]
      .filter(([, { members }]) => members.some((one) => one.pupil === pupil && one.until === null))
      .map(([id]) => id)
    return [
      { type: 'PupilReleased', data: input },
      ...classes.flatMap((id): RosterEvent[] => [
        { type: 'PupilRemovedFromClass', data: { class: id, pupil, from, order } },
        ...leavingsOfGroups(state, pupil, from, id),
      ]),
    ]
  },
})
