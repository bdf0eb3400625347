import type { FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Actor } from '#commands/command.ts'
import { type Refusal, refuse } from '#commands/refusal.ts'
import { parsePosition } from '#events/store/position.ts'
import type { StreamName } from '#events/stream-name.ts'
import type { ExchangeSet } from '#values/exchange-set.ts'
import { mayAct, maySee, type Operation } from '#values/rights.ts'
import type { Role } from '#values/role.ts'
import type { SchoolSlug } from '#values/school.ts'
import { dateAt, Instant, type LocalDate } from '#values/time.ts'
import { camelCase, splitByPath } from '../addresses.ts'
import type { ApiParts } from '../parts.ts'
import { actorIn } from '../authentication.ts'
import { ProblemError } from '../problems.ts'
import { noteRead } from '../read-log.ts'
import { ProblemReply, ReadHeaders } from '../schemas.ts'

/** Everything on which a query is answered. */
export interface Asked<Input, Parts = ApiParts> {
  readonly school: SchoolSlug
  readonly actor: Actor
  /** Every role that the person holds today. */
  readonly held: readonly Role[]
  readonly input: Input
  readonly parts: Parts
  /** Today, by the calendar of the installation. */
  readonly today: LocalDate
  /** The id of the request, for `meta.corr` of what it records; a stream of events has none. */
  readonly request?: string
}

/** A query over HTTP: its address, who may, and its answer, in one place. */
export interface View<Input extends z.ZodObject = z.ZodObject, Reply extends z.ZodType = z.ZodType> {
  readonly name: string
  /** Below `/v1/schools/{school}/`; parameters are fields of `input`, the others are its query string. */
  readonly path: string
  readonly summary: string
  readonly tag: string
  /** The row of the matrix of rights: it says which roles may (`src/values/rights.ts`). */
  readonly operation: Operation
  /** It starts or ends something that is no fact of the journal, so it is posted, by whoever may act. */
  readonly posted?: true
  /** The set in which an external system may be agreed to read it, whole; without one it may not. */
  readonly exchange?: ExchangeSet
  readonly input: Input
  readonly reply: Reply
  /** The view whose answer it gives as tables or on paper. */
  readonly shows?: string
  /** In the request log also when it is answered: what leaves the school is known afterwards (R-F8). */
  readonly logged?: true
  /** It reads no rows of read models, so it answers also while one of them is built for the first time. */
  readonly readsNoModel?: true
  /**
   * It is answered also as it was at an instant of record time (`as_of`, R-D1), from the streams of pages that this names
   * and all others of the school.
   */
  past?(asked: Asked<z.output<Input>>): Promise<readonly StreamName[]>
  /** Whether this person, whose role is permitted, may see this: null is yes. */
  may?(asked: Asked<z.output<Input>>): Promise<Refusal | null>
  answer(asked: Asked<z.output<Input>>): Promise<Answer>
}

/** The body of an answer, and the revision for its `ETag` where it shows one stream. */
export interface Answer {
  readonly body: unknown
  readonly revision?: number
  readonly status?: number
  /** The body is the text of a file. */
  readonly file?: { readonly type: string; readonly name: string }
  readonly headers?: Readonly<Record<string, string>>
  /** The body made complete by what takes long, when the rows of the database are given back. */
  readonly complete?: () => Promise<unknown>
  /** The ids that a file shows as names or in a form of its own, for the register of reads; a text names them itself. */
  readonly about?: unknown
}

const AsOf = z.strictObject({
  as_of: Instant.optional().describe(
    'Как было записано к этому мгновению, с именами, какие были внесены тогда; без него — как сейчас. Имена тех, чьи данные уничтожены, не показываются ни за какое время',
  ),
})

export function defineView<Input extends z.ZodObject, Reply extends z.ZodType>(
  view: View<Input, Reply>,
): View<Input, Reply> {
  return view
}

/** The roles that a view is open to. */
export function viewers({ operation, posted }: Pick<View, 'operation' | 'posted'>): readonly Role[] {
  return posted === true ? mayAct(operation) : maySee(operation)
}

