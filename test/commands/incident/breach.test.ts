import { describe, expect, it } from 'vitest'
import { annulSuspectOperations } from '#commands/incident/annul-suspect-operations.ts'
import { confirmSuspectOperations } from '#commands/incident/confirm-suspect-operations.ts'
import { declareCompromise } from '#commands/incident/declare-compromise.ts'
import { receiveBreachAsHead } from '#commands/incident/receive-breach-as-head.ts'
import { receiveBreachAsSupport } from '#commands/incident/receive-breach-as-support.ts'
import { reportBreach } from '#commands/incident/report-breach.ts'
import { restoreAccess } from '#commands/incident/restore-access.ts'
import { withdrawBreach } from '#commands/incident/withdraw-breach.ts'
import type { Actor } from '#commands/command.ts'
import type { IncidentEvent } from '#events/incident.ts'
import { STARTING_POLICY } from '#values/policy.ts'
import { Instant } from '#values/time.ts'
import {
  administrator,
  ANNA,
  date,
  deputy,
  head,
  id,
  lessonRecorded,
  markRecorded,
  mathematician,
  PAGE,
  pageOpened,
  past,
  school,
  stranger,
  workHeld,
} from '#support/class-7a.ts'
import { decodedOf, given, idMadeBy, type Past } from '#support/spec.ts'

const { account } = mathematician
const incident = id('incident')
const LEARNED = Instant.parse('2026-11-10T11:40:00.000Z')
const NOTICE = Instant.parse('2026-11-11T01:30:00.000Z')
const now = '2026-11-11T02:02:00.000Z'
const order = { number: '132', date: date('2026-11-11') }
const text = 'Отметки завышены посторонним'

const accountOf = (actor: Actor): Past =>
  past('access', actor.account, {
    type: 'AccountOpened',
    data: { account: actor.account, person: actor.person },
  })
const told = (event: IncidentEvent, at: string, by: Actor): Past => ({
  ...past('incident', 'main', event, at, by),
  role: by.role,
})
const reported = (of: Actor = mathematician, compromisedFrom: Instant | null = null): Past =>
  told(
    {
      type: 'BreachReported',
      data: {
        incident,
        account: of.account,
        credEpoch: 1,
        learnedAt: LEARNED,
        compromisedFrom,
        dueAt: Instant.parse('2026-11-11T16:59:59.000Z'),
        text: null,
      },
    },
    now,
    deputy,
  )
const received = (by: 'head' | 'support', who: Actor, receivedAt: string = NOTICE, at = now): Past =>
  told(
    {
      type: 'BreachReceiptRecorded',
      data: { incident, by, person: who.person, receivedAt: Instant.parse(receivedAt) },
    },
    at,
    who,
  )
const both = [received('head', head), received('support', administrator)]
const accounts = [mathematician, head].map(accountOf)
const marks = [pageOpened, lessonRecorded, workHeld('test'), markRecorded(ANNA, 5)]
const before = given(school, accounts)
const known = before.and(reported())
const declared = told(
  {
    type: 'CompromiseDeclared',
    data: {
      incident,
      account,
      credEpoch: 1,
      compromisedFrom: null,
      noticeReceivedAt: NOTICE,
      receivedBy: 'support',
      basis: 'max',
    },
  },
  now,
  head,
)
const restored = told(
  { type: 'AccessRestored', data: { incident, account, newCredEpoch: 2, order: null } },
  now,
  head,
)
const withdrawn = told({ type: 'BreachWithdrawn', data: { incident, account, text } }, now, head)

const report = (as: Actor, input: object = {}, of = before) =>
  of.when(reportBreach, { account, learnedAt: LEARNED, ...input }, { as, now })
const asHead = (as: Actor, receivedAt: string = NOTICE, of = known) =>
  of.when(receiveBreachAsHead, { incident, receivedAt }, { as, now })
const asSupport = (as: Actor, receivedAt: string = NOTICE, of = known) =>
  of.when(receiveBreachAsSupport, { incident, receivedAt }, { as, now })
const withdraw = (of = known, as: Actor = head) =>
  of.when(withdrawBreach, { incident, text: 'Телефон нашёлся' }, { as, now })
const declare = (of: ReturnType<typeof given>, as: Actor = head, input: object = {}) =>
  of.when(declareCompromise, { incident, ...input }, { as, now })
const restore = (of = known, as: Actor = head) => of.when(restoreAccess, { incident, order }, { as, now })

const markAt = (instant: string) => ({ ...markRecorded(ANNA, 5), at: Instant.parse(instant) })

