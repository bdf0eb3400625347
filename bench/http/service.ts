import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Scratch } from '../scratch.ts'

/** A process that serves HTTP. */
export interface Service {
  readonly address: string
  /** Ends it as an operator would, and waits until it is gone. */
  stop(): Promise<void>
}

const LETOPIS = join(import.meta.dirname, '../../src/main/letopis.ts')
const BARE = join(import.meta.dirname, 'bare.ts')

/** The service as an installation runs it, on a data folder or on a database. */
export function letopis(scratch: Scratch, where: { folder: string; url?: string }): Promise<Service> {
  const database = where.url === undefined ? {} : { DATABASE_URL: where.url }
  const own = { LETOPIS_PORT: '0', LETOPIS_LOG_LEVEL: 'silent', LETOPIS_DATA: where.folder, ...database }
  return started(scratch, [...profiled(), LETOPIS, 'serve'], own)
}

/** Fastify with one route and nothing of ours: what an answer costs at least. */
export function bareFastify(scratch: Scratch, answer: string): Promise<Service> {
  return started(scratch, [BARE, answer], {})
}

/** With `BENCH_CPU_PROFILE` the service writes a CPU profile into that folder when it ends. */
function profiled(): string[] {
  const folder = process.env['BENCH_CPU_PROFILE']
  return folder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${folder}`]
}

/** @param pattern the address, as it prints it */
export async function started(
  scratch: Scratch,
  args: readonly string[],
  variables: Readonly<Record<string, string>>,
  pattern = /http:\/\/[\d.:]+/,
): Promise<Service> {
  const child = scratch.process(
    spawn(process.execPath, args, {
      env: { ...ENVIRONMENT, ...variables },
      stdio: ['ignore', 'pipe', 'pipe'],
    }),
  )
  return { address: await addressOf(child, pattern), stop: () => ended(child) }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill('SIGTERM')
  await gone
}

/** The first address that it prints. */
function addressOf(child: ChildProcess, pattern: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let printed = ''
    const look = (text: string): void => {
      printed += text
      const [address] = pattern.exec(printed) ?? []
      if (address !== undefined) resolve(address)
    }
    child.stdout!.setEncoding('utf8').on('data', look)
    child.stderr!.setEncoding('utf8').on('data', look)
    child.on('exit', (code) => reject(new Error(`the service ended with ${code}:\n${printed}`)))
  })
}

/** What the benchmark runs in, without anything that would configure the service. */
const ENVIRONMENT = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(LETOPIS_|DATABASE_|EVENTSTORE_|NATS_|OTEL_)/.test(name)),
)