export function viewRoute(app: FastifyInstance, parts: ApiParts, view: View): void {
  const method = view.posted === true ? 'POST' : 'GET'
  const { params, rest } = splitByPath(view.path, view.input)
  const query = view.past === undefined ? rest : rest.extend(AsOf.shape)
  app.route({
    method,
    url: `/v1/schools/:school/${view.path}`,
    config: {
      permission: { operation: view.operation },
      operation: view.name,
      logged: method === 'POST' || view.logged === true,
      ...(view.exchange === undefined ? {} : { exchange: view.exchange }),
    },
    schema: {
      operationId: camelCase(view.name),
      summary: view.summary,
      tags: [view.tag],
      params,
      querystring: query,
      headers: ReadHeaders,
      response: {
        200: view.reply,
        ...(method === 'POST' ? { 201: view.reply } : {}),
        default: ProblemReply,
      },
    },
    handler: async (request, reply) => {
      if (view.readsNoModel !== true) complete(parts)
      await caughtUp(request, parts)
      const { school, ...target } = request.params as { school: SchoolSlug }
      const { as_of: asOf, ...given } = request.query as z.output<typeof AsOf>
      const input = { ...given, ...target }
      const answered = await parts.withinSchool(school, async (database) => {
        const asked = await permitted(request, view, { school, input, parts: { ...parts, database } })
        return asOf === undefined ? view.answer(asked) : answerAsOf(view, asked, asOf)
      })
      const { revision, status, file, headers, about } = answered
      const body = answered.complete === undefined ? answered.body : await answered.complete()
      await noteRead(parts, request, view.name, about ?? body)
      if (revision !== undefined) reply.header('etag', `"${revision}"`)
      if (headers !== undefined) reply.headers(headers)
      if (file !== undefined) {
        reply.type(file.type).header('content-disposition', `attachment; filename="${file.name}"`)
      }
      reply.status(status ?? 200)
      // The body, and not the reply: Fastify would listen to the end of what it sends for each.
      return parts.texts.opened(school, body)
    },
  })
}

/** Who may see is decided by the rights of today; what is seen is what was recorded until then. */
async function answerAsOf(view: View, asked: Asked<unknown>, until: Instant): Promise<Answer> {
  const { school, actor, parts } = asked
  const now = parts.execution.clock()
  if (until > now) throw new ProblemError('as-of-ahead', { as_of: until, now })
  const permitted = maySee('42a')
  if (!permitted.includes(actor.role))
    throw denied(refuse('role-not-permitted', { role: actor.role, permitted }))
  const pages = await view.past!(asked as Asked<never>)
  return parts.pasts.at(parts, { school, until, pages }, (past) =>
    view.answer({ ...asked, parts: past, today: dateAt(until, parts.zone) } as Asked<never>),
  )
}

/** The first of the person's roles in which the view may be seen; the named one, when one is named. */
async function permitted<Input>(
  request: FastifyRequest,
  view: View,
  { school, input, parts }: { school: SchoolSlug; input: Input; parts: ApiParts },
): Promise<Asked<Input>> {
  const who = request.who!
  const { roles } = who
  const named = (request.headers as z.output<typeof ReadHeaders>)['letopis-role']
  const wanted = named === undefined ? roles : roles.filter((role) => role === named)
  if (wanted.length === 0 && named !== undefined)
    throw denied(refuse('role-not-held', { role: named, held: roles }))
  const today = dateAt(parts.execution.clock(), parts.zone)
  const permitted = viewers(view)
  let refusal = refuse('role-not-permitted', { held: roles, permitted })
  for (const role of wanted) {
    // Whether the set of this view was agreed has been asked on the way in; it is given for the whole school, but for the
    // diaries, of which families decide.
    const outside = role === 'external-system' && view.exchange !== undefined
    if (!outside && !permitted.includes(role)) continue
    const actor = actorIn(who, role)
    const asked = { school, actor, held: roles, input, parts, today, request: request.id }
    const whole = outside && view.exchange !== 'diary'
    const refused = whole ? null : ((await view.may?.(asked as unknown as Asked<never>)) ?? null)
    if (refused === null) {
      request.asked = { school, account: who.account, role }
      return asked
    }
    // In several roles refused, it stands in the register under the last that was asked.
    request.asked = { school, account: who.account, role }
    refusal = refused
  }
  throw denied(refusal)
}

function denied(refusal: Refusal): ProblemError {
  return new ProblemError(refusal.refused, refusal.detail)
}

/** A version of a read model that is still being built has pages without rows: nobody is shown those as if they were whole. */
function complete({ models }: ApiParts): void {
  const building = models.filter((model) => !model.complete).map(({ model }) => model.name)
  if (building.length > 0) throw new ProblemError('not-caught-up', { building })
}

/** Waits until every read model has come to the position that the client saw, so that it reads its own writes. */
async function caughtUp(request: FastifyRequest, { models, patience }: ApiParts): Promise<void> {
  const text = (request.headers as z.output<typeof ReadHeaders>)['min-position']
  const position = text === undefined ? null : parsePosition(text)
  if (position === null) return
  const reached = await Promise.all(models.map((model) => model.reaches(position, patience)))
  if (!reached.every(Boolean)) throw new ProblemError('not-caught-up', { position: text })
}
