import { closeSync, existsSync, fdatasyncSync, openSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { NodeFS } from '@electric-sql/pglite/nodefs'

/**
 * PGlite on disk that survives a power cut. As it comes it does not: it starts PostgreSQL with `-F` (no fsync),
 * and its file system has no fsync operation. Both are given back here; the group commit of the log makes the
 * cost small (docs/decisions/0005).
 *
 * When the disk refuses a flush, PostgreSQL panics: what was not acknowledged may or may not be kept, and the
 * database answers nothing more until it is opened again.
 *
 * @param flush what brings a file descriptor to the disk; a test counts its calls
 */
export async function openDurablePGlite(
  folder: string,
  flush: (fd: number) => void = fdatasyncSync,
): Promise<PGlite> {
  const isNew = !existsSync(join(folder, 'PG_VERSION'))
  const startParams = PGlite.defaultStartParams.filter((parameter) => parameter !== '-F')
  const pglite = new DurablePGlite(new FlushingNodeFS(folder, flush), [
    ...startParams,
    '-c',
    'wal_sync_method=fsync',
  ])
  await pglite.waitReady
  // What initdb writes is not flushed by it here, and PostgreSQL later flushes only what it changes.
  if (isNew) flushFiles(folder, flush)
  return pglite
}

class DurablePGlite extends PGlite {
  readonly #disk: FlushingNodeFS

  constructor(disk: FlushingNodeFS, startParams: string[]) {
    super({ fs: disk, startParams })
    this.#disk = disk
  }

  // Every statement passes here. After a panic one more would wait for ever for locks that nobody gives back.
  override execProtocolRawSync(message: Uint8Array): Uint8Array {
    if (this.#disk.failure !== null) {
      throw new Error('the disk refused a flush; open the database again', { cause: this.#disk.failure })
    }
    return super.execProtocolRawSync(message)
  }

  override async close(): Promise<void> {
    if (this.#disk.failure === null) await super.close()
  }
}

/** Errno of WASI: input or output error. */
const EIO = 29

type Prepared = Awaited<ReturnType<NodeFS['init']>>
type Module = Parameters<NonNullable<NonNullable<Prepared['emscriptenOpts']['preRun']>[number]>>[0]

class FlushingNodeFS extends NodeFS {
  readonly #flush: (fd: number) => void

  /** Why a flush failed, once one did. */
  failure: unknown = null

  constructor(folder: string, flush: (fd: number) => void) {
    super(folder)
    this.#flush = flush
  }

  override async init(...given: Parameters<NodeFS['init']>): Promise<Prepared> {
    const prepared = await super.init(...given)
    const install = (module: Module): void => {
      const operations = nodeFileSystem(module).stream_ops
      operations.fsync = ({ nfd }) => {
        try {
          if (typeof nfd === 'number') this.#flush(nfd)
          return 0
        } catch (error) {
          this.failure = error
          return EIO
        }
      }
    }
    const preRun = [...(prepared.emscriptenOpts.preRun ?? []), install]
    return { ...prepared, emscriptenOpts: { ...prepared.emscriptenOpts, preRun } }
  }
}

function flushFiles(folder: string, flush: (fd: number) => void): void {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const file = openSync(join(entry.parentPath, entry.name), 'r+')
    flush(file)
    closeSync(file)
  }
}

/** The part of Emscripten's NODEFS that is extended; `nfd` is Node's own file descriptor of an open file. */
interface NodeFileSystem {
  stream_ops: { fsync?: (stream: { nfd?: number }) => number }
}

function nodeFileSystem(module: Module): NodeFileSystem {
  return (module as unknown as { NODEFS: NodeFileSystem }).NODEFS
}
