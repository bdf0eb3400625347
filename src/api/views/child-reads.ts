import { z } from 'zod'
import { writeCsv } from '#exchange/csv.ts'
import { shownInstant } from '#print/dates.ts'
import { Role, ROLE_NAMES } from '#values/role.ts'
import { seesWhole } from '#values/rights.ts'
import { Instant } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import type { Read } from '../read-log.ts'
import { authorsOf } from './names.ts'
import { OPERATOR_READS } from './operator-access.ts'
import { mayReadDiary } from './rights.ts'
import { type Asked, defineView, type View } from './view.ts'

const SUMMARY = 'Кто читал сведения об одном обучающемся: когда, в какой роли, что именно; также выгрузка CSV'

/** What is none of the other views and shows pupils, too. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  'child-reads': SUMMARY,
  'package-file': 'Скачать архивный пакет',
  'event-stream': 'События школы по мере записи',
  ...OPERATOR_READS,
}

/** How many are read from the register at once. */
const MOST = 5_000

const Input = z.strictObject({
  pupil: Uuid,
  since: Instant.optional(),
  before: Instant.optional(),
  format: z.enum(['json', 'csv']).default('json'),
  limit: z.coerce
    .number<string>()
    .int()
    .min(1)
    .max(MOST)
    .optional()
    .describe('По умолчанию 100, а в CSV — все'),
  cursor: z
    .string()
    .regex(/^\d{1,19}$/)
    .optional()
    .describe('Из поля next предыдущего ответа; у CSV — из заголовка Letopis-Next'),
})

/**
 * Who read what of one child, when, in which role and by which address. A family sees everything but by whom: that
 * is said by the head, who has the names, on request.
 *
 * @param views every other view of the API
 */
export function childReads(views: readonly View[]): View {
  const summaries = new Map(views.map(({ name, summary }) => [name, summary]))
  const what = (operation: string) => summaries.get(operation) ?? ELSEWHERE[operation] ?? operation
  return defineView({
    name: 'child-reads',
    path: 'pupils/:pupil/reads',
    summary: SUMMARY,
    tag: 'Личные данные',
    operation: '42c',
    logged: true,
    input: Input,
    reply: z.strictObject({
      pupil: Uuid,
      reads: z.array(
        z.strictObject({
          at: Instant,
          role: Role,
          operation: z.string(),
          what: z.string(),
          path: z.string().nullable().describe('Семье не показывается'),
          account: Uuid.nullable().describe('Семье не показывается'),
          name: z.string().nullable().describe('Семье не показывается'),
          request: z.string().nullable().describe('Семье не показывается'),
        }),
      ),
      next: z.string().nullable(),
    }),
    may: (asked) => mayReadDiary(asked, asked.input.pupil),
    async answer(asked) {
      const { input, parts, school } = asked
      const { pupil, format, limit, ...filter } = input
      // Those of this process; another one writes what it has within a moment.
      await parts.reads.flush()
      // A family that asks on paper is answered with all of it.
      const whole = format === 'csv' && limit === undefined
      const found = await parts.reads.find(school, pupil, { ...filter, limit: limit ?? (whole ? MOST : 100) })
      const { reads } = found
      let { next } = found
      for (;;) {
        if (!whole || next === null) break
        const more = await parts.reads.find(school, pupil, { ...filter, cursor: next, limit: MOST })
        reads.push(...more.reads)
        next = more.next
      }
      const shown = (await named(asked, reads)).map((read) => ({ ...read, what: what(read.operation) }))
      if (format === 'json') return { body: { pupil, reads: shown, next } }
      const rows = shown.map(({ at, role, what, path, name, request }) =>
        [shownInstant(at, parts.zone), ROLE_NAMES[role], what, path, name, request].map((cell) => cell ?? ''),
      )
      return {
        body: writeCsv([['Когда', 'Роль', 'Что', 'Адрес', 'Кто', 'Обращение'], ...rows]),
        about: [pupil],
        file: { type: 'text/csv; charset=utf-8', name: `reads-${pupil}.csv` },
        ...(next === null ? {} : { headers: { 'letopis-next': next } }),
      }
    },
  })
}

async function named(asked: Asked<unknown>, reads: readonly Read[]) {
  const whole = seesWhole('42c').includes(asked.actor.role)
  const name = whole
    ? await authorsOf(
        asked,
        reads.map(({ account }) => account),
      )
    : () => null
  return reads.map(({ at, role, operation, path, account, request }) => ({
    at,
    role: role as Role,
    operation,
    path: whole ? path : null,
    account: whole ? account : null,
    name: name(account),
    request: whole ? request : null,
  }))
}
