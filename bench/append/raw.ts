import pg from 'pg'
import type { Open } from './contestant.ts'
import { toRecords } from './ours.ts'

/**
 * The table of the bare statement: the same text under the same keys as the log, but its number comes from a sequence,
 * so that a reader who goes by it may pass an event that is committed later.
 */
const TABLE = `create table event (
  position bigint generated always as identity primary key,
  stream text collate "C" not null, revision bigint not null, id uuid not null unique, canonical text not null,
  unique (stream, revision))`

const INSERT = `insert into event (stream, revision, id, canonical)
  select * from unnest($1::text[], $2::bigint[], $3::uuid[], $4::text[])`

/** One multi-row INSERT for each append, prepared, as many connections as writers: what PostgreSQL gives without order. */
export const rawUnnest: Open = async (url, connections) => {
  const pool = await tableAt(url, connections)
  return {
    name: 'raw INSERT … unnest',
    kind: 'raw',
    async append(stream, after, events) {
      const rows = toRecords(stream, after, events)
      const values = [
        rows.map(() => stream),
        rows.map((_, i) => after + i),
        rows.map(({ id }) => id),
        rows.map(({ canonical }) => canonical),
      ]
      await pool.query({ name: 'append', text: INSERT, values })
    },
    close: () => pool.end(),
  }
}

/** How many events a reader passes by who asks the raw table for what comes after the last number that it saw. */
export async function rawReader(url: string): Promise<{ read(): Promise<number>; close(): Promise<void> }> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  let last = 0
  return {
    async read() {
      const text = 'select position from event where position > $1 order by position limit 1000'
      const { rows } = await client.query<{ position: string }>({ name: 'after', text, values: [last] })
      last = Number(rows.at(-1)?.position ?? last)
      return rows.length
    },
    close: () => client.end(),
  }
}

async function tableAt(url: string, connections: number): Promise<pg.Pool> {
  const pool = new pg.Pool({ connectionString: url, max: connections })
  pool.on('error', () => {})
  await pool.query(TABLE)
  return pool
}
