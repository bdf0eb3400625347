import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { until } from './until.ts'

export interface Child {
  readonly pid: number
  /** What it prints, line by line. */
  readonly lines: AsyncIterator<string, undefined>
  /** Kills it as a power cut would: it learns nothing of it. */
  kill(): Promise<void>
}

/** Runs a script of this folder in a process of its own; what it prints as errors is passed on. */
export function startChild(script: string, ...given: readonly string[]): Child {
  const child: ChildProcess = spawn(process.execPath, [join(import.meta.dirname, script), ...given], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(child, 'exit')
  const lines = createInterface({ input: child.stdout! })
  return {
    pid: child.pid!,
    lines: lines[Symbol.asyncIterator]() as AsyncIterator<string, undefined>,
    async kill() {
      child.kill('SIGKILL')
      await ended
    },
  }
}

/** Stops a process: until the last of its threads has heard of SIGSTOP, it goes on with its work. That is told on Linux. */
export async function standStill(child: ChildProcess): Promise<void> {
  child.kill('SIGSTOP')
  if (process.platform !== 'linux') return
  const tasks = `/proc/${child.pid}/task`
  await until(async () =>
    readdirSync(tasks).every((task) => /\) T/u.test(readFileSync(join(tasks, task, 'stat'), 'utf8'))),
  )
}
