import { z } from 'zod'
import { Channel, ContactAddress, DeliveryForm, isAddressOf } from '#values/contact.ts'
import { LocalDate } from '#values/time.ts'
import { defineCommand } from '../command.ts'
import { isRefusal, refuse } from '../refusal.ts'
import { askedFor, mayKeepContacts, onContacts, whose } from './whose.ts'

const GiveContact = z.strictObject({
  ...whose,
  channel: Channel.describe('email — электронная почта, sms — сообщения на телефон'),
  address: ContactAddress.describe('Адрес почты или номер вида +79130000000'),
  form: DeliveryForm.default('notice').describe(
    'О чём договорились: notice — что в дневнике есть новое, text — само сообщение',
  ),
  date: LocalDate.optional().describe('Дата письменного заявления; родителю не нужна'),
})

/**
 * Enters where a representative is to be reached: the parent in the cabinet, or the class teacher from a written paper
 * . Nothing is sent there before it is confirmed; what was confirmed earlier serves until then.
 */
export const giveContact = defineCommand({
  ...onContacts,
  name: 'give-contact',
  summary: 'Указать контакт законного представителя; до подтверждения по нему ничего не отправляется',
  operation: '26',
  input: GiveContact,
  may: mayKeepContacts,
  decide({ input, state, actor, now, newId }) {
    const { representative, channel, address, form } = input
    if (!isAddressOf(channel, address)) return refuse('contact-malformed', { channel })
    const asked = askedFor(input.date, actor, now)
    if (isRefusal(asked)) return asked
    const unconfirmed = [...state.contacts.values()].filter(
      (one) => one.channel === channel && !one.confirmed,
    )
    const contact = newId('contact')
    return [
      ...unconfirmed.map((one) => ({
        type: 'ContactWithdrawn' as const,
        data: { contact: one.contact, representative, reason: 'replaced' as const },
      })),
      { type: 'ContactGiven', data: { contact, representative, channel, form, ...asked, address } },
    ]
  },
})
