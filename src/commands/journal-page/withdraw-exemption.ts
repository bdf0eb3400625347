import { z } from 'zod'
import { Uuid } from '#values/uuid.ts'
import { isRefusal, refuse } from '../refusal.ts'
import {
  checkCorrection,
  correcting,
  mayWriteOnPageOrLeads,
  onPage,
  pageCommand,
  policyFor,
  whyOf,
} from './ground.ts'

const WithdrawExemption = z.strictObject({ ...onPage, ...correcting, exemption: Uuid })

/** Takes back an exemption from practice that should not stand; with other dates it is given anew (R-F19). */
export const withdrawExemption = pageCommand({
  name: 'withdraw-exemption',
  summary: 'Отозвать освобождение от практических занятий с указанием причины',
  operation: '3',
  input: WithdrawExemption,
  may: mayWriteOnPageOrLeads,
  decide(given) {
    const { input, state } = given
    const { exemption } = input
    const standing = state.exemptions.get(exemption)
    if (standing === undefined) return refuse('exemption-unknown', { exemption })
    const { pupil, from, until } = standing
    const policy = policyFor(given, from)
    if (isRefusal(policy)) return policy
    const unfounded = checkCorrection(given, standing, { from, until }, policy)
    if (unfounded !== null) return unfounded
    const data = { exemption, pupil, from, until, ...whyOf(input) }
    return [{ type: 'PracticeExemptionWithdrawn', data }]
  },
})
