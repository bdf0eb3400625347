import { canonicalJson } from '#integrity/tlog/canonical-json.ts'
import { leafHash } from '#integrity/tlog/leaf-hash.ts'
import { RECORD_VERSION } from '../record.ts'
import { parseStreamName, type StreamName } from '../stream-name.ts'
import type { NewEvent, PositionedEvent, RecordedEvent } from './event-store.ts'
import { type EventToWrite, positionOf, type WrittenEvent } from './eventstore-client.ts'

/**
 * How a record lies in EventStoreDB: the text that is hashed, cut in three without changing a byte.
 *
 *     {"data":{…},"id":"…","meta":{…},"rev":17,"stream":"…","type":"MarkRecorded","v":1}
 *            ↑ data    ↑ metadata, with "v"        ↑ the engine's own: revision, stream, type
 *
 * `docs/spec/store.md` tells an auditor how to put it together again.
 */

const DATA = '{"data":'
const VERSION = `,"v":${RECORD_VERSION}}`

const encoder = new TextEncoder()

/** Cuts a record for its place; null when its text was made for another one. */
export function eventToWrite(stream: StreamName, revision: bigint, event: NewEvent): EventToWrite | null {
  const { id, type, canonical } = event
  // The last is the one: no member of `meta` is an object with an id.
  const cut = canonical.lastIndexOf(`,"id":"${id}","meta":`)
  const end = `,${place(stream, revision, type)}${VERSION}`
  if (cut < 0 || !canonical.startsWith(DATA) || !canonical.endsWith(end)) return null
  return {
    id: engineId(canonical),
    type,
    data: encoder.encode(canonical.slice(DATA.length, cut)),
    metadata: encoder.encode(`{${canonical.slice(cut + 1, canonical.length - end.length)}${VERSION}`),
  }
}

/**
 * The id under which the engine knows a record: the beginning of its hash, as a UUID of version 8 (RFC 9562 section
 * 5.8). So what the server takes for a repetition is the very same record, and not another one that was made for the
 * same command: its answer tells what stands there (docs/decisions/0017).
 */
function engineId(canonical: string): string {
  const bytes = Buffer.from(leafHash(canonical), 'base64')
  bytes[6] = (bytes[6]! & 0x0f) | 0x80
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  const hex = bytes.toString('hex', 0, 16)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

/** Whether an event is a record; others are of the system or in streams of other writers. */
export function isOurs(event: WrittenEvent): boolean {
  return !typeOf(event).startsWith('$') && parseStreamName(streamOf(event)) !== null
}

/** The record that an event is; null where it {@link isOurs not ours}. */
export function recordOf(event: WrittenEvent): RecordedEvent | null {
  const [stream, type] = [streamOf(event), typeOf(event)]
  if (type.startsWith('$') || parseStreamName(stream) === null) return null
  const revision = BigInt(event.getStreamRevision())
  const data = Buffer.from(event.getData_asU8()).toString()
  const metadata = Buffer.from(event.getCustomMetadata_asU8()).toString()
  try {
    if (!metadata.endsWith(VERSION)) throw new Error(`its metadata is not of version ${RECORD_VERSION}`)
    const { id, meta } = JSON.parse(metadata)
    const head = metadata.slice(1, -VERSION.length)
    const canonical = `${DATA}${data},${head},${place(stream, revision, type)}${VERSION}`
    return { id, type, data: JSON.parse(data), meta, canonical, stream: stream as StreamName, revision }
  } catch (error) {
    throw new Error(`what stands in ${stream} at ${revision} is not a record`, { cause: error })
  }
}

/** The same with its position, where the event was read as part of the whole log. */
export function positionedRecordOf(event: WrittenEvent): PositionedEvent | null {
  const record = recordOf(event)
  return record === null ? null : { ...record, position: positionOf(event) }
}

export function streamOf(event: WrittenEvent): string {
  return Buffer.from(event.getStreamIdentifier()!.getStreamName_asU8()).toString()
}

function typeOf(event: WrittenEvent): string {
  return event.getMetadataMap().get('type') ?? ''
}

function place(stream: string, revision: bigint, type: string): string {
  return `"rev":${revision},"stream":"${stream}","type":${canonicalJson(type)}`
}
