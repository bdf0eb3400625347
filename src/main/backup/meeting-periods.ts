import type { RecordedEvent } from '#events/store/event-store.ts'
import { Discrepancy } from '../discrepancy.ts'
import { Obstacle } from '../explain.ts'
import { eventsOf, type ReadableCopy } from './verify-copy.ts'

/**
 * Exports of one school for periods that meet, in the order of the periods (R-A3.4c).
 *
 * @throws {Obstacle} one is no export, they are of different schools, or one does not begin where another ended
 */
export function meeting(copies: readonly ReadableCopy[]): ReadableCopy[] {
  const periods = copies.map((copy) => {
    const { export: extract } = copy.manifest
    if (extract === null) throw new Obstacle(`${copy.folder} — копия установки, а не выгрузка школы.`)
    return { copy, ...extract }
  })
  const ordered = periods.toSorted((a, b) => ((a.since ?? '') < (b.since ?? '') ? -1 : 1))
  for (const [at, next] of ordered.slice(1).entries()) {
    const before = ordered[at]!
    if (next.school !== before.school)
      throw new Obstacle(`Выгрузки разных школ: ${before.school} и ${next.school}.`)
    if (before.until === null || before.until !== next.since) {
      throw new Obstacle(
        `Выгрузки не смыкаются: ${before.copy.folder} до ${before.until ?? 'конца'}, ` +
          `${next.copy.folder} с ${next.since ?? 'начала'}.`,
      )
    }
  }
  return ordered.map(({ copy }) => copy)
}

/**
 * The records of such exports, each stream in its order. The clock may have gone back within a stream; then a record of a
 * later period comes before one of an earlier period, and waits for it.
 *
 * @throws {Discrepancy} a record is missing
 */
export async function* joinedRecords(copies: readonly ReadableCopy[]): AsyncGenerator<RecordedEvent> {
  const next = new Map<string, bigint>()
  const waiting = new Map<string, Map<bigint, RecordedEvent>>()
  for (const copy of copies) {
    for await (const { event } of eventsOf(copy)) {
      const { stream, revision } = event
      if (revision !== (next.get(stream) ?? 0n)) {
        waiting.set(stream, (waiting.get(stream) ?? new Map()).set(revision, event))
        continue
      }
      yield event
      next.set(stream, revision + 1n)
      const held = waiting.get(stream)
      for (let at = revision + 1n; held?.has(at) === true; at++) {
        yield held.get(at)!
        held.delete(at)
        next.set(stream, at + 1n)
      }
      if (held?.size === 0) waiting.delete(stream)
    }
  }
  for (const stream of waiting.keys()) {
    throw new Discrepancy(
      `В выгрузках нет записи ${next.get(stream) ?? 0n} потока ${stream}: не хватает выгрузки за более раннее время.`,
    )
  }
}
