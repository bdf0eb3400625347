import { describe, expect, it } from 'vitest'
import { acceptRules } from '#commands/access/accept-rules.ts'
import { activateAccount } from '#commands/access/activate-account.ts'
import { blockAccount } from '#commands/access/block-account.ts'
import { disableAccount } from '#commands/access/disable-account.ts'
import { issueActivationCode } from '#commands/access/issue-activation-code.ts'
import { replaceLogInName } from '#commands/access/replace-log-in-name.ts'
import { replacePassword } from '#commands/access/replace-password.ts'
import { receiveAccessApplication } from '#commands/access/receive-access-application.ts'
import { reportLostCredentials } from '#commands/access/report-lost-credentials.ts'
import { unblockAccount } from '#commands/access/unblock-account.ts'
import { linkExternalIdentity } from '#commands/access/link-external-identity.ts'
import type { Actor } from '#commands/command.ts'
import { registry } from '#events/registry.ts'
import { type Policy, STARTING_POLICY } from '#values/policy.ts'
import type { Role } from '#values/role.ts'
import { Instant } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import {
  actor,
  administrator,
  ANNA,
  classTeacher,
  date,
  DINA,
  id,
  MATHEMATICIAN,
  past,
  school,
  STRANGER,
} from '#support/class-7a.ts'
import { given, idMadeBy, malformed, type Past } from '#support/spec.ts'

const account = id('account/anna')
const code = id('code/anna')
const now = '2026-11-09T03:00:00.000Z'
const asAdministrator = { as: administrator, now }
const asHerself = { as: { ...actor('pupil', ANNA), account } satisfies Actor, now }

const openedFor = (person: Uuid) =>
  past('access', account, { type: 'AccountOpened', data: { account, person } })
const opened = openedFor(ANNA)
const issued = past('access', account, {
  type: 'ActivationCodeIssued',
  data: { account, code, expires: Instant.parse('2026-11-10T03:00:00.000Z'), reason: 'first' },
})
const activated = past('access', account, { type: 'AccountActivated', data: { account, code, cred: 2 } })
const lost = past('access', account, {
  type: 'CredentialsReportedLost',
  data: { account, reason: 'lost' },
})
const blocked = past('access', account, {
  type: 'AccountBlocked',
  data: { account, reason: 'breach-suspected' },
})
const disabled = past('access', account, {
  type: 'AccountDisabled',
  data: { account, reason: 'left-school' },
})

describe('issue-activation-code', () => {
  it('R-7B.1: records that a code was issued and until when, thirty days by default, and nothing of the code', () => {
    const [event] = given(opened)
      .when(issueActivationCode, { account }, asAdministrator)
      .records('ActivationCodeIssued')
    expect(event!.data).toEqual({
      account,
      code: idMadeBy(administrator, issueActivationCode, 'code'),
      expires: '2026-12-09T03:00:00.000Z',
      reason: 'first',
    })
  })

  it('R-7B.1: lets the class teacher issue codes to the own class and its representatives, and to nobody else', () => {
    const as = { as: classTeacher, now }
    given(school, opened).when(issueActivationCode, { account }, as).records('ActivationCodeIssued')
    const mother = id('person/mother')
    const registered = past('family', ANNA, {
      type: 'RepresentativeRegistered',
      data: { pupil: ANNA, representative: mother, kinship: 'mother', from: date('2026-09-01') },
    })
    const ofMother = given(school, registered, openedFor(mother))
    ofMother.when(issueActivationCode, { account, pupil: ANNA }, as).records('ActivationCodeIssued')
    ofMother.when(issueActivationCode, { account }, as).refuses('account-not-of-class', { account })
    given(school, openedFor(mother))
      .when(issueActivationCode, { account, pupil: ANNA }, as)
      .refuses('account-not-of-class')
    // A colleague, and a pupil of another class.
    for (const person of [MATHEMATICIAN, DINA]) {
      given(school, openedFor(person))
        .when(issueActivationCode, { account }, as)
        .refuses('account-not-of-class')
    }
    given(school, opened)
      .when(issueActivationCode, { account }, { as: actor('class-teacher', STRANGER), now })
      .refuses('account-not-of-class')
  })

  it('refuses an account that is not there, blocked or disabled', () => {
    given().when(issueActivationCode, { account }, asAdministrator).refuses('account-unknown', { account })
    given(opened, blocked).when(issueActivationCode, { account }, asAdministrator).refuses('account-blocked')
    given(opened, disabled)
      .when(issueActivationCode, { account }, asAdministrator)
      .refuses('account-disabled')
    expect(malformed(issueActivationCode, { account, days: 91 })).toEqual(['days'])
  })
})

