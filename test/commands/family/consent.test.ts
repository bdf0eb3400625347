import { describe, expect, it } from 'vitest'
import { giveConsent } from '#commands/family/give-consent.ts'
import { refuseConsent } from '#commands/family/refuse-consent.ts'
import { consentsTo, familyFold } from '#commands/family/state.ts'
import { withdrawConsent } from '#commands/family/withdraw-consent.ts'
import { policyFold } from '#commands/policy/state.ts'
import { registry } from '#events/registry.ts'
import { actor, ANNA, classTeacher, date, deputy, id, past, school, stranger } from '#support/class-7a.ts'
import { foldedOf, given, type Past } from '#support/spec.ts'
import { processingNotice } from '#values/consent.ts'
import { STARTING_POLICY } from '#values/policy.ts'

const MOTHER = id('mother')
const FATHER = id('father')
const registered = (representative: typeof MOTHER, from = '2026-09-01') =>
  past('family', ANNA, {
    type: 'RepresentativeRegistered',
    data: { pupil: ANNA, representative, kinship: 'mother', from: date(from) },
  })
const now = '2026-11-09T05:00:00.000Z'
const TODAY = date('2026-11-09')
const mother = { as: actor('parent', MOTHER), now }
const father = { as: actor('parent', FATHER), now }
const teacher = { as: classTeacher, now }
const whose = { pupil: ANNA, representative: MOTHER }
const NOTICE = processingNotice(null).version
const gave = (day = '2026-10-01'): Past =>
  past('family', ANNA, {
    type: 'ConsentGiven',
    data: {
      ...whose,
      form: 'written',
      date: date(day),
      scope: ['diary', 'messages'],
      notice: { version: NOTICE, date: date(day) },
    },
  })
const withdrew = past('family', ANNA, {
  type: 'ConsentWithdrawn',
  data: { ...whose, form: 'electronic', date: date('2026-10-05') },
})

/** The rules of a school, with what they say of consents; without a word those of a new school. */
const policy = (consents?: 'required' | 'refusals') =>
  foldedOf(
    [
      past('policy', 'main', {
        type: 'PolicyAdopted',
        data: {
          effectiveFrom: date('2026-09-01'),
          policy: { ...STARTING_POLICY, ...(consents && { consents }) },
        },
      }),
    ],
    policyFold,
    'main',
  )

