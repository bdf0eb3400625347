import { z } from 'zod'
import { SIGNATURE_FAULTS } from '#commands/command.ts'
import {
  digestsOf,
  isClosed,
  NEWEST,
  signedContent,
  statementOf,
} from '#commands/journal-page/closed-page.ts'
import { journalPageFold, type SignatureState } from '#commands/journal-page/state.ts'
import { policyOn } from '#commands/policy/state.ts'
import { referenceStream, REFERENCES } from '#commands/references.ts'
import { Revocation } from '#events/journal-page.ts'
import { streamName } from '#events/stream-name.ts'
import { Role } from '#values/role.ts'
import { Instant } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { ProblemError } from '../problems.ts'
import { mayReadPage } from './class-journal.ts'
import { authorsOf } from './names.ts'
import { type Asked, defineView } from './view.ts'

/** What a check finds that is made later than the signing. */
const Again = z.strictObject({
  at: Instant.describe('Когда проверено'),
  result: z.enum(['verified', 'not-checked', ...SIGNATURE_FAULTS]),
  revocation: Revocation.nullable().describe('null — подпись не прошла проверку'),
})

/** The page as it is signed, its digest, and who signed it (R-7V.2). */
export const pageSignatures = defineView({
  name: 'page-signatures',
  path: 'pages/:page/signatures',
  summary:
    'Подписи страницы журнала: что подписывается, его свёртка, кто подписал и относится ли подпись к этому состоянию',
  tag: 'Страница журнала',
  operation: '34',
  input: z.strictObject({
    page: Uuid,
    again: z
      .enum(['true', 'false'])
      .optional()
      .describe('Проверить сейчас те подписи, которые при подписании проверить было нечем'),
  }),
  reply: z.strictObject({
    page: Uuid,
    closed: z.boolean(),
    required: z.boolean().describe('По правилам школы закрытие окончательно только с подписью'),
    final: z.boolean().describe('Закрыта и, если подпись обязательна, подписана в этом состоянии'),
    content: z.record(z.string(), z.unknown()).describe('Что подписывается: docs/spec/page-signature.md'),
    digest: z.string().describe('SHA-256 канонического текста content (RFC 8785)'),
    statement: z.string().describe('Текст, который подписывают сертификатом, в UTF-8'),
    signatures: z.array(
      z.strictObject({
        at: Instant,
        account: Uuid,
        author_name: z.string().nullable(),
        role: Role,
        method: z.enum(['password', 'certificate']),
        checked: z.enum(['verified', 'not-checked']).describe('not-checked — алгоритм здесь не проверяется'),
        revocation: Revocation.nullable().describe(
          'Отозван ли был сертификат: not-checked — нет действующего списка его центра; null — простая подпись',
        ),
        certificate: z.string().nullable().describe('SHA-256 сертификата'),
        cms: z.string().nullable().describe('Подпись без сертификата, DER в base64'),
        content: z.union([z.literal(1), z.literal(2)]).describe('Версия content, от которой взята свёртка'),
        digest: z.string(),
        current: z.boolean().describe('Относится к странице, какая она сейчас'),
        given: z.boolean().describe('Хранится с сертификатом, чтобы её можно было проверить позже'),
        again: Again.nullable().describe(
          'Что нашла проверка сейчас, на мгновение подписания; null — о ней не просили или проверять нечего. Она не записывается, и final от неё не зависит',
        ),
      }),
    ),
  }),
  may: async (asked) => (asked.actor.role === 'archivist' ? null : mayReadPage(asked)),
  async answer(asked) {
    const { school, parts, input, today } = asked
    const { streams, clock } = parts.execution
    const stream = streamName(school, 'journalPage', input.page)
    const { state } = await streams.load(journalPageFold, stream)
    const rules = await streams.load(REFERENCES.policy.fold, referenceStream(school, 'policy', null))
    const required = policyOn(rules.state, today)?.signatureRequired ?? false
    const digests = digestsOf(state, [NEWEST, ...state.signatures.map((one) => one.content)])
    const digest = digests.get(NEWEST)!
    const closed = isClosed(state, clock())
    const author = await authorsOf(
      asked,
      state.signatures.map(({ by }) => by),
    )
    const signatures = state.signatures.map(({ by, given, ...one }) => ({
      ...one,
      account: by,
      author_name: author(by),
      current: one.digest === digests.get(one.content),
      given: given !== null,
      again: null,
    }))
    const signed = signatures.some(({ current, checked }) => current && checked === 'verified')
    const body = {
      page: input.page,
      closed,
      required,
      final: closed && (signed || !required),
      content: signedContent(state) as object,
      digest,
      statement: statementOf(school, input.page, digest),
      signatures,
    }
    if (input.again !== 'true') return { body }
    return {
      body,
      async complete() {
        const found = await checkedAgain(asked, state.signatures)
        return { ...body, signatures: signatures.map((one, i) => ({ ...one, again: found[i] ?? null })) }
      },
    }
  },
})

/**
 * What is found now of signatures that nothing could check when they were made, one after the other; null of all others,
 * and of one whose certificate is not kept or was erased.
 *
 * @throws {ProblemError} too many signatures are being verified
 */
async function checkedAgain(
  { school, parts, input: { page } }: Asked<{ readonly page: Uuid }>,
  signatures: readonly SignatureState[],
): Promise<Array<z.output<typeof Again> | null>> {
  const { clock, places } = parts.execution
  const texts = signatures.flatMap(({ given }) => given ?? [])
  const kept = await parts.texts.read(school, texts)
  const found: Array<z.output<typeof Again> | null> = []
  for (const { given, digest, at } of signatures) {
    const cms = given === null || typeof given === 'string' ? given : kept.get(given.$pd.cm)
    if (!cms || places.signatures === undefined) {
      found.push(null)
      continue
    }
    const statement = statementOf(school, page, digest)
    const outcome = await places.signatures.verifyAgain({ school, statement, cms, at })
    if (outcome === 'signature-check-busy') throw new ProblemError(outcome)
    found.push(
      typeof outcome === 'string'
        ? { at: clock(), result: outcome, revocation: null }
        : { at: clock(), result: outcome.checked, revocation: outcome.revocation },
    )
  }
  return found
}
