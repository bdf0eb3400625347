import type { Uuid } from '#values/uuid.ts'
import { incidentFold } from '#commands/incident/state.ts'
import { WHOLE_SCHOOL } from '#commands/references.ts'
import { streamName } from '#events/stream-name.ts'
import { SealedLog } from '#integrity/sealed-log.ts'
import { fullName } from '#integrity/person-store.ts'
import type { Names } from '#integrity/archive/tables.ts'
import { newestOf } from '#projections/archive-register/queries.ts'
import { scopeKey } from '#values/archive.ts'
import type { SchoolSlug } from '#values/school.ts'
import type { SignerKey } from '#integrity/tlog/signed-note.ts'
import type { Config } from '../config.ts'
import { Obstacle } from '../explain.ts'
import type { Installation } from '../installation.ts'
import { readKeys } from '../seal-keys.ts'
import { ArchiveDesk, type DeskLog } from './archive-desk.ts'
import type { MakingPackages } from './make-package.ts'
import { PackageFolder } from './package-folder.ts'

const UNSEALED = 'Для архива в LETOPIS_ARCHIVE_DIR нужна печать журнала: LETOPIS_SEAL_DIR (letopis keys new).'

/**
 * The archive of a running service; null where no folder for it is configured.
 *
 * @param makes packages are made here, and not only asked for and handed out, for which nobody needs the key
 * @throws {Obstacle} they are and the log is not sealed: a package without a signature proves nothing
 */
export function serviceArchive(
  { archive, seal }: Pick<Config, 'archive' | 'seal'>,
  installation: Installation,
  log: DeskLog,
  makes: boolean,
): ArchiveDesk | null {
  if (archive === undefined) return null
  if (makes && seal === undefined) throw new Obstacle(UNSEALED)
  const keys = (): readonly SignerKey[] => {
    if (seal === undefined) throw new Obstacle(UNSEALED)
    return readKeys(seal)
  }
  const { execution, database } = installation
  const making = archiveMaking(installation, new PackageFolder(archive.folder), keys)
  const { verifyDays } = archive
  return new ArchiveDesk({ database: database.kysely, making, clock: execution.clock, log, verifyDays })
}

/** What packages are made of in an installation. */
export function archiveMaking(
  installation: Installation,
  folder: PackageFolder,
  keys: () => readonly SignerKey[],
): MakingPackages {
  const { execution, database } = installation
  return {
    execution,
    sealed: new SealedLog(database.kysely),
    folder,
    keys,
    namesOf: (school, persons) => namesOf(installation, school, persons),
    texts: installation.texts,
    async withoutEffect(school) {
      // Reading the incidents is what makes the set complete.
      await execution.streams.load(incidentFold, streamName(school, 'incident', WHOLE_SCHOOL))
      return execution.streams.withoutEffect
    },
    standing: async (school, scope) => {
      const newest = await newestOf(database.kysely, school, scopeKey(scope))
      return newest?.package ?? null
    },
  }
}

/** The one place from which names come into a package: only those of people whom its form shows. */
async function namesOf({ persons }: Installation, school: SchoolSlug, of: readonly Uuid[]): Promise<Names> {
  const names = await persons.names(school, of)
  return new Map([...names.keys()].map((person) => [person, fullName(person, names)]))
}
