/**
 * Asks a service over HTTP, in a process of its own so that it costs the service nothing but the cores that they share:
 * `load.ts <job.json>` prints what came of it as JSON. Connections are plain sockets, one request at a time on each: the
 * generator must be cheaper than what it measures.
 */
import { readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import type { Job, Part, PartOutcome, Request } from './job.ts'

const { address, parts } = JSON.parse(readFileSync(process.argv[2]!, 'utf8')) as Job
const { hostname, port } = new URL(address)

const outcomes = await Promise.all(parts.map(async (part) => [part.name, await carryOut(part)] as const))
process.stdout.write(JSON.stringify(Object.fromEntries(outcomes)))

interface Answer {
  readonly status: number
  /** The position of what was recorded, where something was. */
  readonly position: string | null
  readonly body: string
}

async function carryOut(part: Part): Promise<PartOutcome> {
  const requests = readFileSync(part.requests, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Request)
  const lines = await Promise.all(Array.from({ length: part.connections }, () => open()))
  const latencies: number[] = []
  const lags: number[] = []
  const statuses: Record<number, number> = {}
  let refusal: string | null = null
  const began = performance.now()
  let next = 0
  const taken = (): Request | undefined => requests[part.repeat ? next++ % requests.length : next++]

  const once = async (line: Line, request: Request, asked: number): Promise<void> => {
    const answer = await line.ask(request)
    latencies.push(performance.now() - asked)
    statuses[answer.status] = (statuses[answer.status] ?? 0) + 1
    if (answer.status >= 400) refusal ??= answer.body
    if (request.followedBy !== undefined && answer.position !== null) {
      // Waits until every read model shows what was just written.
      const answered = performance.now()
      const seen = await line.ask({ ...request.followedBy, position: answer.position })
      if (seen.status === 200) lags.push(performance.now() - answered)
      else statuses[seen.status] = (statuses[seen.status] ?? 0) + 1
    }
  }
  const over = (): boolean => performance.now() - began > part.seconds * 1_000
  await Promise.all(
    lines.map(async (line, n) => {
      for (let turn = n; !over(); turn += lines.length) {
        // With a rate, each request has its moment, and a wait for those before it counts as latency.
        const due = part.rate === null ? performance.now() : began + (turn * 1_000) / part.rate
        const early = due - performance.now()
        if (early > 0) await new Promise((resolve) => setTimeout(resolve, early))
        const request = taken()
        if (request === undefined || over()) return
        await once(line, request, due)
      }
    }),
  )
  const seconds = (performance.now() - began) / 1_000
  for (const line of lines) line.close()
  return { seconds, statuses, refusal, latencies, lags }
}

interface Line {
  ask(request: Request): Promise<Answer>
  close(): void
}

function open(): Promise<Line> {
  return new Promise((opened, failed) => {
    let waiting: { resolve: (answer: Answer) => void; reject: (error: Error) => void } | null = null
    let received: Buffer[] = []
    let length = 0
    /** The length of the whole answer, once its head has come. */
    let whole: number | null = null
    let head = ''
    const socket: Socket = connect({ host: hostname, port: Number(port), noDelay: true }, () => opened(line))
    socket.on('error', (error) => {
      failed(error)
      waiting?.reject(error)
    })
    socket.on('close', () => waiting?.reject(new Error('the service closed the connection')))
    socket.on('data', (chunk: Buffer) => {
      received.push(chunk)
      length += chunk.length
      if (whole === null) {
        const all = received.length === 1 ? chunk : Buffer.concat(received)
        const end = all.indexOf('\r\n\r\n')
        if (end < 0) return
        head = all.toString('latin1', 0, end)
        whole = end + 4 + Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0)
      }
      if (length < whole) return
      const status = Number(head.slice(9, 12))
      // Of an answer that was expected nobody reads the body: that would cost more than the request.
      const body =
        status < 400
          ? ''
          : Buffer.concat(received)
              .toString('utf8')
              .slice(head.length + 4)
      received = []
      length = 0
      whole = null
      const position = /\r\nletopis-position: (\S+)/i.exec(head)?.[1] ?? null
      waiting?.resolve({ status, position, body })
    })
    const line: Line = {
      ask: (request) =>
        new Promise((resolve, reject) => {
          waiting = { resolve, reject }
          socket.write(textOf(request))
        }),
      close: () => socket.destroy(),
    }
  })
}

function textOf({ method, path, token, id, body, position }: Request): string {
  const lines = [`${method} ${path} HTTP/1.1`, `host: ${hostname}:${port}`]
  if (token !== undefined) lines.push(`authorization: Bearer ${token}`)
  if (id !== undefined) lines.push(`idempotency-key: ${id}`)
  if (position !== undefined) lines.push(`min-position: ${position}`)
  if (body === undefined) return `${lines.join('\r\n')}\r\n\r\n`
  lines.push('content-type: application/json', `content-length: ${Buffer.byteLength(body)}`)
  return `${lines.join('\r\n')}\r\n\r\n${body}`
}
