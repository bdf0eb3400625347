import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { afterAll } from 'vitest'

const LETOPIS = join(import.meta.dirname, '../../src/main/letopis.ts')
/** PGlite is compiled anew by each process; to compile it well takes a second, which most of ours are not there for. */
const QUICK = ['--liftoff-only']

export type Variables = Readonly<Record<string, string>>

export interface Ended {
  /** Null when a signal ended it. */
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A command line of Letopis at work in a process of its own. */
export interface Running {
  readonly pid: number
  /** Waits until it has printed this, on either stream; fails when it ends without. */
  prints(pattern: RegExp): Promise<RegExpExecArray>
  /** Sends it a signal and waits until it is gone. */
  end(signal: 'SIGKILL' | 'SIGTERM' | 'SIGINT'): Promise<Ended>
  readonly ended: Promise<Ended>
}

/** A running service. */
export interface Service extends Running {
  readonly address: string
}

/** Processes for the tests of the file or the `describe` in which this is called; none outlives them. */
export function processes() {
  const running = new Set<ChildProcess>()
  afterAll(() => {
    for (const child of running) child.kill('SIGKILL')
  })

  const start = (args: readonly string[], variables: Variables): Running => {
    const child = spawn(process.execPath, [...QUICK, LETOPIS, ...args], {
      env: { ...OWN_ENVIRONMENT, LETOPIS_LOG_LEVEL: 'silent', ...variables },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    running.add(child)
    const printed = { stdout: '', stderr: '' }
    const look = new Set<() => void>()
    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream].setEncoding('utf8').on('data', (text: string) => {
        printed[stream] += text
        for (const again of look) again()
      })
    }
    const ended = new Promise<Ended>((resolve) => {
      child.on('close', (code) => {
        running.delete(child)
        resolve({ code, ...printed })
      })
    })
    const prints = (pattern: RegExp): Promise<RegExpExecArray> =>
      new Promise((resolve, reject) => {
        const again = (): void => {
          const found = pattern.exec(printed.stdout) ?? pattern.exec(printed.stderr)
          if (found === null) return
          look.delete(again)
          resolve(found)
        }
        look.add(again)
        again()
        void ended.then(({ code, stdout, stderr }) =>
          reject(new Error(`letopis ${args.join(' ')} ended with ${code}:\n${stdout}${stderr}`)),
        )
      })
    return {
      pid: child.pid!,
      prints,
      ended,
      end(signal) {
        child.kill(signal)
        return ended
      },
    }
  }

  return {
    start,
    /** Runs a command line to its end. */
    run: (args: readonly string[], variables: Variables): Promise<Ended> => start(args, variables).ended,
    /** Starts the service on a port that is free, and waits until it listens. */
    async serve(variables: Variables, ...options: readonly string[]): Promise<Service> {
      const service = start(['serve', ...options], { LETOPIS_PORT: '0', ...variables })
      const [, address] = await service.prints(/Адрес: +(http:\/\/\S+)/)
      return { ...service, address: address! }
    },
  }
}

/** What the tests run in, without anything that would configure Letopis. */
const OWN_ENVIRONMENT = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !name.startsWith('LETOPIS_') && name !== 'DATABASE_URL'),
)
