import { Readable } from 'node:stream'
import { setTimeout } from 'node:timers/promises'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { refuse } from '#commands/refusal.ts'
import { formatPosition, parsePosition, type Position } from '#events/store/position.ts'
import type { CloudEvent } from '#relay/announcement.ts'
import { InProcessBus, type Passed } from '#relay/in-process-bus.ts'
import type { Role } from '#values/role.ts'
import { SchoolSlug } from '#values/school.ts'
import { Listener, LISTENERS, PageJournals } from './listener.ts'
import { LIMITS, OpenStreams } from './open-streams.ts'
import type { ApiParts } from './parts.ts'
import { ProblemError } from './problems.ts'
import { idsIn, noteRead } from './read-log.ts'
import { PositionText, ProblemReply } from './schemas.ts'

/** How soon a client comes again after the stream has ended, in milliseconds. */
const RETRY = 2_000

/** How much waits for a client in this process, in bytes, before nothing more is fetched for him. */
const BUFFER = 16_384

const Headers = z.object({
  'last-event-id': PositionText.optional().describe(
    'Последний полученный id: поток продолжится со следующего события. Браузер присылает его сам.',
  ),
  'letopis-role': z.string().optional().describe('Роль, в которой вы слушаете; без неё — все ваши.'),
})

declare module 'fastify' {
  interface FastifyInstance {
    /** The streams of events that are open. */
    eventStreams: OpenStreams
  }
}

/**
 * `GET /v1/schools/:school/events/stream`: what is told of the events of a school, as server-sent events, to everybody
 * what concerns him. The form of a message is that of the bus (`docs/spec/bus.md`).
 */
export function eventStreamRoute(app: FastifyInstance, parts: ApiParts): void {
  const limits = parts.streams ?? LIMITS
  const streams = new OpenStreams(limits)
  const bus = new InProcessBus(parts.execution.store, app.log)
  const pages = new PageJournals(parts)
  const stop = new AbortController()
  app.decorate('eventStreams', streams)
  // Before the server waits for its connections: a stream would never end by itself.
  app.addHook('preClose', async () => {
    stop.abort()
    await bus.close()
  })
  app.route({
    method: 'GET',
    url: '/v1/schools/:school/events/stream',
    exposeHeadRoute: false,
    config: { permission: { operation: '10' }, operation: 'event-stream' },
    schema: {
      operationId: 'eventStream',
      summary: 'События школы по мере записи (server-sent events): каждому — то, что его касается',
      tags: ['События'],
      params: z.strictObject({ school: SchoolSlug }),
      querystring: z.strictObject({
        after: PositionText.optional().describe('С какой позиции начать; без неё — с этой минуты'),
      }),
      headers: Headers,
      response: {
        200: {
          description: 'text/event-stream; data — CloudEvents 1.0, id — позиция',
          content: { 'text/event-stream': { schema: z.string() } },
        },
        default: ProblemReply,
      },
    },
    handler: async (request, reply) => {
      const who = request.who!
      const { 'last-event-id': last, 'letopis-role': named } = request.headers as z.output<typeof Headers>
      const role = who.roles.find((held) => held === named) ?? null
      if (named !== undefined && role === null)
        throw denied('role-not-held', { role: named, held: who.roles })
      const listener = new Listener(parts, pages, who, role)
      if (!(await listener.mayListen())) {
        throw denied('role-not-permitted', { held: who.roles, permitted: LISTENERS })
      }
      const from = last ?? (request.query as { after?: string }).after
      const after = from === undefined ? await bus.end() : placeOf(from)
      const leave = streams.enter(who.account)
      const gone = new AbortController()
      reply.raw.once('close', () => {
        leave()
        gone.abort()
      })
      const signal = AbortSignal.any([gone.signal, stop.signal])
      const passed = bus.follow({ after, school: who.school, signal })
      const cut = (): void => {
        request.log.warn({ account: who.account }, 'a listener took nothing of what he was sent, and was cut')
        reply.raw.destroy()
      }
      const told = toldTo(parts, request, role ?? who.roles[0]!)
      reply.raw.once('close', () => {
        told
          .note()
          .catch((err: unknown) => request.log.error({ err }, 'what a listener was told is not noted'))
      })
      const text = attended(blocks(listener, passed, after, limits.heartbeat, told), limits.stall, cut)
      return (
        reply
          .type('text/event-stream; charset=utf-8')
          // The connection ends with its stream: kept open, it would hold up a service that stops.
          .headers({ 'cache-control': 'no-store', 'x-accel-buffering': 'no', connection: 'close' })
          .send(Readable.from(text, { objectMode: false, highWaterMark: BUFFER }))
      )
    },
  })
}

