import { PostgresLog } from '#events/store/postgres-log.ts'
import type { NewEvent } from '#events/store/event-store.ts'
import { streamName } from '#events/stream-name.ts'
import { type Database, openEmbedded, openPostgres } from '#main/database.ts'
import { migrate } from '#main/migrations.ts'
import { SchoolSlug } from '#values/school.ts'
import type { Contestant, Given, Open } from './contestant.ts'

export const SCHOOL = SchoolSlug.parse('tomsk35')

export const oursOnPostgres: Open = async (url) =>
  ours('Letopis, PostgreSQL', openPostgres(url, { pool: 8 }), false)

/** @param folder where the embedded database is made, durable as in an installation */
export async function oursEmbedded(folder: string): Promise<Contestant> {
  return ours('Letopis, embedded', await openEmbedded(folder), true)
}

async function ours(name: string, database: Database, soleWriter: boolean): Promise<Contestant> {
  await migrate(database.kysely)
  const store = await PostgresLog.open(database.kysely, { soleWriter })
  return {
    name,
    kind: 'ours',
    async append(id, after, events) {
      const stream = streamName(SCHOOL, 'journalPage', id)
      const expected = after === 0 ? 'no-stream' : BigInt(after - 1)
      await store.append(stream, expected, toRecords(stream, after, events))
    },
    async close() {
      await store.close()
      await database.close()
    },
  }
}

/** The text that is kept, its keys in canonical order. */
export function toRecords(stream: string, after: number, events: readonly Given[]): NewEvent[] {
  return events.map(({ id, type, data, meta }, i) => {
    const canonical = JSON.stringify({ data, id, meta, rev: after + i, stream, type, v: 1 })
    return { id, type, data, meta, canonical } as unknown as NewEvent
  })
}
