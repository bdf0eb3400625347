import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pino } from 'pino'
import type { EventStore } from '#events/store/event-store.ts'
import { EventStoreLog } from '#events/store/eventstore-log.ts'
import { PostgresLog } from '#events/store/postgres-log.ts'
import { type Database, openEmbedded, openPostgres } from './database.ts'
import { Obstacle } from './explain.ts'
import { migrate } from './migrations.ts'

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
  if (/^(esdb|kurrentdb)(\+discover)?:\/\//.test(text)) return inEventStore(text)
  const folder = resolve(text.replace(/^folder:/, ''))
  if (/^[a-z][a-z+]+:/.test(text) && !text.startsWith('folder:')) {
    throw new Obstacle(`«${text}» — не место журнала: укажите папку данных, адрес postgres://… или esdb://…`)
  }
  if (mustExist && !existsSync(join(folder, 'pglite'))) {
    throw new Obstacle(`В папке ${folder} нет встроенной базы Летописи.`)
  }
  return inDatabase(await openEmbedded(folder), folder)
}

async function inDatabase(database: Database, title: string): Promise<Place> {
  try {
    await migrate(database.kysely)
    const store = await PostgresLog.open(database.kysely, { soleWriter: database.engine === 'pglite' })
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

async function inEventStore(address: string): Promise<Place> {
  const store = await EventStoreLog.open(address, { log: pino({ level: 'warn' }, pino.destination(2)) })
  return { store, database: null, title: withoutPassword(address), close: () => store.close() }
}

function withoutPassword(address: string): string {
  return address.replace(/(:\/\/[^:@/]*):[^@/]*@/, '$1@')
}
