import { z } from 'zod'
import { Uuid } from '#values/uuid.ts'
import { isRefusal, refuse } from '../refusal.ts'
import {
  checkCorrection,
  correcting,
  mayWriteOnPage,
  onPage,
  pageCommand,
  policyFor,
  todayOf,
  whyOf,
} from './ground.ts'

const WithdrawRemark = z.strictObject({ ...onPage, ...correcting, remark: Uuid })

/** Takes back a remark or a recommendation; it stays in the record (R-F19). */
export const withdrawRemark = pageCommand({
  name: 'withdraw-remark',
  summary: 'Отозвать замечание или рекомендацию с указанием причины',
  operation: '7a',
  input: WithdrawRemark,
  may: mayWriteOnPage,
  reads: ({ remark }, { remarks }) => {
    const standing = remarks.get(remark)
    return standing === undefined ? [] : [standing.text]
  },
  decide(given) {
    const { input, state } = given
    const { remark } = input
    const standing = state.remarks.get(remark)
    if (standing === undefined) return refuse('remark-unknown', { remark })
    const policy = policyFor(given, todayOf(given))
    if (isRefusal(policy)) return policy
    const { pupil, lesson } = standing
    const text = given.text(standing.text)
    if (text === null) return refuse('text-erased', { remark })
    const unfounded = checkCorrection(given, standing, text, policy)
    if (unfounded !== null) return unfounded
    return [{ type: 'RemarkWithdrawn', data: { remark, pupil, lesson, text, ...whyOf(input) } }]
  },
})
