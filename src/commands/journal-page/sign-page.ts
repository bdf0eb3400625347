import { z } from 'zod'
import { CmsText, Digest } from '#events/journal-page.ts'
import { refuse } from '../refusal.ts'
import { digestOf, isClosed, statementOf } from './closed-page.ts'
import { mayWriteOnPage, onPage, pageCommand } from './ground.ts'

const SignPage = z
  .strictObject({
    ...onPage,
    digest: Digest.describe('Свёртка страницы, которую подписывают: из GET pages/{page}/signatures'),
    password: z
      .string()
      .min(1)
      .max(200)
      .optional()
      .describe('Простая подпись: пароль подписывающего; проверяется и нигде не хранится'),
    cms: CmsText.optional().describe(
      'Подпись сертификатом: отсоединённая подпись CMS текста statement оттуда же, DER в base64, с сертификатом',
    ),
  })
  .refine(({ password, cms }) => (password === undefined) !== (cms === undefined), {
    error: 'пароль или подпись сертификатом, одно из двух',
    path: ['password'],
  })

/**
 * Signs a closed page as it stands (R-7V.2): by giving the own password again, the simple electronic signature, or by a
 * certificate. That signature is verified before it is recorded: against the text, the certificate, its time, the
 * certification authorities that are trusted here, and the name of whoever signs.
 */
export const signPage = pageCommand({
  name: 'sign-page',
  summary: 'Подписать закрытую страницу электронной подписью: повторным вводом пароля или сертификатом',
  operation: '34',
  input: SignPage,
  passesLock: true,
  may: mayWriteOnPage,
  async prove({ school, actor, input, now }, { signatures }) {
    const { page, digest, cms } = input
    if (cms === undefined) return null
    if (signatures === undefined) return refuse('signatures-not-configured')
    const statement = statementOf(school, page, digest)
    const found = await signatures.verify({ school, person: actor.person, statement, cms, at: now })
    return typeof found === 'string' ? refuse(found) : found
  },
  decide({ input, state, now, proof }) {
    if (!isClosed(state, now)) return refuse('page-not-closed')
    const digest = digestOf(state)
    if (input.digest !== digest) return refuse('digest-differs', { digest })
    if (proof === undefined) {
      const simple = {
        method: 'password',
        checked: 'verified',
        revocation: null,
        certificate: null,
        cms: null,
        given: null,
      } as const
      return [{ type: 'PageSigned', data: { content: 2, digest, ...simple } }]
    }
    return [{ type: 'PageSigned', data: { content: 2, digest, method: 'certificate', ...proof } }]
  },
  async aside({ school, actor, input: { password } }, { credentials }) {
    const own = password === undefined || (await credentials.isPasswordOf(school, actor.account, password))
    return own ? null : refuse('password-wrong')
  },
  asideFields: ['password'],
})
