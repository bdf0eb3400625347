import type { Kysely } from 'kysely'
import type { Position } from '#events/store/position.ts'
import { query } from '#events/store/sql.ts'
import { Obstacle } from '../explain.ts'
import type { LogEngine } from '../log-engine.ts'

export interface Adopted {
  /** Read models that go on where they are. */
  readonly kept: readonly string[]
  /** Read models that had not come to the end of the old log: they are built anew. */
  readonly anew: readonly string[]
}

/**
 * Lets the database of an installation go on with a log that was copied. Positions of one engine say nothing to another;
 * but whoever has come to the end of the old log has come to the end of the new one, because both hold the same events.
 *
 * @param ends the last positions of the old and of the new log, which nobody writes to
 * @throws {Obstacle} the relay has not told everything yet; nothing was changed
 */
export function adoptLog(
  database: Kysely<unknown>,
  engine: LogEngine,
  ends: { readonly from: Position; readonly to: Position },
): Promise<Adopted> {
  const at = [ends.from.commit, ends.from.prepare, ends.to.commit, ends.to.prepare].map(String)
  return database.transaction().execute(async (transaction) => {
    const behind = await query<{ bus: string }>(
      transaction,
      'select bus from relay.checkpoint where (commit, prepare) is distinct from ($1::bigint, $2::bigint)',
      at.slice(0, 2),
    )
    if (behind.length > 0) {
      throw new Obstacle(
        'В NATS переданы ещё не все события прежнего журнала: запустите службу с прежними настройками, дождитесь передачи и повторите.',
      )
    }
    const move = (table: string, name: string, besides = '') =>
      query<{ name: string }>(
        transaction,
        `update ${table} set commit = $3, prepare = $4 ${besides} where commit = $1 and prepare = $2
         returning ${name} as name`,
        at,
      )
    await move('relay.checkpoint', 'bus')
    // Whoever has come to the end is complete, whatever the goal was in the old log.
    const kept = await move(
      'projection.checkpoint',
      'read_model',
      ', goal_commit = null, goal_prepare = null',
    )
    const anew = await query<{ name: string }>(
      transaction,
      `delete from projection.checkpoint where (commit, prepare) is distinct from ($1::bigint, $2::bigint)
       returning read_model as name`,
      at.slice(2),
    )
    // The tree stays; whoever seals holds it against the new log from the beginning.
    await query(transaction, 'delete from integrity.progress')
    await query(
      transaction,
      `insert into projection.log_engine (engine) values ($1)
       on conflict (single) do update
         set engine = excluded.engine, looked_commit = null, looked_prepare = null`,
      [engine],
    )
    return { kept: kept.map(({ name }) => name), anew: anew.map(({ name }) => name) }
  })
}
