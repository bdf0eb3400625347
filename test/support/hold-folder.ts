/** A process that takes the folder given as its argument, says how that went, and holds it until it is killed. */
import { FolderInUse, lockFolder } from '#main/folder-lock.ts'

try {
  lockFolder(process.argv[2]!)
  console.log('held')
} catch (error) {
  console.log(error instanceof FolderInUse ? `refused ${error.pid}` : `failed ${String(error)}`)
}
setInterval(() => {}, 60_000)
