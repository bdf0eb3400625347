import { describe, it } from 'vitest'
import { abandonPaper } from '#commands/school/abandon-paper.ts'
import { resumePaper } from '#commands/school/resume-paper.ts'
import { WHOLE_SCHOOL } from '#commands/references.ts'
import { CLASS_7A, CLASS_7B, date, deputy, head, id, past } from '#support/class-7a.ts'
import { given, type Past } from '#support/spec.ts'
import type { Uuid } from '#values/uuid.ts'

const now = '2026-11-12T04:00:00.000Z'
const order = { number: '101-о', date: date('2026-11-12') }
const from = date('2026-11-16')
const measured = {
  from: date('2026-10-13'),
  until: date('2026-11-11'),
  journals: 12,
  full: 12,
  lastBackup: null,
  lastDrill: null,
  correctionControl: true,
}
const all = { order, from, classes: null, measured, accepted: [], unmet: [] }
const DECISION = id('decision')
const decided = (classes: Uuid[] | null): Past =>
  past('school', WHOLE_SCHOOL, {
    type: 'PaperAbandoned',
    data: { decision: DECISION, order, from, classes, measured, accepted: [] },
  })
const resumed = past('school', WHOLE_SCHOOL, {
  type: 'PaperResumed',
  data: { decision: DECISION, order, from },
})

const decides = (input: object, ...history: Past[]) =>
  given(history).when(abandonPaper, { ...all, ...input }, { as: head, now })

describe('the decision to abandon paper (R-T1)', () => {
  it('is of the head, for the school or for classes', () => {
    decides({}).records({ type: 'PaperAbandoned', data: { classes: null, accepted: [] } })
    decides({ classes: [CLASS_7A] }).records({ type: 'PaperAbandoned', data: { classes: [CLASS_7A] } })
    given().when(abandonPaper, all, { as: deputy, now }).refuses('role-not-permitted')
  })

  it('rests on conditions, of which copies and their trial alone may be answered for', () => {
    decides({ unmet: ['journals'], accepted: ['journals'] }).refuses('paper-not-ready', {
      unmet: ['journals'],
    })
    const control = { unmet: ['correction-control', 'drill'], accepted: ['correction-control', 'drill'] }
    decides(control).refuses('paper-not-ready', { unmet: ['correction-control'] })
    decides({ unmet: ['backup', 'drill'], accepted: ['drill'] }).refuses('paper-not-ready', {
      unmet: ['backup'],
    })
    // What holds is not said to be answered for.
    decides({ unmet: ['drill'], accepted: ['backup', 'drill'] }).records({
      type: 'PaperAbandoned',
      data: { accepted: ['drill'] },
    })
  })

  it('stands once in a place, until it is taken back', () => {
    const of7A = { classes: [CLASS_7A] }
    decides(of7A, decided(null)).refuses('paper-abandoned', { decision: DECISION })
    decides(of7A, decided([CLASS_7A])).refuses('paper-abandoned')
    decides({ classes: [CLASS_7B] }, decided([CLASS_7A])).records('PaperAbandoned')
    // After some classes comes the school.
    decides({}, decided([CLASS_7A])).records('PaperAbandoned')
    decides({}, decided(null)).refuses('paper-abandoned')
    decides({}, decided(null), resumed).records('PaperAbandoned')
  })

  it('does not begin before its order, on which it rests', () => {
    decides({ from: '2026-11-12' }).records('PaperAbandoned')
    decides({ from: '2026-11-11' }).refuses('bounds-reversed')
  })

  it('is taken back once', () => {
    const takesBack = (...history: Past[]) =>
      given(history).when(resumePaper, { decision: DECISION, order, from }, { as: head, now })
    takesBack(decided(null)).records({ type: 'PaperResumed', data: { decision: DECISION, from } })
    takesBack(decided(null), resumed).refuses('paper-resumed')
    takesBack().refuses('paper-decision-unknown')
  })
})
