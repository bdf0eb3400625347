import type { EventStore } from '#events/store/event-store.ts'
import { comparePositions, formatPosition, type Position } from '#events/store/position.ts'
import { type Heads, headsDigest } from '#integrity/heads.ts'
import { BadRecord, LogCheck } from '#integrity/log-check.ts'
import { leafHash } from '#integrity/tlog/leaf-hash.ts'
import { badRecord, Discrepancy } from '../discrepancy.ts'

/**
 * Follows a log from its beginning and checks every record.
 *
 * @param until the last position that is read
 * @param tick called now and then with how many records were followed, and up to where
 * @throws {Discrepancy} the first record that cannot be as it was written
 */
export async function checkLog(
  store: EventStore,
  until: Position | null,
  tick: (records: number, at: Position) => void = () => {},
): Promise<LogCheck> {
  const check = new LogCheck()
  if (until === null) return check
  try {
    for await (const event of store.readAll({ asText: true })) {
      if (comparePositions(event.position, until) > 0) break
      check.follow(event, () => `позиция ${formatPosition(event.position)}`)
      if (check.records % 1_000 === 0) tick(check.records, event.position)
    }
  } catch (error) {
    throw error instanceof BadRecord ? badRecord(error) : error
  }
  return check
}

/**
 * That a log holds the beginning of another one and nothing else: every stream ends with an event that stands at the
 * same place there. The hash of that event vouches for all before it.
 *
 * @throws {Discrepancy} it holds something else
 */
export async function mustBeBeginningOf(source: EventStore, heads: Heads): Promise<void> {
  for (const [stream, { rev, hash }] of heads) {
    let same = false
    const place = { from: BigInt(rev), limit: 1 }
    for await (const { canonical } of source.readStream(stream as never, place))
      same = leafHash(canonical) === hash
    if (!same) throw foreign(stream, rev)
  }
}

export function foreign(stream: string, rev: number): Discrepancy {
  return new Discrepancy(
    `На месте назначения уже есть другие события (поток ${stream}, ревизия ${rev}): журналы не смешиваются. ` +
      'Ничего не записано. Укажите пустое место.',
  )
}

/** @throws {Discrepancy} the two logs are not the same */
export function mustBeSame(expected: LogCheck, actual: LogCheck): void {
  if (expected.records !== actual.records) {
    throw differs(`событий ${actual.records} вместо ${expected.records}`)
  }
  if (headsDigest(expected.heads) !== headsDigest(actual.heads)) throw differs('концы потоков другие')
  const orders = actual.orders()
  for (const [school, order] of expected.orders()) {
    if (orders.get(school) !== order) throw differs(`порядок событий школы ${school} другой`)
  }
}

function differs(what: string): Discrepancy {
  return new Discrepancy(`После переноса журналы различаются: ${what}. Перенос не годится.`)
}
