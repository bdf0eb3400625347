import { z } from 'zod'
import type { Approvable, Approved } from '#commands/approval.ts'
import { policyFold, policyOn } from '#commands/policy/state.ts'
import { referenceStream } from '#commands/references.ts'
import { rosterFold } from '#commands/roster/state.ts'
import { serviceTokenFold } from '#commands/service-token/state.ts'
import { teachingLoadFold } from '#commands/teaching-load/state.ts'
import { Order } from '#events/roster.ts'
import { streamName } from '#events/stream-name.ts'
import { yearOf } from '#projections/school-directory/queries.ts'
import { ExchangeSet } from '#values/exchange-set.ts'
import { Role } from '#values/role.ts'
import { SchoolYear, schoolYearOf } from '#values/school.ts'
import { Instant } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { authorsOf } from './names.ts'
import { mayReadWhole } from './rights.ts'
import { type Asked, defineView } from './view.ts'

const ApprovedReply = z
  .strictObject({ at: Instant, account: Uuid, role: Role, name: z.string().nullable() })
  .nullable()
  .describe('Кто и когда утвердил; null — ещё никто')
const changes = {
  through: z.int().describe('Последнее изменение: его называет утверждение'),
  changed_at: Instant,
  pending: z.int().describe('Сколько изменений ещё не утверждено'),
  approved: ApprovedReply,
  approved_through: z.int().nullable(),
}

/**
 * What waits for the head, and what he has approved: the load of a year, orders of movement, exchange with external
 * systems (DOMAIN.md B.2, rows 18, 20, 45). Made of the log when it is asked for.
 */
export const approvals = defineView({
  name: 'approvals',
  path: 'approvals',
  summary: 'На утверждение руководителю: нагрузка, движение по приказам, обмен с внешними системами',
  tag: 'Справочники',
  operation: '18b',
  input: z.strictObject({
    year: z.coerce.number().pipe(SchoolYear).optional().describe('Год нагрузки; по умолчанию — текущий'),
    show: z.enum(['pending', 'all']).default('pending').describe('Только ожидающие или все'),
  }),
  may: (asked) => Promise.resolve(mayReadWhole(asked)),
  reply: z.strictObject({
    load: z.array(z.strictObject({ year: SchoolYear, ...changes })),
    movements: z.array(z.strictObject({ order: Order, pupils: z.int(), ...changes })),
    exchange: z.array(
      z.strictObject({
        token: Uuid,
        system: z.string(),
        sets: z.array(ExchangeSet),
        issued: Instant,
        expires: Instant,
        approved: ApprovedReply,
      }),
    ),
    exchange_waits: z.boolean().describe('По правилам школы неодобренный токен ничего не открывает'),
  }),
  async answer(asked) {
    const { school, parts, input, today } = asked
    const { streams } = parts.execution
    const year = input.year ?? (await yearOf(parts.database, school, today)) ?? schoolYearOf(today)
    const all = input.show === 'all'
    const [load, roster, policy] = [
      (await streams.load(teachingLoadFold, referenceStream(school, 'teachingLoad', year))).state.approval,
      (await streams.load(rosterFold, referenceStream(school, 'roster', null))).state,
      (await streams.load(policyFold, referenceStream(school, 'policy', null))).state,
    ]
    const loads = load !== null && (all || load.pending > 0) ? [load] : []
    const orders = [...roster.orders.values()].filter(({ pending }) => all || pending > 0)
    const tokens = (await exchanges(asked)).filter(({ approved }) => all || approved === null)
    const name = await authorsOf(
      asked,
      [...loads, ...orders, ...tokens].flatMap(({ approved }) => approved?.by ?? []),
    )
    const shown = (approved: Approved | null) =>
      approved && { at: approved.at, account: approved.by, role: approved.role, name: name(approved.by) }
    const changed = (one: Readonly<Approvable>) => ({
      through: one.changed,
      changed_at: one.changedAt,
      pending: one.pending,
      approved: shown(one.approved),
      approved_through: one.approved?.through ?? null,
    })
    return {
      body: {
        load: loads.map((one) => ({ year, ...changed(one) })),
        movements: orders
          .map((one) => ({ order: one.order, pupils: one.pupils.size, ...changed(one) }))
          .toSorted((a, b) => (a.changed_at < b.changed_at ? -1 : 1)),
        exchange: tokens.map(({ approved, ...token }) => ({ ...token, approved: shown(approved) })),
        exchange_waits: policyOn(policy, today)?.exchangeApproved ?? false,
      },
    }
  },
})

/** The tokens that open something or would: neither revoked nor past their term. */
async function exchanges({ school, parts }: Asked<unknown>) {
  const now = parts.execution.clock()
  const kept = await parts.serviceTokens.of(school)
  const found = await Promise.all(
    kept.map(async ({ token }) => {
      const stream = streamName(school, 'serviceToken', token)
      const { issued, revoked, approved } = (await parts.execution.streams.load(serviceTokenFold, stream))
        .state
      if (issued === null || revoked !== null || issued.expires <= now) return null
      const { system, sets, at, expires } = issued
      return { token, system, sets: [...sets], issued: at, expires, approved }
    }),
  )
  return found.filter((one) => one !== null)
}
