import { z } from 'zod'
import { dateAt, type Instant } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { defineCommand } from '../command.ts'
import { checkNameCorrection, correctingName, rightUntil } from '../name-correction.ts'
import { WHOLE_SCHOOL } from '../references.ts'
import { refuse } from '../refusal.ts'
import { DEFAULT_ZONE } from '../school-year/state.ts'
import { classOf, leadsClass, type RosterState, rosterFold } from './state.ts'

const CorrectPersonName = z.strictObject({ person: Uuid, ...correctingName })

const classToday = (state: Readonly<RosterState>, pupil: Uuid, now: Instant): Uuid | undefined =>
  classOf(state, pupil, dateAt(now, DEFAULT_ZONE))

/**
 * Gives a pupil or a member of staff another name: the person changed it by a document, or it was mistyped. The event
 * knows neither name; the new one and those before it are kept apart (R-D8, 152-ФЗ).
 */
export const correctPersonName = defineCommand({
  name: 'correct-person-name',
  path: 'roster',
  summary: 'Исправить имя обучающегося или сотрудника: сменилось по документу или внесено с ошибкой',
  operation: '19',
  input: CorrectPersonName,
  fold: rosterFold,
  stream: () => WHOLE_SCHOOL,
  needs: [],
  concerns({ input, state, now }) {
    const grade = state.classes.get(classToday(state, input.person, now) ?? input.person)?.grade
    return grade === undefined ? null : { grades: [grade], subject: null }
  },
  may({ actor, input, state, now }) {
    if (actor.role !== 'class-teacher') return null
    const own = classToday(state, input.person, now)
    const leads = own !== undefined && leadsClass(state, actor.person, own, dateAt(now, DEFAULT_ZONE))
    return leads ? null : refuse('class-not-led', { pupil: input.person, class: own })
  },
  decide({ input: { person, reason, document }, state, now }) {
    if (!state.pupils.has(person) && !state.staff.has(person)) return refuse('person-unknown', { person })
    return (
      checkNameCorrection({ reason, document }, now) ?? [
        { type: 'PersonNameCorrected', data: { person, reason, document } },
      ]
    )
  },
  async aside({ school, input, actor, now }, { persons }) {
    await persons.correct(school, input.person, input.name, rightUntil(input), actor.account, now)
    return null
  },
  takeBack: ({ school, input, actor, now }, { persons }) =>
    persons.takeBack(school, input.person, actor.account, now),
  asideFields: ['name'],
})
