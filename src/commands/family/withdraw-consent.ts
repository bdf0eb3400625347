import { z } from 'zod'
import { LocalDate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { defineCommand } from '../command.ts'
import { isRefusal, refuse } from '../refusal.ts'
import { dated, mayDecideConsent, onConsent } from './consent.ts'

const WithdrawConsent = z.strictObject({
  pupil: Uuid,
  representative: Uuid,
  signedOn: LocalDate.optional().describe('Дата на бумаге; родителю не нужна'),
})

/** A representative takes the consent back: nothing is delivered in electronic form any more, at once. */
export const withdrawConsent = defineCommand({
  ...onConsent,
  name: 'withdraw-consent',
  summary: 'Отозвать согласие на сведения о ребёнке в электронной форме: дневник закрывается сразу',
  operation: '24',
  input: WithdrawConsent,
  needs: ['roster'],
  may: mayDecideConsent,
  decide({ input: { pupil, representative, signedOn }, state, actor, now }) {
    const standing = state.consents.get(representative)
    if (standing?.decision !== 'given') return refuse('consent-not-given', { representative })
    const of = dated(actor, signedOn, standing.date, now)
    if (isRefusal(of)) return of
    return [{ type: 'ConsentWithdrawn', data: { pupil, representative, ...of } }]
  },
})
