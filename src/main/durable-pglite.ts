import { fdatasyncSync } from 'node:fs'
import { PGlite } from '@electric-sql/pglite'
import { NodeFS } from '@electric-sql/pglite/nodefs'

/**
 * PGlite on disk that survives a power cut. As it comes it does not: it starts PostgreSQL with `-F` (no fsync),
 * and its file system has no fsync operation. Both are given back here; the group commit of the log makes the
 * cost small (docs/decisions/0005).
 *
 * @param flush what brings a file descriptor to the disk; a test counts its calls
 */
export async function openDurablePGlite(
  folder: string,
  flush: (fd: number) => void = fdatasyncSync,
): Promise<PGlite> {
  const startParams = PGlite.defaultStartParams.filter((parameter) => parameter !== '-F')
  return PGlite.create({
    fs: new FlushingNodeFS(folder, flush),
    startParams: [...startParams, '-c', 'wal_sync_method=fsync'],
  })
}

/** Errno of WASI: input or output error. */
const EIO = 29

type Prepared = Awaited<ReturnType<NodeFS['init']>>
type Module = Parameters<NonNullable<NonNullable<Prepared['emscriptenOpts']['preRun']>[number]>>[0]

class FlushingNodeFS extends NodeFS {
  readonly #flush: (fd: number) => void

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
        } catch {
          return EIO
        }
      }
    }
    const preRun = [...(prepared.emscriptenOpts.preRun ?? []), install]
    return { ...prepared, emscriptenOpts: { ...prepared.emscriptenOpts, preRun } }
  }
}

/** The part of Emscripten's NODEFS that is extended; `nfd` is Node's own file descriptor of an open file. */
interface NodeFileSystem {
  stream_ops: { fsync?: (stream: { nfd?: number }) => number }
}

function nodeFileSystem(module: Module): NodeFileSystem {
  return (module as unknown as { NODEFS: NodeFileSystem }).NODEFS
}