describe('activate-account', () => {
  const input = { account, code, password: 'осенний лист 35' }

  it('begins a new credential epoch, and says nothing of the password', () => {
    const [event] = given(opened, issued).when(activateAccount, input, asHerself).records('AccountActivated')
    expect(event!.data).toEqual({ account, code, cred: 2 })
  })

  it('takes a code until its last millisecond', () => {
    const holding = given(opened, issued)
    const [inTime, tooLate] = ['2026-11-10T02:59:59.999Z', '2026-11-10T03:00:00.000Z']
    holding.when(activateAccount, input, { ...asHerself, now: inTime }).records('AccountActivated')
    holding.when(activateAccount, input, { ...asHerself, now: tooLate }).refuses('activation-code-expired', {
      expired: '2026-11-10T03:00:00.000Z',
    })
  })

  it('refuses a code that was used, replaced or never issued', () => {
    given(opened, issued, activated).when(activateAccount, input, asHerself).refuses('activation-code-used')
    const other = { ...input, code: id('code/other') }
    given(opened, issued).when(activateAccount, other, asHerself).refuses('activation-code-invalid')
    given(opened).when(activateAccount, input, asHerself).refuses('activation-code-invalid')
  })

  it('refuses a blocked or disabled account, and that of another', () => {
    given(opened, issued, blocked).when(activateAccount, input, asHerself).refuses('account-blocked')
    given(opened, issued, disabled).when(activateAccount, input, asHerself).refuses('account-disabled')
    given(opened, issued).when(activateAccount, input, asAdministrator).refuses('account-not-own')
  })

  it('R-A1.p2: opens again what lost credentials had closed', () => {
    const history = given(opened, lost, issued)
    history.when(activateAccount, input, asHerself).records('AccountActivated')
    history
      .when(unblockAccount, { account, reason: 'checked' }, asAdministrator)
      .refuses('new-credentials-needed')
  })
})

const rules = (from: string, accessApplications: Policy['accessApplications']) =>
  past('policy', 'main', {
    type: 'PolicyAdopted',
    data: { effectiveFrom: date(from), policy: { ...STARTING_POLICY, accessApplications } },
  })

describe('R-A1.p2: an account is activated when the school has the application of its person', () => {
  const input = { account, code, password: 'осенний лист 35' }
  const received = past('access', account, {
    type: 'AccessApplicationReceived',
    data: { account, version: '2026-1', appliedOn: date('2026-11-06') },
  })
  const holding = (role: Role, until: string | null = null) =>
    past('access', account, {
      type: 'RoleGranted',
      data: {
        account,
        role,
        from: date('2026-09-01'),
        until: until === null ? null : date(until),
        scope: null,
      },
    })
  const activates = (...history: Past[]) =>
    given(opened, issued, ...history).when(activateAccount, input, asHerself)
  const missing = (...history: Past[]) =>
    activates(...history).refuses('access-application-missing', { account })
  const opens = (...history: Past[]) => activates(...history).records('AccountActivated')

  it('a pupil is asked for one, also before the school has rules of its own', () => {
    missing(holding('pupil'))
    missing(rules('2026-09-01', ['pupil']), holding('pupil'))
    opens(rules('2026-09-01', ['pupil']), holding('pupil'), received)
  })

  it('a parent is where the rules of the school say so, from their day on', () => {
    opens(holding('parent'))
    const both = ['pupil', 'parent'] as const
    opens(rules('2026-09-01', ['pupil']), rules('2026-11-10', [...both]), holding('parent'))
    missing(rules('2026-09-01', ['pupil']), rules('2026-11-09', [...both]), holding('parent'))
    opens(rules('2026-11-09', [...both]), holding('parent'), received)
    opens(rules('2026-09-01', []), holding('pupil'))
  })

  it('whoever works at the school has the access of that work, as long as it lasts', () => {
    opens(holding('pupil'), holding('archivist'))
    missing(holding('pupil'), holding('archivist', '2026-11-09'))
  })

  it('who came in before is not asked again for lost credentials', () => {
    const again = past('access', account, {
      type: 'ActivationCodeIssued',
      data: {
        account,
        code: id('code/again'),
        expires: Instant.parse('2026-11-10T03:00:00.000Z'),
        reason: 'lost',
      },
    })
    given(opened, issued, holding('pupil'), activated, lost, again)
      .when(activateAccount, { ...input, code: id('code/again') }, asHerself)
      .records('AccountActivated')
  })

  it('nor does an external issuer let in who owes one', () => {
    const link = { account, issuer: 'https://id.example.org', subject: '1000300890' }
    const linking = (...history: Past[]) =>
      given(opened, ...history).when(linkExternalIdentity, link, asAdministrator)
    linking(holding('pupil')).refuses('access-application-missing', { account })
    linking(holding('pupil'), received).records('ExternalIdentityLinked')
    linking(holding('teacher')).records('ExternalIdentityLinked')
  })

  it('what was adopted before nobody was asked asks nobody', () => {
    const before = registry.PolicyAdopted.upcast[7]!({ effectiveFrom: '2026-09-01', policy: {} } as never)
    expect(before).toMatchObject({ policy: { accessApplications: [] } })
  })
})

