import { install, type Installation } from '#main/installation.ts'
import { type Database, openEmbedded, openPostgres } from '#main/database.ts'
import { PersonKeyFolder } from '#main/person-key-folder.ts'
import { systemClock } from '#values/time.ts'
import type { Run } from '../scenario.ts'
import { writeHistory } from './history.ts'
import { writeLogIns, writeNames } from './log-ins.ts'
import { type Region, regionOf, type Shape } from './plan.ts'

export type Engine = 'PostgreSQL' | 'embedded'

/** A place where an installation can be opened: a folder, and the database in the setting that has one. */
export interface Place {
  readonly folder: string
  readonly url?: string
}

export async function newPlace({ scratch }: Run, engine: Engine): Promise<Place> {
  const folder = scratch.folder()
  return engine === 'embedded' ? { folder } : { folder, url: await scratch.database() }
}

export function openPlace({ folder, url }: Place): Promise<Database> {
  return url === undefined ? openEmbedded(folder) : Promise.resolve(openPostgres(url))
}

/** What a projector would tell the operator. */
const silent = { info() {}, warn() {}, error() {} }

/** An installation within this process. */
export async function installed(place: Place): Promise<Installation> {
  return install(await openPlace(place), systemClock, silent, async () => new PersonKeyFolder(place.folder))
}

/** A region whose past stands in the log of `place`, with log-ins where a service is to be asked. */
export async function prepare(
  run: Run,
  place: Place,
  shape: Shape,
  { logIns }: { readonly logIns: boolean },
): Promise<{ readonly region: Region; readonly events: number }> {
  const region = regionOf(shape, systemClock())
  const installation = await installed(place)
  try {
    const events = await writeHistory(installation.execution.store, region, shape, said(run))
    if (shape.planned === true) await writeNames(installation.persons, region)
    if (logIns) await writeLogIns(installation.database, region)
    return { region, events }
  } finally {
    await installation.close()
  }
}

function said({ say }: Run): (events: number) => void {
  let next = 250_000
  return (events) => {
    if (events < next) return
    say(`${events} events written`)
    next += 250_000
  }
}