function denied(
  reason: 'role-not-held' | 'role-not-permitted',
  detail: Record<string, unknown>,
): ProblemError {
  const { refused } = refuse(reason, detail)
  return new ProblemError(refused, detail)
}

/** What comes next; whoever waits for it hears of its failure, and perhaps nobody does: a slow reader is waited for. */
function ahead<Item>(iterator: AsyncIterator<Item>): Promise<IteratorResult<Item>> {
  const next = iterator.next()
  next.catch(() => {})
  return next
}

/**
 * The text of a stream. Every id is the place up to which its reader has heard everything that is for him, whether
 * anything was or not: whoever comes again with the last one misses nothing and hears nothing twice.
 */
async function* blocks(
  listener: Listener,
  passed: AsyncIterable<Passed>,
  after: Position | null,
  heartbeat: number,
  told: Told,
): AsyncGenerator<string> {
  yield `retry: ${RETRY}\n${place(after)}\n`
  const iterator = passed[Symbol.asyncIterator]()
  let upTo = after
  let spokeAt = performance.now()
  let next = ahead(iterator)
  for (;;) {
    const come = await within(next, Math.max(0, spokeAt + heartbeat - performance.now()))
    if (!(await listener.mayListen())) return
    let text = ''
    if (come !== null) {
      if (come.done === true) return
      for (const event of come.value.events) {
        const message = await listener.hears(event)
        if (message === null) continue
        text += block(message)
        told.add(message)
      }
      upTo = come.value.upTo
      next = ahead(iterator)
    }
    if (text === '' && performance.now() - spokeAt < heartbeat) continue
    // A block without data moves the last id of its reader on, and is no event to him.
    await told.note(TOLD_TOGETHER)
    yield text === '' ? `:\n${place(upTo)}\n` : text
    spokeAt = performance.now()
  }
}

/** What somebody was told is registered together for so long, in milliseconds: a stream tells hundreds of events. */
const TOLD_TOGETHER = 60_000

interface Told {
  add(message: CloudEvent): void
  /** @param unless nothing is noted when less time has passed since the last note */
  note(unless?: number): Promise<void>
}

/** Whom of the pupils the events of a stream were about, for the register of reads. */
function toldTo(parts: ApiParts, request: FastifyRequest, role: Role): Told {
  const { account, school } = request.who!
  const ids = new Set<string>()
  let noted = performance.now()
  return {
    add: (message) => void idsIn(message.data, ids),
    async note(unless = 0) {
      if (ids.size === 0 || performance.now() - noted < unless) return
      const shown = [...ids]
      ids.clear()
      noted = performance.now()
      request.asked = { school, account, role }
      await noteRead(parts, request, 'event-stream', shown)
    },
  }
}

function block(message: CloudEvent): string {
  return `id: ${message.position}\ndata: ${JSON.stringify(message)}\n\n`
}

/** The place before everything, which is no position: engines count from different numbers. */
const BEGINNING = '0-0'

function place(position: Position | null): string {
  return `id: ${position === null ? BEGINNING : formatPosition(position)}\n`
}

function placeOf(text: string): Position | null {
  return text === BEGINNING ? null : parsePosition(text)
}

/** Null when it has not come within `milliseconds`. */
async function within<Value>(promise: Promise<Value>, milliseconds: number): Promise<Value | null> {
  const over = new AbortController()
  const late = setTimeout(milliseconds, null, { signal: over.signal }).catch(() => null)
  try {
    return await Promise.race([promise, late])
  } finally {
    over.abort()
  }
}

/** Passes a text on, and gives its reader up when he has not taken a piece in time. */
async function* attended(
  text: AsyncIterable<string>,
  milliseconds: number,
  giveUp: () => void,
): AsyncGenerator<string> {
  for await (const piece of text) {
    const taken = new AbortController()
    void setTimeout(milliseconds, null, { signal: taken.signal }).then(giveUp, () => {})
    try {
      yield piece
    } finally {
      taken.abort()
    }
  }
}