describe('receive-access-application', () => {
  const input = { account, version: '2026-1', appliedOn: date('2026-11-06') }
  const received = past('access', account, { type: 'AccessApplicationReceived', data: input })

  it('R-A1.p2: records of which day it is and which rules its writer knows, before the account is activated', () => {
    given(opened)
      .when(receiveAccessApplication, input, asAdministrator)
      .records({ type: 'AccessApplicationReceived', data: input })
    given(opened, issued)
      .when(receiveAccessApplication, input, asAdministrator)
      .records('AccessApplicationReceived')
    given(opened, issued, activated)
      .when(receiveAccessApplication, input, asAdministrator)
      .refuses('account-activated', { account })
  })

  it('R-A1.p2: is received by the class teacher of the pupil, too, and by no other class teacher', () => {
    given(school, opened)
      .when(receiveAccessApplication, input, { as: classTeacher, now })
      .records('AccessApplicationReceived')
    given(school, openedFor(MATHEMATICIAN))
      .when(receiveAccessApplication, input, { as: classTeacher, now })
      .refuses('account-not-of-class')
  })

  it('is recorded once; another one is recorded beside it', () => {
    given(opened, received).when(receiveAccessApplication, input, asAdministrator).records()
    const later = { ...input, appliedOn: date('2026-11-09') }
    given(opened, received)
      .when(receiveAccessApplication, later, asAdministrator)
      .records('AccessApplicationReceived')
  })

  it('refuses rules that are not in force, a day to come, and an account that is not there or disabled', () => {
    const refused = (changes: object, history = [opened]) =>
      given(...history).when(receiveAccessApplication, { ...input, ...changes }, asAdministrator)
    refused({ version: '2025-1' }).refuses('rules-other-version', { version: '2026-1' })
    refused({ appliedOn: date('2026-11-10') }).refuses('document-of-future')
    refused({}, []).refuses('account-unknown')
    refused({}, [opened, disabled]).refuses('account-disabled')
  })
})

describe('accept-rules', () => {
  it('R-4.1: records which version of the rules was accepted, by the person alone', () => {
    const input = { account, version: '2026-1' }
    given(opened)
      .when(acceptRules, input, asHerself)
      .records({ type: 'RulesAccepted', data: { account, version: '2026-1' } })
    given(opened).when(acceptRules, input, asAdministrator).refuses('account-not-own', { account })
    const accepted = past('access', account, { type: 'RulesAccepted', data: { account, version: '2026-1' } })
    given(opened, accepted).when(acceptRules, input, asHerself).refuses('rules-accepted')
    given(opened)
      .when(acceptRules, { account, version: '2025-9' }, asHerself)
      .refuses('rules-other-version', { version: '2026-1' })
  })
})

