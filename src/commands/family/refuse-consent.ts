import { z } from 'zod'
import { NoticeVersion } from '#values/consent.ts'
import { LocalDate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { defineCommand } from '../command.ts'
import { isRefusal } from '../refusal.ts'
import { dated, mayDecideConsent, noticeGiven, onConsent } from './consent.ts'

const RefuseConsent = z.strictObject({
  pupil: Uuid,
  representative: Uuid,
  notice: NoticeVersion.nullable()
    .default(null)
    .describe('Версия извещения, с которой человек ознакомлен; null — её нет'),
  signedOn: LocalDate.optional().describe('Дата на бумаге; родителю не нужна'),
})

/** A representative does not consent: what is known of the child is given to him on paper from now on. */
export const refuseConsent = defineCommand({
  ...onConsent,
  name: 'refuse-consent',
  summary: 'Отказать в согласии на сведения о ребёнке в электронной форме: дальше — выписками на бумаге',
  operation: '24',
  input: RefuseConsent,
  needs: ['roster', 'school'],
  may: mayDecideConsent,
  decide({ input, state, actor, references: { school }, now }) {
    const { pupil, representative } = input
    const of = dated(actor, input.signedOn, state.consents.get(representative)?.date, now)
    if (isRefusal(of)) return of
    const notice = input.notice === null ? null : noticeGiven({ version: input.notice, ...of }, school)
    if (notice !== null && isRefusal(notice)) return notice
    return [{ type: 'ConsentRefused', data: { pupil, representative, ...of, notice } }]
  },
})