describe('report-breach', () => {
  it('names the epoch that is worth nothing, and the end of the next working day', () => {
    const dueAt = '2026-11-11T16:59:59.000Z'
    for (const as of [mathematician, head, deputy, administrator]) {
      report(as).records({ type: 'BreachReported', data: { account, credEpoch: 1, dueAt } })
    }
    // Learned on the Friday before a day of rest of the country: a weekend and more lies between.
    const friday = report(head, { learnedAt: '2026-10-30T05:00:00.000Z' })
    friday.records({ type: 'BreachReported', data: { dueAt: '2026-11-02T16:59:59.000Z' } })
    const tuesday = report(head, { learnedAt: '2026-11-03T05:00:00.000Z' })
    tuesday.records({ type: 'BreachReported', data: { dueAt: '2026-11-05T16:59:59.000Z' } })
  })

  it('is for the own account, or for who takes reports', () => {
    report(stranger).refuses('account-not-own')
  })

  it('refuses what cannot be', () => {
    report(head, { learnedAt: '2026-11-11T02:02:00.001Z' }).refuses('notice-in-future')
    report(head, { learnedAt: now }).records('BreachReported')
    report(head, { compromisedFrom: '2026-11-10T11:40:00.001Z' }).refuses('bounds-reversed')
    report(head, { account: stranger.account }).refuses('account-unknown')
  })

  it('refuses a second one while the first is open, and takes one after it', () => {
    report(head, {}, known).refuses('breach-reported', { account, incident })
    report(head, {}, known.and(both, declared, restored)).records('BreachReported')
    report(head, {}, known.and(withdrawn)).records('BreachReported')
    // Two accounts at once are two incidents.
    report(deputy, { account: head.account }, known).records('BreachReported')
  })
})

describe('the two receipts', () => {
  it('name who received, and when, also earlier than it is written down', () => {
    const data = { incident, person: head.person, receivedAt: NOTICE }
    asHead(head).records({ type: 'BreachReceiptRecorded', data: { ...data, by: 'head' } })
    asSupport(administrator).records({ type: 'BreachReceiptRecorded', data: { by: 'support' } })
    expect(asHead(head, NOTICE, known.and(received('head', head))).decision).toEqual([])
  })

  it('refuses what cannot be, or stands already', () => {
    asHead(head, '2026-11-11T02:02:00.001Z').refuses('notice-in-future')
    asHead(head, '2026-11-10T11:39:59.999Z').refuses('bounds-reversed')
    asHead(head, now, known.and(received('head', head))).refuses('breach-received', { receivedAt: NOTICE })
    asHead(head, NOTICE, before).refuses('incident-unknown')
    asHead(head, NOTICE, known.and(withdrawn)).refuses('incident-withdrawn')
  })

  it('are of two people, and of nobody whose own account it is (A-21)', () => {
    const one: Actor = { ...administrator, account: head.account }
    asSupport(one, NOTICE, known.and(received('head', head))).refuses('second-person-needed')
    asHead(head, NOTICE, before.and(reported(head))).refuses('own-breach')
    asHead(deputy, NOTICE, before.and(reported(head))).records('BreachReceiptRecorded')
  })
})

describe('withdraw-breach', () => {
  it('opens the account again, before anything was declared', () => {
    withdraw().records({ type: 'BreachWithdrawn', data: { incident, account } })
    withdraw(known.and(both, declared)).refuses('compromise-declared')
    withdraw(known.and(restored)).refuses('access-restored')
    withdraw(before.and(reported(head))).refuses('own-breach')
  })
})

