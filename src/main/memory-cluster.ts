import { MemoryFS, PGlite } from '@electric-sql/pglite'

/** The files of a cluster by their paths in its data folder; null is a folder, which stands before what is in it. */
export type ClusterFiles = ReadonlyMap<string, Uint8Array | null>

/** Buffers are filled with zeros at each start; in memory there is no disk that more of them would spare. */
const START = [...PGlite.defaultStartParams, '-c', 'shared_buffers=16MB']
/** In MB: segments are made whole, and files of zeros are copied like others. */
const INITDB = ['--wal-segsize=1']

/** A PGlite in memory that begins with these files, which stay as they are. */
export async function openCluster(files: ClusterFiles): Promise<PGlite> {
  const pglite = new PGlite({ fs: new FilledFS(files), startParams: START })
  await pglite.waitReady
  return pglite
}

/** The files of a new cluster. Nobody makes another database in it, so what those are made of is left out. */
export async function newCluster(): Promise<ClusterFiles> {
  const pglite = await PGlite.create({ startParams: START, initDbStartParams: INITDB })
  await pglite.exec('update pg_database set datistemplate = false')
  for (const template of ['template0', 'template1']) await pglite.exec(`drop database ${template}`)
  const files = await filesOf(pglite)
  await pglite.close()
  return files
}

/** A copy of the files of a PGlite in memory in which no transaction is open. */
export async function filesOf(pglite: PGlite): Promise<ClusterFiles> {
  await pglite.exec('checkpoint')
  const { FS } = pglite.Module
  const files = new Map<string, Uint8Array | null>()
  const walk = (folder: string): void => {
    for (const name of FS.readdir(PGlite.paths.PGDATA + folder)) {
      if (name === '.' || name === '..') continue
      const path = `${folder}/${name}`
      const isFolder = FS.isDir(FS.stat(PGlite.paths.PGDATA + path).mode)
      files.set(path, isFolder ? null : FS.readFile(PGlite.paths.PGDATA + path))
      if (isFolder) walk(path)
    }
  }
  walk('')
  return files
}

/** As it comes, PGlite would unpack an archive of them, which takes longer than all the rest of its start. */
class FilledFS extends MemoryFS {
  readonly #files: ClusterFiles

  constructor(files: ClusterFiles) {
    super()
    this.#files = files
  }

  /** Before PostgreSQL looks for its data. */
  override async initialSyncFs(): Promise<void> {
    const { FS } = this.pg!.Module
    FS.mkdirTree(PGlite.paths.PGDATA, OWNER_ONLY)
    for (const [path, bytes] of this.#files) {
      if (bytes === null) FS.mkdir(PGlite.paths.PGDATA + path, OWNER_ONLY)
      else FS.writeFile(PGlite.paths.PGDATA + path, bytes.slice(), { canOwn: true })
    }
  }
}

/** PostgreSQL refuses a data folder that others may read. */
const OWNER_ONLY = 0o700
