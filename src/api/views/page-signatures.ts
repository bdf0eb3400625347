import { z } from 'zod'
import { digestOf, isClosed, signedContent, statementOf } from '#commands/journal-page/closed-page.ts'
import { journalPageFold } from '#commands/journal-page/state.ts'
import { policyOn } from '#commands/policy/state.ts'
import { referenceStream, REFERENCES } from '#commands/references.ts'
import { Revocation } from '#events/journal-page.ts'
import { streamName } from '#events/stream-name.ts'
import { Role } from '#values/role.ts'
import { Instant } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { mayReadPage } from './class-journal.ts'
import { authorsOf } from './names.ts'
import { defineView } from './view.ts'

/** The page as it is signed, its digest, and who signed it (R-7V.2). */
export const pageSignatures = defineView({
  name: 'page-signatures',
  path: 'pages/:page/signatures',
  summary:
    'Подписи страницы журнала: что подписывается, его свёртка, кто подписал и относится ли подпись к этому состоянию',
  tag: 'Страница журнала',
  operation: '34',
  input: z.strictObject({ page: Uuid }),
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
    const digest = digestOf(state)
    const digests = { 1: digestOf(state, 1), 2: digest }
    const closed = isClosed(state, clock())
    const author = await authorsOf(
      asked,
      state.signatures.map(({ by }) => by),
    )
    const signatures = state.signatures.map(({ by, ...one }) => ({
      ...one,
      account: by,
      author_name: author(by),
      current: one.digest === digests[one.content],
    }))
    const signed = signatures.some(({ current, checked }) => current && checked === 'verified')
    return {
      body: {
        page: input.page,
        closed,
        required,
        final: closed && (signed || !required),
        content: signedContent(state) as object,
        digest,
        statement: statementOf(school, input.page, digest),
        signatures,
      },
    }
  },
})
