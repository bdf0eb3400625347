import { z } from 'zod'
import type { OfStream, Receiver, WindowFrom } from '#events/incident.ts'
import { type FoundOperation, partedAt } from '#events/void-rule.ts'
import { dateAt, Instant, plusMinutes } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { defineCommand } from '../command.ts'
import { policyOn, type PolicyState } from '../policy/state.ts'
import { isRefusal, type Refusal, refuse } from '../refusal.ts'
import { DEFAULT_ZONE } from '../school-year/state.ts'
import { onIncidents, standingForHead } from './about.ts'
import type { Incident, Receipt } from './state.ts'

const DeclareCompromise = z.strictObject({
  incident: Uuid,
  compromisedFrom: Instant.optional().describe('С какого времени доступ был у другого, если стало известно'),
})

/** A receipt that was written down later than this sets T0 only by the word of a second person. */
const TRUSTED_MINUTES = 24 * 60

/** Operations in one record: with a stream for each they are some 55 kB. */
const MOST_IN_PART = 250

/**
 * Declares an account compromised (R-4.4a): its operations since the notice are void, those between the compromise and the
 * notice suspect (R-4.4d). Both are listed whole and in the same append, so that nobody meets one without the other.
 */
export const declareCompromise = defineCommand({
  ...onIncidents,
  name: 'declare-compromise',
  path: 'incidents/:incident',
  summary: 'Признать недействительными операции с момента сообщения о нарушении',
  operation: '40',
  input: DeclareCompromise,
  needs: ['policy'],
  seeks({ incident, compromisedFrom }, state, { policy }) {
    const known = state.incidents.get(incident)
    const notice = known === undefined ? null : noticeOf(known, policy)
    if (known === undefined || notice === null || isRefusal(notice)) return null
    const from = compromisedFrom ?? known.compromisedFrom
    const earliest = from === null || from > notice.at ? notice.at : from
    return { incident, account: known.account, credEpoch: known.credEpoch, from: earliest }
  },
  decide({ input, state, references: { policy }, actor, now, operations }) {
    const incident = standingForHead(state, input.incident, actor)
    if (isRefusal(incident)) return incident
    if (incident.declared !== null) return refuse('compromise-declared', { at: incident.declared.at })
    const notice = noticeOf(incident, policy)
    if (isRefusal(notice)) return notice
    const compromisedFrom = input.compromisedFrom ?? incident.compromisedFrom
    if (compromisedFrom !== null && compromisedFrom > notice.at) {
      return refuse('bounds-reversed', { compromisedFrom, noticeReceivedAt: notice.at })
    }
    const writtenLate = notice.receipt.at > plusMinutes(notice.at, TRUSTED_MINUTES)
    if (notice.receipt.account === actor.account && (notice.alone || writtenLate)) {
      return refuse('second-person-needed', { receivedAt: notice.at, recordedAt: notice.receipt.at, now })
    }
    const { account, credEpoch } = incident
    const { since, before } = partedAt(operations, notice.at)
    const of = { incident: incident.incident }
    const basis = { noticeReceivedAt: notice.at, receivedBy: notice.by, basis: notice.basis }
    const suspected = { ...of, from: compromisedFrom ?? notice.at, until: notice.at }
    return [
      { type: 'CompromiseDeclared', data: { ...of, account, credEpoch, compromisedFrom, ...basis } },
      ...parts(since).map((part) => ({
        type: 'OperationsVoided' as const,
        data: { ...of, rule: 'v1' as const, ...part },
      })),
      ...parts(before).map((part) => ({
        type: 'OperationsSuspected' as const,
        data: { ...suspected, ...part },
      })),
    ]
  },
})

interface Notice {
  readonly at: Instant
  readonly by: Receiver
  readonly basis: WindowFrom
  readonly receipt: Receipt
  /** No other receipt stands beside it. */
  readonly alone: boolean
}

/** T0: the later of the two receipts, or the earlier one where the school has decided so. */
function noticeOf({ receipts, learnedAt }: Incident, policy: Readonly<PolicyState>): Notice | Refusal {
  const basis = policyOn(policy, dateAt(learnedAt, DEFAULT_ZONE))?.breachWindow ?? 'max'
  const { head, support } = receipts
  const both = head !== undefined && support !== undefined
  if (!both && (basis === 'max' || (head ?? support) === undefined)) {
    const missing = (['head', 'support'] as const).filter((by) => receipts[by] === undefined)
    return refuse('receipt-missing', { missing })
  }
  const headSets =
    support === undefined ||
    (head !== undefined &&
      (basis === 'max' ? head.receivedAt > support.receivedAt : head.receivedAt < support.receivedAt))
  const receipt = headSets ? head! : support
  return { at: receipt.receivedAt, by: headSets ? 'head' : 'support', basis, receipt, alone: !both }
}

interface Part {
  readonly part: number
  readonly parts: number
  readonly count: number
  readonly streams: OfStream[]
}

/** The list in records that are not too long; an empty list is one empty record, which says that nothing was found. */
function parts(operations: readonly FoundOperation[]): Part[] {
  const cut: FoundOperation[][] = []
  const ordered = [...Map.groupBy(operations, ({ stream }) => stream).values()].flat()
  for (let from = 0; from === 0 || from < ordered.length; from += MOST_IN_PART) {
    cut.push(ordered.slice(from, from + MOST_IN_PART))
  }
  return cut.map((listed, i) => ({
    part: i + 1,
    parts: cut.length,
    count: operations.length,
    streams: [...Map.groupBy(listed, ({ stream }) => stream)].map(([stream, of]) => ({
      stream,
      head: of[0]!.head,
      operations: of.map(({ id, rev, cause }) => ({ id: id as Uuid, rev, cause: cause as Uuid | null })),
    })),
  }))
}
