import { describe, it } from 'vitest'
import { confirmMessageRead } from '#commands/message/confirm-message-read.ts'
import { noteDeliveries } from '#commands/message/note-deliveries.ts'
import { sendMessage } from '#commands/message/send-message.ts'
import { withdrawMessage } from '#commands/message/withdraw-message.ts'
import {
  actor,
  ANNA,
  BORIS,
  CLASS_7A,
  classTeacher,
  date,
  deputy,
  DINA,
  englishTeacher,
  GLEB,
  GROUP_ENGLISH,
  head,
  id,
  mathematician,
  past,
  school,
  stranger,
} from '#support/class-7a.ts'
import { given, type Past } from '#support/spec.ts'
import type { Uuid } from '#values/uuid.ts'

const [MOTHER, FATHER, AUNT, GRANNY] = ['mother', 'father', 'aunt', 'granny'].map((who) => id(who)) as [
  Uuid,
  Uuid,
  Uuid,
  Uuid,
]
const from = date('2026-09-01')
const represents = (pupil: Uuid, representative: Uuid): Past =>
  past('family', pupil, {
    type: 'RepresentativeRegistered',
    data: { pupil, representative, kinship: 'other', from },
  })
/** The mother has Anna and Gleb, the father Anna; the aunt of Boris ended on 9 November; Dina's granny is of 7Б. */
const families = [
  represents(ANNA, MOTHER),
  represents(ANNA, FATHER),
  represents(GLEB, MOTHER),
  represents(BORIS, AUNT),
  represents(DINA, GRANNY),
  past('family', BORIS, {
    type: 'RepresentationEnded',
    data: { pupil: BORIS, representative: AUNT, from: date('2026-11-09') },
  }),
]
const MESSAGE = id('message')
const now = '2026-11-09T05:00:00.000Z'
const toClass = {
  message: MESSAGE,
  to: { kind: 'class' as const, class: CLASS_7A },
  text: 'Собрание в четверг',
}
const toPupil = (pupil: Uuid) => ({ ...toClass, to: { kind: 'pupil' as const, pupil } })
const sent = (by = classTeacher): Past =>
  past(
    'message',
    MESSAGE,
    {
      type: 'MessageSent',
      data: {
        message: MESSAGE,
        to: toClass.to,
        date: date('2026-11-09'),
        recipients: [{ representative: MOTHER, pupils: [ANNA] }],
        unreached: [],
        subject: null,
        text: 'Собрание',
      },
    },
    now,
    by,
  )

