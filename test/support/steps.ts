import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import type { CompiledQuery, Kysely } from 'kysely'
import type { Sealed } from '#integrity/sealed-log.ts'
import { type SigningState, StateFile } from '#integrity/signing-state.ts'

/** The process is no more. */
export class Stopped extends Error {
  override readonly name = 'Stopped'
}

/**
 * What a process does to a database and to a file, step by step. It may be stopped before any one of them, and then does
 * nothing any more, as one that was killed: a transaction that it had open is rolled back, what it wrote of a file stays.
 * Or somebody else comes in at that step.
 */
export class Steps {
  /** The steps that were reached. */
  readonly reached: string[] = []
  readonly #at: number
  readonly #meanwhile: ((inTransaction: boolean) => Promise<void>) | null
  #stopped = false
  #transaction = false

  /**
   * @param at the step, from 0
   * @param meanwhile what happens before that step; null stops there for good
   */
  constructor(at: number, meanwhile: ((inTransaction: boolean) => Promise<void>) | null = null) {
    this.#at = at
    this.#meanwhile = meanwhile
  }

  /** Whether the step was reached at which something happens. */
  get struck(): boolean {
    return this.reached.length > this.#at
  }

  #reach(step: string): void {
    if (this.#stopped) throw new Stopped(step)
    this.reached.push(step)
    if (this.#meanwhile !== null || !this.struck || this.reached.length > this.#at + 1) return
    this.#stopped = true
    throw new Stopped(step)
  }

  /** A step within one turn of the event loop: nobody comes in between, since a folder is of one process. */
  #call(step: string): void {
    if (this.#meanwhile === null) this.#reach(step)
  }

  async #wait(step: string): Promise<void> {
    this.#reach(step)
    if (this.reached.length === this.#at + 1) await this.#meanwhile?.(this.#transaction)
  }

  /** The database, each statement and each commit of which is a step. */
  database(real: Kysely<unknown>): Kysely<unknown> {
    return new Proxy(real, {
      get: (target, member) => {
        if (member === 'executeQuery') {
          return async (statement: CompiledQuery) => {
            await this.#wait(statement.sql.trim().split(/\s+/).slice(0, 3).join(' '))
            return target.executeQuery(statement)
          }
        }
        if (member === 'transaction') {
          return () => ({
            execute: async <Result>(inside: (of: Kysely<unknown>) => Promise<Result>): Promise<Result> => {
              await this.#wait('begin')
              return target.transaction().execute(async (transaction) => {
                this.#transaction = true
                try {
                  const result = await inside(this.database(transaction))
                  await this.#wait('commit')
                  return result
                } finally {
                  this.#transaction = false
                }
              })
            },
          })
        }
        return Reflect.get(target, member, target) as unknown
      },
    })
  }

  /** The signing state, each call to the file system of which is a step; a file may be left half written. */
  state(file: string): SigningState {
    const real = new StateFile(file)
    const within = <Result>(work: () => Result): Result => {
      const calls = ['readFileSync', 'openSync', 'fsyncSync', 'closeSync', 'renameSync'] as const
      const were = { ...Object.fromEntries(calls.map((call) => [call, fs[call]])), write: fs.writeFileSync }
      for (const call of calls) {
        const was = fs[call] as (...args: unknown[]) => unknown
        Object.assign(fs, {
          [call]: (...args: unknown[]) => {
            this.#call(call)
            return was(...args)
          },
        })
      }
      Object.assign(fs, {
        writeFileSync: (to: string, text: string, how: object) => {
          this.#call('writeFileSync')
          were.write(to, text.slice(0, text.length / 2), how)
          this.#call('writeFileSync, half of it')
          were.write(to, text, how)
        },
      })
      syncBuiltinESMExports()
      try {
        return work()
      } finally {
        const { write, ...others } = were
        Object.assign(fs, { ...others, writeFileSync: write })
        syncBuiltinESMExports()
      }
    }
    return {
      read: () => within(() => real.read()),
      replace: (before: Sealed | null, next: Sealed) => within(() => real.replace(before, next)),
    }
  }
}
