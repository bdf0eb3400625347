import type { Kysely } from 'kysely'
import { query } from '#events/store/sql.ts'

/** Events of one statement. */
const BATCH = 4_000

const INSERT = `insert into log.event (position, stream, revision, id, canonical)
  select * from json_to_recordset($1::json) as r(position bigint, stream text, revision bigint, id uuid, canonical text)`

interface LogRow {
  readonly stream: string
  readonly revision: number | bigint
  readonly id: string
  readonly canonical: string
}

/**
 * Puts records at the end of a log, as its engine keeps them, without asking whether they fit. A store that is open
 * already does not know of them: open it afterwards.
 */
export async function writePastStore(database: Kysely<unknown>, rows: Iterable<LogRow>): Promise<void> {
  const text = 'select coalesce(max(position), 0) as head from log.event'
  const [head] = await query<{ head: string }>(database, text)
  let position = Number(head!.head)
  let batch: object[] = []
  const flush = async (): Promise<void> => {
    await query(database, INSERT, [JSON.stringify(batch)])
    batch = []
  }
  for (const { stream, revision, id, canonical } of rows) {
    batch.push({ position: ++position, stream, revision: Number(revision), id, canonical })
    if (batch.length === BATCH) await flush()
  }
  if (batch.length > 0) await flush()
  await query(database, 'analyze log.event')
}
