import { z } from 'zod'

/** How a representative is reached beside the diary. */
export const Channel = z.enum(['email', 'sms'])
export type Channel = z.infer<typeof Channel>

/** By what a family gets the diary: SMS of marks, e-mail of the week, or the week on paper from the class teacher. */
export const SubscriptionChannel = z.enum([...Channel.options, 'paper'])
export type SubscriptionChannel = z.infer<typeof SubscriptionChannel>

/** What was agreed to be sent: that there is something in the diary (`notice`), or the words themselves (`text`). */
export const DeliveryForm = z.enum(['notice', 'text'])
export type DeliveryForm = z.infer<typeof DeliveryForm>

export const ContactAddress = z.string().min(3).max(254)

const FORMS: Readonly<Record<Channel, z.ZodType<string>>> = {
  email: z.email(),
  // E.164, with the sign: +79130000000.
  sms: z.string().regex(/^\+[1-9]\d{9,14}$/),
}

/** Whether an address is one of a channel. */
export const isAddressOf = (channel: Channel, address: string): boolean =>
  FORMS[channel].safeParse(address).success

/** How a delivery ended: taken over by who carries it on, or why nothing of it went, or can go, out. */
export const DeliveryOutcome = z.enum([
  'accepted',
  'refused',
  'failed',
  'no-contact',
  'not-configured',
  'withdrawn',
  'no-consent',
])
export type DeliveryOutcome = z.infer<typeof DeliveryOutcome>
