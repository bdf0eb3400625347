import type { Kysely } from 'kysely'
import type { Position } from '#events/store/position.ts'
import { query } from '#events/store/sql.ts'

/** How far the relay has come: everything up to `position` is kept by the bus. */
export interface Checkpoint {
  readonly position: Position | null
  /** Somebody moved it back so that events are sent again, though the bus has had them. */
  readonly replay: boolean
}

interface Row {
  readonly commit: string | null
  readonly prepare: string | null
  readonly replay: boolean
}

/** The checkpoint for a bus; before the first one everything is still to be sent. */
export async function readCheckpoint(database: Kysely<unknown>, bus: string): Promise<Checkpoint> {
  const text = 'select commit::text, prepare::text, replay from relay.checkpoint where bus = $1'
  const [row] = await query<Row>(database, text, [bus])
  if (row === undefined || row.commit === null || row.prepare === null) {
    return { position: null, replay: row?.replay ?? false }
  }
  return {
    position: { commit: BigInt(row.commit), prepare: BigInt(row.prepare) },
    replay: row.replay,
  }
}

/**
 * Moves the checkpoint on, if it stands where the relay left it. Otherwise another relay has moved it on, or an
 * operator back, and that holds.
 *
 * @returns whether it stood there
 */
export async function moveCheckpoint(
  database: Kysely<unknown>,
  bus: string,
  from: Checkpoint,
  to: Position,
): Promise<boolean> {
  const moved = await query(
    database,
    `insert into relay.checkpoint as c (bus, commit, prepare)
     select $1, $5::bigint, $6::bigint
       where $2::bigint is null or exists (select from relay.checkpoint where bus = $1)
     on conflict (bus) do update set commit = excluded.commit, prepare = excluded.prepare, replay = false
       where c.commit is not distinct from $2 and c.prepare is not distinct from $3 and c.replay = $4
     returning bus`,
    [bus, ...numbers(from.position), from.replay, ...numbers(to)],
  )
  return moved.length === 1
}

/** Moves the checkpoint so that everything after `position` is sent again, within seconds if a relay runs. */
export async function replayFrom(
  database: Kysely<unknown>,
  bus: string,
  position: Position | null,
): Promise<void> {
  await query(
    database,
    `insert into relay.checkpoint (bus, commit, prepare, replay) values ($1, $2, $3, true)
     on conflict (bus) do update set commit = excluded.commit, prepare = excluded.prepare, replay = true`,
    [bus, ...numbers(position)],
  )
}

function numbers(position: Position | null): [string | null, string | null] {
  return [position?.commit.toString() ?? null, position?.prepare.toString() ?? null]
}
