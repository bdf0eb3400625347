import { describe, it } from 'vitest'
import { closePage } from '#commands/journal-page/close-page.ts'
import { correctAttestation } from '#commands/roster/correct-attestation.ts'
import { recordAttestation } from '#commands/roster/record-attestation.ts'
import { given } from '#support/spec.ts'
import {
  ANNA,
  BORIS,
  date,
  deputy,
  ENGLISH_TEACHER,
  finalRecorded,
  id,
  LAST_AFTERNOON,
  MATHEMATICIAN,
  mathematician,
  PAGE,
  pageOpened,
  past,
  school,
  STRANGER,
  VERA,
  without,
  YEAR,
} from '#support/class-7a.ts'

const subject = id('subject/algebra')
const protocol = { number: '3', date: date('2026-12-22') }
const attest = {
  pupil: ANNA,
  year: YEAR,
  subject,
  stage: 'intermediate',
  date: date('2026-12-22'),
  commission: [MATHEMATICIAN, ENGLISH_TEACHER],
  protocol,
  value: 4,
} as const
const as = { as: deputy, now: '2026-12-22T09:00:00.000Z' }
const attestation = id('attestation')
const recorded = past('roster', 'main', {
  type: 'AttestationRecorded',
  data: { attestation, ...attest, commission: [...attest.commission], grading: 'g5' },
})
const note = 'Решение апелляционной комиссии'

const refused = (change: object) =>
  given(school).when(recordAttestation, { ...attest, commission: [MATHEMATICIAN], ...change }, as)

describe('record-attestation', () => {
  it('keeps subject, date, commission and result of a protocol', () => {
    given(school)
      .when(recordAttestation, { ...attest, commission: [...attest.commission] }, as)
      .records({ type: 'AttestationRecorded', data: { ...attest, grading: 'g5' } })
  })

  it('refuses who and what is not there: pupil, subject, member of the commission, year, rules', () => {
    refused({ pupil: id('nobody') }).refuses('pupil-unknown')
    refused({ subject: id('nothing') }).refuses('subject-unknown')
    refused({ commission: [id('nobody')] }).refuses('staff-unknown')
    refused({ date: date('2026-08-31') }).refuses('date-outside-year')
    refused({ value: 6 }).refuses('value-outside-grading')
    given()
      .when(recordAttestation, { ...attest, commission: [MATHEMATICIAN] }, as)
      .refuses('school-year-unknown')
    given(without(school, 'PolicyAdopted'))
      .when(recordAttestation, { ...attest, commission: [MATHEMATICIAN] }, as)
      .refuses('policy-missing')
    const gone = past('roster', 'main', {
      type: 'StaffReleased',
      data: { staff: STRANGER, from: date('2026-12-01') },
    })
    given(school, gone)
      .when(recordAttestation, { ...attest, commission: [STRANGER] }, as)
      .refuses('staff-released')
  })

  it('refuses one protocol of a subject twice', () => {
    given(school, recorded)
      .when(recordAttestation, { ...attest, commission: [MATHEMATICIAN], value: 5 }, as)
      .refuses('attestation-exists')
  })

  it('stands in the place of a final for whoever learns in the family', () => {
    const now = { as: mathematician, now: LAST_AFTERNOON }
    const others = given(school, pageOpened, finalRecorded(BORIS, 4), finalRecorded(VERA, 4))
    others.when(closePage, { page: PAGE }, now).refuses('closing-incomplete', { finals: [ANNA] })
    const family = past('roster', 'main', {
      type: 'FormOfEducationSet',
      data: { pupil: ANNA, form: 'family', from: date('2026-12-01'), order: protocol },
    })
    others.and(family).when(closePage, { page: PAGE }, now).records('PageClosed')
  })
})

describe('correct-attestation', () => {
  it('keeps the result before and why it is another', () => {
    given(school, recorded)
      .when(correctAttestation, { attestation, value: 5, note }, as)
      .records({
        type: 'AttestationCorrected',
        data: { attestation, pupil: ANNA, previous: 4, value: 5, note },
      })
  })

  it('refuses what was never recorded, the value that stands, and one that no final has', () => {
    given(school).when(correctAttestation, { attestation, value: 5, note }, as).refuses('attestation-unknown')
    given(school, recorded)
      .when(correctAttestation, { attestation, value: 4, note }, as)
      .refuses('same-value')
    given(school, recorded)
      .when(correctAttestation, { attestation, value: 7, note }, as)
      .refuses('value-outside-grading')
    given(without(school, 'PolicyAdopted'), recorded)
      .when(correctAttestation, { attestation, value: 5, note }, as)
      .refuses('policy-missing')
  })
})
