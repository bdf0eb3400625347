import type { SchoolSlug } from '#values/school.ts'
import { CATEGORIES } from '../stream-name.ts'
import type { PositionedEvent, RecordedEvent } from './event-store.ts'
import type { LogFilter, ReadResp } from './eventstore-client.ts'
import { positionedRecordOf, recordOf } from './eventstore-record.ts'
import type { Position } from './position.ts'

/** Every stream of ours and no other: the engine may hold those of its system and of other programs. */
export const OURS: LogFilter = {
  on: 'stream',
  regex: `^[a-z][a-z0-9]{1,30}\\.(${CATEGORIES.join('|')})-`,
}

/** Every stream, those of the system and of other programs as well. */
export const EVERYTHING: LogFilter = { on: 'stream', regex: '.*' }

/** What was set on streams, and which were deleted for ever. */
export const SETTINGS: LogFilter = { on: 'type', prefixes: ['$metadata', '$streamDeleted'] }

export function filterOf(school: SchoolSlug | undefined): LogFilter {
  return school === undefined ? OURS : { on: 'stream', prefixes: [`${school}.`] }
}

/** The record of an answer; null for signs of life and what is not ours. */
export function recordOfAnswer(answer: ReadResp): RecordedEvent | null {
  const event = answer.getEvent()?.getEvent()
  return event === undefined ? null : recordOf(event)
}

export function positioned(answers: readonly ReadResp[]): PositionedEvent[] {
  const events: PositionedEvent[] = []
  for (const answer of answers) {
    const event = answer.getEvent()?.getEvent()
    const record = event === undefined ? null : positionedRecordOf(event)
    if (record !== null) events.push(record)
  }
  return events
}

/** The last place in the log that answers tell of: of an event, or of a sign of life. */
export function lastPlace(answers: readonly ReadResp[]): Position | null {
  for (const answer of answers.toReversed()) {
    const place = answer.getEvent()?.getEvent() ?? answer.getCheckpoint()
    if (place !== undefined) {
      return { commit: BigInt(place.getCommitPosition()), prepare: BigInt(place.getPreparePosition()) }
    }
  }
  return null
}
