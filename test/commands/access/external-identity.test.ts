import { describe, expect, it } from 'vitest'
import { linkExternalIdentity } from '#commands/access/link-external-identity.ts'
import { owesRules } from '#commands/access/state.ts'
import { accessFold } from '#commands/access/state.ts'
import { unlinkExternalIdentity } from '#commands/access/unlink-external-identity.ts'
import { administrator as as, ANNA, id, past } from '#support/class-7a.ts'
import { given, malformed } from '#support/spec.ts'

const account = id('account/anna')
const identity = id('identity/anna')
const now = '2026-11-09T03:00:00.000Z'
const issuer = 'https://id.example.org'
const opened = past('access', account, { type: 'AccountOpened', data: { account, person: ANNA } })
const linked = past('access', account, {
  type: 'ExternalIdentityLinked',
  data: { account, identity, issuer },
})
const disabled = past('access', account, {
  type: 'AccountDisabled',
  data: { account, reason: 'left-school' },
})

describe('link-external-identity', () => {
  const input = { account, issuer, subject: '1000300890' }

  it('records the link and its issuer, and not who it is there', () => {
    const [event] = given(opened)
      .when(linkExternalIdentity, input, { as, now })
      .records('ExternalIdentityLinked')
    expect(event!.data).toMatchObject({ account, issuer })
    expect(JSON.stringify(event)).not.toContain(input.subject)
  })

  it('refuses an account that nobody opened, or that is disabled', () => {
    given().when(linkExternalIdentity, input, { as, now }).refuses('account-unknown', { account })
    given(opened, disabled).when(linkExternalIdentity, input, { as, now }).refuses('account-disabled')
  })

  it('is malformed for an issuer that is no address, and without a subject', () => {
    for (const change of [{ issuer: 'id.example.org' }, { issuer: 'ftp://id.example.org' }, { subject: '' }])
      malformed(linkExternalIdentity, { ...input, ...change })
  })
})

describe('unlink-external-identity', () => {
  it('ends a link that stands', () => {
    given(opened, linked)
      .when(unlinkExternalIdentity, { account, identity }, { as, now })
      .records({ type: 'ExternalIdentityUnlinked', data: { account, identity } })
  })

  it('refuses one that does not', () => {
    const unlinked = past('access', account, {
      type: 'ExternalIdentityUnlinked',
      data: { account, identity },
    })
    for (const history of [[opened], [opened, linked, unlinked]])
      given(history)
        .when(unlinkExternalIdentity, { account, identity }, { as, now })
        .refuses('identity-unknown', { identity })
  })
})

describe('a person who comes in by an external issuer', () => {
  it('owes the rules as one who came in by a code', () => {
    const state = accessFold.initial()
    expect(owesRules(state)).toBe(false)
    expect(owesRules({ ...state, identities: new Map([[identity, issuer]]) })).toBe(true)
    expect(owesRules({ ...state, identities: new Map([[identity, issuer]]), rules: '2026-1' })).toBe(false)
  })
})
