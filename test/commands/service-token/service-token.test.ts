import { describe, expect, it } from 'vitest'
import { issueServiceToken } from '#commands/service-token/issue-service-token.ts'
import { revokeServiceToken } from '#commands/service-token/revoke-service-token.ts'
import { opensAt, type ServiceTokenState } from '#commands/service-token/state.ts'
import { Instant } from '#values/time.ts'
import { administrator as as, id, past } from '#support/class-7a.ts'
import { given, malformed } from '#support/spec.ts'

const token = id('service-token')
const now = '2026-11-09T03:00:00.000Z'
const system = 'АИС «Контингент»'
const issued = past('serviceToken', token, {
  type: 'ServiceTokenIssued',
  data: { token, system, sets: ['rosters'], expires: Instant.parse('2026-12-09T03:00:00.000Z') },
})
const revoked = past('serviceToken', token, {
  type: 'ServiceTokenRevoked',
  data: { token, reason: 'exposed' },
})

describe('issue-service-token', () => {
  it('records for which system, which sets and until when, each set once', () => {
    given()
      .when(
        issueServiceToken,
        { token, system, sets: ['rosters', 'calendar', 'rosters'], days: 30 },
        { as, now },
      )
      .records({
        type: 'ServiceTokenIssued',
        data: { token, system, sets: ['calendar', 'rosters'], expires: '2026-12-09T03:00:00.000Z' },
      })
  })

  it('refuses an id that a token has, revoked or not', () => {
    for (const history of [[issued], [issued, revoked]])
      given(history)
        .when(issueServiceToken, { token, system, sets: ['load'] }, { as, now })
        .refuses('service-token-exists', { token })
  })

  it('R-7A.18b: agrees on acknowledgements together with the diary, and not without it', () => {
    const input = { token, system, days: 30 }
    given()
      .when(issueServiceToken, { ...input, sets: ['acknowledgements', 'diary'] }, { as, now })
      .records({ type: 'ServiceTokenIssued', data: { sets: ['diary', 'acknowledgements'] } })
    given()
      .when(issueServiceToken, { ...input, sets: ['rosters', 'acknowledgements'] }, { as, now })
      .refuses('acknowledgements-without-diary', { sets: ['rosters', 'acknowledgements'] })
  })

  it('is malformed without a set, for a set that nobody agreed on, and for longer than a year', () => {
    const input = { token, system, sets: ['calendar'] }
    expect(issueServiceToken.input.safeParse(input).success).toBe(true)
    for (const change of [{ sets: [] }, { sets: ['marks'] }, { days: 367 }, { days: 0 }, { system: '' }])
      malformed(issueServiceToken, { ...input, ...change })
  })
})

describe('revoke-service-token', () => {
  it('records why', () => {
    given(issued)
      .when(revokeServiceToken, { token, reason: 'exposed' }, { as, now })
      .records({ type: 'ServiceTokenRevoked', data: { token, reason: 'exposed' } })
  })

  it('refuses a token that nobody issued, and one that is revoked', () => {
    given()
      .when(revokeServiceToken, { token, reason: 'exposed' }, { as, now })
      .refuses('service-token-unknown', { token })
    given(issued, revoked)
      .when(revokeServiceToken, { token, reason: 'replaced' }, { as, now })
      .refuses('service-token-revoked', { reason: 'exposed' })
  })
})

describe('what a token opens', () => {
  const at = Instant.parse(now)
  const expires = Instant.parse('2026-12-09T03:00:00.000Z')
  const state: ServiceTokenState = {
    issued: { system, sets: ['rosters'], at, expires },
    approved: null,
    revoked: null,
  }

  it('is its sets until the very instant at which it expires, and nothing from then on or when it is revoked', () => {
    expect(opensAt(state, Instant.parse('2026-12-09T02:59:59.999Z'))).toEqual(['rosters'])
    expect(opensAt(state, expires)).toEqual([])
    expect(opensAt({ ...state, revoked: 'replaced' }, at)).toEqual([])
    expect(opensAt({ issued: null, approved: null, revoked: null }, at)).toEqual([])
  })
})
