import { expect } from 'vitest'
import { canonicalRecord } from '#events/record.ts'
import type { EventStore, PositionedEvent } from '#events/store/event-store.ts'
import { leafHash } from '#integrity/tlog/leaf-hash.ts'
import { DEMO_PASSWORD, DEMO_SCHOOL } from '#main/demo.ts'
import type { LogIn } from '#main/synthetic/log-ins.ts'
import type { SchoolCommand } from '#main/synthetic/school-command.ts'

/** The answer to a command that was accepted. */
export interface Answer {
  readonly stream: string
  readonly revision: number
  readonly repeated: boolean
  readonly events: ReadonlyArray<{ readonly id: string; readonly type: string; readonly hash: string }>
}

/** The token of each account. */
export type Tokens = ReadonlyMap<string, string>

/** A command as a client sends it; null when no answer came, and a number when the service could not answer it now. */
export async function sendOne(
  address: string,
  tokens: Tokens,
  { command, input, id, actor }: SchoolCommand,
): Promise<Answer | null | 503> {
  const inPath = new Set([...command.path.matchAll(/:(\w+)/g)].map(([, name]) => name!))
  const path = command.path.replaceAll(/:(\w+)/g, (_, name: string) => String(input[name]))
  const body = Object.fromEntries(Object.entries(input).filter(([name]) => !inPath.has(name)))
  const request = fetch(`${address}/v1/schools/${DEMO_SCHOOL}/${path}/${command.name}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${tokens.get(actor.account)}`,
      'content-type': 'application/json',
      'idempotency-key': id,
      'letopis-role': actor.role,
    },
    body: JSON.stringify(body),
  })
  let text: string
  let response: Response
  try {
    response = await request
    text = await response.text()
  } catch {
    return null
  }
  if (response.status === 503) return 503
  expect([200, 201], `${command.name}: ${text}`).toContain(response.status)
  return JSON.parse(text) as Answer
}

/** Those of one page one after another, and the pages at once. */
export function byPage(commands: readonly SchoolCommand[]): SchoolCommand[][] {
  return [...Map.groupBy(commands, ({ command, input }) => command.stream(input as never)).values()]
}

export async function logInAll(address: string, logIns: readonly LogIn[]): Promise<Tokens> {
  const tokens = new Map<string, string>()
  for (const { login, account } of logIns) {
    const response = await fetch(`${address}/v1/log-in`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ school: DEMO_SCHOOL, login, password: DEMO_PASSWORD }),
    })
    expect(response.status, login).toBe(200)
    tokens.set(account, ((await response.json()) as { token: string }).token)
  }
  return tokens
}

/** The ids of the events of each command, in order. */
export type RecordedCommands = Map<string, string[]>

/** Every event of the log, each chained to the one before it and hashed as it is written. */
export async function chainedLog(
  store: EventStore,
): Promise<{ log: PositionedEvent[]; recorded: RecordedCommands }> {
  const log: PositionedEvent[] = []
  const heads = new Map<string, { revision: bigint; hash: string }>()
  const recorded: RecordedCommands = new Map()
  for await (const event of store.readAll()) {
    const { id, stream, revision, meta, canonical } = event
    const head = heads.get(stream)
    expect(revision, stream).toBe((head?.revision ?? -1n) + 1n)
    expect(meta['prev'], `${stream} ${revision}`).toBe(head?.hash ?? null)
    expect(canonicalRecord(stream, revision, event)).toBe(canonical)
    heads.set(stream, { revision, hash: leafHash(canonical) })
    const command = meta['cmd'] as string
    recorded.set(command, [...(recorded.get(command) ?? []), id])
    log.push(event)
  }
  return { log, recorded }
}
