import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import type { Open } from '../append/contestant.ts'

const SQL = join(import.meta.dirname, 'node_modules/@eventide/message-db/database')

/** What its `install.sh` runs by psql, in its order, without the role that it makes on the server. */
const FILES = [
  'schema/message-store',
  'extensions/pgcrypto',
  'tables/messages',
  'types/message',
  ...['message-store-version', 'hash-64', 'acquire-lock', 'category', 'is-category', 'id', 'cardinal-id'].map(
    (name) => `functions/${name}`,
  ),
  ...['stream-version', 'write-message'].map((name) => `functions/${name}`),
  ...['messages-id', 'messages-stream', 'messages-category'].map((name) => `indexes/${name}`),
]

const WRITE = 'select write_message($1, $2, $3, $4, $5, $6)'

/** `@eventide/message-db`: functions in the database, a lock for each category, one call for each event. */
export const messageDb: Open = async (url, max) => {
  if (!existsSync(SQL)) return null
  const pool = new pg.Pool({ connectionString: url, max, options: '-c search_path=message_store,public' })
  pool.on('error', () => {})
  for (const file of FILES) await pool.query(readFileSync(join(SQL, `${file}.sql`), 'utf8'))
  return {
    name: 'message-db',
    kind: 'peer',
    async append(id, after, events) {
      const client = await pool.connect()
      try {
        const several = events.length > 1
        if (several) await client.query('begin')
        for (const [i, event] of events.entries()) {
          const { data, meta } = event
          const values = [event.id, `journalPage-${id}`, event.type, data, meta, after + i - 1]
          await client.query({ name: 'write', text: WRITE, values })
        }
        if (several) await client.query('commit')
      } finally {
        client.release()
      }
    },
    close: () => pool.end(),
  }
}
