import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

type Value = string | number | boolean

/** A span as it came over the wire. */
export interface ReceivedSpan {
  readonly name: string
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId: string | undefined
  readonly attributes: Readonly<Record<string, Value>>
  /** Whole numbers of nanoseconds. */
  readonly startTimeUnixNano: string
  readonly endTimeUnixNano: string
  readonly failed: boolean
}

export interface OtlpReceiver {
  readonly endpoint: string
  readonly spans: readonly ReceivedSpan[]
  /** What the process says of itself. */
  readonly resource: Readonly<Record<string, Value>>
  /** Everything that came, as text. */
  readonly text: string
  close(): Promise<void>
}

interface KeyValue {
  readonly key: string
  readonly value: {
    stringValue?: string
    intValue?: number | string
    boolValue?: boolean
    doubleValue?: number
  }
}
interface Body {
  readonly resourceSpans: ReadonlyArray<{
    readonly resource: { readonly attributes: readonly KeyValue[] }
    readonly scopeSpans: ReadonlyArray<{ readonly spans: readonly RawSpan[] }>
  }>
}
interface RawSpan extends Omit<ReceivedSpan, 'attributes' | 'failed'> {
  readonly attributes: readonly KeyValue[]
  readonly status: { readonly code?: number }
}

const STATUS_ERROR = 2

/** A collector of traces: OTLP 1.x over HTTP in JSON, as far as one request goes. */
export async function otlpReceiver(): Promise<OtlpReceiver> {
  const spans: ReceivedSpan[] = []
  const resource: Record<string, Value> = {}
  let text = ''
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const known = request.method === 'POST' && request.url === '/v1/traces'
      if (known) {
        const body = Buffer.concat(chunks).toString()
        text += body
        for (const { resource: of, scopeSpans } of (JSON.parse(body) as Body).resourceSpans) {
          Object.assign(resource, read(of.attributes))
          for (const span of scopeSpans.flatMap((scope) => scope.spans))
            spans.push({
              ...span,
              attributes: read(span.attributes),
              failed: span.status.code === STATUS_ERROR,
            })
        }
      }
      response.writeHead(known ? 200 : 404, { 'content-type': 'application/json' }).end('{}')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    endpoint: `http://127.0.0.1:${port}`,
    spans,
    resource,
    get text() {
      return text
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function read(attributes: readonly KeyValue[]): Record<string, Value> {
  return Object.fromEntries(
    attributes.map(({ key, value: { stringValue, intValue, boolValue, doubleValue } }) => [
      key,
      stringValue ?? boolValue ?? doubleValue ?? Number(intValue),
    ]),
  )
}
