import { z } from 'zod'
import { Addressees, MessageSubject, MessageText } from '#events/message.ts'
import { schoolYearOf } from '#values/school.ts'
import type { LocalDate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { defineCommand, type Given } from '../command.ts'
import { represents } from '../family/state.ts'
import { type Refusal, refuse } from '../refusal.ts'
import { classOf, isMember, leadsClass, membershipsOf } from '../roster/state.ts'
import { teaches } from '../teaching-load/state.ts'
import { dayOf, matterOfMessage, notThere, onMessage, pupilsMeant } from './addressees.ts'
import type { MessageState } from './state.ts'

const SendMessage = z.strictObject({
  message: Uuid.describe('Новый id сообщения, выбирает отправитель'),
  to: Addressees.describe('Чьим законным представителям: обучающегося, класса, группы'),
  subject: MessageSubject.nullable().default(null).describe('Тема'),
  text: MessageText.describe('Текст; его видят в дневнике все получатели'),
})

type Sending = Given<z.output<typeof SendMessage>, MessageState, 'roster' | 'teachingLoad'>

/**
 * Sends a message to the representatives of a pupil, a class or a group (R-7V.m). Who they are on this day stands in the
 * event; by which channels each is reached beside the diary, his contacts say.
 */
export const sendMessage = defineCommand({
  ...onMessage,
  name: 'send-message',
  summary: 'Отправить сообщение законным представителям обучающегося, класса или группы',
  operation: '8',
  input: SendMessage,
  needs: ['roster', 'teachingLoad'],
  year: (_input, _state, now) => schoolYearOf(dayOf(now)),
  families: ({ to }, { roster }, now) => pupilsMeant(roster, to, dayOf(now)),
  concerns: ({ input: { to }, references: { roster }, now }) => matterOfMessage(roster, to, dayOf(now)),
  may: maySend,
  decide({ input: { message, to, subject, text }, state, references: { roster }, families, now }) {
    if (state.sent !== null) return refuse('message-exists', { message })
    const date = dayOf(now)
    const missing = notThere(roster, to)
    if (missing !== null) return missing
    const pupils = pupilsMeant(roster, to, date)
    const pupilsOf = new Map<Uuid, Uuid[]>()
    const unreached: Uuid[] = []
    for (const pupil of pupils) {
      const family = families.get(pupil)
      const standing = [...(family?.representatives.keys() ?? [])].filter((one) =>
        represents(family!, one, date),
      )
      if (standing.length === 0) unreached.push(pupil)
      for (const one of standing) pupilsOf.set(one, [...(pupilsOf.get(one) ?? []), pupil])
    }
    if (pupilsOf.size === 0) return refuse('nobody-to-tell', { pupils: pupils.length, date })
    const recipients = [...pupilsOf].map(([representative, own]) => ({ representative, pupils: own }))
    return [{ type: 'MessageSent', data: { message, to, date, recipients, unreached, subject, text } }]
  },
})

/** A class teacher writes to the families of the own class, a teacher to those of the pupils whom he teaches (row 8). */
function maySend(given: Sending): Refusal | null {
  const { actor, input, references, now } = given
  if (actor.role !== 'teacher' && actor.role !== 'class-teacher') return null
  const date = dayOf(now)
  const others = pupilsMeant(references.roster, input.to, date)
  const own = actor.role === 'teacher' ? taughtBy(given, date) : ledBy(given, date)
  const foreign = others.filter((pupil) => !own(pupil))
  if (others.length > 0 && foreign.length === 0) return null
  return refuse(actor.role === 'teacher' ? 'pupils-not-taught' : 'class-not-led', { pupils: foreign, date })
}

const ledBy =
  ({ actor, references: { roster } }: Sending, date: LocalDate) =>
  (pupil: Uuid): boolean => {
    const own = classOf(roster, pupil, date)
    return own !== undefined && leadsClass(roster, actor.person, own, date)
  }

function taughtBy({ actor, references: { roster, teachingLoad } }: Sending, date: LocalDate) {
  const members = [...teachingLoad.journals.values()]
    .filter((journal) => teaches(journal, actor.person, date))
    .map(({ learners }) => membershipsOf(roster, learners))
  return (pupil: Uuid): boolean => members.some((own) => isMember(own, pupil, date))
}