describe('a message to parents', () => {
  const before = given(school, families)

  it('goes to whoever represents the pupils of the class on this day, to each once', () => {
    before.when(sendMessage, toClass, { as: classTeacher, now }).records({
      type: 'MessageSent',
      data: {
        date: '2026-11-09',
        recipients: [
          { representative: MOTHER, pupils: [ANNA, GLEB] },
          { representative: FATHER, pupils: [ANNA] },
        ],
        unreached: [BORIS],
      },
    })
  })

  it('goes no more to the family of a pupil who has moved to another class', () => {
    const later = { as: classTeacher, now: '2026-11-16T05:00:00.000Z' }
    before.when(sendMessage, toClass, later).records({
      type: 'MessageSent',
      data: {
        recipients: [
          { representative: MOTHER, pupils: [ANNA] },
          { representative: FATHER, pupils: [ANNA] },
        ],
      },
    })
  })

  it('is written by a teacher to the pupils whom he teaches: the whole class, or his group alone', () => {
    before.when(sendMessage, toClass, { as: mathematician, now }).records('MessageSent')
    const toGroup = { ...toClass, to: { kind: 'group' as const, group: GROUP_ENGLISH } }
    before.when(sendMessage, toGroup, { as: englishTeacher, now }).records('MessageSent')
    before.when(sendMessage, toClass, { as: englishTeacher, now }).refuses('pupils-not-taught')
    before.when(sendMessage, toPupil(ANNA), { as: stranger, now }).refuses('pupils-not-taught', {
      pupils: [ANNA],
    })
  })

  it('is written by a class teacher to the own class, and by the administration to everybody', () => {
    before.when(sendMessage, toPupil(DINA), { as: classTeacher, now }).refuses('class-not-led')
    before.when(sendMessage, toPupil(DINA), { as: head, now }).records('MessageSent')
    before.when(sendMessage, toPupil(DINA), { as: deputy, now }).records('MessageSent')
    const ofPrimary = { ...deputy, competence: [{ grades: [1, 2], subjects: null }] as never }
    before.when(sendMessage, toPupil(DINA), { as: ofPrimary, now }).refuses('outside-competence')
  })

  it('is not written by families, nor to nobody', () => {
    before
      .when(sendMessage, toPupil(ANNA), { as: actor('parent', MOTHER), now })
      .refuses('role-not-permitted')
    before.when(sendMessage, toPupil(BORIS), { as: classTeacher, now }).refuses('nobody-to-tell')
    before.when(sendMessage, toPupil(id('nobody')), { as: head, now }).refuses('pupil-unknown')
    const toNone = { ...toClass, to: { kind: 'class' as const, class: id('none') } }
    before.when(sendMessage, toNone, { as: head, now }).refuses('class-unknown')
    const toNoGroup = { ...toClass, to: { kind: 'group' as const, group: id('none') } }
    before.when(sendMessage, toNoGroup, { as: head, now }).refuses('group-unknown')
    before.and(sent()).when(sendMessage, toClass, { as: classTeacher, now }).refuses('message-exists')
  })

  it('is withdrawn by its author or the administration, once', () => {
    const why = { message: MESSAGE, note: 'Не тому классу' }
    before.and(sent()).when(withdrawMessage, why, { as: classTeacher, now }).records('MessageWithdrawn')
    before.and(sent()).when(withdrawMessage, why, { as: head, now }).records('MessageWithdrawn')
    before.and(sent()).when(withdrawMessage, why, { as: mathematician, now }).refuses('message-unknown')
    before.when(withdrawMessage, why, { as: head, now }).refuses('message-unknown')
    const withdrawn = past('message', MESSAGE, { type: 'MessageWithdrawn', data: why })
    before.and(sent(), withdrawn).when(withdrawMessage, why, { as: head, now }).records()
  })

  it('is confirmed as read by a recipient, once, and by nobody else', () => {
    const read = { message: MESSAGE }
    const mother = { as: actor('parent', MOTHER), now }
    before
      .and(sent())
      .when(confirmMessageRead, read, mother)
      .records({
        type: 'MessageRead',
        data: { message: MESSAGE, representative: MOTHER },
      })
    const noted = past('message', MESSAGE, {
      type: 'MessageRead',
      data: { message: MESSAGE, representative: MOTHER },
    })
    before.and(sent(), noted).when(confirmMessageRead, read, mother).records()
    const granny = { as: actor('parent', GRANNY), now }
    before.and(sent()).when(confirmMessageRead, read, granny).refuses('message-unknown')
  })

  it('ends each delivery once, whatever the service says twice', () => {
    const operator = { as: actor('operator', id('operator')), now }
    const one = {
      delivery: id('delivery'),
      representative: MOTHER,
      channel: 'email' as const,
      outcome: 'accepted' as const,
      code: 250,
      attempts: 1,
    }
    const both = { message: MESSAGE, deliveries: [one, { ...one, delivery: id('other') }] }
    const ended = past('message', MESSAGE, {
      type: 'MessageDeliveriesEnded',
      data: { message: MESSAGE, deliveries: [one] },
    })
    before
      .and(sent(), ended)
      .when(noteDeliveries, both, operator)
      .records({
        type: 'MessageDeliveriesEnded',
        data: { deliveries: [{ delivery: id('other') }] },
      })
    before.when(noteDeliveries, both, operator).refuses('message-unknown')
  })
})
