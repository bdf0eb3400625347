import { z } from 'zod'
import { ConsentScope, NoticeVersion } from '#values/consent.ts'
import { LocalDate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { defineCommand } from '../command.ts'
import { isRefusal } from '../refusal.ts'
import { dated, mayDecideConsent, noticeGiven, onConsent } from './consent.ts'

const GiveConsent = z.strictObject({
  pupil: Uuid,
  representative: Uuid,
  scope: z
    .array(ConsentScope)
    .min(1)
    .default(['diary', 'messages'])
    .transform((scope) => ConsentScope.options.filter((one) => scope.includes(one)))
    .describe('На что: diary — сведения в электронном дневнике, messages — сообщения на почту и телефон'),
  notice: NoticeVersion.describe(
    'Версия извещения об обработке данных и передаче оператору: действующая (processing-notice) или та, что на бумаге',
  ),
  signedOn: LocalDate.optional().describe('Дата на бумаге; родителю не нужна'),
})

/**
 * A representative consents to the processing of the child's data in electronic form and to its delivery: in the cabinet,
 * or on paper, which the class teacher enters. Of which notice he was told, and when, is part of it (R-A3.3b).
 */
export const giveConsent = defineCommand({
  ...onConsent,
  name: 'give-consent',
  summary: 'Дать согласие на сведения о ребёнке в электронной форме: в кабинете или с бумаги',
  operation: '24',
  input: GiveConsent,
  needs: ['roster', 'school'],
  may: mayDecideConsent,
  decide({ input, state, actor, references: { school }, now }) {
    const { pupil, representative, scope } = input
    const standing = state.consents.get(representative)
    const of = dated(actor, input.signedOn, standing?.date, now)
    if (isRefusal(of)) return of
    const notice = noticeGiven({ version: input.notice, ...of }, school)
    if (isRefusal(notice)) return notice
    return [{ type: 'ConsentGiven', data: { pupil, representative, ...of, scope, notice } }]
  },
})
