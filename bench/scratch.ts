import type { ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'

/** The PostgreSQL server that the benchmark may make databases on. */
const SERVER =
  process.env['BENCH_POSTGRES_URL'] ??
  process.env['TEST_POSTGRES_URL'] ??
  'postgres://postgres@127.0.0.1:5432/postgres'

/** Databases, folders and processes of one run; `remove` leaves nothing of them, whatever ended the run. */
export class Scratch {
  readonly #removals: Array<() => unknown> = []
  #removing: Promise<void> | null = null

  /** Why there is no PostgreSQL to measure on; null when there is. */
  async postgresAbsence(): Promise<string | null> {
    try {
      await onServer('select 1')
      return null
    } catch (error) {
      return `no PostgreSQL at ${new URL(SERVER).host} (${(error as Error).message || String(error)})`
    }
  }

  /** A new database; its URL. @param of the URL of one that nobody is in: the new one is a copy of it */
  async database(of?: string): Promise<string> {
    const name = `letopis_bench_${randomBytes(6).toString('hex')}`
    this.#removals.push(() => onServer(`drop database if exists ${name} with (force)`))
    const template = of === undefined ? '' : ` template ${new URL(of).pathname.slice(1)}`
    await onServer(`create database ${name}${template}`)
    const url = new URL(SERVER)
    url.pathname = `/${name}`
    return url.href
  }

  /** A new empty folder. */
  folder(): string {
    const path = mkdtempSync(join(tmpdir(), 'letopis-bench-'))
    this.#removals.push(() => rmSync(path, { recursive: true, force: true, maxRetries: 3 }))
    return path
  }

  /** Ends a process at the latest when everything is removed. */
  process<Child extends ChildProcess>(child: Child): Child {
    this.#removals.push(() => child.kill('SIGKILL'))
    return child
  }

  /** Removes what was made, the newest first. Safe to call twice, also while it is at work. */
  remove(): Promise<void> {
    this.#removing ??= this.#removeAll().finally(() => {
      this.#removing = null
    })
    return this.#removing
  }

  async #removeAll(): Promise<void> {
    for (let removal = this.#removals.pop(); removal !== undefined; removal = this.#removals.pop())
      await removal()
  }
}

/** One statement outside of every scratch database. */
export async function onServer<Row extends object>(statement: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: SERVER, connectionTimeoutMillis: 2_000 })
  // A server that stops says so on the connection as well; the statement tells it.
  client.on('error', () => {})
  await client.connect()
  try {
    return (await client.query<Row>(statement)).rows
  } finally {
    await client.end()
  }
}
