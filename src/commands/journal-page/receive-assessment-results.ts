import { z } from 'zod'
import type { JournalPageEvent } from '#events/journal-page.ts'
import { Weight } from '#values/policy.ts'
import { workId } from '#values/school.ts'
import { dateAt, Instant } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { isRefusal, refuse } from '../refusal.ts'
import { areSame, receivedAlready, resultsDue } from './assessment-ground.ts'
import { checkMembers, mayWriteOnPage, onPage, pageCommand, policyFor, zoneOf } from './ground.ts'

const ReceiveAssessmentResults = z.strictObject({
  ...onPage,
  assessment: Uuid,
  receivedAt: Instant.describe('Когда школа получила результаты: от этого мгновения идут 24 часа'),
  pupils: z
    .array(Uuid)
    .min(1)
    .max(200)
    .describe('Чьи результаты получены; записанный список исправляет correct-assessment-results'),
  weight: Weight.optional().describe('По умолчанию — из справочника видов работ'),
})

/**
 * Says when the results of which pupils came to the school: the marks of these pupils are due 24 hours later, and are
 * missing until they stand. Results may come in parts, each with its own instant. With the first of them the
 * assessment gets its column.
 */
export const receiveAssessmentResults = pageCommand({
  name: 'receive-assessment-results',
  summary: 'Отметить получение результатов испытания: с этого мгновения идут 24 часа',
  operation: '4b',
  input: ReceiveAssessmentResults,
  touches: ({ input: { pupils } }) => ({ pupils, postponed: 'mark' }),
  may: mayWriteOnPage,
  decide(given) {
    const { input, state, now } = given
    const { assessment, receivedAt, pupils } = input
    const held = state.assessments.get(assessment)
    if (held === undefined) return refuse('assessment-unknown', { assessment })
    if (now < receivedAt) return refuse('assessment-in-future', { resultsReceivedAt: receivedAt })
    const { date, kind, receipts } = held
    if (dateAt(receivedAt, zoneOf(given)) < date)
      return refuse('assessment-results-before', { date, receivedAt })
    const stranger = checkMembers(given, date, pupils)
    if (stranger !== null) return stranger
    const twice = receivedAlready(held, receivedAt, pupils)
    if (twice !== null) return twice
    const said = receipts.get(receivedAt)
    if (said !== undefined)
      return areSame(said.pupils, pupils)
        ? []
        : refuse('assessment-results-received', { pupils: said.pupils, receivedAt })
    const policy = policyFor(given, date)
    if (isRefusal(policy)) return policy
    const dueAt = resultsDue(receivedAt)
    const received: JournalPageEvent = {
      type: 'AssessmentResultsReceived',
      data: { assessment, receivedAt, pupils, dueAt },
    }
    const work = workId(assessment, kind)
    if (state.works.has(work)) return [received]
    const known = policy.kindsOfWork.find((of) => of.kind === kind)
    if (known === undefined) return refuse('kind-of-work-unknown', { kind, kinds: policy.kindsOfWork })
    const weight = input.weight ?? known.weight
    const column: JournalPageEvent = {
      type: 'WorkHeld',
      data: { work, lesson: assessment, kind: known.kind, weight, test: null, dueAt },
    }
    return [received, column]
  },
})
