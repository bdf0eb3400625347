import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { vi } from 'vitest'
import { standStill } from './child.ts'
import { freePort } from './free-port.ts'

/** A PostgreSQL server of one test, which may kill it. */
export interface OwnPostgres {
  readonly url: string
  /** Kills every process of the server at once, as a power cut would, and starts it again on the same files. */
  killAndStart(): Promise<void>
  /** Ends it and removes its files. */
  remove(): Promise<void>
}

const BINARIES = '/usr/lib/postgresql'

/** Where the programs of a PostgreSQL server are on this machine; null where there are none. */
function programs(): string | null {
  if (!existsSync(BINARIES)) return null
  const [newest] = readdirSync(BINARIES).toSorted((a, b) => Number(b) - Number(a))
  const folder = join(BINARIES, newest ?? '', 'bin')
  return existsSync(join(folder, 'initdb')) ? folder : null
}

/** Why no test can have a server of its own here; null where it can. */
export const ownPostgresAbsence: string | null = (() => {
  const reason = programs() === null ? `no PostgreSQL server programs in ${BINARIES}` : null
  if (reason !== null && process.env['REQUIRE_POSTGRES'] !== '1') console.warn(`skipped: ${reason}`)
  return reason
})()

/** A new cluster on a free port of the loopback address. PostgreSQL refuses root, so root lends it the account `postgres`. */
export async function startOwnPostgres(): Promise<OwnPostgres> {
  const bin = programs()!
  const folder = mkdtempSync(join(tmpdir(), 'letopis-postgres-'))
  const as = process.getuid?.() === 0 ? { uid: idOf('-u'), gid: idOf('-g') } : {}
  if (as.uid !== undefined) chownSync(folder, as.uid, as.gid)
  const data = join(folder, 'data')
  execFileSync(
    join(bin, 'initdb'),
    ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-locale'],
    {
      ...as,
      stdio: 'pipe',
      cwd: folder,
    },
  )
  const port = await freePort()
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`
  const settings = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: folder,
    max_connections: 200,
  }
  let server: ChildProcess
  const start = async (): Promise<void> => {
    const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
    server = spawn(join(bin, 'postgres'), ['-D', data, ...options], {
      ...as,
      cwd: folder,
      stdio: 'ignore',
    })
    await vi.waitFor(() => answers(url), { timeout: 60_000, interval: 50 })
  }
  const kill = async (): Promise<void> => {
    const { pid } = server
    const gone = new Promise((resolve) => server.once('exit', resolve))
    // Stopped first, so that it starts nobody while its children go; each of those has a process group of its own.
    await standStill(server)
    const family = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
      .split(' ')
      .filter(Boolean)
      .map(Number)
    for (const child of family) process.kill(child, 'SIGKILL')
    server.kill('SIGKILL')
    await gone
  }
  await start()
  return {
    url,
    async killAndStart() {
      await kill()
      await start()
    },
    async remove() {
      await kill()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function answers(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 })
  client.on('error', () => {})
  await client.connect()
  await client.query('select 1')
  await client.end()
}

/** The user or the group of the account that Debian makes for PostgreSQL. */
function idOf(flag: '-u' | '-g'): number {
  return Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }))
}
