import { describe, it } from 'vitest'
import { cancelTest } from '#commands/test-schedule/cancel-test.ts'
import { moveTest } from '#commands/test-schedule/move-test.ts'
import { planTest } from '#commands/test-schedule/plan-test.ts'
import {
  ALGEBRA,
  CLASS_7A,
  date,
  deputy,
  ENGLISH,
  GROUP_ENGLISH,
  id,
  past,
  policyAdopted,
  school,
  without,
  YEAR,
} from '#support/class-7a.ts'
import { given } from '#support/spec.ts'
import { KindId } from '#values/policy.ts'

const now = '2026-09-05T03:00:00.000Z'
const as = deputy
const day = '2026-11-11'
const test = { year: YEAR, journal: ALGEBRA, date: day }
const planned = (name: string, on = day, journal = ALGEBRA, subject = id('subject/algebra')) =>
  past('testSchedule', YEAR, {
    type: 'TestPlanned',
    data: {
      test: id(`test/${name}`),
      journal,
      subject,
      classes: [CLASS_7A],
      date: date(on),
      form: KindId.parse('test'),
      topic: null,
      internalControl: false,
      overload: [],
    },
  })
const dictation = planned('dictation', day, id('journal/russian'), id('subject/russian'))

describe('plan-test', () => {
  it('R-7A.6e: plans a test for a class, a date, a subject and a form of control', () => {
    given(school)
      .when(planTest, { ...test, form: 'dictation', topic: 'Степень', internalControl: true }, { as, now })
      .records({
        type: 'TestPlanned',
        data: {
          journal: ALGEBRA,
          subject: id('subject/algebra'),
          classes: [CLASS_7A],
          date: day,
          form: 'dictation',
          topic: 'Степень',
          internalControl: true,
          overload: [],
        },
      })
    given(school)
      .when(planTest, { ...test, journal: ENGLISH }, { as, now })
      .records({ type: 'TestPlanned', data: { classes: [CLASS_7A], form: 'test', internalControl: false } })
  })

  it('R-7A.6e: warns of more than the school means to give in a day, and records all the same', () => {
    const overload = [{ class: CLASS_7A, tests: 2, limit: 1 }]
    given(school, dictation)
      .when(planTest, test, { as, now })
      .records({ type: 'TestPlanned', data: { overload } })
    given(school, dictation, policyAdopted({ testsPerDay: 2 }))
      .when(planTest, test, { as, now })
      .records({ type: 'TestPlanned', data: { overload: [] } })
    given(school, planned('dictation', '2026-11-12', id('journal/russian'), id('subject/russian')))
      .when(planTest, test, { as, now })
      .records({ type: 'TestPlanned', data: { overload: [] } })
  })

  it('counts one test of two groups once, because each pupil writes it once', () => {
    given(school, planned('other group', day, id('journal/other group'), id('subject/algebra')))
      .when(planTest, { ...test, journal: ENGLISH }, { as, now })
      .records({ type: 'TestPlanned', data: { overload: [] } })
  })

  it('refuses a second test of a journal on a day, and an id that is taken', () => {
    given(school, planned('first'))
      .when(planTest, test, { as, now })
      .refuses('test-exists', { test: id('test/first') })
    given(school, planned('first'))
      .when(planTest, { ...test, test: id('test/first'), date: '2026-11-16' }, { as, now })
      .refuses('test-exists')
  })

  it('refuses a year, a journal, a form or rules that are not there', () => {
    given(school)
      .when(planTest, { ...test, year: YEAR + 1 }, { as, now })
      .refuses('school-year-unknown')
    given(school)
      .when(planTest, { ...test, journal: GROUP_ENGLISH }, { as, now })
      .refuses('journal-unknown')
    given(school)
      .when(planTest, { ...test, form: 'dance' }, { as, now })
      .refuses('kind-of-work-unknown', { kind: 'dance' })
    given(without(school, 'PolicyAdopted')).when(planTest, test, { as, now }).refuses('policy-missing')
  })

  it('refuses a day outside the year, and one without lessons', () => {
    given(school)
      .when(planTest, { ...test, date: '2027-05-27' }, { as, now })
      .refuses('date-outside-year')
    for (const rest of ['2026-11-04', '2026-11-14']) {
      given(school)
        .when(planTest, { ...test, date: rest }, { as, now })
        .refuses('date-in-holidays')
    }
  })
})

describe('move-test', () => {
  const move = { year: YEAR, test: id('test/first'), date: '2026-11-16' }

  it('keeps the day on which the test had stood, and warns anew', () => {
    given(
      school,
      planned('first'),
      planned('other', '2026-11-16', id('journal/russian'), id('subject/russian')),
    )
      .when(moveTest, { ...move, note: 'Болезнь учителя' }, { as, now })
      .records({
        type: 'TestMoved',
        data: {
          test: id('test/first'),
          journal: ALGEBRA,
          previous: day,
          date: '2026-11-16',
          note: 'Болезнь учителя',
          overload: [{ class: CLASS_7A, tests: 2, limit: 1 }],
        },
      })
  })

  it('refuses a test that is not there, the day on which it stands, and one where it cannot be', () => {
    given(school).when(moveTest, move, { as, now }).refuses('test-unknown')
    given(school, planned('first'))
      .when(moveTest, { ...move, date: day }, { as, now })
      .refuses('same-value')
    given(school, planned('first'))
      .when(moveTest, { ...move, date: '2026-11-14' }, { as, now })
      .refuses('date-in-holidays')
    given(school, planned('first'), planned('second', '2026-11-16'))
      .when(moveTest, move, { as, now })
      .refuses('test-exists', { test: id('test/second') })
    given(without(school, 'PolicyAdopted'), planned('first'))
      .when(moveTest, move, { as, now })
      .refuses('policy-missing')
  })
})

describe('cancel-test', () => {
  const cancel = { year: YEAR, test: id('test/first') }

  it('says which test of which day is not written, and frees the day', () => {
    const cancelled = given(school, planned('first'))
      .when(cancelTest, cancel, { as, now })
      .records({ type: 'TestCancelled', data: { test: id('test/first'), journal: ALGEBRA, date: day } })
    given(school, planned('first'), past('testSchedule', YEAR, cancelled[0]!))
      .when(planTest, test, { as, now })
      .records('TestPlanned')
  })

  it('refuses a test that is not there', () => {
    given(school).when(cancelTest, cancel, { as, now }).refuses('test-unknown')
  })
})
