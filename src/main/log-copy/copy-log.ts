import type { EventStore, PositionedEvent } from '#events/store/event-store.ts'
import { comparePositions, formatPosition, type Position } from '#events/store/position.ts'
import { headsDigest } from '#integrity/heads.ts'
import { BadRecord, LogCheck } from '#integrity/log-check.ts'
import { badRecord } from '../discrepancy.ts'
import { percent } from '../progress.ts'
import { appendInOrder } from './append-in-order.ts'
import { checkLog, mustBeBeginningOf, mustBeSame } from './check-log.ts'

export type Stage = 'look' | 'copy' | 'verify'

export interface CopiedLog {
  readonly events: number
  readonly streams: number
  /** Events that this run recorded; the others stood there. */
  readonly recorded: number
  readonly headsDigest: string
  /** The source was written to meanwhile: another run brings the rest over. */
  readonly behind: boolean
}

/**
 * Copies a log into another one, event by event as it is: id, revision, metadata and the exact text that is hashed.
 * May be killed and run again at any moment, and again when the source has gone on: it records what is missing.
 *
 * @param tick called with the stage, and how far it has come, in percent
 * @throws {Discrepancy} the target holds something else (nothing is written), or a log is not as it was written
 */
export async function copyLog(
  source: EventStore,
  target: EventStore,
  tick: (stage: Stage, percent: number) => void = () => {},
): Promise<CopiedLog> {
  const until = await source.head()
  const stood = await target.head()
  const { heads: standing } = await checkLog(target, stood, (_, at) => tick('look', percent(null, at, stood)))
  await mustBeBeginningOf(source, standing)

  const expected = new LogCheck()
  const recorded = await appendInOrder(
    target,
    followed(source, until, expected),
    standing,
    (_, { position }) => tick('copy', percent(null, position, until)),
  )
  const head = await target.head()
  const actual = await checkLog(target, head, (_, at) => tick('verify', percent(null, at, head)))
  mustBeSame(expected, actual)
  return {
    events: actual.records,
    streams: actual.heads.size,
    recorded,
    headsDigest: headsDigest(actual.heads),
    behind: comparePositions(await source.head(), until) > 0,
  }
}

async function* followed(
  source: EventStore,
  until: Position | null,
  check: LogCheck,
): AsyncGenerator<PositionedEvent> {
  if (until === null) return
  try {
    for await (const event of source.readAll()) {
      if (comparePositions(event.position, until) > 0) return
      check.follow(event, () => `позиция ${formatPosition(event.position)}`)
      yield event
    }
  } catch (error) {
    throw error instanceof BadRecord ? badRecord(error) : error
  }
}
