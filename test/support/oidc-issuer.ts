import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Provider } from 'oidc-provider'

export const CLIENT = { id: 'letopis', secret: 'a-secret-of-the-client' }
export const REDIRECT = 'https://diary.example.org/in'

/** An issuer of OpenID Connect at work in this process, and the browser of somebody who is known to it. */
export interface Issuer {
  readonly url: string
  /** Goes to the issuer, is recognised as `subject` there, and is sent back: the query string, without `?`. */
  visit(url: string, subject: string): Promise<string>
  close(): Promise<void>
}

/** A certified server library, with PKCE required of every client and consent given to all. */
export async function openIssuer(): Promise<Issuer> {
  let comes = ''
  let provider: Provider
  const server: Server = createServer((request, response) => {
    if (request.url?.startsWith('/interaction/') !== true) {
      void provider.callback()(request, response)
      return
    }
    const result = comes === '' ? { error: 'access_denied' } : { login: { accountId: comes } }
    void provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false })
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  provider = new Provider(url, {
    clients: [{ client_id: CLIENT.id, client_secret: CLIENT.secret, redirect_uris: [REDIRECT] }],
    pkce: { required: () => true },
    claims: { openid: ['sub', 'person'] },
    conformIdTokenClaims: false,
    interactions: { url: (_context, interaction) => `/interaction/${interaction.uid}` },
    findAccount: (_context, sub) => ({
      accountId: sub,
      claims: () => ({ sub, person: `person of ${sub}`, preferred_username: 'head' }),
    }),
    async loadExistingGrant({ oidc }) {
      const grant = new provider.Grant({
        clientId: oidc.client!.clientId,
        accountId: oidc.session!.accountId!,
      })
      grant.addOIDCScope('openid')
      await grant.save()
      return grant
    },
    cookies: { keys: ['of the tests'] },
    features: { devInteractions: { enabled: false } },
  })
  async function visit(begin: string, subject: string): Promise<string> {
    comes = subject
    const cookies = new Map<string, string>()
    for (let at = new URL(begin); ; ) {
      const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
      const answer = await fetch(at, { redirect: 'manual', headers: { cookie } })
      for (const set of answer.headers.getSetCookie()) {
        const [pair] = set.split(';')
        const [name, value] = pair!.split('=')
        cookies.set(name!, value!)
      }
      const location = answer.headers.get('location')
      if (location === null) throw new Error(`${at.href}: ${answer.status} ${await answer.text()}`)
      at = new URL(location, at)
      if (at.href.startsWith(REDIRECT)) return at.search.slice(1)
    }
  }
  const close = async (): Promise<void> => {
    server.closeAllConnections()
    await new Promise((resolve) => {
      server.close(resolve)
    })
  }
  return { url, visit, close }
}