describe('declare-compromise', () => {
  it('is void from the later receipt on, that instant included, and suspect from the compromise to it', () => {
    const early = markAt('2026-11-11T01:29:59.999Z')
    const history = [pageOpened, lessonRecorded, workHeld('test'), early, markAt(NOTICE)]
    const of = before.and(history, reported(mathematician, Instant.parse('2026-11-11T01:00:00.000Z')), both)
    const [first, voided, suspected] = declare(of).records(
      { type: 'CompromiseDeclared', data: { noticeReceivedAt: NOTICE, credEpoch: 1, basis: 'max' } },
      { type: 'OperationsVoided', data: { rule: 'v1', part: 1, parts: 1, count: 1 } },
      { type: 'OperationsSuspected', data: { count: 1 } },
    )
    expect(first).toBeDefined()
    expect(voided!.data).toMatchObject({ streams: [{ operations: [{ rev: 4, cause: null }] }] })
    expect(suspected!.data).toMatchObject({ streams: [{ operations: [{ rev: 3 }] }] })
  })

  it('says so when the account never wrote', () => {
    declare(known.and(both)).records(
      'CompromiseDeclared',
      { type: 'OperationsVoided', data: { count: 0, streams: [] } },
      { type: 'OperationsSuspected', data: { count: 0, streams: [] } },
    )
  })

  it('takes the later receipt, and the earlier one where the school says so (A-01)', () => {
    const receipts = [received('head', head, '2026-11-11T01:05:00.000Z'), received('support', administrator)]
    declare(known.and(receipts)).records(
      { type: 'CompromiseDeclared', data: { receivedBy: 'support', noticeReceivedAt: NOTICE } },
      'OperationsVoided',
      'OperationsSuspected',
    )
    const min = past('policy', 'main', {
      type: 'PolicyAdopted',
      data: { effectiveFrom: date('2026-10-01'), policy: { ...STARTING_POLICY, breachWindow: 'min' } },
    })
    declare(known.and(min, receipts), deputy).refuses('head-needed')
    declare(known.and(min, receipts)).records(
      { type: 'CompromiseDeclared', data: { receivedBy: 'head', basis: 'min' } },
      'OperationsVoided',
      'OperationsSuspected',
    )
    // One receipt alone is the word of one person.
    const [own] = receipts
    declare(known.and(min, own!)).refuses('second-person-needed')
  })

  it('needs both receipts, and a second person where the one that sets T0 was written down a day late', () => {
    declare(known.and(received('head', head))).refuses('receipt-missing', { missing: ['support'] })
    const dayLater = '2026-11-12T01:30:00.000Z'
    const secondLater = '2026-11-12T01:30:01.000Z'
    const first = (at: string) =>
      known.and(received('head', head, NOTICE, at), received('support', administrator, LEARNED))
    first(dayLater)
      .when(declareCompromise, { incident }, { as: head, now: secondLater })
      .records('CompromiseDeclared', 'OperationsVoided', 'OperationsSuspected')
    first(secondLater)
      .when(declareCompromise, { incident }, { as: head, now: secondLater })
      .refuses('second-person-needed')
  })

  it('is declared once, by the head, or by the deputy who received in his place', () => {
    declare(known.and(both, declared)).refuses('compromise-declared')
    declare(known.and(both), deputy).refuses('head-needed')
    const inPlace = [received('head', deputy), received('support', administrator)]
    const ofHead = before.and(reported(head), inPlace)
    declare(ofHead).refuses('own-breach')
    declare(ofHead, deputy).records('CompromiseDeclared', 'OperationsVoided', 'OperationsSuspected')
    declare(known.and(both), head, { compromisedFrom: '2026-11-11T01:30:00.001Z' }).refuses('bounds-reversed')
  })
})

describe('restore-access', () => {
  it('lets the next epoch in', () => {
    restore().records({ type: 'AccessRestored', data: { account, newCredEpoch: 2, order } })
    restore(known.and(restored)).refuses('access-restored')
    restore(known, deputy).refuses('head-needed')
  })
})

describe('suspect operations', () => {
  const operation = decodedOf([...school, ...accounts, ...marks]).at(-1)!.id
  const list = told(
    {
      type: 'OperationsSuspected',
      data: {
        incident,
        from: LEARNED,
        until: NOTICE,
        part: 1,
        parts: 1,
        count: 2,
        streams: [
          {
            stream: `tomsk35.journalPage-${PAGE}`,
            head: 4,
            operations: [
              { id: operation, rev: 3, cause: null },
              { id: id('follows'), rev: 4, cause: operation },
            ],
          },
        ],
      },
    },
    now,
    head,
  )
  const listed = known.and(both, declared, list)
  const annul = (of = listed, operations = [operation], as: Actor = head) =>
    of.when(annulSuspectOperations, { incident, operations, order, text }, { as, now })
  const confirm = (of = listed, operations = [operation], as: Actor = mathematician) =>
    of.when(confirmSuspectOperations, { incident, operations }, { as, now })

  it('are confirmed by the owner, with what followed from them', () => {
    confirm().records(
      { type: 'SuspectOperationConfirmed', data: { operation, rev: 3 } },
      { type: 'SuspectOperationConfirmed', data: { operation: id('follows') } },
    )
    confirm(listed, [operation], stranger).refuses('account-not-own')
    confirm(before).refuses('account-not-own')
  })

  it('are annulled by the order of the head, and settled once', () => {
    annul().records('SuspectOperationAnnulled', 'SuspectOperationAnnulled')
    annul(listed, [operation], deputy).refuses('head-needed')
    annul(listed, [id('other')]).refuses('operation-not-suspect')
    annul(known).refuses('compromise-not-declared')
    const stream = `tomsk35.journalPage-${PAGE}`
    const settled = told(
      { type: 'SuspectOperationConfirmed', data: { incident, operation, stream, rev: 3 } },
      now,
      mathematician,
    )
    annul(listed.and(settled)).refuses('operation-settled', { operation, state: 'confirmed' })
  })
})

it('makes the id of an incident from its command', () => {
  const { decision } = before.when(reportBreach, { account, learnedAt: LEARNED }, { as: head, now })
  expect(decision).toMatchObject([{ data: { incident: idMadeBy(head, reportBreach, 'incident') } }])
})
