import { randomUUID } from 'node:crypto'
import { canonicalRecord, MAX_RECORD_BYTES } from '#events/record.ts'
import type { NewEvent } from '#events/store/event-store.ts'
import { type StreamName, streamName } from '#events/stream-name.ts'
import type { JsonObject } from '#integrity/tlog/canonical-json.ts'
import { SchoolSlug } from '#values/school.ts'
import { Uuid } from '#values/uuid.ts'

/** A school that no other test writes to: a log may be shared by many tests, and may hold more than theirs. */
export const someSchool = (): SchoolSlug =>
  SchoolSlug.parse(`t${randomUUID().replaceAll('-', '').slice(0, 15)}`)

export const someStream = (school: SchoolSlug = someSchool()): StreamName =>
  streamName(school, 'journalPage', randomUUID())

export const someId = (): Uuid => Uuid.parse(randomUUID())

/** `count` new records to follow revision `after` (−1: in a new stream). */
export function records(
  stream: StreamName,
  after: bigint,
  count = 1,
  dataOf: (index: number) => JsonObject = (index) => ({ index }),
): NewEvent[] {
  return Array.from({ length: count }, (_, index) =>
    recordAt(stream, after + 1n + BigInt(index), someId(), dataOf(index)),
  )
}

/** One record at its place. Stores look at the text and the id; the chain is the matter of the integrity tests. */
export function recordAt(stream: StreamName, revision: bigint, id: Uuid, data: JsonObject): NewEvent {
  const event = { id, type: 'NoteTaken', data, meta: { v: 1, at: '2026-11-09T03:50:00.000Z' } }
  return { ...event, canonical: canonicalRecord(stream, revision, event) }
}

/** A record of exactly the largest size that is allowed. */
export function largestRecord(stream: StreamName, revision: bigint, letter = 'x'): NewEvent {
  const id = someId()
  const bare = Buffer.byteLength(recordAt(stream, revision, id, { text: '' }).canonical)
  const room = MAX_RECORD_BYTES - bare
  const width = Buffer.byteLength(letter)
  const text = letter.repeat(Math.floor(room / width)) + 'x'.repeat(room % width)
  return recordAt(stream, revision, id, { text })
}
