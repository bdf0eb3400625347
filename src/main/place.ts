import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { EventStore } from '#events/store/event-store.ts'
import { PostgresLog } from '#events/store/postgres-log.ts'
import { type Database, openEmbedded, openPostgres } from './database.ts'
import { Obstacle } from './explain.ts'
import { preparePeople } from './people.ts'

/** Where a log stands, opened. */
export interface Place {
  readonly store: EventStore
  /** Where names and log-ins stand beside it; null where the engine keeps nothing but events. */
  readonly database: Database | null
  /** What people are told it is, without passwords. */
  readonly title: string
  close(): Promise<void>
}

/**
 * Opens a place by its text: `folder:./data` or a path (the embedded database), `postgres://…`.
 *
 * @param mustExist a place that is not there is a mistake, not a place to be made
 * @throws {Obstacle} the text names no place
 */
export async function openPlace(text: string, { mustExist }: { mustExist: boolean }): Promise<Place> {
  if (/^postgres(ql)?:\/\//.test(text)) return inDatabase(openPostgres(text), withoutPassword(text))
  const folder = resolve(text.replace(/^folder:/, ''))
  if (/^[a-z][a-z+]+:/.test(text) && !text.startsWith('folder:')) {
    throw new Obstacle(`«${text}» — не место журнала: укажите папку данных или адрес postgres://…`)
  }
  if (mustExist && !existsSync(join(folder, 'pglite'))) {
    throw new Obstacle(`В папке ${folder} нет встроенной базы Летописи.`)
  }
  return inDatabase(await openEmbedded(folder), folder)
}

async function inDatabase(database: Database, title: string): Promise<Place> {
  try {
    const store = await PostgresLog.open(database.kysely, { soleWriter: database.engine === 'pglite' })
    await preparePeople(database.kysely)
    const close = async (): Promise<void> => {
      await store.close()
      await database.close()
    }
    return { store, database, title, close }
  } catch (error) {
    await database.close()
    throw error
  }
}

function withoutPassword(address: string): string {
  const url = new URL(address)
  url.password = ''
  return url.href
}