describe('replace-password and replace-log-in-name', () => {
  const passwords = { old: 'весенний лист 35', new: 'осенний лист 35' }

  it('say that it happened, and no word of what', () => {
    const [event] = given(opened)
      .when(replacePassword, { account, ...passwords }, asHerself)
      .records('PasswordReplaced')
    expect(event!.data).toEqual({ account })
    const [renamed] = given(opened)
      .when(replaceLogInName, { account, login: 'anna.7a' }, asHerself)
      .records('LogInNameReplaced')
    expect(renamed!.data).toEqual({ account })
  })

  it('are for the person alone; the administrator gives another log-in name, and never a password', () => {
    given(opened)
      .when(replacePassword, { account, ...passwords }, asAdministrator)
      .refuses('account-not-own')
    given(opened)
      .when(replaceLogInName, { account, login: 'anna.7a' }, asAdministrator)
      .records('LogInNameReplaced')
    given(opened)
      .when(replaceLogInName, { account, login: 'anna.7a' }, { as: classTeacher, now })
      .refuses('account-not-own')
  })

  it('refuse a new password that is the old one, and an account that is not there or disabled', () => {
    const same = { account, old: passwords.new, new: passwords.new }
    given(opened).when(replacePassword, same, asHerself).refuses('password-same')
    const named = { account, login: 'anna.7a' }
    given().when(replaceLogInName, named, asAdministrator).refuses('account-unknown')
    given(opened, disabled).when(replaceLogInName, named, asAdministrator).refuses('account-disabled')
  })
})

describe('report-lost-credentials', () => {
  const input = { account, reason: 'exposed' } as const

  it('R-A1.p2: is for the person, the class teacher of the pupil, and the administrator', () => {
    for (const as of [asHerself.as, classTeacher, administrator])
      given(school, opened).when(reportLostCredentials, input, { as, now }).records('CredentialsReportedLost')
    given(school, opened)
      .when(reportLostCredentials, input, { as: actor('teacher', MATHEMATICIAN), now })
      .refuses('account-not-own')
    given(school, opened)
      .when(reportLostCredentials, input, { as: actor('class-teacher', STRANGER), now })
      .refuses('account-not-of-class')
  })

  it('changes nothing the second time, and refuses what is not there or disabled', () => {
    given(opened, lost).when(reportLostCredentials, input, asHerself).records()
    given().when(reportLostCredentials, input, asAdministrator).refuses('account-unknown')
    given(opened, disabled).when(reportLostCredentials, input, asAdministrator).refuses('account-disabled')
  })
})

describe('block-account, unblock-account and disable-account', () => {
  const why = { account, reason: 'breach-suspected' } as const

  it('close an account, open it in a new epoch, and end it for good', () => {
    given(opened).when(blockAccount, why, asAdministrator).records({ type: 'AccountBlocked', data: why })
    given(opened, issued, activated, blocked)
      .when(unblockAccount, { account, reason: 'checked' }, asAdministrator)
      .records({ type: 'AccountUnblocked', data: { account, reason: 'checked', cred: 3 } })
    given(opened, blocked)
      .when(unblockAccount, { account, reason: 'checked' }, { as: actor('head', id('staff/head')), now })
      .records('AccountUnblocked')
    given(opened, blocked)
      .when(disableAccount, { account, reason: 'left-school' }, asAdministrator)
      .records('AccountDisabled')
  })

  it('refuse what is so already, and what is not there', () => {
    given(opened, blocked).when(blockAccount, why, asAdministrator).refuses('account-blocked')
    given(opened)
      .when(unblockAccount, { account, reason: 'checked' }, asAdministrator)
      .refuses('account-not-blocked')
    const ending = { account, reason: 'left-school' } as const
    for (const command of [blockAccount, unblockAccount, disableAccount]) {
      const input =
        command === disableAccount ? ending : command === blockAccount ? why : { account, reason: 'checked' }
      given()
        .when(command as typeof blockAccount, input as typeof why, asAdministrator)
        .refuses('account-unknown')
      given(opened, disabled)
        .when(command as typeof blockAccount, input as typeof why, asAdministrator)
        .refuses('account-disabled')
    }
  })
})