describe('R-5.1: consent to the electronic form', () => {
  const before = given(school, registered(MOTHER))

  it('is given in the cabinet as of today, or by the class teacher from a paper with its date', () => {
    before.when(giveConsent, { ...whose, notice: NOTICE }, mother).records({
      type: 'ConsentGiven',
      data: { ...whose, form: 'electronic', date: '2026-11-09', scope: ['diary', 'messages'] },
    })
    before
      .when(
        giveConsent,
        { ...whose, scope: ['diary'], notice: 'бланк 2025', signedOn: '2026-11-02' },
        teacher,
      )
      .records({
        type: 'ConsentGiven',
        data: { form: 'written', date: '2026-11-02', scope: ['diary'] },
      })
    before.when(giveConsent, { ...whose, notice: NOTICE }, teacher).refuses('paper-date-missing')
    before
      .when(giveConsent, { ...whose, notice: NOTICE, signedOn: '2026-11-10' }, teacher)
      .refuses('document-of-future')
  })

  it('is refused, and withdrawn where it was given', () => {
    before.when(refuseConsent, whose, mother).records({
      type: 'ConsentRefused',
      data: { ...whose, form: 'electronic', date: '2026-11-09', notice: null },
    })
    before.when(withdrawConsent, whose, mother).refuses('consent-not-given')
    given(school, registered(MOTHER), gave())
      .when(withdrawConsent, { ...whose, signedOn: '2026-11-02' }, teacher)
      .records({ type: 'ConsentWithdrawn', data: { ...whose, form: 'written', date: '2026-11-02' } })
    given(school, registered(MOTHER), gave(), withdrew)
      .when(withdrawConsent, whose, mother)
      .refuses('consent-not-given')
  })

  it('is a matter of each representative, of the class teacher of the own class from paper, and of nobody else', () => {
    const both = given(school, registered(MOTHER), registered(FATHER))
    both.when(giveConsent, { ...whose, notice: NOTICE }, father).refuses('diary-not-yours')
    const paper = { ...whose, notice: NOTICE, signedOn: '2026-11-02' }
    both
      .when(giveConsent, paper, { as: { ...stranger, role: 'class-teacher' }, now })
      .refuses('class-not-led')
    both.when(giveConsent, paper, { as: deputy, now }).refuses('role-not-permitted')
    given(school).when(giveConsent, paper, teacher).refuses('representative-unknown')
  })

  it('a paper that was signed before what was decided later changes nothing of it', () => {
    given(school, registered(MOTHER), gave('2026-10-01'), withdrew)
      .when(giveConsent, { ...whose, notice: NOTICE, signedOn: '2026-10-04' }, teacher)
      .refuses('consent-out-of-order')
  })

  it('whoever comes back as a representative decides anew', () => {
    const ended = past('family', ANNA, {
      type: 'RepresentationEnded',
      data: { ...whose, from: date('2026-10-10') },
    })
    const state = foldedOf(
      [registered(MOTHER), gave(), ended, registered(MOTHER, '2026-10-20')],
      familyFold,
      ANNA,
    )
    expect(state.consents.size).toBe(0)
  })

  it('opens as far as its scope goes; without a decision the rules of the school say, and of new schools they want one', () => {
    const opens = (
      history: readonly Past[],
      rule?: 'required' | 'refusals',
      what: 'diary' | 'messages' = 'diary',
    ) => consentsTo(foldedOf(history, familyFold, ANNA), policy(rule), MOTHER, TODAY, what)
    expect(opens([registered(MOTHER)])).toBe(false)
    expect(opens([registered(MOTHER)], 'refusals')).toBe(true)
    for (const rule of ['required', 'refusals'] as const) {
      expect(opens([registered(MOTHER), gave()], rule)).toBe(true)
      expect(opens([registered(MOTHER), gave(), withdrew], rule)).toBe(false)
    }
    const diaryAlone = past('family', ANNA, {
      type: 'ConsentGiven',
      data: {
        ...whose,
        form: 'written',
        date: TODAY,
        scope: ['diary'],
        notice: { version: NOTICE, date: TODAY },
      },
    })
    expect(opens([registered(MOTHER), diaryAlone])).toBe(true)
    expect(opens([registered(MOTHER), diaryAlone], 'refusals', 'messages')).toBe(false)
  })

  it('rules of a school that were adopted before take nobody’s access away', () => {
    const { upcast, v } = registry.PolicyAdopted
    expect(v).toBe(9)
    const before = upcast[8]!({ effectiveFrom: '2026-09-01', policy: {} } as never)
    expect(before).toMatchObject({ policy: { consents: 'refusals' } })
  })
})

describe('R-A3.3b: the notice of the agreement and of the transfer to the operator is part of the consent', () => {
  const agreed = past('school', 'main', {
    type: 'ProcessingAgreementRecorded',
    data: { agreement: '12/2026', from: date('2026-09-01') },
  })
  const standing = processingNotice('12/2026')

  it('names the agreement, and its version is another when the agreement is', () => {
    expect(standing.text.join(' ')).toContain('12/2026')
    expect(standing.version).not.toBe(NOTICE)
  })

  it('in the cabinet it is the standing one and of today; on paper what stands there and of its date', () => {
    const before = given(school, registered(MOTHER), agreed)
    before.when(giveConsent, { ...whose, notice: standing.version }, mother).records({
      type: 'ConsentGiven',
      data: { notice: { version: standing.version, date: '2026-11-09' } },
    })
    before.when(giveConsent, { ...whose, notice: NOTICE }, mother).refuses('notice-outdated')
    before.when(refuseConsent, { ...whose, notice: NOTICE }, mother).refuses('notice-outdated')
    before
      .when(giveConsent, { ...whose, notice: 'бланк 2025', signedOn: '2026-11-02' }, teacher)
      .records({ type: 'ConsentGiven', data: { notice: { version: 'бланк 2025', date: '2026-11-02' } } })
  })
})
