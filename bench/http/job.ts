import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { sampleOf, type Sample } from '../measure.ts'
import type { Scratch } from '../scratch.ts'

/** What the load generator is told: all parts go on at the same time. */
export interface Job {
  readonly address: string
  readonly parts: readonly Part[]
}

export interface Part {
  readonly name: string
  readonly connections: number
  readonly seconds: number
  /** Requests a second, each at its moment; null: each connection asks as soon as it was answered. */
  readonly rate: number | null
  /** Begin again when all requests were made; otherwise the part ends. */
  readonly repeat: boolean
  /** A file with a request a line. */
  readonly requests: string
}

export interface Request {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly token?: string
  /** The command id. */
  readonly id?: string
  readonly body?: string
  readonly position?: string
  /** A read that must include what this request has written: its time is the lag of the read models. */
  readonly followedBy?: Request
}

export interface PartOutcome {
  readonly seconds: number
  readonly statuses: Readonly<Record<number, number>>
  /** The body of the first answer that was an error. */
  readonly refusal: string | null
  /** Milliseconds. */
  readonly latencies: readonly number[]
  readonly lags: readonly number[]
}

/** Carries out parts against a service, in another process. */
export async function load(
  scratch: Scratch,
  address: string,
  parts: ReadonlyArray<Omit<Part, 'requests'> & { readonly requests: readonly Request[] }>,
): Promise<Record<string, PartOutcome>> {
  const folder = scratch.folder()
  const written = parts.map((part) => {
    const requests = join(folder, `${part.name}-${randomBytes(4).toString('hex')}.ndjson`)
    writeFileSync(requests, part.requests.map((request) => JSON.stringify(request)).join('\n'))
    return { ...part, requests }
  })
  const file = join(folder, 'job.json')
  writeFileSync(file, JSON.stringify({ address, parts: written } satisfies Job))
  const child = spawn(process.execPath, [join(import.meta.dirname, 'load.ts'), file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  scratch.process(child)
  return JSON.parse(await text(child.stdout)) as Record<string, PartOutcome>
}

/** A sample of a part; every answer must have the status that is expected. */
export function sampleOfPart(part: PartOutcome, status: number): Sample {
  const { seconds, statuses, refusal, latencies } = part
  const others = Object.keys(statuses).filter((known) => Number(known) !== status)
  if (others.length > 0)
    throw new Error(`answers were not all ${status}: ${JSON.stringify(statuses)} ${refusal}`)
  return sampleOf(latencies, latencies.length, seconds)
}
